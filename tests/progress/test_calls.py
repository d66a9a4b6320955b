"""``wait`` and ``generate`` of both clients, and what they show."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from tests.support.actions import response
from tests.support.options import known
from tests.support.responses import ID, PROMPT, accepted, completed, poll_response
from wan_ergonomic import ConfigurationError, GenerationFailedError

GENERATING = poll_response("generating")


@pytest.fixture
def job(server) -> Any:
    """A server whose job is queued, then generating, then completed."""
    server.script("submit", accepted())
    server.script("poll", poll_response("queued"), GENERATING, completed(server))
    return server


@pytest.fixture
def wan(client_kind, job, clock, monkeypatch) -> Any:
    """A client; the async one runs in another thread, which is the main one here."""
    monkeypatch.setattr("wan_ergonomic._progress._choose._in_main_thread", lambda: True)
    with client_kind.client(base_url=job.url, clock=clock) as client:
        yield client


def statuses(stream: io.StringIO) -> list[str]:
    """Return the first words of what was drawn or printed."""
    parts = stream.getvalue().replace("\n", "\r").split("\r")
    return [part.partition(",")[0].partition(" after")[0].strip() for part in parts if part.strip()]


def test_a_program_in_a_pipe_sees_nothing_new(wan, pipe, capfd):
    """As before there was such a thing."""
    wan.wait(wan.generate(PROMPT).id)
    assert (pipe.getvalue(), *capfd.readouterr()) == ("", "", "")


def test_generate_draws_a_line_in_a_terminal(wan, terminal):
    """From the submission to the end."""
    wan.generate(PROMPT)
    states = ["queued", "queued", "generating", "completed", "completed"]
    assert statuses(terminal) == ["submitting", *(f"{ID}: {state}" for state in states)]
    assert terminal.getvalue().count("\n") == 1


def test_wait_draws_a_line_in_a_terminal(wan, terminal):
    """With the id from the first moment."""
    wan.wait(ID)
    states = ["waiting", "queued", "generating", "completed", "completed"]
    assert statuses(terminal) == [f"{ID}: {state}" for state in states]


@pytest.mark.parametrize("callbacks", [{"on_update": [].append}, {"on_submit": [].append}])
def test_a_call_with_callbacks_draws_nothing(wan, terminal, callbacks):
    """The program shows its progress itself, unless it says otherwise."""
    wan.generate(PROMPT, **callbacks)
    assert terminal.getvalue() == ""
    wan.generate(PROMPT, **callbacks, progress=True)
    assert terminal.getvalue() != ""


def test_progress_can_be_turned_off(wan, client_kind, job, clock, terminal):
    """For a call, or for a client."""
    wan.generate(PROMPT, progress=False)
    wan.wait(ID, progress=False)
    with client_kind.client(base_url=job.url, clock=clock, progress=False) as silent:
        silent.generate(PROMPT)
    assert terminal.getvalue() == ""


def test_a_call_overrides_the_client(client_kind, job, clock, pipe):
    """Both may be True, False or "auto"."""
    with client_kind.client(base_url=job.url, clock=clock, progress=True) as wan:
        for progress in (False, "auto"):
            wan.wait(ID, progress=progress)
            wan.generate(PROMPT, progress=progress)
        assert pipe.getvalue() == ""
        wan.wait(ID)
    assert statuses(pipe) == [f"{ID}: waiting", f"{ID}: completed"]


@pytest.mark.parametrize("progress", ["yes", 1, ""])
def test_any_other_setting_is_an_error(client_kind, wan, job, progress):
    """Before anything is sent."""
    with pytest.raises(ConfigurationError, match='progress must be True, False or "auto"'):
        client_kind.client(progress=progress).__enter__()
    for method in (wan.wait, wan.generate):
        with pytest.raises(ConfigurationError, match="progress must be"):
            method(PROMPT, progress=progress)
    assert job.requests == []


def test_a_notebook_has_one_output_that_is_replaced(wan, kernel):
    """It ends as one line, because what the call returns is shown as a card."""
    wan.generate(PROMPT, **known(seed=7))
    (output,) = kernel.outputs
    states = ("queued", "queued", "generating", "completed", "completed")
    assert [text.partition(",")[0].partition(" after")[0] for text in output.text] == [
        "submitting",
        *(f"{ID}: {state}" for state in states),
    ]
    html = [bundle["text/html"].split("</style>")[1] for bundle in output.shown]
    assert 'data-state="pending">submitting<' in html[0]
    assert ("next poll in" in html[2], PROMPT in html[2]) == (True, True)
    assert 'data-state="completed">completed</span><span>after' in html[-1]


def test_a_notebook_shows_how_a_call_has_failed(wan, job, kernel):
    """In the same output; the error follows it."""
    job.script("poll", poll_response("error"))
    with pytest.raises(GenerationFailedError):
        wan.wait(ID)
    job.script("submit", response(400))
    with pytest.raises(Exception, match="400"):
        wan.generate(PROMPT)
    first, second = kernel.outputs
    assert first.text[-1] == f"{ID}: error after 0 s (GenerationFailedError)"
    assert second.text == ["submitting", "ended (BadRequestError)"]
    assert 'data-state="failed">ended (BadRequestError)<' in second.shown[-1]["text/html"]


class Broken:
    """A standard error whose disk is full."""

    def isatty(self) -> bool:
        """It is a terminal."""
        return True

    def write(self, _: str) -> None:
        """Refuse."""
        raise OSError(28, "No space left on device")


def test_a_display_that_fails_ends_no_paid_call(wan, monkeypatch):
    """The generation is returned all the same."""
    monkeypatch.setattr(sys, "stderr", Broken())
    assert wan.generate(PROMPT).completed


def test_a_kernel_that_fails_ends_no_paid_call(wan, kernel):
    """Nor does one whose output cannot be made."""
    kernel.display = None
    assert wan.generate(PROMPT).completed
