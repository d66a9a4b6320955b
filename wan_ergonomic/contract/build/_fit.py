"""Whether the wrapper still fits the contract: it needs some parts, and its tests say the rest.

They run in another process, because this one has the old contract in memory.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic._spec import METHODS, is_json

from ._client import first_success

# They check what the wrapper sends and reads against the contract. Whether it uses
# everything new is not checked: that needs code that is still to be written.
TESTS = (
    "tests/core/test_contract_fit.py",
    "tests/core/test_contract_responses.py",
    "tests/contract/document/test_join.py",
    "tests/contract/test_generated_client.py",
)
_LAST_LINES = 30


def check_parts(contract: Mapping[str, Any]) -> None:
    """Check that the bodies which the wrapper sends and reads are objects in JSON.

    Raises:
        ContractError: One is not, or lacks what every one has; says which, and what to do.
    """
    for role, method in METHODS.items():
        path, item = next((p, i) for p, i in contract["paths"].items() if method in i)
        for name, holder, needed in _bodies(item[method], role):
            content = holder.get("content", {})
            schemas = [content[media].get("schema", {}) for media in content if is_json(media)]
            is_object = schemas and isinstance(schemas[0], dict)
            found = schemas[0].get("properties", {}) if is_object else {}
            if lacking := [each for each in needed if each not in found]:
                raise ContractError(
                    f"The {name} of {method.upper()} {path} is not described as an object in JSON "
                    f"that has {' and '.join(map(repr, lacking))}, which this package needs. Write "
                    "an overlay that describes it so."
                )


def _bodies(
    operation: Mapping[str, Any], role: str
) -> Iterator[tuple[str, Mapping[str, Any], tuple[str, ...]]]:
    """Yield each body, by its name, with the properties that the wrapper needs."""
    if role == "create":
        yield "request body", operation.get("requestBody", {}), ("model", "prompt")
    responses = operation["responses"]
    first = first_success(responses) or "2XX"
    yield f"response {first}", responses.get(first, {}), ("id", "status")


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
