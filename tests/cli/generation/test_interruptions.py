"""Ends that come from outside: Ctrl-C, SIGTERM, and streams that nobody reads."""

import os
import shlex
import signal
import subprocess
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import pytest

from tests.cli.conftest import SMALL
from tests.support.loopback import Hang, Loopback, Store
from tests.support.responses import ID, VIDEO, accepted, completed, seen
from wan_ergonomic import WaitTimeoutError
from wan_ergonomic.cli._connection import Connection
from wan_ergonomic.cli._outcome import CommandError
from wan_ergonomic.cli._streams import is_terminal
from wan_ergonomic.cli.generation._run_state import RunState

MODULE = "python -m wan_ergonomic"
NO_SPACE = "Standard output could not be written: No space left on device."

needs_full = pytest.mark.skipif(
    not os.path.exists("/dev/full"), reason="there is no /dev/full here"
)


@pytest.fixture
def server():
    """A server that does as a test scripts it."""
    with Loopback() as running:
        yield running


def test_ctrl_c_while_waiting_says_the_id_and_how_to_resume(start, slow_api, clock):
    """The command that it says works, and nothing is paid twice."""
    waiting = start("generate", "A boat", "-o", "my boat.mp4", *SMALL, at=slow_api)
    waiting.hear("queued")
    ended = waiting.end(signal.SIGINT)
    assert (ended.code, ended.out) == (130, b"")
    assert "Interrupted. Generation " in ended.err
    assert "keeps running at the API and is billed once; resuming costs nothing." in ended.err
    assert "Traceback" not in ended.err
    assert ended.advice.startswith(f"{MODULE} wait ")
    clock.time += 400
    resumed = start(*shlex.split(ended.advice.removeprefix(MODULE))).end()
    assert (resumed.code, resumed.out, slow_api.billed) == (0, b"my boat.mp4\n", 1)


def test_sigterm_ends_a_wait_as_ctrl_c_does(start, slow_api):
    """With a code of its own."""
    waiting = start("generate", "A boat", "--json", at=slow_api)
    waiting.hear('"poll"')
    ended = waiting.end(signal.SIGTERM)
    assert (ended.code, ended.events[-1]["exit_code"]) == (143, 143)
    assert ended.events[-1]["command"].startswith(f"{MODULE} wait ")


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_while_submitting_leaves_doubt(start, api, kind):
    """It may have been accepted, so the code is not that of an interruption."""
    billed = api.billed
    submitting = start("generate", "A boat [scenario: lost-answer]", at=api)
    submitting.until(lambda: api.billed > billed)
    ended = submitting.end(kind)
    assert ended.code == 5
    assert "Interrupted while submitting" in ended.err
    sent = api.received[-1].headers["x-client-request-id"]
    assert f"X-Client-Request-Id {sent}." in ended.err


def test_ctrl_c_while_downloading_says_that_only_the_video_is_missing(start, server):
    """The job itself is over."""
    server.script("submit", accepted())
    server.script("poll", completed(server))
    server.script("download", Hang())
    downloading = start("generate", "A boat", "-o", "b.mp4", at=server)
    downloading.until(lambda: server.received("download"))
    ended = downloading.end(signal.SIGINT)
    assert ended.code == 130
    assert f"Generation {ID} is completed and paid for; its video is not saved yet." in ended.err


def test_ctrl_c_before_anything_is_sent_says_so(start):
    """While the prompt is read, for one."""
    reading = start("generate", "-", "--sandbox", stdin=subprocess.PIPE, bufsize=0)
    assert reading.popen.stdin
    # More than a pipe holds, so this returns when some of it has been read.
    reading.popen.stdin.write(b" " * 2**17)
    reading.popen.send_signal(signal.SIGINT)
    # Python does not notice a signal that comes between two reads before the second returns.
    reading.popen.stdin.close()
    ended = reading.end()
    assert (ended.code, ended.err) == (130, "wan: Interrupted; nothing was submitted.")


def test_ctrl_c_with_an_embedded_sandbox_advises_nothing(start):
    """There is nothing left to resume, and nothing was billed."""
    waiting = start("generate", "A boat [scenario: stuck]", "--sandbox")
    waiting.hear("generating")
    ended = waiting.end(signal.SIGINT)
    assert ended.code == 130
    assert ended.err.endswith("ended with the embedded sandbox; nothing was billed.")


def test_a_command_to_resume_has_no_more_options_than_it_needs():
    """At the vendor's own address the id is enough."""
    with pytest.raises(CommandError) as caught, RunState(Connection(), None, "some-id"):
        raise WaitTimeoutError("late")
    assert caught.value.outcome.command("wan") == "wan wait some-id"
    assert caught.value.outcome.message.endswith("if it exists; this command cost nothing.")


def test_ctrl_c_while_connecting_submitted_nothing(wan, monkeypatch, api):
    """As long as the client is not made."""

    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr("wan_ergonomic.cli.generation._session._client_type", interrupted)
    ended = wan("submit", "A boat", at=api)
    assert (ended.code, ended.err) == (130, "wan: Interrupted; nothing was submitted.\n")


def test_output_that_nobody_reads_is_no_reason_for_a_traceback(start, slow_api):
    """As with any other filter that ends early."""
    reading, writing = os.pipe()
    os.close(reading)
    ended = start("submit", "A boat", "-q", at=slow_api, stdout=writing).end()
    os.close(writing)
    assert (ended.code, ended.err) == (141, "")


def test_help_that_nobody_reads_is_no_reason_either(start):
    """Help is written by the parser, not by us."""
    reading, writing = os.pipe()
    os.close(reading)
    ended = start("--help", stdout=writing).end()
    os.close(writing)
    assert (ended.code, ended.err) == (141, "")


def test_a_video_that_nobody_reads_can_be_downloaded_again(start, api):
    """It is paid for, so this one is said."""
    reading, writing = os.pipe()
    os.close(reading)
    ended = start("generate", "A boat", "-o", "-", *SMALL, at=api, stdout=writing).end()
    os.close(writing)
    assert ended.code == 4
    assert "could not be written: Broken pipe" in ended.err
    assert ended.advice.startswith(f"{MODULE} wait ")


def test_a_paid_job_is_not_given_up_because_nobody_listens(start, api):
    """Messages are lost then; the video is not."""
    reading, writing = os.pipe()
    os.close(reading)
    words = ["generate", "A boat", "-o", "b.mp4", *SMALL]
    command = start(*words, at=api, stderr=writing)
    os.close(writing)
    ended = command.end()
    assert (ended.code, ended.out) == (0, b"b.mp4\n")


@needs_full
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_output_that_is_full_is_an_error(start, monkeypatch, unbuffered):
    """With the system's own reason; Python's exit has nothing to add."""
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    with open("/dev/full", "wb") as full:
        ended = start("preview", "A boat", "-q", stdout=full).end()
    assert (ended.code, ended.err) == (1, f"wan: {NO_SPACE}")


@contextmanager
def full_output():
    """A standard output that is full, with room for a whole video before it notices."""
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
def test_every_command_says_that_its_output_is_full(wan, server, words):
    """Help, which the parser writes, is no exception; nothing is left to be written at exit."""
    server.script("poll", seen("queued"))
    with full_output():
        ended = wan(*words, at=server if words[0] == "status" else None)
    assert (ended.code, ended.err.splitlines()[-1]) == (1, f"wan: {NO_SPACE}")


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
def test_a_full_output_does_not_hide_what_was_accepted(wan, server, words, scenario, left):
    """Its id and status are shown; the advised command prints what could not be printed."""
    server.script("submit", accepted())
    server.script("poll", completed(server))
    server.script("download", Store(VIDEO))
    with full_output():
        ended = wan(*words, "--json", at=server)
    told = ended.events[-1]
    assert (ended.code, told["exit_code"], told["id"]) == (4, 4, ID)
    assert told["error"]["message"].startswith(f"{NO_SPACE} Generation {ID} ")
    assert scenario in told["error"]["message"]
    assert {path.name for path in Path().iterdir()} == left
    resumed = wan(*shlex.split(told["command"])[1:])
    assert (resumed.code, resumed.out) == (0, b"b.mp4\n" if left else b"completed\n")


@needs_full
def test_a_video_that_finds_no_room_can_be_downloaded_again(wan, api):
    """Even if only its last bytes find none."""
    with full_output():
        ended = wan("generate", "A boat", "-o", "-", *SMALL, at=api)
    assert ended.code == 4
    assert "could not be written: No space left on device. It can be" in ended.err
    assert ended.err.splitlines()[-1].startswith("Resume with: wan wait ")


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
def test_a_closed_stream_stops_nothing(python, monkeypatch, stream):
    """A service may have none of them."""
    code = f"""
import sys
sys.{stream}.close(); sys.{stream} = None
from wan_ergonomic.cli import run
codes = [run(words) for words in (["preview", "A"], ["submit", "A"], ["generate", "A", "-o", "-"])]
sys.exit(0 if codes == [0, 2, 2] else 1)
"""
    monkeypatch.setenv("AIMLAPI_API_KEY", "<placeholder>")
    assert python(code).code == 0


def test_a_stream_that_is_absent_is_no_terminal():
    """Nobody is looking at it."""
    assert not is_terminal(None)


def test_a_job_that_is_seen_is_told_as_it_was_seen(wan, server):
    """The status in the last sentence is the last one seen."""
    server.script("submit", accepted())
    server.script("poll", seen("generating"))
    ended = wan("generate", "A boat", "--timeout", "2", at=server)
    assert "(status: generating)" in ended.err
