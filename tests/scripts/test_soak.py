"""The script of the soak: its output and its arguments. The soak itself is in tests/soak."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.soak.figures import PROMISES
from tests.support.options import needs
from tests.support.scripts import SCRIPTS

# In a process of its own, whose memory no other test has used; inside its environment already.
_SOAK = """
import sys
sys.path[:0] = ["scripts", "."]
import _environment
_environment.enter = lambda *_: None
from tests.soak import lap
lap.TELL_EVERY = 4
import soak
sys.exit(soak.main(["--generations", "8", "--at-once", "4", "--faults", "0.2"]))
"""


# Rendering videos in full size costs more memory than the soak allows for noise.
@needs("resolution")
@pytest.mark.usefixtures("measured_children")
def test_the_script_prints_its_figures():
    """With every promise; progress goes to standard error."""
    command = [sys.executable, "-c", _SOAK]
    done = subprocess.run(
        command, cwd=SCRIPTS.parent, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "POSTs received                8\ngenerations requested         8\n" in done.stdout
    lines = done.stdout.splitlines()
    assert [f"kept    {promise}" for promise in PROMISES] == lines[-len(PROMISES) :]
    assert done.stderr == "4 generations have ended\n8 generations have ended\n"


@pytest.mark.parametrize(
    "arguments", [["--generations", "0"], ["--at-once", "-1"], ["--faults", "2"]]
)
def test_the_script_refuses_impossible_numbers(inside, capsys, arguments):
    """With the usage, before it starts anything."""
    with pytest.raises(SystemExit, match="2"):
        inside("soak").main(arguments)
    assert "invalid" in capsys.readouterr().err
