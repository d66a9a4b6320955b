"""What is reported while a batch runs."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from wan_ergonomic import Generation
from wan_ergonomic.cli._options import Reporting
from wan_ergonomic.cli.batch import _progress
from wan_ergonomic.cli.batch._live import Live
from wan_ergonomic.cli.batch._progress import JsonLines, Lines, Progress, choose_progress


@pytest.fixture
def batch(begun, listed):
    """A batch of which three of four rows are in the making."""
    found = begun("https://api.example", listed("A boat", "A\x1bfox", "A hare", "A lake"))
    for n in (1, 2, 3):
        found._money.begin(n, worker="w", client_request_id=f"r-{n}", base_url="x", usd=0.1)
    found._money.accepted(2, 0, Generation(id="g", status="generating"))
    return found


def test_lines_are_written_on_change_and_not_too_often(batch, capsys, monkeypatch):
    """The end of a batch says it itself."""
    lines = Lines()
    with lines:
        lines.show(batch, batch.status())
        batch._rows.hold(4, "a reason")
        lines.show(batch, batch.status())
        assert capsys.readouterr().err == "wan: 3 in the making, 1 waiting; $0.30\n"
        monkeypatch.setattr(_progress, "_LINE_SECONDS", 0.0)
        for _ in range(2):
            lines.show(batch, batch.status())
        assert capsys.readouterr().err == "wan: 3 in the making, 1 held; $0.30\n"
        for n in (1, 2, 3, 4):
            batch._rows.done(n, "f.mp4", {})
        lines.show(batch, batch.status())
        lines.row(next(batch.rows()))
        assert capsys.readouterr().err == ""
        lines.note("a note")
        lines.trouble("trouble")
    assert capsys.readouterr().err == "wan: a note\nwan: trouble\n"


def test_events_are_json(batch, capsys):
    """Those of the whole are written on change."""
    events = JsonLines()
    for _ in range(2):
        events.show(batch, batch.status())
    events.row(next(batch.rows()))
    events.note("a note")
    events.trouble("trouble")
    found = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [each["event"] for each in found] == ["batch", "row", "note", "trouble"]
    assert (found[0]["making"], found[1]["prompt"]) == (3, "A boat")


def test_quiet_progress_reports_only_trouble(batch, capsys):
    """It goes to standard error."""
    quiet = Progress()
    quiet.show(batch, batch.status())
    quiet.row(next(batch.rows()))
    quiet.note("a note")
    quiet.trouble("trouble")
    assert capsys.readouterr().err == "wan: trouble\n"


def test_only_a_terminal_is_drawn_on(monkeypatch):
    """Unless it is dumb, or plain lines are asked for."""
    assert type(choose_progress(Reporting(as_json=True))) is JsonLines
    assert type(choose_progress(Reporting(as_json=True, quiet=True))) is Progress
    assert type(choose_progress(Reporting(quiet=True))) is Progress
    assert type(choose_progress(Reporting())) is Lines
    monkeypatch.setattr(_progress, "is_terminal", lambda _: True)
    monkeypatch.setenv("TERM", "xterm")
    assert type(choose_progress(Reporting())) is Live
    assert type(choose_progress(Reporting(no_progress=True))) is Lines
    monkeypatch.setenv("TERM", "dumb")
    assert type(choose_progress(Reporting())) is Lines


def drawn_by(live: Live) -> list[str]:
    """Return the lines as they are drawn now."""
    lines = live._console.render_lines(live._frame(), pad=False)
    return ["".join(segment.text for segment in line).rstrip() for line in lines]


@pytest.mark.parametrize(("height", "rows"), [(24, 3), (8, 2), (3, 1)])
def test_a_terminal_shows_the_rows_in_the_making(batch, height, rows):
    """As many as fit; how many more there are is said."""
    screen = io.StringIO()
    live = Live(Console(file=screen, force_terminal=True, width=80, height=height))
    assert drawn_by(live)[-1].split()[1:] == ["starting"]
    live.show(batch, batch.status())
    *table, line = drawn_by(live)
    assert line.endswith(" 3 in the making, 1 waiting; $0.30")
    expected = [["1", "submitting", "0", "s", "A", "boat"], ["2", "generating", "0", "s", "A�fox"]]
    assert [each.split() for each in table[: min(rows, 2)]] == expected[: min(rows, 2)]
    more = [] if rows == 3 else [f"     and {3 - rows} more"]
    assert table[rows:] == more


def test_messages_are_printed_above_what_is_redrawn(batch):
    """Also while it is drawn; a terminal without Unicode gets ASCII characters."""
    screen = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="backslashreplace")
    with Live(Console(file=screen, force_terminal=True, width=80)) as live:
        live.show(batch, batch.status())
        live.note("a note")
        live.trouble("trouble")
        assert drawn_by(live)[-1][0] in "-\\|/"
    screen.flush()
    text = screen.buffer.getvalue().decode()
    assert "wan: a note" in text
    assert "wan: trouble" in text
