"""Runs openapi-python-client on a document and checks the result.

The generator runs as a separate process, as its authors intend. An operation that it
leaves out is found by counting.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from wan_ergonomic._errors import ContractError

_FAILED = (
    "The generator cannot make a client of this document. Correct or leave out what it names, "
    "with an action in openapi/overlays/ or in a copy."
)
TOOLS = ("openapi-python-client", "ruff")


def versions() -> dict[str, str]:
    """Return the installed version of the generator and of the formatter."""
    return {tool: version(tool) for tool in TOOLS}


def configure(project: Path, media_types: Mapping[str, str]) -> str:
    """Return the configuration for another document: the project's, without its class names.

    Args:
        project: The project's own configuration file.
        media_types: Media types that the generator does not support, each with one that it
            handles the same way.
    """
    import yaml

    known = yaml.safe_load(project.read_text("utf-8"))
    kept = {key: value for key, value in known.items() if key != "class_overrides"}
    if media_types:
        kept["content_type_overrides"] = dict(media_types)
    text: str = yaml.safe_dump(kept, sort_keys=True, allow_unicode=True)
    return text


def generate(document: Path, configuration: Path, output: Path, operations: int) -> None:
    """Generate a client package.

    Args:
        document: The OpenAPI document.
        configuration: The generator's configuration file. A folder named templates beside it
            replaces templates of the generator.
        output: The package's folder, which must not exist yet.
        operations: The number of operations in the document.

    Raises:
        ContractError: The generator failed, or left an operation out.
    """
    # Isolated (-I): the current folder and PYTHON… variables have no effect.
    command = [sys.executable, "-I", "-X", "utf8", "-m", "openapi_python_client", "generate"]
    command += ["--path", str(document), "--config", str(configuration)]
    command += ["--output-path", str(output), "--meta", "none", "--fail-on-warning"]
    templates = configuration.parent / "templates"
    command += ["--custom-template-path", str(templates)] if templates.is_dir() else []
    done = subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        env=environ(),
    )
    if done.returncode:
        output_text = f"{done.stdout}{done.stderr}".strip()
        raise ContractError(f"{_FAILED} Its output:\n{output_text}")
    _check_operations(output, operations)
    (output / "py.typed").touch()


def _check_operations(output: Path, operations: int) -> None:
    endpoints = [path for path in output.glob("api/*/*.py") if path.name != "__init__.py"]
    if len(endpoints) != operations:
        names = ", ".join(sorted(path.stem for path in endpoints)) or "none"
        raise ContractError(
            f"The document has {operations} operations, the generated client {len(endpoints)} "
            f"({names}): the generator dropped or split one. Give each a path and an id of its own."
        )


def environ() -> dict[str, str]:
    """Return the environment, with the ruff beside this interpreter first on PATH."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RUFF_")}
    return {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"}
