"""Writes the client of another model: documents, package, lock, report and pyproject.toml."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.build import _generator
from wan_ergonomic.contract.build._install import write_text
from wan_ergonomic.contract.build._lock import digest
from wan_ergonomic.contract.document import _join
from wan_ergonomic.contract.document._components import free_name
from wan_ergonomic.contract.document._document import Document

from . import _trial
from ._examples import examples
from ._names import snake
from ._prepare import OtherModel
from ._shape import TAG

MAKER = "wan_ergonomic.contract"
LOCK = "openapi/lock.json"
WRITTEN = ("openapi", "pyproject.toml", "REPORT.md")
_MAX_LINES = 20
# So that clients of several models can be installed side by side, each under its own name.
_PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "1.0.0"
description = "A client generated from the vendor's OpenAPI documents."
requires-python = ">=3.11"
dependencies = ["attrs>=23.2", "httpx>=0.27,<1", "python-dateutil>=2.9"]

[tool.hatch.build.targets.wheel]
packages = ["{package}"]
"""


def write(stage: Path, root: Path, model: OtherModel, name: str, source: str) -> None:
    folder = stage / "openapi"
    (folder / "upstream").mkdir(parents=True)
    published: dict[str, Any] = {}
    for document in model.documents:
        file = _file_name(document, published)
        (folder / "upstream" / file).write_bytes(document.text.encode())
        operations = [" ".join(operation) for operation in document.operations()]
        published[file] = {
            "sha256": digest(folder / "upstream" / file),
            "operations": operations,
        }
    write_text(folder / "contract.json", _join.dump(model.contract))
    write_text(folder / "client.json", _join.dump(model.shaped.document))
    configuration = _generator.configure(
        root / "openapi" / "generator.yaml", model.shaped.media_types
    )
    write_text(folder / "generator.yaml", configuration)
    count = len(model.operations)
    _generator.generate(
        folder / "client.json", folder / "generator.yaml", stage / name, operations=count
    )
    _try(stage, name, model)
    origin = source if "://" in source else Path(source).name
    lock = {"made_by": MAKER, "package": name, "source": origin, "published": published}
    write_text(stage / LOCK, _join.dump({**lock, "tools": _generator.versions()}))
    write_text(stage / "REPORT.md", report(model, name))
    pyproject = _PYPROJECT.format(name=name.replace("_", "-"), package=name)
    write_text(stage / "pyproject.toml", pyproject)


def _file_name(document: Document, taken: Mapping[str, Any]) -> str:
    """Return a file name for a document, after its first operation."""
    ending = ".json" if document.text.lstrip().startswith("{") else ".yaml"
    name = snake(" ".join(next(document.operations())))
    return free_name(name, {Path(file).stem: file for file in taken}) + ending


def _try(stage: Path, package: str, model: OtherModel) -> None:
    """Check that a client works.

    Raises:
        ContractError: It does not; says what fails.
    """
    task = {"operations": len(model.operations), "examples": examples(model.shaped.document)}
    # Isolated (-I): the environment and the current folder have no effect; no bytecode (-B).
    command = [sys.executable, "-I", "-B", "-X", "utf8", _trial.__file__, str(stage), package]
    done = subprocess.run(
        command, input=json.dumps(task), capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        lines = (done.stdout.strip() or done.stderr.strip()).splitlines()
        raise ContractError(
            "The generated client does not work, so no file was written. Leave what is named "
            "here out of a copy, and pass that:\n" + "\n".join(lines[-_MAX_LINES:])
        )


def report(model: OtherModel, package: str) -> str:
    """Return a description of the client, for its users."""
    lines = [
        f"# {package}",
        "",
        "A client generated from the vendor's documents. Install it with `pip install .`",
        "",
    ]
    lines += ["| operation | function |", "| --- | --- |"]
    for path, item in model.shaped.document["paths"].items():
        for method, operation in item.items():
            module = f"{package}.api.{TAG}.{operation['operationId']}"
            lines.append(f"| {method.upper()} {path} | `{module}` |")
    sections = {
        "Corrected in the documents": [str(each) for each in model.corrections],
        "Different from the documents": [": ".join(note) for note in model.shaped.notes],
    }
    for title, entries in sections.items():
        lines += ["", f"## {title}", "", *([f"- {line}" for line in entries] or ["Nothing."])]
    return "\n".join(lines) + "\n"
