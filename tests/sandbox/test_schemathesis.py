"""schemathesis, with all its default checks, finds nothing to say about the sandbox."""

import subprocess
import sys
from pathlib import Path

import pytest

from wan_ergonomic import _spec
from wan_ergonomic.sandbox import Sandbox


@pytest.fixture
def schemathesis(tmp_path):
    """Run schemathesis against a sandbox and return how it ended."""

    def run(sandbox, *source):
        script = Path(sys.executable).with_name("schemathesis")
        return subprocess.run(
            [
                *(script, "run", *source),
                *("--header", f"Authorization: Bearer {sandbox.key}"),
                *("--seed", "7", "--max-examples", "15", "--no-color"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.mark.parametrize("served", [True, False], ids=["served", "vendored"])
def test_schemathesis_finds_nothing(schemathesis, served):
    """Neither by the contract as served nor by the one in the repository."""
    with Sandbox() as sandbox:
        vendored = (_spec.openapi_folder() / "contract.json", "--url", sandbox.url)
        source = (f"{sandbox.url}/openapi.json",) if served else vendored
        result = schemathesis(sandbox, *source)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "2 selected / 2 total" in result.stdout
    assert len(sandbox.received) > 100
