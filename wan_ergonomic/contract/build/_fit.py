"""Asks the project's own tests whether the wrapper still fits the contract.

They run in a process of their own, because this one has the old contract in
its memory.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from wan_ergonomic._errors import ContractError

# These hold what the wrapper sends and reads to whatever the contract is. Whether
# it makes use of everything new is not asked here: that takes lines yet to be written.
TESTS = (
    "tests/core/test_contract_fit.py",
    "tests/contract/document/test_join.py",
    "tests/contract/test_generated_client.py",
)
_LAST_LINES = 30


def demand_fit(root: Path) -> str:
    """Return a sentence on how the contract tests went.

    Raises:
        ContractError: One of them failed; says which.
    """
    present = [name for name in TESTS if (root / name).exists()]
    if not present:
        return "There are no contract tests here that could say whether the wrapper fits."
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *present]
    # What is meant for the tests around this one is not for these.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        command,
        cwd=root,
        env={**kept, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    lines = (done.stdout + done.stderr).strip().splitlines()
    if done.returncode:
        raise ContractError(
            "The wrapper does not fit the new contract, so every file is as it was. "
            "The tests said:\n" + "\n".join(lines[-_LAST_LINES:])
        )
    return f"The wrapper fits: {lines[-1].strip('= ')}."
