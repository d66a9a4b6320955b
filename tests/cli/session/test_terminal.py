"""What a terminal shows."""

import io
import os
import pty
import re
import signal
import time

import pytest
from rich.console import Console

from tests.cli.conftest import SMALL, plain
from wan_ergonomic import Generation, Update, Usage, Video
from wan_ergonomic._progress import duration
from wan_ergonomic.account import Durations
from wan_ergonomic.cli._options import Reporting
from wan_ergonomic.cli.session._choose_display import choose_display
from wan_ergonomic.cli.session._display import Display, JsonLines, Lines
from wan_ergonomic.cli.session._live import Live


def console(**options) -> Console:
    """Return a terminal that writes to a string."""
    return Console(file=io.StringIO(), force_terminal=True, width=80, highlight=False, **options)


def drawn_by(live: Live) -> str:
    """Return the line as it is drawn now."""
    lines = live._console.render_lines(live._frame(), pad=False)
    return "\n".join("".join(segment.text for segment in line) for line in lines)


def test_a_terminal_shows_the_progress_and_then_the_path(on_terminal, api):
    """The line that is redrawn is gone in the end; the others stay."""
    code, drawn = on_terminal("generate", "A boat", "-o", "b.mp4", *SMALL, at=api)
    assert code == 0
    assert "\x1b[?25l" in drawn
    assert drawn.rpartition("\x1b")[2].endswith("b.mp4\r\n")
    lines = plain(drawn).replace("\r", "\n").splitlines()
    for line in ("Accepted: ", "Completed after ", "Saved 0."):
        assert any(one.lstrip().startswith(line) for one in lines)


def test_without_progress_a_terminal_shows_plain_lines(on_terminal, api):
    """--no-progress prints no escape sequences."""
    words = ["generate", "A boat", "-o", "b.mp4", "--no-progress", *SMALL]
    code, drawn = on_terminal(*words, at=api)
    assert (code, "\x1b" in drawn) == (0, False)
    assert drawn.splitlines()[-1] == "b.mp4"


@pytest.mark.parametrize("closed", [False, True])
def test_a_terminal_that_closes_stops_only_the_messages(start, slow_api, clock, closed):
    """The video is saved without its messages, unless SIGHUP ends the command."""
    screen, terminal = pty.openpty()
    running = start("generate", "A boat", "-o", "b.mp4", *SMALL, at=slow_api, stderr=terminal)
    os.close(terminal)
    while b"queued" not in os.read(screen, 65536):
        assert running.popen.poll() is None
    os.close(screen)
    clock.time += 400
    result = running.end(signal.SIGHUP if closed else None)
    assert (result.code, result.out) == ((143, b"") if closed else (0, b"b.mp4\n"))


def test_a_dumb_terminal_gets_plain_lines(monkeypatch):
    """It has no escape sequences."""
    monkeypatch.setattr("sys.stderr", console().file)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    assert type(choose_display(Reporting())) is Lines


def test_no_color_is_respected(on_terminal, api, monkeypatch):
    """NO_COLOR removes colors only."""
    monkeypatch.setenv("NO_COLOR", "1")
    code, drawn = on_terminal("generate", "A boat", "-o", "b.mp4", *SMALL, at=api)
    assert (code, re.findall(r"\x1b\[[0-9;]*3[0-7]m", drawn)) == (0, [])


def test_a_video_is_not_written_to_a_terminal(on_terminal, api):
    """A terminal cannot show it, so it is an error before anything is spent."""
    billed = api.billed
    code, drawn = on_terminal("generate", "A boat", "-o", "-", at=api)
    assert (code, api.billed) == (2, billed)
    assert "pipe it somewhere" in drawn


def test_sentences_are_wrapped_and_commands_are_not(on_terminal):
    """A command that is not wrapped can be copied."""
    code, drawn = on_terminal("generate", "A boat", "-o", "a" * 60)
    assert code == 2
    *sentence, purpose, command = drawn.splitlines()
    assert purpose == "To try it without a key:"
    assert max(map(len, sentence)) <= 80
    assert len(sentence) > 1
    assert command.endswith(f"generate --sandbox 'A boat' -o {'a' * 60}")


def test_the_live_line_shows_status_time_and_next_poll():
    """After a poll that failed, the line shows why."""
    live = Live(console())
    assert re.fullmatch(r"\S starting  0 s\s*", drawn_by(live))
    live.working("submitting")
    assert "submitting" in drawn_by(live)
    live.accepted(Generation(id="x", status="queued", usage=Usage(credits=5)))
    generation = Generation(id="x", status="generating")
    live.polled(Update(generation=generation, elapsed=3, polls=1, next_poll=7.2))
    assert re.fullmatch(r"\S generating  0 s  next poll in 7 s\s*", drawn_by(live))
    failure = TimeoutError("no response\nyet" + "!" * 80)
    live.polled(Update(generation=generation, elapsed=3, polls=1, next_poll=0.0, error=failure))
    time.sleep(0.001)
    line = drawn_by(live)
    assert "generating  0 s    no response yet!" in line
    assert len(line) <= 80


def test_the_live_line_shows_how_long_it_usually_takes():
    """Beside the time so far."""
    live = Live(console())
    live.working("generating")
    live.expected(Durations(p50=300, p75=360, p90=420, p99=None, source="metrics"))
    line = drawn_by(live)
    assert "generating  0 s, usually 5 to 7 min, by the vendor's figures" in line


@pytest.mark.parametrize("kind", [Lines, JsonLines])
def test_the_usual_time_is_reported_once(kind, capsys):
    """It is told after each poll."""
    display = kind()
    for _ in range(2):
        display.expected(Durations(p50=300, p75=360, p90=420, p99=None, source="metrics"))
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_live_line_becomes_a_bar():
    """The bar shows the bytes from the first ones on."""
    live = Live(console())
    live.downloading(1_000_000, 4_000_000)
    live.downloading(2_000_000, 4_000_000)
    assert re.search(r"Downloading [━╺╸]+ +2\.0/4\.0 MB", drawn_by(live))


def test_a_terminal_without_unicode_is_drawn_on_in_ascii():
    """The spinner is made of ASCII characters."""
    ascii_console = console()
    ascii_console.file = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert drawn_by(Live(ascii_console)).strip()[0] in "-\\|/"


def test_only_completion_prints_a_line():
    """The time is in minutes and seconds."""
    screen = io.StringIO()
    with Live(Console(file=screen, force_terminal=True, width=80)) as live:
        live.note("a note")
        live.warn("a warning")
        video = Video(url="https://cdn.example/v.mp4")
        generation = Generation(id="x", status="completed", video=video)
        live.polled(Update(generation=generation, elapsed=61, polls=9))
        live.saved("gen-1", 1_250_000)
    text = plain(screen.getvalue())
    for line in ("a note", "Warning: a warning", "Completed after 1 min 1 s", "Saved 1.2 MB"):
        assert line in text


@pytest.mark.parametrize(
    ("usage", "shown"),
    [
        (None, ""),
        (Usage(), ""),
        (Usage(credits=200_000), ", 200,000 credits ($0.10)"),
        (Usage(credits=200_000, usd=0.2), ", 200,000 credits ($0.20)"),
        (Usage(usd=0.5), ", $0.50"),
    ],
)
def test_a_cost_is_shown_as_far_as_it_is_known(capsys, usage, shown):
    """The API may report it in credits, in US dollars, in both or not at all."""
    Lines().accepted(Generation(id="x", status="queued", usage=usage))
    assert capsys.readouterr().err == f"Accepted: x{shown}\n"


def test_a_link_that_does_not_expire_is_shown_without_a_time(capsys):
    """Without an expiry there is no text in brackets."""
    Lines().describe(Generation(id="x", video=Video(url="https://cdn.example/v.mp4")))
    assert capsys.readouterr().err == "  video  https://cdn.example/v.mp4\n"


def test_the_silent_display_is_silent(capsys):
    """The base class prints nothing for any event."""
    with Display() as display:
        generation = Generation(id="x")
        display.working("this")
        display.note("this")
        display.warn("this")
        display.accepted(generation)
        display.polled(Update(generation=generation, elapsed=1))
        display.describe(generation)
        display.downloading(1, 2)
        display.saved("gen-1", 2)
    assert capsys.readouterr() == ("", "")


def test_durations_are_in_minutes_and_seconds():
    """Seconds are rounded."""
    assert [duration(s) for s in (0.4, 59.4, 59.6, 372)] == [
        "0 s",
        "59 s",
        "1 min 0 s",
        "6 min 12 s",
    ]
