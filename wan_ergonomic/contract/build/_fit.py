"""Runs the contract tests: does the wrapper still fit the contract?

They run in another process, because this one has the old contract in memory.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from wan_ergonomic._errors import ContractError

# They check what the wrapper sends and reads against the contract. Whether it uses
# everything new is not checked: that needs code that is still to be written.
TESTS = (
    "tests/core/test_contract_fit.py",
    "tests/core/test_contract_responses.py",
    "tests/contract/document/test_join.py",
    "tests/contract/test_generated_client.py",
)
_LAST_LINES = 30


def check_fit(root: Path) -> str:
    """Return a sentence with the result of the contract tests.

    Raises:
        ContractError: A test failed; says which.
    """
    present = [name for name in TESTS if (root / name).exists()]
    if not present:
        return "The contract tests are not here, so whether the wrapper fits was not checked."
    done = _tested(root, present)
    lines = (done.stdout + done.stderr).strip().splitlines()
    if done.returncode:
        raise ContractError(
            "The wrapper does not fit the new contract, so no file was changed. Change what "
            "these tests name, then run the same command again. Their output:\n"
            + "\n".join(lines[-_LAST_LINES:])
        )
    return f"The wrapper fits: {lines[-1].strip('= ')}."


def _tested(root: Path, files: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run test files in another process."""
    # Variables of the pytest run around this one are for that run only.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    # In the folder that pytest shares among a user's runs, one may warn of what another removes.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        return subprocess.run(
            [*command, f"--basetemp={Path(folder, 'tests')}", *files],
            cwd=root,
            env={**kept, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
