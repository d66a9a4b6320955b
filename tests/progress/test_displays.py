"""What is drawn and printed of a call that waits."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.support.responses import ID
from wan_ergonomic import Generation, Update, Usage
from wan_ergonomic._progress import duration
from wan_ergonomic._progress._display import Line, Lines

QUEUED = Generation(id=ID, status="queued")
DONE = Generation(id=ID, status="completed", usage=Usage(usd=0.5))
HOSTILE = "x\x1b[2J\x9b2J\u202ey\x08\x08\n"


def update(generation: Generation = QUEUED, elapsed: float = 61.4, **more: Any) -> Update:
    """Return an update."""
    return Update(generation=generation, elapsed=elapsed, polls=1, **more)


@pytest.fixture
def stream(monkeypatch) -> io.StringIO:
    """A terminal of sixty columns."""
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(Line, "_length", 0)
    return io.StringIO()


def drawn(stream: io.StringIO) -> list[str]:
    """Return what was on the line after each write."""
    return [part.rstrip(" ") for part in stream.getvalue().split("\r")[1:]]


def test_a_line_is_drawn_anew_and_its_end_stays(stream):
    """With the time, the next poll, and the cost."""
    line = Line(stream)
    line.begin("submitting")
    line.show(update(next_poll=12.2))
    line.end(update(DONE, 125), None)
    assert drawn(stream) == [
        "submitting",
        f"{ID}: queued, 1 min 1 s, next poll in 12 s",
        f"{ID}: completed after 2 min 5 s, $0.50    \n",
    ]


def test_what_was_longer_is_overwritten(stream):
    """Spaces, because not every terminal can erase a line."""
    line = Line(stream)
    line.begin("a" * 20)
    line.show(update(elapsed=1))
    length = len(f"{ID}: queued, 1 s")
    assert stream.getvalue() == f"\r{'a' * 20}\r{ID}: queued, 1 s{' ' * (20 - length)}"


def test_a_line_is_cut_before_the_edge(stream):
    """Another line could not be drawn anew."""
    Line(stream).begin("a" * 100)
    assert drawn(stream) == ["a" * 59]


def test_calls_that_wait_at_once_share_a_line(stream):
    """Each overwrites what another has drawn; the end of each stays."""
    first, second = Line(stream), Line(stream)
    first.begin("a" * 50)
    second.begin("b")
    assert stream.getvalue().endswith(f"\rb{' ' * 49}")
    first.end(update(DONE), None)
    second.begin("c")
    assert stream.getvalue().endswith("\n\rc")


def test_a_call_of_which_nothing_is_known_leaves_no_line(stream):
    """The exception says what there is to say."""
    line = Line(stream)
    line.begin("submitting")
    line.end(None, KeyboardInterrupt())
    assert stream.getvalue() == f"\rsubmitting\r{' ' * 10}\r"


def test_the_end_names_the_error(stream):
    """And the id, to go on with."""
    Line(stream).end(update(), KeyboardInterrupt())
    assert drawn(stream) == [f"{ID}: queued after 1 min 1 s (KeyboardInterrupt)\n"]


def test_the_end_names_no_cost_that_is_not_known(stream):
    """Nothing is made up."""
    Line(stream).end(update(Generation(id=ID, status="completed", usage=Usage())), None)
    assert drawn(stream) == [f"{ID}: completed after 1 min 1 s\n"]


def test_changes_are_printed_once():
    """A status that is new, and polls that begin or cease to fail."""
    stream = io.StringIO()
    lines = Lines(stream)
    lines.begin("submitting")
    failed = update(error=TimeoutError("slow"), next_poll=0.1)
    for each in (update(), update(), failed, failed, update(), update(DONE)):
        lines.show(each)
    lines.end(update(DONE), None)
    assert stream.getvalue().splitlines() == [
        "submitting",
        f"{ID}: queued, 1 min 1 s",
        f"{ID}: queued, 1 min 1 s, next poll in 1 s (last poll failed: slow)",
        f"{ID}: queued, 1 min 1 s",
        f"{ID}: completed after 1 min 1 s, $0.50",
    ]


@pytest.mark.parametrize(
    ("error", "text"), [(ValueError("no"), "ended (ValueError)"), (None, "ended")]
)
def test_the_end_of_a_call_of_which_nothing_is_known_is_printed(error, text):
    """A log has it in its place."""
    stream = io.StringIO()
    Lines(stream).end(None, error)
    assert stream.getvalue() == f"{text}\n"


@pytest.mark.parametrize("kind", [Line, Lines])
def test_no_text_of_a_server_steers_the_terminal(kind, stream):
    """Neither an id, a status nor an error; and there is no color to turn off."""
    display = kind(stream)
    seen = Generation(id=HOSTILE, status=HOSTILE)
    display.begin(HOSTILE)
    display.show(update(seen, error=RuntimeError(HOSTILE)))
    display.end(update(seen), RuntimeError(HOSTILE))
    text = stream.getvalue()
    assert [c for c in text if c not in "\r\n" and not c.isprintable()] == []
    assert text.count("\n") == (1 if kind is Line else 3)


def test_durations_have_minutes_and_seconds():
    """Minutes only from one on."""
    assert [duration(n) for n in (0, 59.4, 60, 125)] == ["0 s", "59 s", "1 min 0 s", "2 min 5 s"]
