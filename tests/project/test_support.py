"""What the tests themselves stand on: waiting has a limit, and signals reach what is started."""

import signal
import subprocess
import sys

import anyio
import pytest

from tests.support.signals import KINDS, only_ignored
from tests.support.waiting import auntil, until

PRINTED = "import signal; print(*sorted(n for n in {} if signal.getsignal(n) == signal.SIG_IGN))"


def test_waiting_ends_when_it_happens():
    """And not before."""
    answers = iter([False, 0, "yes"])
    until(lambda: next(answers), pause=0)
    assert [*answers] == []


def test_waiting_for_what_never_happens_fails():
    """Without it, the test run would hang."""
    with pytest.raises(AssertionError, match=r"within 0\.01 seconds"):
        until(lambda: False, seconds=0.01)
    with pytest.raises(TimeoutError):
        anyio.run(auntil, lambda: False, 0.01)


@pytest.mark.parametrize("ignored", [(), (signal.SIGHUP,), KINDS])
def test_a_process_ignores_the_named_signals_and_no_others(ignored):
    """Whatever the process that starts it ignores; which is as before afterwards."""
    command = [sys.executable, "-c", PRINTED.format([int(kind) for kind in KINDS])]
    with only_ignored(signal.SIGINT, signal.SIGTERM):
        before = [signal.getsignal(kind) for kind in KINDS]
        with only_ignored(*ignored):
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        assert [signal.getsignal(kind) for kind in KINDS] == before
    assert done.stdout.split() == [str(int(kind)) for kind in sorted(ignored)]
