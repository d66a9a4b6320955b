"""Interruptions: Ctrl-C and SIGTERM at every stage of a command."""

import shlex
import signal
import subprocess

import pytest

from tests.cli.conftest import MODULE, SMALL
from tests.support.actions import Hang
from tests.support.responses import ID, accepted, completed, poll_response
from wan_ergonomic import Generation, WaitTimeoutError
from wan_ergonomic._flows import NOT_SENT
from wan_ergonomic.cli._connection import Connection
from wan_ergonomic.cli._outcome import CommandError
from wan_ergonomic.cli.session._run_state import RunState


def test_ctrl_c_while_waiting_prints_the_id_and_how_to_resume(start, wan, slow_api, clock):
    """The printed command works, and nothing is paid twice."""
    waiting = start("generate", "A boat", "-o", "my boat.mp4", *SMALL, at=slow_api)
    waiting.wait_for("queued")
    result = waiting.end(signal.SIGINT)
    assert (result.code, result.out) == (130, b"")
    assert "Interrupted. Generation " in result.err
    assert "keeps running at the API and is billed once; resuming costs nothing." in result.err
    assert "Traceback" not in result.err
    assert result.next_command.startswith(f"{MODULE} wait ")
    clock.time += 400
    resumed = wan(*shlex.split(result.next_command.removeprefix(MODULE)))
    assert (resumed.code, resumed.out, slow_api.billed) == (0, b"my boat.mp4\n", 1)


def test_sigterm_ends_a_wait_as_ctrl_c_does(start, slow_api):
    """SIGTERM has an exit code of its own."""
    waiting = start("generate", "A boat", "--json", at=slow_api)
    waiting.wait_for('"poll"')
    result = waiting.end(signal.SIGTERM)
    assert (result.code, result.events[-1]["exit_code"]) == (143, 143)
    assert result.events[-1]["command"].startswith(f"{MODULE} wait ")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_while_submitting_is_in_doubt(start, api, number):
    """The generation may have been accepted, so the exit code says in doubt."""
    billed = api.billed
    submitting = start("generate", "A boat [scenario: lost-response]", at=api)
    submitting.until(lambda: api.billed > billed)
    result = submitting.end(number)
    assert result.code == 5
    assert "Interrupted while submitting" in result.err
    sent = [each for each in api.received if each.method == "POST"][-1]
    sent = sent.headers["x-client-request-id"]
    assert f"X-Client-Request-Id {sent}." in result.err


def test_an_interruption_that_sent_nothing_is_not_in_doubt():
    """The library's note on it says that nothing was charged."""
    stop = KeyboardInterrupt()
    stop.add_note(NOT_SENT)
    state = RunState(Connection(), None, None)
    state.submitting = True
    with pytest.raises(CommandError) as caught, state:
        raise stop
    outcome = caught.value.outcome
    assert (outcome.code, outcome.message) == (130, "Interrupted; nothing was submitted.")


def test_ctrl_c_while_downloading_says_that_only_the_video_is_missing(start, server):
    """The generation itself is completed."""
    server.script("submit", accepted())
    server.script("poll", completed(server))
    server.script("download", Hang())
    downloading = start("generate", "A boat", "-o", "b.mp4", at=server)
    downloading.until(lambda: server.received("download"))
    result = downloading.end(signal.SIGINT)
    assert result.code == 130
    assert f"Generation {ID} is completed and paid for; its video is not saved yet." in result.err


def test_ctrl_c_before_anything_is_sent_says_so(start):
    """An interrupt while the prompt is read submits nothing."""
    reading = start("generate", "-", "--sandbox", stdin=subprocess.PIPE, bufsize=0)
    assert reading.popen.stdin
    # More than a pipe holds, so the write returns once some of it has been read.
    reading.popen.stdin.write(b" " * 2**17)
    reading.popen.send_signal(signal.SIGINT)
    # A signal between two reads takes effect when the second returns.
    reading.popen.stdin.close()
    result = reading.end()
    assert (result.code, result.err) == (130, "wan: Interrupted; nothing was submitted.")


def test_ctrl_c_with_an_embedded_sandbox_prints_no_command(start):
    """There is nothing left to resume, and nothing was billed."""
    waiting = start("generate", "A boat [scenario: stuck]", "--sandbox")
    waiting.wait_for("generating")
    result = waiting.end(signal.SIGINT)
    assert result.code == 130
    assert result.err.endswith("ended with the embedded sandbox; nothing was billed.")


def test_a_command_to_resume_has_no_more_options_than_it_needs():
    """At the API's own address the id is enough."""
    with (
        pytest.raises(CommandError) as caught,
        RunState(Connection(), None, Generation(id="some-id")),
    ):
        raise WaitTimeoutError("late")
    assert caught.value.outcome.command("wan") == "wan wait some-id"
    assert caught.value.outcome.message.endswith("if it exists; this command cost nothing.")


def test_ctrl_c_while_connecting_submitted_nothing(wan, monkeypatch, api):
    """Before the client is made, nothing was submitted."""

    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr("wan_ergonomic.cli.session._session.client_type", interrupted)
    result = wan("submit", "A boat", at=api)
    assert (result.code, result.err) == (130, "wan: Interrupted; nothing was submitted.\n")


@pytest.mark.usefixtures("no_waiting")
def test_the_last_status_seen_is_reported(wan, server):
    """The message has the status of the last successful poll."""
    server.script("submit", accepted())
    server.script("poll", poll_response("generating"))
    result = wan("generate", "A boat", "--timeout", "2", at=server)
    assert "(status: generating)" in result.err
