"""Commands that are killed at random instants leave nothing that cannot be found."""

from __future__ import annotations

import os

from tests.ledger.killing import kill
from wan_ergonomic.ledger import Ledger
from wan_ergonomic.sandbox import Sandbox

# Two hundred take three minutes.
INSTANTS = int(os.environ.get("WAN_KILLS", "50"))


def test_commands_that_are_killed_leave_each_submission_in_the_ledger(tmp_path):
    """Some of them before the submission, and some after it."""
    with Sandbox(speed=1000.0) as sandbox:
        killed = kill(sandbox, Ledger(tmp_path / "ledger"), instants=INSTANTS, seed=8)
    assert 0 < killed.submitted < INSTANTS
    assert min(killed.identified, killed.recovered) > 0
