"""Runs openapi-python-client on a document and checks what came out.

The generator is a separate process, as its authors mean it to be used. It is
trusted with nothing: an operation it leaves out is found by counting.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from .._errors import ContractError

TOOLS = ("openapi-python-client", "ruff")


def versions() -> dict[str, str]:
    """Return the installed version of the generator and of the formatter."""
    return {tool: version(tool) for tool in TOOLS}


def generate(document: Path, configuration: Path, output: Path, operations: int) -> None:
    """Generate a client package at ``output``, which must not exist yet.

    Args:
        document: The OpenAPI document to read.
        configuration: The generator's configuration file.
        output: The package's folder.
        operations: How many operations the document has.

    Raises:
        ContractError: The generator failed, or left an operation out.
    """
    command = [sys.executable, "-m", "openapi_python_client", "generate"]
    command += ["--path", str(document), "--config", str(configuration)]
    command += ["--output-path", str(output), "--meta", "none", "--fail-on-warning"]
    # The hooks call ruff by name; it is installed beside this interpreter.
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PATH": beside}
    )
    if done.returncode:
        raise ContractError(f"The generator failed:\n{(done.stdout + done.stderr).strip()}")
    endpoints = [path for path in output.glob("api/*/*.py") if path.name != "__init__.py"]
    if len(endpoints) != operations:
        names = ", ".join(sorted(path.stem for path in endpoints)) or "none"
        raise ContractError(
            f"The document has {operations} operations, the generated client {len(endpoints)} "
            f"({names}): the generator dropped or split one."
        )
    (output / "py.typed").touch()
