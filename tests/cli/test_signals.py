"""Signals: which of them end a command, when, and what a further one does."""

import signal
import sys
from types import SimpleNamespace

import pytest

from tests.support.signals import only_ignored
from tests.support.waiting import until
from wan_ergonomic import __main__ as entry
from wan_ergonomic.cli import _app, _signals

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 143}


def handlers():
    """Return the handlers of the signals."""
    return [signal.getsignal(number) for number in CODES]


@pytest.mark.parametrize("number", CODES)
def test_further_signals_do_not_change_the_outcome(start, slow_api, number):
    """The messages and the exit code stay, however many signals come before the process exits."""
    waiting = start("generate", "A boat", "-o", "b.mp4", at=slow_api)
    waiting.wait_for("queued")

    def gone() -> bool:
        waiting.popen.send_signal(number)
        return waiting.popen.poll() is not None

    until(gone, pause=0.0005)
    result = waiting.end()
    first_words = [line.split()[0] for line in result.err.splitlines() if line.strip()]
    # How long it usually takes may be known in time, or not.
    first_words = [word for word in first_words if word != "Usually"]
    assert (result.code, first_words) == (
        CODES[number],
        ["Price:", "Accepted:", "queued,", "wan:", "Resume", "python"],
    )


def test_a_late_second_signal_interrupts_the_cleanup(monkeypatch):
    """A cleanup may take a second; after the command has ended, signals are ignored."""
    clock = SimpleNamespace(monotonic=iter([5.0, 5.9, 7.0, 7.9]).__next__)
    monkeypatch.setattr("wan_ergonomic.cli._signals.time", clock)
    with only_ignored():
        with _signals.Signals():
            for _ in range(2):
                with pytest.raises(KeyboardInterrupt):
                    signal.raise_signal(signal.SIGINT)
                signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)


def test_a_signal_that_is_ignored_stays_ignored(start, slow_api):
    """A command under nohup, for example, ignores SIGHUP."""
    waiting = start("generate", "A boat", at=slow_api, ignoring=(signal.SIGHUP,))
    waiting.wait_for("queued")
    waiting.popen.send_signal(signal.SIGHUP)
    assert waiting.end(signal.SIGINT).code == 130


@pytest.mark.parametrize("number", CODES)
def test_a_command_ends_by_a_signal_that_the_test_run_ignores(start, slow_api, number):
    """A background job ignores SIGINT, and so does what it starts."""
    with only_ignored(*CODES):
        waiting = start("generate", "A boat", at=slow_api)
    waiting.wait_for("queued")
    assert waiting.end(number).code == CODES[number]


def test_signal_handlers_are_restored_after_a_command(wan):
    """The process may have handlers of its own."""
    before = handlers()
    assert wan("preview", "A boat").code == 0
    assert handlers() == before
    assert _app.run is sys.modules["wan_ergonomic.cli"].run


def test_signals_are_ignored_once_the_process_ends(monkeypatch):
    """Python's exit is not interrupted either."""
    monkeypatch.setattr(sys, "argv", ["wan", "preview", "A boat"])
    assert (entry.main(), handlers()) == (0, [signal.SIG_IGN] * 3)
