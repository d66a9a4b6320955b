"""What the ledger knows of money: reservations, a cap, the last jobs, and texts that it keeps."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from wan_ergonomic import Generation, LedgerError, SpendLimitError, Usage
from wan_ergonomic.ledger import Cap, Ledger, Outcome, Recorder

# Not in the door: the file is made as an older version made it.
from wan_ergonomic.ledger._store import MIGRATIONS

URL = "https://api.example"
OTHER = "https://other.example"
BODY = {"model": "wan", "prompt": "A boat"}
DAY = 86400.0


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    """An empty ledger."""
    return Ledger(tmp_path / "ledger")


def accepted(
    known_as: str = "r-1", usage: Usage | None = None, status: str = "queued"
) -> Generation:
    """Return an accepted generation."""
    return Generation(
        id=f"gen-{known_as}", status=status, usage=usage, request=BODY, client_request_id=known_as
    )


def aged(ledger: Ledger, seconds: float) -> None:
    """Make each job older."""
    with closing(sqlite3.connect(ledger.path)) as connection, connection:
        connection.execute("UPDATE jobs SET submitted = submitted - ?", (seconds,))


def spent(ledger: Ledger) -> float:
    """Return what was spent in a day."""
    return ledger.spent(URL, DAY)


@pytest.mark.parametrize(
    ("usage", "usd"),
    [
        (None, 0.5),
        (Usage(), 0.5),
        (Usage(usd=0.2), 0.2),
        (Usage(credits=1_000_000), 0.5),
        (Usage(credits=200_000), 0.1),
        (Usage(credits=200_000, usd=0.3), 0.3),
        # No submission costs nothing, whatever a response says.
        (Usage(credits=0), 0.5),
        (Usage(credits=-2_000_000, usd=0), 0.5),
        (Usage(credits=200_000, usd=-1), 0.1),
    ],
)
def test_a_charge_takes_the_place_of_the_reservation(ledger, usage, usd):
    """In US dollars or credits; without one, the reservation stays."""
    entry = ledger.begin("r-1", BODY, URL, reserved_usd=0.5)
    assert spent(ledger) == pytest.approx(0.5)
    ledger.accepted(accepted(usage=usage), URL, entry)
    assert spent(ledger) == pytest.approx(usd)


@pytest.mark.parametrize(
    ("status", "usage", "usd"),
    [
        ("error", Usage(usd=0), 0.0),
        ("failed", Usage(credits=0), 0.0),
        ("error", Usage(usd=0, credits=0), 0.0),
        ("error", Usage(usd=0, credits=200_000), 0.1),
        ("error", Usage(), 0.5),
        ("error", None, 0.5),
        ("completed", Usage(usd=0), 0.5),
    ],
)
def test_a_failure_that_is_said_to_be_free_releases_its_reservation(ledger, status, usage, usd):
    """Both must be said: a failed job may have been charged."""
    entry = ledger.begin("r-1", BODY, URL, reserved_usd=0.5)
    ledger.accepted(accepted(), URL, entry)
    ledger.seen(accepted(usage=usage, status=status))
    assert spent(ledger) == pytest.approx(usd)


def test_a_number_that_another_job_has_by_now_is_not_written_over(ledger):
    """SQLite gives the number of a job that was forgotten to the next one."""
    first = ledger.begin("r-1", BODY, URL, reserved_usd=0.5)
    ledger.forget(ledger.find("r-1"))
    second = ledger.begin("r-2", BODY, URL, reserved_usd=0.1)
    assert first == second
    ledger.accepted(accepted("r-1"), URL, first)
    ledger.accepted(accepted("r-2"), URL, second)
    assert [job.generation_id for job in ledger.jobs()] == ["gen-r-1", "gen-r-2"]
    ledger.ended("r-9", "rejected", "No.", entry=second)
    assert {job.outcome for job in ledger.jobs()} == {"accepted"}


@pytest.mark.parametrize(("outcome", "usd"), [("rejected", 0.0), ("in doubt", 0.5)])
def test_a_rejection_releases_what_doubt_keeps(ledger, outcome: Outcome, usd):
    """What is in doubt may have been charged."""
    entry = ledger.begin("r-1", BODY, URL, reserved_usd=0.5)
    ledger.ended("r-1", outcome, "No.", entry=entry)
    assert spent(ledger) == usd


def test_nothing_is_spent_in_a_ledger_that_does_not_exist(ledger):
    """Reading creates nothing, either."""
    assert (spent(ledger), ledger.kept("name"), ledger.recent(URL)) == (0.0, None, [])
    assert not ledger.path.exists()


def test_a_cap_counts_what_was_sent_to_its_api(ledger):
    """Sandboxes, for example, bill nothing."""
    ledger.begin("r-1", BODY, OTHER, reserved_usd=5.0)
    ledger.begin("r-2", BODY, URL, reserved_usd=0.5, cap=Cap(0.5))
    assert (spent(ledger), ledger.spent(OTHER, DAY)) == (0.5, 5.0)


def test_what_exceeds_the_cap_is_not_begun(ledger):
    """The error says how much is left; no row is there."""
    ledger.begin("r-1", BODY, URL, reserved_usd=0.5, cap=Cap(0.9))
    with pytest.raises(SpendLimitError, match=r"costs \$0.50, but of the cap of \$0.90") as caught:
        ledger.begin("r-2", BODY, URL, reserved_usd=0.5, cap=Cap(0.9))
    error = caught.value
    assert (error.max_usd, error.spent_usd, error.price_usd) == (0.9, 0.5, 0.5)
    assert len(ledger.jobs()) == 1


def test_sums_of_dollars_are_not_exact(ledger):
    """Three times 0.1 is allowed by a cap of 0.3."""
    for number in range(3):
        ledger.begin(f"r-{number}", BODY, URL, reserved_usd=0.1, cap=Cap(0.3))
    with pytest.raises(SpendLimitError):
        ledger.begin("r-3", BODY, URL, reserved_usd=0.1, cap=Cap(0.3))


def test_a_job_without_a_known_cost_counts_with_the_price_of_the_next(ledger):
    """It was begun without a cap, and a response has not said what it cost."""
    ledger.begin("r-1", BODY, URL)
    assert spent(ledger) == 0.0
    with pytest.raises(SpendLimitError) as caught:
        ledger.begin("r-2", BODY, URL, reserved_usd=0.4, cap=Cap(0.7))
    assert caught.value.spent_usd == 0.4


def test_without_a_price_nothing_is_begun_under_a_cap(ledger):
    """However high the cap is."""
    with pytest.raises(SpendLimitError, match="is not known") as caught:
        ledger.begin("r-1", BODY, URL, cap=Cap(1000))
    assert caught.value.price_usd is None
    assert ledger.jobs() == []


def test_what_was_spent_a_day_ago_counts_no_more(ledger):
    """Up to the last minute it does."""
    cap = Cap(0.5)
    ledger.begin("r-1", BODY, URL, reserved_usd=0.5, cap=cap)
    aged(ledger, DAY - 60)
    with pytest.raises(SpendLimitError):
        ledger.begin("r-2", BODY, URL, reserved_usd=0.5, cap=cap)
    aged(ledger, 61)
    ledger.begin("r-2", BODY, URL, reserved_usd=0.5, cap=cap)
    assert spent(ledger) == 0.5


def test_threads_cannot_reserve_the_same_dollar(ledger):
    """The check and the row are one transaction."""

    def begin(number: int) -> int:
        try:
            ledger.begin(f"r-{number}", BODY, URL, reserved_usd=0.1, cap=Cap(1.0))
        except SpendLimitError:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(begin, range(40))) == 10
    assert spent(ledger) == pytest.approx(1.0)


def test_two_submissions_with_one_request_id_are_two_jobs(ledger):
    """Each is settled by its own number."""
    first, second = (ledger.begin("r-1", BODY, URL, reserved_usd=0.5) for _ in range(2))
    ledger.ended("r-1", "rejected", "No.", entry=first)
    ledger.accepted(accepted(usage=Usage(usd=0.2)), URL, second)
    assert [job.outcome for job in ledger.jobs()] == ["accepted", "rejected"]
    assert spent(ledger) == 0.2


def test_a_generation_that_is_found_later_belongs_to_one_job(ledger):
    """Of two with its request id, the newest that was not rejected; a second time, the same one."""
    entries = [ledger.begin("r-1", BODY, URL, reserved_usd=0.5) for _ in range(3)]
    ledger.ended("r-1", "in doubt", "Lost.", entry=entries[0])
    ledger.ended("r-1", "in doubt", "Lost.", entry=entries[1])
    ledger.ended("r-1", "rejected", "No.", entry=entries[2])
    for _ in range(2):
        ledger.accepted(accepted(usage=Usage(usd=0.2)), URL)
    assert [job.outcome for job in ledger.jobs()] == ["rejected", "accepted", "in doubt"]
    assert spent(ledger) == pytest.approx(0.7)


def test_a_submission_that_is_found_as_failed_releases_one_job(ledger):
    """Another one with its request id may have been charged."""
    for _ in range(2):
        ledger.ended(
            "r-1", "in doubt", "Lost.", entry=ledger.begin("r-1", BODY, URL, reserved_usd=0.5)
        )
    ledger.ended("r-1", "rejected", "Failed.")
    assert spent(ledger) == 0.5


def test_jobs_since_a_moment_leave_out_rejections_and_other_apis(ledger):
    """The newest first."""
    for number, url in enumerate((URL, URL, URL, OTHER)):
        ledger.begin(f"r-{number}", BODY, url)
    ledger.ended("r-1", "rejected", "No.")
    begun = datetime.now(UTC)
    found = ledger.since(begun - timedelta(minutes=1), URL)
    assert [job.client_request_id for job in found] == ["r-2", "r-0"]
    assert ledger.since(begun + timedelta(minutes=1), URL) == []


def test_the_last_jobs_of_an_api_are_a_bounded_number(ledger, monkeypatch):
    """The newest first."""
    monkeypatch.setattr("wan_ergonomic.ledger._ledger._RECENT", 2)
    for number, url in enumerate((URL, URL, OTHER, URL)):
        ledger.begin(f"r-{number}", BODY, url)
    assert [job.client_request_id for job in ledger.recent(URL)] == ["r-3", "r-1"]


def test_a_text_is_kept_under_its_name(ledger):
    """The last one of each name."""
    ledger.keep("a", "one")
    ledger.keep("b", "two")
    ledger.keep("a", "three")
    assert [ledger.kept(name) for name in "abc"] == ["three", "two", None]


def test_a_job_says_what_it_cost_and_how_long_it_took(ledger):
    """Until its end was seen, no time; later looks do not change it."""
    ledger.accepted(accepted(usage=Usage(credits=1_000_000)), URL)
    (job,) = ledger.jobs()
    assert (job.usd, job.model, job.failed, job.seconds) == (0.5, "wan", False, None)
    aged(ledger, 60)
    ledger.seen(accepted(status="completed"))
    (job,) = ledger.jobs()
    assert job.ended
    assert job.seconds == pytest.approx(60, abs=10)
    ledger.seen(accepted(status="completed"))
    assert ledger.jobs()[0].ended == job.ended


def test_a_job_that_failed_took_no_time_that_counts(ledger):
    """Its end is known all the same."""
    ledger.begin("r-1", {}, URL)
    (job,) = ledger.jobs()
    assert (job.usd, job.model, job.failed, job.seconds) == (None, "", False, None)
    ledger.accepted(accepted(status="error"), URL)
    (job,) = ledger.jobs()
    assert (job.failed, job.ended is None, job.seconds) == (True, False, None)


CALLS: dict[str, tuple[Callable[[Recorder], object], object]] = {
    "begin": (lambda recorder: recorder.begin("r", BODY, 0.5), None),
    "charges": (lambda recorder: recorder.charges(), []),
    "kept": (lambda recorder: recorder.kept("name"), None),
    "keep": (lambda recorder: recorder.keep("name", "text"), None),
    "accepted": (lambda recorder: recorder.accepted(accepted(), 1), None),
    "seen": (lambda recorder: recorder.seen(accepted()), None),
}


@pytest.mark.parametrize(("call", "otherwise"), CALLS.values(), ids=CALLS)
def test_a_recorder_without_a_cap_fails_nothing(tmp_path, call, otherwise):
    """Trouble is told once, however often it occurs."""
    told: list[str] = []
    recorder = Recorder(Ledger(tmp_path, on_trouble=told.append), URL)
    assert call(recorder) == otherwise
    assert call(recorder) == otherwise
    assert len(told) == 1


def test_a_recorder_keeps_texts_and_finds_charges(ledger):
    """Those of its own API."""
    recorder = Recorder(ledger, URL)
    recorder.keep("name", "text")
    entry = recorder.begin("r-1", BODY, None)
    recorder.accepted(accepted(usage=Usage(usd=0.2)), entry)
    Recorder(ledger, OTHER).begin("r-2", BODY, None)
    assert recorder.kept("name") == "text"
    assert [job.usd for job in recorder.charges()] == [0.2]


def first_form(ledger: Ledger) -> None:
    """Make the file that the first form of a ledger was, with three jobs."""
    now = datetime.now(UTC).timestamp()
    rows = [
        ("r-1", "gen-1", "accepted", "completed", 200_000.0, None, "boat.mp4", "ab" * 32),
        ("r-2", None, "rejected", None, None, None, None, None),
        ("r-3", "gen-3", "in doubt", None, None, 0.3, None, None),
    ]
    with closing(sqlite3.connect(ledger.path)) as connection, connection:
        for statement in MIGRATIONS[0]:
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 1")
        for number, (request, generation, outcome, status, *rest) in enumerate(rows):
            at = now + number
            values = (request, generation, outcome, status, at, at, URL, '{"model": "wan"}', *rest)
            connection.execute(
                "INSERT INTO jobs (client_request_id, generation_id, outcome, status, submitted,"
                " updated, base_url, body, credits, usd, file, sha256)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )


def test_a_ledger_of_the_first_form_is_migrated(ledger):
    """Its jobs keep their order, get numbers, and count; nothing else stays of it."""
    first_form(ledger)
    jobs = ledger.jobs()
    assert [job.client_request_id for job in jobs] == ["r-3", "r-2", "r-1"]
    assert [job.entry for job in jobs] == [3, 2, 1]
    oldest = jobs[-1]
    assert (oldest.generation_id, oldest.status, oldest.usd) == ("gen-1", "completed", 0.1)
    assert (str(oldest.file), oldest.sha256) == ("boat.mp4", "ab" * 32)
    assert (oldest.ended, oldest.reserved_usd, oldest.seconds) == (None, None, None)
    assert oldest.batch is None
    assert spent(ledger) == pytest.approx(0.4)
    with closing(sqlite3.connect(ledger.path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        names = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert {name for (name,) in names if not name.startswith("sqlite_")} == {
        "jobs", "kept", "jobs_by_request", "jobs_by_generation", "jobs_by_time",
    }  # fmt: skip


def test_a_migrated_ledger_can_be_written(ledger):
    """Two jobs may have one request id now, and a text can be kept."""
    first_form(ledger)
    ledger.begin("r-1", BODY, URL, reserved_usd=0.5, cap=Cap(1.0))
    ledger.keep("name", "text")
    assert len([job for job in ledger.jobs() if job.client_request_id == "r-1"]) == 2
    assert ledger.kept("name") == "text"
    assert spent(ledger) == pytest.approx(0.9)


def test_a_migration_of_the_first_form_that_fails_changes_nothing(ledger, monkeypatch):
    """The jobs are those of before, in the first form."""
    first_form(ledger)
    broken = (MIGRATIONS[0], (*MIGRATIONS[1], "DROP TABLE absent"))
    with monkeypatch.context() as patch:
        patch.setattr("wan_ergonomic.ledger._store.MIGRATIONS", broken)
        with pytest.raises(LedgerError, match="absent"):
            ledger.jobs()
    with closing(sqlite3.connect(ledger.path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert len(ledger.jobs()) == 3
