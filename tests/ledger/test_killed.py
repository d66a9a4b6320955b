"""A command that is killed at any instant leaves nothing that cannot be found."""

from __future__ import annotations

from wan_ergonomic.ledger import Ledger
from wan_ergonomic.sandbox import Sandbox

from .killing import kill

INSTANTS = 10


def test_a_command_that_is_killed_leaves_each_submission_in_the_ledger(tmp_path):
    """With its id, or so that the account's log has it; tests/soak has more of it."""
    with Sandbox(speed=1000.0) as sandbox:
        killed = kill(sandbox, Ledger(tmp_path / "ledger"), instants=INSTANTS, seed=7)
    assert 0 < killed.submitted <= INSTANTS
