"""Ctrl-C once finishes what was sent, and twice stops at once; the same command goes on."""

from __future__ import annotations

import asyncio
import shlex
import signal
import threading
import time
from contextlib import suppress

import pytest

from tests.cli.conftest import MODULE
from tests.support.options import needs
from wan_ergonomic import LedgerError, WanError
from wan_ergonomic.batch import open_batch
from wan_ergonomic.cli._connection import ServerOptions
from wan_ergonomic.cli._exits import Exit
from wan_ergonomic.cli._outcome import CommandError
from wan_ergonomic.cli._signals import TerminatedError
from wan_ergonomic.cli.batch._end import Again
from wan_ergonomic.cli.batch._make import _code
from wan_ergonomic.cli.batch._options import Manner
from wan_ergonomic.cli.batch._progress import Lines
from wan_ergonomic.cli.batch._run import Run
from wan_ergonomic.sandbox import Sandbox

# The sums below are those of small videos.
pytestmark = needs("resolution")

STOPPING = "wan: Nothing more is sent; what was sent is being finished. "


class Clock:
    """A clock that stands still until it is started."""

    def __init__(self):
        self._stands_at: float | None = time.time()

    def show(self):
        """Return the time it shows."""
        return self._stands_at or time.time()

    def start(self):
        """Let it show the true time from now on."""
        self._stands_at = None


@pytest.fixture
def clock():
    """The clock of the sandbox."""
    return Clock()


@pytest.fixture
def slow(clock):
    """A sandbox whose jobs go on only while its clock does."""
    with Sandbox(speed=1000.0, clock=clock.show) as running:
        yield running


@pytest.fixture
def running(start, listed):
    """Start a batch as a process of its own, with the first of three rows in the making."""

    def call(*words, **options):
        name = listed("A boat", "A fox", "A hare")
        process = start("batch", "run", name, "--out", "v", "--concurrency", "1", *words, **options)
        process.until(accepted)
        return process

    return call


def accepted() -> bool:
    """Whether a row is in the making, whose response has come."""
    with suppress(WanError), open_batch("v") as batch:
        return bool([each for each in batch.making(1) if each.status])
    return False


def posted(sandbox: Sandbox) -> list[str]:
    """Return the prompts that a sandbox has received, in order."""
    return [each.body["prompt"] for each in sandbox.received if each.method == "POST"]


def states() -> list[str]:
    """Return the states of the rows."""
    with open_batch("v") as batch:
        return [row.state for row in batch.rows()]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_one_signal_finishes_what_was_sent(running, number, code):
    """And says how to go on."""
    result = running("--sandbox").end(number)
    assert (result.code, result.out) == (code, b"v: 1 done, 2 waiting; $0.10\n")
    assert f"{STOPPING}Ctrl-C again stops at once." in result.err
    assert result.next_words == ["batch", "run", "--out", "v", "--sandbox"]


def test_a_second_signal_stops_at_once_and_the_command_goes_on(
    running, slow, clock, start, monkeypatch
):
    """What was sent runs on, and nothing is paid for twice."""
    monkeypatch.setenv("AIMLAPI_API_KEY", slow.key)
    process = running("--base-url", slow.url)
    process.popen.send_signal(signal.SIGINT)
    process.wait_for(STOPPING)
    result = process.end(signal.SIGINT)
    assert (result.code, result.out) == (130, b"")
    said = "wan: Interrupted. 1 video in the making runs on at the API and is billed once."
    assert said in result.err
    assert states() == ["accepted", "waiting", "waiting"]
    words = shlex.split(result.next_command.removeprefix(MODULE))
    assert words == ["batch", "run", "--out", "v", "--base-url", slow.url]
    clock.start()
    again = start(*words, "--concurrency", "3", "-q").end()
    assert (again.code, again.out) == (0, b"v: 3 done; $0.30\n")
    assert sorted(posted(slow)) == ["A boat", "A fox", "A hare"]


def test_a_signal_that_is_ignored_stays_so(running):
    """As of a batch in the background of a shell."""
    process = running("--sandbox", "--sample", "1", ignoring=(signal.SIGINT,))
    result = process.end(signal.SIGINT)
    assert (result.code, result.out) == (0, b"v: 1 done, 2 waiting; $0.10\n")
    assert STOPPING not in result.err


@pytest.fixture
def run(begun, listed):
    """A run of a batch that nobody has started."""
    batch = begun("https://api.example", listed("A boat", "A fox"))
    return Run(batch, Lines(), Again(out="v", database=None, connection=ServerOptions()))


def test_what_becomes_of_what_was_sent_is_said(run, monkeypatch):
    """It may be nothing, or several; and the database may be away."""
    assert run._left() == "Nothing was in the making."
    for n in (1, 2):
        run._batch._money.begin(n, worker="w", client_request_id="r", base_url="x", usd=0.1)
    assert run._left() == "2 videos in the making run on at the API and are each billed once."
    run.again = Again(out="v", database=None, connection=ServerOptions(sandbox=True))
    assert run._left().endswith("ended with the embedded sandbox; nothing was billed.")

    def away():
        raise LedgerError("It is away.")

    run.again = Again(out="v", database=None, connection=ServerOptions())
    monkeypatch.setattr(run._batch, "status", away)
    assert run._left() == "Nothing was in the making."


def test_another_thread_is_not_interrupted_by_signals(run):
    """Python lets only the main thread handle them."""
    handlers = []

    def look():
        with run._stopping():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert handlers == [signal.getsignal(signal.SIGINT)]


def test_a_signal_in_this_process_is_handled_once(run, capsys):
    """The handlers of before are back afterwards; the second signal is theirs."""

    def before(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, before)
    with run._stopping():
        signal.raise_signal(signal.SIGINT)
        assert run.interrupted is Exit.INTERRUPTED
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
    assert capsys.readouterr().err.startswith(STOPPING)


def test_an_interruption_is_no_traceback(run):
    """It ends the command with what becomes of what was sent, and with what goes on."""

    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(CommandError) as caught:
        run.go(interrupted)
    assert caught.value.outcome.message == "Interrupted. Nothing was in the making."
    assert caught.value.outcome.arguments == ["batch", "run", "--out", "v"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_second_signal_cancels_the_run(run, monkeypatch, number, code):
    """Whatever it waits for."""

    async def endless(*_, **__):
        for _twice in range(2):
            signal.raise_signal(number)
        await asyncio.sleep(60)

    monkeypatch.setattr(run._batch, "arun", endless)
    before = signal.signal(number, signal.default_int_handler)
    try:
        with pytest.raises(CommandError) as caught:
            run.go(lambda: None)
    finally:
        signal.signal(number, before)
    assert caught.value.outcome.code == code
    assert caught.value.outcome.message == "Interrupted. Nothing was in the making."


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (TerminatedError, 143)])
def test_the_exit_code_names_the_signal(run, error, code):
    """As of any command."""
    assert run._cut_off(error()).code == code


def test_a_batch_that_a_signal_has_finished_is_no_failure(run):
    """Only what is left makes a difference."""
    status = run._batch.status()
    assert _code(run._batch, status, Manner(), Exit.TERMINATED) is Exit.TERMINATED
    for row in run._batch.rows():
        run._batch._rows.done(row.n, "f.mp4", {})
    assert _code(run._batch, run._batch.status(), Manner(), Exit.TERMINATED) is Exit.DONE
