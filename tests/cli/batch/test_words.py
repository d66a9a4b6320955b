"""How a batch is said: its counts, its money, its pace and its end."""

from __future__ import annotations

from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest

from tests.batch.opened import stored
from wan_ergonomic.batch import Settings, Status, open_batch
from wan_ergonomic.batch.store import Rest, Rows
from wan_ergonomic.cli._connection import ServerOptions
from wan_ergonomic.cli._exits import Exit
from wan_ergonomic.cli.batch._end import Again, report_troubled
from wan_ergonomic.cli.batch._pace import Pace
from wan_ergonomic.cli.batch._state import _by
from wan_ergonomic.cli.batch._words import as_data, cost, counts, exit_of, money


def status(*, workers: int = 0, usd: float = 0.0, max_usd: float | None = None, **counted: int):
    """Return a status with so many rows in each state."""
    settings = Settings(base_url="https://api.example", output="v", names="{n}", max_usd=max_usd)
    states: Any = {name.replace("_", " "): number for name, number in counted.items()}
    return Status(name="v", settings=settings, counts=states, usd=usd, workers=workers)


def test_the_counts_are_in_order_of_interest():
    """States without rows are left out; what was sent is one of them."""
    found = status(waiting=1200, submitting=1, accepted=2, done=3, in_doubt=4, bad=5, usd=1.5)
    assert counts(found) == "3 done, 4 in doubt, 3 in the making, 1,200 waiting, 5 bad"
    assert counts(status()) == "no rows"
    assert money(found) == "$1.50"
    assert money(status(max_usd=20.0)) == "$0.00 of $20.00"
    data = as_data(found)
    assert (data["total"], data["making"], data["in_doubt"], data["held"]) == (1215, 3, 4, 0)


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        (Rest(rows=3, usd=0.3, unpriced=0), "for $0.30"),
        (Rest(rows=3, usd=0.0, unpriced=3), "at an unknown price"),
        (Rest(rows=3, usd=0.2, unpriced=1), "for $0.20 and, for 1 of them, an unknown price"),
    ],
)
def test_an_unknown_price_is_said(rest, said):
    """Also if it is that of some rows only."""
    assert cost(rest) == said


@pytest.mark.parametrize(
    ("counted", "code"),
    [
        ({"done": 1}, Exit.DONE),
        ({"done": 1, "bad": 1}, Exit.DONE),
        ({"done": 1, "failed": 1}, Exit.FAILED),
        ({"failed": 1, "waiting": 1}, Exit.RESUMABLE),
        ({"held": 1}, Exit.RESUMABLE),
        ({"held": 1, "in_doubt": 1}, Exit.IN_DOUBT),
    ],
)
def test_the_exit_code_is_that_of_the_worst_row(counted, code):
    """In doubt is worse than unfinished, and that than failed."""
    assert exit_of(status(**counted)) is code


def test_the_pace_is_that_of_the_last_ten_minutes():
    """A rate, and the time that is left by it."""
    clock = SimpleNamespace(now=0.0)
    pace = Pace(lambda: clock.now)
    assert pace.words(status(waiting=100)) == ""
    clock.now = 60.0
    assert pace.words(status(done=10, waiting=80, accepted=10)) == "; 10 a minute, about 9 min left"
    clock.now = 120.0
    assert pace.words(status(done=99, waiting=1)) == "; 50 a minute, about a minute left"
    clock.now = 2000.0
    assert pace.words(status(done=99, waiting=1)) == ""
    clock.now = 2360.0
    assert pace.words(status(done=102, waiting=100)) == "; 30 an hour, about 3 h left"
    assert pace.words(status(done=300)) == ""


def test_who_runs_a_batch_is_said():
    """Unless it is finished."""
    assert _by(status(done=1, workers=1)) == ""
    assert _by(status(waiting=1)) == "; nobody runs it"
    assert _by(status(waiting=1, workers=1)) == "; one process runs it"
    assert _by(status(waiting=1, workers=3)) == "; 3 processes run it"


def test_rows_with_one_reason_are_named_once(tmp_path, capsys):
    """Twenty lines at most; the results have the rest."""
    settings = Settings(base_url="https://api.example", output=str(tmp_path / "v"), names="{n}")
    with (
        open_batch(tmp_path / "v", create=settings) as batch,
        closing(stored(tmp_path / "v")) as database,
    ):
        batch.add([f"Boat {number}" for number in range(60)])
        rows = Rows(database)
        for number in range(1, 31):
            rows.fail(number, f"reason {number // 3}" if number < 9 else f"reason {number}")
        for number in (31, 32, 40):
            rows.hold(number, "the limit")
        report_troubled(batch, batch.status())
        lines = capsys.readouterr().err.splitlines()
        assert lines[:4] == [
            "wan: rows 1 to 2 failed: reason 0",
            "wan: rows 3 to 5 failed: reason 1",
            "wan: rows 6 to 8 failed: reason 2",
            "wan: row 9 (line 9) failed: reason 9",
        ]
        assert len(lines) == 21
        assert lines[-1].startswith("wan: 8 more rows have no video; ")
        assert lines[-1].endswith("results.jsonl has each with its reason.")
        for number in range(1, 31):
            rows.done(number, "f.mp4", {})
        report_troubled(batch, batch.status())
    assert capsys.readouterr().err == "wan: 3 of rows 31 to 40 are held: the limit\n"


def test_the_commands_that_go_on_name_the_same_api_and_database():
    """A folder whose name looks like an option is no option."""
    plain = Again(out="v", database=None, connection=ServerOptions())
    assert plain.words() == ["batch", "run", "--out", "v"]
    assert plain.resolve(3, "--give-up") == ["batch", "resolve", "v", "3", "--give-up"]
    options = ServerOptions(base_url="http://x", allow_private_links=True, no_ledger=True)
    other = Again(out="-v", database="postgresql://d", connection=options, worker=True)
    rest = ["--out=-v", "--database", "postgresql://d", "--base-url", "http://x"]
    flags = ["--allow-private-links", "--no-ledger"]
    assert other.words() == ["batch", "worker", *rest, *flags]
    assert other.words("--retry-failed") == ["batch", "run", *rest, *flags, "--retry-failed"]
    assert other.resolve(3, "--give-up") == [
        *("batch", "resolve", "--database", "postgresql://d", "--give-up", "--", "-v", "3"),
    ]
    boxed = Again(out="v", database=None, connection=ServerOptions(sandbox=True))
    assert boxed.words() == ["batch", "run", "--out", "v", "--sandbox"]
