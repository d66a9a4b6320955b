"""``wan batch run``: each prompt gets a video or a reason, and is paid for once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.options import needs
from wan_ergonomic._api_key import KEY_VARIABLES
from wan_ergonomic.batch import open_batch
from wan_ergonomic.cli.batch import _make
from wan_ergonomic.cli.batch._options import Manner
from wan_ergonomic.cli.batch._progress import Lines
from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS, Sandbox

# The sums below are those of small videos.
pytestmark = needs("resolution")

FAILS = "A hare [scenario: fails]"
LOST = "A lake [scenario: lost-500]"


@pytest.fixture
def make(wan, server, monkeypatch):
    """Run ``wan batch run`` at the sandbox."""
    monkeypatch.setenv("AIMLAPI_API_KEY", server.key)
    return lambda *words: wan("batch", "run", "--base-url", server.url, *words)


def posted(server: Sandbox) -> int:
    """Return how many submissions a sandbox has received."""
    return sum(1 for each in server.received if each.method == "POST")


def test_each_row_gets_a_video_and_nothing_is_sent_twice(make, listed, server, ledger):
    """The last line says what was spent; another run finds nothing to do."""
    before = posted(server)
    result = make(listed("A boat", "A fox"), "--out", "v")
    assert (result.code, result.text) == (0, "v: 2 done; $0.20")
    assert result.err.splitlines()[0] == "wan: 2 videos to send, for $0.20."
    names = sorted(each.name for each in Path("v").glob("*.mp4"))
    assert names == ["0001-a-boat.mp4", "0002-a-fox.mp4"]
    again = make("list.jsonl", "--out", "v")
    assert (again.code, again.text, again.err) == (0, "v: 2 done; $0.20", "")
    assert posted(server) - before == 2
    assert {job.batch for job in ledger.jobs()} == {str(Path("v").absolute())}


def test_failures_are_named_with_the_commands_that_go_on(make, wan, listed, server):
    """A row in doubt is worse than one that failed; a person decides what becomes of it."""
    before = posted(server)
    result = make(listed("A boat", FAILS, LOST), "--out", "v", "--no-recover")
    # What failed may have been charged, too.
    assert (result.code, result.text) == (5, "v: 1 done, 1 failed, 1 in doubt; $0.30")
    errors = result.err.splitlines()[-8:]
    assert errors[0].startswith("wan: row 2 (line 2) failed: Generation ")
    assert errors[1].startswith("wan: row 3 (line 3) is in doubt: ")
    where = f"--out v --base-url {server.url}"
    assert errors[2:] == [
        "This sends the failed rows again; each is paid for again:",
        f"  wan batch run {where} --retry-failed",
        "This looks for the rows in doubt again, at no cost:",
        f"  wan batch run {where}",
        "This sends row 3 again, which may be charged twice:",
        "  wan batch resolve v 3 --send-again",
    ]
    lines = Path("v/results.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["status"] for line in lines] == ["done", "failed", "in doubt"]
    assert wan("batch", "resolve", "v", "3", "--give-up").code == 0
    assert posted(server) - before == 3
    retried = make("--out", "v", "--retry-failed")
    assert (retried.code, posted(server) - before) == (3, 5)


def test_events_and_the_end_are_json_for_programs(make, listed):
    """Each row whose work ends is an event."""
    result = make(listed("A boat", FAILS), "--out", "v", "--json")
    assert (result.code, result.data["total"], result.data["failed"]) == (3, 2, 1)
    assert [each["row"] for each in result.data["troubled"]] == [2]
    assert result.events[0] == {"event": "note", "message": "2 videos to send, for $0.20."}
    rows = [each for each in result.events if each["event"] == "row"]
    assert {each["row"]: each["status"] for each in rows} == {1: "done", 2: "failed"}
    assert [each for each in result.events if each["event"] == "batch"][-1]["done"] == 1


def test_quiet_says_only_what_failed(make, listed):
    """And standard output, what came of it."""
    result = make(listed("A boat", FAILS), "--out", "v", "--quiet")
    assert result.err.startswith("wan: row 2 (line 2) failed: ")
    assert result.text == "v: 1 done, 1 failed; $0.20"


def test_bad_rows_stop_everything_before_it_costs(make, server):
    """Each with line and reason. Once they are left out or corrected, the batch begins."""
    before = posted(server)
    Path("l.jsonl").write_text('{"prompt": "A boat"}\n' + '{"prompt": ""}\n' * 22)
    result = make("l.jsonl", "--out", "v")
    assert (result.code, posted(server)) == (2, before)
    errors = result.err.splitlines()
    assert errors[0] == "wan: line 2 cannot be sent: The prompt is empty."
    assert errors[-2] == "wan: 2 more rows cannot be sent."
    assert errors[-1] == (
        "wan: 22 rows of the list cannot be sent. Correct the list, or leave such rows out with "
        "--skip-bad. Nothing was sent or spent."
    )
    events = make("l.jsonl", "--out", "v", "--json").events
    assert [each["event"] for each in events] == ["trouble"] * 21 + ["error"]
    assert "has no rows yet" in make("--out", "v").err
    Path("one.jsonl").write_text('{"prompt": ""}\n')
    assert "wan: 1 row of the list" in make("one.jsonl", "--out", "v").err
    # What the first try named does not bind the next one.
    left = make("l.jsonl", "--out", "v", "--skip-bad", "--names", "boat-{n}")
    assert (left.code, left.text) == (0, "v: 1 done, 22 bad; $0.50")
    assert "wan: 1 video to send, for $0.50. 22 bad rows are left out.\n" in left.err
    assert [each.name for each in Path("v").glob("*.mp4")] == ["boat-1.mp4"]


def test_a_batch_has_one_list_one_api_and_one_way_to_name_files(make, wan, listed, begun, server):
    """Whatever does not fit is refused before anything is sent."""
    begun(server.url, listed("A boat"))
    before = posted(server)
    other = make(listed("A fox", name="b.jsonl"), "--out", "v")
    assert (other.code, "another list" in other.err) == (2, True)
    names = make("list.jsonl", "--out", "v", "--names", "{n}")
    assert (names.code, "which --names cannot change any more" in names.err) == (2, True)
    boxed = wan("batch", "run", "--out", "v", "--sandbox")
    assert (boxed.code, f"begun at {server.url}, and can only go on there" in boxed.err) == (
        2,
        True,
    )
    assert f"Name that with --base-url {server.url}, or" in boxed.err
    assert "Name the folder" in make("list.jsonl").err
    assert "There is no batch in w" in make("--out", "w").err
    Path("f").write_text("a file")
    assert "cannot be used" in make("list.jsonl", "--out", "f").err
    assert posted(server) == before
    extended = make("b.jsonl", "--out", "v", "--extend")
    assert (extended.code, extended.text) == (0, "v: 2 done; $0.20")


def test_a_sample_is_made_first_and_the_rest_later(make, listed):
    """It is a success of its own, unless one of it failed."""
    first = make(listed("A boat", FAILS, "A fox"), "--out", "v", "--sample", "1")
    assert (first.code, first.text) == (0, "v: 1 done, 2 waiting; $0.10")
    assert "wan: 1 video of 3 to send, for $0.10. All of them cost $0.30.\n" in first.err
    assert first.err.splitlines()[-2] == "This goes on with the rest:"
    second = make("--out", "v", "--sample", "2")
    assert (second.code, second.text) == (3, "v: 1 done, 1 failed, 1 waiting; $0.20")


def test_limits_hold_what_is_beyond_them(make, listed):
    """The command that goes on allows what the rest needs."""
    held = make(listed("A boat", "A fox", "A hare"), "--out", "v", "--max-usd", "0.1")
    assert held.code == 4
    assert held.text == "v: 1 done, 2 held; $0.10 of $0.10"
    assert "are held: $0.10 of the limit of $0.10 is charged or reserved" in held.err
    purpose, command = held.err.splitlines()[-2:]
    assert purpose == "This goes on with the rest, and allows what it needs: 2 videos for $0.20:"
    assert command.endswith(" --max-usd 0.30")
    assert make(*command.split()[3:]).text == "v: 3 done; $0.30 of $0.30"


def test_a_limit_on_videos_is_raised_as_well(make, listed):
    """Both, where both are too low."""
    rows, out = listed("A boat", "A fox", "A hare"), ("--out", "v")
    held = make(rows, *out, "--max-videos", "1", "--max-usd", "0.1")
    assert "the limit is 1 video, which is made or in the making" in held.err
    assert held.next_words[-4:] == ["--max-usd", "0.30", "--max-videos", "3"]
    assert make(*out, "--max-usd", "5").next_words[-2:] == ["--max-videos", "3"]


def test_the_cap_of_the_configuration_holds_rows_too(make, listed, tmp_path, monkeypatch, ledger):
    """It counts what other commands have spent; a limit of the batch's own takes its place."""
    config = tmp_path / "config.toml"
    config.write_text("[limits]\nmax_usd = 0.25\n")
    monkeypatch.setenv("WAN_CONFIG", str(config))
    assert make(listed("A boat"), "--out", "first").code == 0
    held = make(listed("A fox", "A hare", "A stone"), "--out", "v")
    assert (held.code, held.text) == (4, "v: 1 done, 2 held; $0.10")
    assert "of the cap of $0.25 in 24 hours $0.20 are charged or reserved" in held.err
    assert len(ledger.jobs()) == 2
    assert make("--out", "v", "--max-usd", "0.2").text == "v: 2 done, 1 held; $0.20 of $0.20"


def test_a_wrong_key_stops_the_batch_and_costs_nothing(make, listed, monkeypatch):
    """The rows wait for the next run."""
    monkeypatch.setenv("AIMLAPI_API_KEY", "not-the-key-of-anyone")
    result = make(listed("A boat", "A fox"), "--out", "v")
    assert (result.code, result.text) == (4, "v: 2 held; $0.00")
    assert "rows 1 to 2 are held: The API returned 401 Unauthorized" in result.err
    for name in KEY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    missing = make("--out", "v")
    assert (missing.code, "There is no API key" in missing.err) == (2, True)


def test_a_batch_runs_once_at_a_time(make, listed, begun, server):
    """A second process that may not share it is told so, and nothing changes."""
    with begun(server.url, listed("A boat")) as batch, batch._runner.locked():
        result = make("--out", "v", "--max-videos", "7")
        assert (result.code, "Another process runs the batch" in result.err) == (2, True)
    with open_batch("v") as again:
        assert again.settings.max_videos is None


@needs("negative_prompt")
def test_what_is_doubtful_of_a_list_is_said_before(make, listed, server):
    """What the model ignores, and why a price is not known."""
    account = server.account
    before, account.scenario = account.scenario, ACCOUNT_SCENARIOS["no-pricing"]
    try:
        result = make(listed({"prompt": "A boat", "negative_prompt": "x" * 501}), "--out", "v")
    finally:
        account.scenario = before
    ignored, price, question, *_ = result.err.splitlines()
    assert ignored.startswith("wan: warning: negative_prompt has 501 characters; ")
    assert price == "wan: about the price: the catalogue has no price for the model."
    assert question == "wan: 1 video to send, at an unknown price."


def test_the_settings_of_a_batch_stay(make, listed):
    """What is chosen once holds for the next runs, too."""
    words = ("--no-metadata", "--stop-on-bad", "--concurrency", "2", "--per-second", "50")
    assert make(listed("A boat"), "--out", "v", *words, "--no-seeds").code == 0
    assert make("--out", "v", "--max-videos", "7").code == 0
    with open_batch("v") as batch:
        chosen = batch.settings
    assert (chosen.metadata, chosen.stop_on_bad, chosen.max_videos) == (False, True, 7)
    assert (chosen.concurrency, chosen.per_second) == (2, 50.0)


@needs("seed")
def test_a_video_of_the_ledger_is_taken_for_the_same_request(make, listed, server):
    """At no cost."""
    make(listed({"prompt": "A boat", "seed": 7}), "--out", "v")
    before = posted(server)
    result = make("list.jsonl", "--out", "w", "--reuse")
    assert (result.text, posted(server)) == ("w: 1 done; $0.00", before)


def test_an_embedded_sandbox_begins_again(wan, make, listed, begun):
    """What was in the making ended with the last one, and was billed by nobody."""
    with begun("sandbox", listed("A boat", "A fox")) as batch:
        batch._money.begin(2, worker="w", client_request_id="r", base_url="x", usd=0.1)
    refused = make("--out", "v")
    assert "begun with --sandbox, and can only go on there. Add --sandbox" in refused.err
    result = wan("batch", "run", "--out", "v", "--sandbox")
    assert (result.code, result.text) == (0, "v: 2 done; $0.20")


@pytest.fixture
def watched(monkeypatch):
    """Standard input and standard error are terminals."""
    monkeypatch.setattr(_make, "is_terminal", lambda _: True)


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("\n", 2)])
@pytest.mark.usefixtures("make", "watched")
def test_a_person_is_asked(on_terminal, listed, server, answer, code):
    """Only a yes sends anything."""
    before = posted(server)
    Path("answer").write_text(answer)
    words = ("--base-url", server.url, "--out", "v")
    with Path("answer").open() as stream, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", stream)
        found, drawn = on_terminal("batch", "run", listed("A boat"), *words)
    assert (found, "Send them? [y/N]" in drawn) == (code, True)
    assert posted(server) - before == (1 if code == 0 else 0)
    assert ("Not sent, as you answered." in drawn) is (code == 2)
    # The line that is redrawn.
    assert ("\x1b[?25l" in drawn) is (code == 0)


@pytest.mark.parametrize(
    ("manner", "change"),
    [
        (Manner(yes=True), {}),
        (Manner(), {"max_usd": 1.0}),
        (Manner(), {"max_videos": 1}),
    ],
)
@pytest.mark.usefixtures("watched")
def test_nobody_is_asked_who_has_said_enough(begun, listed, capsys, manner, change):
    """A limit is an answer; standard input would be at its end."""
    with begun("https://api.example", listed("A boat")) as batch:
        batch.change(**change)
        _make._ask(batch, manner, Lines())
    assert "Send them?" not in capsys.readouterr().err
