"""The table of several jobs on a terminal, and what their threads meet."""

from __future__ import annotations

import io
import queue
import re
from typing import Any

import pytest
from rich.console import Console

from tests.cli.conftest import SMALL, plain
from wan_ergonomic import Drift, Generation, Update
from wan_ergonomic.account import Durations
from wan_ergonomic.cli._connection import Connection
from wan_ergonomic.cli._exits import Exit
from wan_ergonomic.cli._options import Reporting
from wan_ergonomic.cli._outcome import CommandError, Outcome
from wan_ergonomic.cli.session._display import Display, JsonLines, Lines
from wan_ergonomic.cli.session._live_rows import LiveRows
from wan_ergonomic.cli.session._relay import Relay
from wan_ergonomic.cli.session._run_state import RunState
from wan_ergonomic.cli.session._session import Session
from wan_ergonomic.cli.session._together import Job, Together


def rows(height: int = 24, **options) -> LiveRows:
    """Return the table of a terminal that writes to a string."""
    file = io.StringIO()
    return LiveRows(
        Console(file=file, force_terminal=True, width=80, height=height, highlight=False, **options)
    )


def drawn_by(table: LiveRows) -> list[str]:
    """Return the lines as they are drawn now."""
    lines = table._console.render_lines(table._frame(), pad=False)
    return ["".join(segment.text for segment in line).rstrip() for line in lines]


def update(status: str, **more) -> Update:
    """Return what a poll returned."""
    return Update(generation=Generation(id="gen-1", status=status), elapsed=3, **more)


def test_a_terminal_shows_a_table_of_several_jobs(on_terminal, api):
    """The table is gone in the end; what was printed stays, each path once."""
    words = ["A red boat", "A blue kite", "-o", "v/", *SMALL]
    code, drawn = on_terminal("generate", *words, at=api)
    assert code == 0
    text = plain(drawn)
    assert re.search(r"2 A blue kite +saved +\d", text)
    assert "of 2 ended, " in text
    assert len(re.findall(r"v/a-[\w-]+\.mp4\r\n", text)) == 2


def test_each_row_shows_the_status_of_its_job():
    """The line below counts those that have ended."""
    table = rows()
    first, second, third = (table.row(f"{n} A boat") for n in (1, 2, 3))
    first.accepted(Generation(id="gen-1", status="queued"))
    second.polled(update("generating", error=TimeoutError("no response\nyet")))
    assert re.fullmatch(r"1 A boat  queued +0 s", drawn_by(table)[0])
    assert re.fullmatch(r"2 A boat  generating +0 s  no response yet", drawn_by(table)[1])
    assert re.fullmatch(r"3 A boat  submitting +0 s", drawn_by(table)[2])
    table.expected(Durations(p50=300.0, p75=360.0, p90=400.0, p99=500.0, source="metrics"))
    first.polled(update("completed"))
    second.polled(update("error"))
    third.downloading(50, 200)
    assert "saving 25 %" in drawn_by(table)[2]
    third.downloading(1_500_000, None)
    assert "saving 1.5 MB" in drawn_by(table)[2]
    third.saved("gen-1", 1_500_000)
    assert re.match(r"\S 2 of 3 ended, 0 s, usually 5", drawn_by(table)[-1])


def test_a_job_that_is_given_up_is_counted_apart():
    """One that has failed has ended."""
    table = rows()
    first, second, third = (table.row(f"{n} A boat") for n in (1, 2, 3))
    first.polled(update("generating", error=TimeoutError("late")))
    second.polled(update("error"))
    first.given_up()
    second.given_up()
    assert re.fullmatch(r"1 A boat  generating +0 s  no longer waited for", drawn_by(table)[0])
    assert re.match(r"\S 1 of 3 ended, 1 no longer waited for, 0 s", drawn_by(table)[-1])
    third.polled(update("completed"))
    assert re.match(r"\S 2 of 3 ended, 1 no longer waited for, 0 s", drawn_by(table)[-1])


def test_a_job_whose_wait_fails_is_given_up_at_once():
    """Not when all others have ended."""
    seen: list[str] = []

    class Seen(Display):
        """Notes that its job is given up."""

        def given_up(self):
            """Note it."""
            seen.append("given up")

    def wait(*_, **__):
        raise CommandError(
            Outcome(code=Exit.RESUMABLE, kind="WaitTimeoutError", message="too late")
        )

    waiting = together(wait)
    waiting.finish([Job(Generation(id="gen-1"), Seen(), job().state)])
    assert seen == ["given up"]
    assert len(waiting.errors) == 1


def test_what_is_over_makes_room_in_a_low_window():
    """What has no room is counted."""
    table = rows(height=8)
    for n in range(4):
        table.row(str(n)).polled(update("generating"))
    table._rows[0].saved("gen-1", 1)
    lines = drawn_by(table)
    assert [line.split()[0] for line in lines[:2]] == ["1", "2"]
    assert lines[2] == "and 2 more"


def test_lines_are_printed_above_the_table_with_the_name_of_their_row():
    """What is printed meanwhile is not overwritten."""
    table = rows()
    with table:
        table.row("1 A boat").warn("a warning")
        table.note("for all")
        with table.aside():
            table._console.file.write("boat.mp4\n")
    text = plain(table._console.file.getvalue())  # type: ignore[attr-defined]
    assert "1 A boat: Warning: a warning\n" in text
    assert "for all\n" in text
    assert text.count("boat.mp4\n") == 1


@pytest.mark.parametrize("kind", [Display, JsonLines, Lines])
def test_every_display_has_rows(kind):
    """Those of a silent one are silent."""
    assert type(kind().row("1")) is kind


def test_a_relay_passes_everything_on():
    """In the order in which it happened; nothing is shown before."""
    events: queue.SimpleQueue[Any] = queue.SimpleQueue()
    relay, seen = Relay(events.put), []

    class Seen(Display):
        """Notes what it is called for."""

        def __getattribute__(self, name):
            return lambda *arguments: seen.append((name, *arguments))

    drift = Drift(kind="type", operation="poll", pointer="/id", expected="string", found="1")
    generation, polled = Generation(id="x"), update("queued")
    relay.working("x")
    relay.warn("y")
    relay.drifted(drift)
    relay.polled(polled)
    relay.describe(generation)
    relay.downloading(1, 2)
    relay.saved("gen-1", 3)
    assert seen == []
    while not events.empty():
        events.get()(Seen())
    expected = [("working", "x"), ("warn", "y"), ("drifted", drift), ("polled", polled)]
    assert seen == [
        *expected,
        ("describe", generation),
        ("downloading", 1, 2),
        ("saved", "gen-1", 3),
    ]


class Client:
    """A client whose waits end as the test wants."""

    def __init__(self, wait) -> None:
        """Take what a wait does."""
        self.wait = wait


def together(wait, **connection) -> Together:
    """Return jobs without a network."""
    made = Connection(**connection)
    state = RunState(made, None, None)
    client: object = Client(wait)
    session = Session(client, Display(), state, None, another=None)  # type: ignore[arg-type]
    return Together(session, made, Reporting(), None)


def job(number: int = 1) -> Job:
    """Return a job that was accepted."""
    generation = Generation(id=f"gen-{number}", status="queued")
    return Job(generation, Display(), RunState(Connection(), None, generation))


def test_a_defect_in_a_thread_keeps_its_traceback():
    """It is raised where a person sees it."""

    def wait(*_, **__):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        together(wait).finish([job()])


@pytest.mark.parametrize(
    ("connection", "number", "message"),
    [
        ({"sandbox": True}, 1, "Interrupted. 1 generation ended with the embedded sandbox"),
        ({}, 1, "Interrupted. 1 generation keeps running at the API, billed once; resuming is"),
        ({}, 2, "Interrupted. 2 generations keep running at the API"),
    ],
)
def test_an_interruption_says_what_runs_on(monkeypatch, connection, number, message):
    """In a sandbox that ends with the command, nothing does."""

    def wait(generation, **_):
        return generation

    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Together, "_show_next", interrupted)
    jobs = [job(n) for n in range(number)]
    with pytest.raises(CommandError, match=message) as caught:
        together(wait, **connection).finish(jobs)
    resuming = [] if connection else ["watch", "--", *(f"gen-{n}" for n in range(number))]
    assert list(caught.value.outcome.arguments) == resuming


def test_a_wait_without_events_looks_again(monkeypatch):
    """A signal is noticed on Windows, too, where waiting for an event cannot be interrupted."""
    monkeypatch.setattr("wan_ergonomic.cli.session._together._LOOK_SECONDS", 0.01)
    made = together(None)
    made._show_next()
    assert made.errors == []
    made.say("")
    made.exit()
