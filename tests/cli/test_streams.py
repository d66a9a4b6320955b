"""Standard streams that are closed, full or absent."""

import io
import os
import shlex
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import IO, TextIO

import pytest

from tests.support.actions import Serve
from tests.support.responses import ID, VIDEO, accepted, boxes, completed, poll_response
from wan_ergonomic.cli._streams import is_terminal, put, report_command

from .conftest import SMALL

NO_SPACE = "Standard output could not be written: No space left on device."

needs_full = pytest.mark.skipif(
    not os.path.exists("/dev/full"), reason="there is no /dev/full here"
)


def test_a_closed_pipe_causes_no_traceback(start, slow_api):
    """A reader that closes the pipe ends the command without a message."""
    reading, writing = os.pipe()
    os.close(reading)
    result = start("submit", "A boat", "-q", at=slow_api, stdout=writing).end()
    os.close(writing)
    assert (result.code, result.err) == (141, "")


@contextmanager
def slow_pipe() -> Iterator[tuple[IO[bytes], TextIO]]:
    """A non-blocking pipe: a file to read from, and one to write to."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with open(reading, "rb") as source, open(writing, "w", encoding="utf-8") as stream:
        yield source, stream


def read_later(source: IO[bytes], got: list[bytes]) -> threading.Thread:
    """Start a thread that begins to read to the end once the pipe is full."""

    def read() -> None:
        time.sleep(0.1)
        got.append(source.read())

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread


def test_a_non_blocking_pipe_gets_all_data():
    """However long a line is, and however late its reader."""
    got: list[bytes] = []
    with slow_pipe() as (source, stream):
        reader = read_later(source, got)
        with redirect_stdout(stream):
            put("x" * 300_000)
        stream.close()
        reader.join(30)
    assert got == [b"x" * 300_000 + b"\n"]


def test_a_non_blocking_pipe_gets_the_whole_video(start, server):
    """Node's pipes, for example, are non-blocking for both sides."""
    video, got = VIDEO + boxes(free=bytes(300_000)), list[bytes]()
    server.script("poll", completed(server))
    server.script("download", Serve(video))
    with slow_pipe() as (source, stream):
        process = start("download", ID, "-o", "-", "-q", at=server, stdout=stream)
        stream.close()
        reader = read_later(source, got)
        result = process.end()
        reader.join(30)
    assert (result.code, result.err, got) == (0, "", [video])


@contextmanager
def closed_pipe():
    """A pipe to write to that has no reader."""
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as stream:
        yield stream


def test_a_closed_pipe_ends_help(wan):
    """Help is printed by the parser, and ends in the same way."""
    with closed_pipe() as pipe, redirect_stdout(pipe):
        result = wan("--help")
    assert (result.code, result.err) == (141, "")


def test_a_video_to_a_closed_pipe_can_be_downloaded_again(wan, api):
    """It is paid for, so the message says how."""
    with closed_pipe() as pipe, redirect_stdout(pipe):
        result = wan("generate", "A boat", "-o", "-", *SMALL, at=api)
    assert result.code == 4
    assert "could not be written: Broken pipe" in result.err
    assert result.next_words[0] == "wait"


def test_a_closed_standard_error_does_not_stop_a_paid_job(wan, api):
    """Without a reader of standard error, messages are lost but the video is saved."""
    with closed_pipe() as pipe, redirect_stderr(pipe):
        result = wan("generate", "A boat", "-o", "b.mp4", *SMALL, at=api)
    assert (result.code, result.out) == (0, b"b.mp4\n")


@needs_full
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_output_is_an_error(start, monkeypatch, unbuffered):
    """The system's reason is reported, and Python's exit adds nothing."""
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    with open("/dev/full", "wb") as full:
        result = start("preview", "A boat", "-q", stdout=full).end()
    assert (result.code, result.err) == (1, f"wan: {NO_SPACE}")


@contextmanager
def full_output():
    """A full standard output that buffers a whole video before it fails."""
    with open("/dev/full", "w", buffering=2**24) as full, redirect_stdout(full):
        yield


@needs_full
@pytest.mark.parametrize(
    "words",
    [
        ["preview", "A boat"],
        ["status", "gen-1"],
        ["sandbox"],
        ["sandbox", "--scenarios"],
        ["wait", "--help"],
        ["--help"],
        ["--version"],
    ],
)
def test_every_command_reports_a_full_output(wan, server, words):
    """Nothing is left to write at exit; help, which the parser prints, is no exception."""
    server.script("poll", poll_response("queued"))
    with full_output():
        result = wan(*words, at=server if words[0] == "status" else None)
    assert (result.code, result.err.splitlines()[-1]) == (1, f"wan: {NO_SPACE}")


@needs_full
@pytest.mark.parametrize(
    ("words", "scenario", "left"),
    [
        (["submit", "A boat"], "keeps running at the API", set()),
        (["wait", ID], "is completed and paid for; its video is not saved yet.", set()),
        (["wait", ID, "-o", "b.mp4"], "its video is saved: b.mp4", {"b.mp4"}),
        (["download", ID, "-o", "b.mp4"], "its video is saved: b.mp4", {"b.mp4"}),
        (["generate", "A boat", "-o", "b.mp4"], "its video is saved: b.mp4", {"b.mp4"}),
    ],
)
def test_a_full_output_does_not_hide_an_accepted_job(wan, server, words, scenario, left):
    """The id and the status are reported; the printed command prints the result."""
    server.script("submit", accepted())
    server.script("poll", completed(server))
    server.script("download", Serve(VIDEO))
    with full_output():
        result = wan(*words, "--json", at=server)
    event = result.events[-1]
    assert (result.code, event["exit_code"], event["id"]) == (4, 4, ID)
    assert event["error"]["message"].startswith(f"{NO_SPACE} Generation {ID} ")
    assert scenario in event["error"]["message"]
    assert {path.name for path in Path().iterdir()} == left
    resumed = wan(*shlex.split(event["command"])[1:])
    assert (resumed.code, resumed.out) == (0, b"b.mp4\n" if left else b"completed\n")


@needs_full
def test_a_video_to_a_full_output_can_be_downloaded_again(wan, api):
    """An error in the last bytes counts too."""
    with full_output():
        result = wan("generate", "A boat", "-o", "-", *SMALL, at=api)
    assert result.code == 4
    assert "could not be written: No space left on device. It can be" in result.err
    assert result.next_words[0] == "wait"


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
def test_a_closed_stream_stops_nothing(python, monkeypatch, stream):
    """A service may have no standard streams."""
    code = f"""
import sys
sys.{stream}.close(); sys.{stream} = None
from wan_ergonomic.cli import run
codes = [run(words) for words in (["preview", "A"], ["submit", "A"], ["generate", "A", "-o", "-"])]
sys.exit(0 if codes == [0, 2, 2] else 1)
"""
    monkeypatch.setenv("AIMLAPI_API_KEY", "<placeholder>")
    assert python(code).code == 0


def test_an_absent_stream_is_not_a_terminal():
    """A stream may be None."""
    assert not is_terminal(None)


def test_what_a_command_is_for_is_wrapped_on_a_terminal(monkeypatch):
    """The command itself is not: it is to be copied."""
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("COLUMNS", "40")
    command = "wan batch run --out a-folder-with-a-long-name --max-usd 2.50"
    report_command("This goes on with the rest, and allows what it needs", command)
    first, second, last = stream.getvalue().splitlines()
    assert (first, second) == ("This goes on with the rest, and allows", "what it needs:")
    assert last == f"  {command}"
