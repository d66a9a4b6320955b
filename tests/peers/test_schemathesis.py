"""schemathesis, with all its default checks, finds nothing to say about the sandbox."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from wan_ergonomic import _spec
from wan_ergonomic.sandbox import Sandbox

SECONDS = 240


@pytest.fixture
def schemathesis(tmp_path):
    """Start schemathesis against a sandbox; it is stopped in the end."""
    script = Path(sys.executable).with_name("schemathesis")
    with ExitStack() as stack:

        def start(sandbox, *source):
            folder = tmp_path / str(sandbox.url.rpartition(":")[2])
            folder.mkdir()
            words = [script, "run", *source, "--header", f"Authorization: Bearer {sandbox.key}"]
            words += ["--seed", "7", "--max-examples", "15", "--no-color"]
            process = stack.enter_context(
                subprocess.Popen(
                    words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
                )
            )
            stack.callback(process.kill)
            return process

        yield start


def test_schemathesis_finds_nothing(schemathesis):
    """Neither by the contract as served nor by the one in the repository."""
    with Sandbox() as one, Sandbox() as other:
        vendored = (_spec.openapi_folder() / "contract.json", "--url", other.url)
        # Both at once, for each is waiting half of its time.
        runs = [schemathesis(one, f"{one.url}/openapi.json"), schemathesis(other, *vendored)]
        for run, sandbox in zip(runs, (one, other), strict=True):
            said, _ = run.communicate(timeout=SECONDS)
            assert run.returncode == 0, said
            assert "2 selected / 2 total" in said
            # The fewer properties there are, the fewer requests can be made up.
            assert len(sandbox.received) > 50
