"""Makes a client of any other documented model of the vendor, in a folder of its own.

The steps are those of our own client, but nothing is known of the source
beforehand: defects are corrected by general rules and reported, documents that
cannot be repaired are an error, and the client is tried before it is moved into
place. No file of the project itself is changed.
"""

from __future__ import annotations

import hashlib
import json
import keyword
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.build import _generator
from wan_ergonomic.contract.build._install import installed, put, staging
from wan_ergonomic.contract.document import _join
from wan_ergonomic.contract.document._components import free
from wan_ergonomic.contract.document._document import Document
from wan_ergonomic.contract.document._flatten import flatten
from wan_ergonomic.contract.document._validate import validate
from wan_ergonomic.contract.overlay._apply import survey
from wan_ergonomic.contract.overlay._overlay import Overlay, load_overlays
from wan_ergonomic.contract.repair._document import Correction, correct
from wan_ergonomic.contract.source._read import describe, read_source

from . import _trial
from ._examples import examples
from ._names import snake
from ._shape import TAG, Shaped, shape

MAKER = "wan_ergonomic.contract"
_LOCK = "openapi/lock.json"
_WRITTEN = ("openapi", "pyproject.toml", "REPORT.md")
_MAX_LINES = 20
# Packages that a client imports, ours, and a folder beside it.
_TAKEN = {"attr", "attrs", "dateutil", "httpx", "openapi", "wan_ergonomic"}
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


@dataclass(frozen=True)
class OtherModel:
    """The documents of another model, ready for the generator.

    Attributes:
        documents: The documents that have operations, in the source's order.
        operations: Each operation as (METHOD, path).
        contract: What the vendor publishes, corrected.
        shaped: The generator's input.
        corrections: What was corrected.
    """

    documents: tuple[Document, ...]
    operations: tuple[tuple[str, str], ...]
    contract: dict[str, Any]
    shaped: Shaped
    corrections: tuple[Correction, ...]


def make_other_model(root: Path, source: str, out: Path, package: str | None = None) -> list[str]:
    """Make a client of every operation that a source documents.

    Args:
        root: The project's folder, whose general overlays and generator are used.
        source: A page, document, folder or URL.
        out: The folder to make it in: a new one, an empty one, or one made before.
        package: The package's name; derived from the folder's name if None.

    Returns:
        What was made and what was corrected, line by line.

    Raises:
        ContractError: Nothing was written; says why.
    """
    name = _package_name(package, out)
    former = _former(out)
    overlays = load_overlays(root / "openapi" / "overlays")
    model = prepare(read_source(source), overlays)
    beside = next(folder for folder in out.absolute().parents if folder.is_dir())
    with staging(beside) as stage:
        _write(stage, root, model, name, source)
        names = dict.fromkeys([*_WRITTEN, *([former] if former else []), name])
        with _made(out), installed(stage, out, names):
            pass
    return _report(model, name).splitlines()


def prepare(documents: Sequence[Document], overlays: Sequence[Overlay]) -> OtherModel:
    """Join and correct documents, validate them, and shape them for the generator.

    Raises:
        ContractError: They cannot be repaired; says what is wrong.
    """
    holders: dict[tuple[str, str], Document] = {}
    for document in documents:
        for operation in document.operations():
            holders.setdefault(operation, document)
    if not holders:
        raise ContractError(
            f"The source has no operation to make a client of: it documents {describe(documents)}."
        )
    parts = [(doc.data, method.lower(), path) for (method, path), doc in holders.items()]
    held = {id(document) for document in holders.values()}
    kept = tuple(document for document in documents if id(document) in held)
    try:
        contract, corrections = _corrected(parts, overlays)
        return OtherModel(kept, tuple(holders), contract, shape(contract), tuple(corrections))
    except RecursionError as error:
        raise ContractError("The source is nested too deeply to be read.") from error


def _corrected(
    parts: list[_join.Part], overlays: Sequence[Overlay]
) -> tuple[dict[str, Any], list[Correction]]:
    """Return the operations as one valid document, and what was corrected."""
    joined, renamed = _join.join(parts, inline=False)
    clashes = [
        Correction(f"/components/schemas/{new}", f"Renamed: another document has its own {old!r}.")
        for old, new in renamed.items()
    ]
    family = [overlay for overlay in overlays if overlay.scope == "family"]
    overlaid, idle = survey(joined, family, "contract")
    unused = {(each.overlay, each.index) for each in idle}
    applied = [
        Correction(action.target, action.reason)
        for overlay in family
        for index, action in enumerate(overlay.actions)
        if overlay.stage == "contract" and (overlay.name, index) not in unused
    ]
    contract, corrections = correct(overlaid)
    schemas = contract.get("components", {}).get("schemas", {})
    for name, schema in schemas.items():
        # Raises on schemas that the validator would not finish.
        flatten(schema, schemas, (name,))
    validate(contract)
    return contract, clashes + applied + corrections


def _package_name(package: str | None, out: Path) -> str:
    name = package or snake(out.absolute().name) or "client"
    taken = name in _TAKEN or name in sys.stdlib_module_names
    if taken and package is None:
        return f"{name}_client"
    if not name.isidentifier() or keyword.iskeyword(name) or taken:
        raise ContractError(
            f"{name!r} cannot be the package's name: it is taken or not a valid name. Pass --name."
        )
    return name


def _former(out: Path) -> str | None:
    """Return the package that was made in a folder before; None for an empty or new folder.

    Raises:
        ContractError: The folder holds something else.
    """
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return None
    try:
        lock = json.loads((out / _LOCK).read_text("utf-8"))
        package = lock["package"] if lock["made_by"] == MAKER else None
    except (OSError, ValueError, KeyError, TypeError):
        package = None
    if not isinstance(package, str) or not package.isidentifier():
        raise ContractError(
            f"{out} holds files that this command did not make. Nothing was changed; pass "
            "another --out."
        )
    return package


def _write(stage: Path, root: Path, model: OtherModel, name: str, source: str) -> None:
    folder = stage / "openapi"
    (folder / "upstream").mkdir(parents=True)
    published: dict[str, Any] = {}
    for document in model.documents:
        file = _file_name(document, published)
        (folder / "upstream" / file).write_bytes(document.text.encode())
        operations = [" ".join(operation) for operation in document.operations()]
        published[file] = {
            "sha256": hashlib.sha256(document.text.encode()).hexdigest(),
            "operations": operations,
        }
    put(folder / "contract.json", _join.dump(model.contract))
    put(folder / "client.json", _join.dump(model.shaped.document))
    configuration = _generator.configure(
        root / "openapi" / "generator.yaml", model.shaped.media_types
    )
    put(folder / "generator.yaml", configuration)
    count = len(model.operations)
    _generator.generate(
        folder / "client.json", folder / "generator.yaml", stage / name, operations=count
    )
    _try(stage, name, model)
    origin = source if "://" in source else Path(source).name
    lock = {"made_by": MAKER, "package": name, "source": origin, "published": published}
    put(stage / _LOCK, _join.dump({**lock, "tools": _generator.versions()}))
    put(stage / "REPORT.md", _report(model, name))
    put(stage / "pyproject.toml", _PYPROJECT.format(name=name.replace("_", "-"), package=name))


def _file_name(document: Document, taken: Mapping[str, Any]) -> str:
    """Return a file name for a document, after its first operation."""
    ending = ".json" if document.text.lstrip().startswith("{") else ".yaml"
    name = snake(" ".join(next(document.operations())))
    return free(name, {Path(file).stem: file for file in taken}) + ending


def _try(stage: Path, package: str, model: OtherModel) -> None:
    """Check that a client works.

    Raises:
        ContractError: It does not; says what fails.
    """
    task = {"operations": len(model.operations), "examples": examples(model.shaped.document)}
    # Isolated (-I): the environment and the current folder must not help; no bytecode (-B).
    command = [sys.executable, "-I", "-B", "-X", "utf8", _trial.__file__, str(stage), package]
    done = subprocess.run(
        command, input=json.dumps(task), capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        lines = (done.stdout.strip() or done.stderr.strip()).splitlines()
        raise ContractError(
            "The generated client does not work:\n" + "\n".join(lines[-_MAX_LINES:])
        )


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Make a folder, and remove it with its new parents if the block fails."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        if missing:
            shutil.rmtree(missing[-1], ignore_errors=True)
        raise


def _report(model: OtherModel, package: str) -> str:
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
