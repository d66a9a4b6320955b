"""Makes a client of any documented model of the vendor's, in a folder of its own.

The same way as ours goes, from a source to documents to a client, but nothing
is known of the source beforehand: what is wrong with it is corrected by general
rules and said, what nobody can repair is refused, and what was made is tried
before it is handed over. Nothing of the project itself is touched.
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
from wan_ergonomic.contract.build._install import installed, staging
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
_MOST_LINES = 20
_NEEDED = {"attr", "attrs", "dateutil", "httpx", "openapi"}


@dataclass(frozen=True)
class Sibling:
    """What becomes of a source before the generator is run.

    Attributes:
        documents: The documents that count, in the source's order.
        operations: Each operation as (METHOD, path).
        contract: What the vendor promises, corrected.
        shaped: What the generator is given.
        corrections: What was put right.
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
        package: What the client is to be imported as; the folder's name if None.

    Returns:
        What was made and what was put right, line by line.

    Raises:
        ContractError: Nothing was written; says why.
    """
    name = _package_name(package, out)
    former = _former(out)
    overlays = load_overlays(root / "openapi" / "overlays")
    sibling = prepare(read_source(source), overlays)
    beside = next(folder for folder in out.absolute().parents if folder.is_dir())
    with staging(beside) as stage:
        _write(stage, root, sibling, name, source)
        names = dict.fromkeys(["openapi", "REPORT.md", *([former] if former else []), name])
        with _made(out), installed(stage, out, names):
            pass
    return _report(sibling, name).splitlines()


def prepare(documents: Sequence[Document], overlays: Sequence[Overlay]) -> Sibling:
    """Return what becomes of documents: joined, corrected, valid, and shaped for the generator.

    Raises:
        ContractError: They cannot be repaired; says what is wrong.
    """
    holders: dict[tuple[str, str], Document] = {}
    for document in documents:
        for operation in document.operations():
            holders.setdefault(operation, document)
    if not holders:
        raise ContractError(f"There is nothing to make: it documents {describe(documents)}.")
    parts = [(doc.data, method.lower(), path) for (method, path), doc in holders.items()]
    held = {id(document) for document in holders.values()}
    kept = tuple(document for document in documents if id(document) in held)
    try:
        contract, corrections = _corrected(parts, overlays)
        return Sibling(kept, tuple(holders), contract, shape(contract), tuple(corrections))
    except RecursionError as error:
        raise ContractError("What it documents is nested too deeply to be read.") from error


def _corrected(
    parts: list[_join.Part], overlays: Sequence[Overlay]
) -> tuple[dict[str, Any], list[Correction]]:
    """Return the operations as one valid document, and what had to be put right."""
    joined, renamed = _join.join(parts, inline=False)
    clashes = [
        Correction(f"/components/schemas/{new}", f"Another document has its own {old!r}.")
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
        # The validator would never come to an end.
        flatten(schema, schemas, (name,))
    validate(contract)
    return contract, clashes + applied + corrections


def _package_name(package: str | None, out: Path) -> str:
    name = package or snake(out.absolute().name) or "client"
    taken = name in _NEEDED or name in sys.stdlib_module_names
    if taken and package is None:
        return f"{name}_client"
    if not name.isidentifier() or keyword.iskeyword(name) or taken:
        raise ContractError(f"{name!r} cannot be a package's name: Python has another use for it.")
    return name


def _former(out: Path) -> str | None:
    """Return the package that was made in a folder before; None for an empty or new one.

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
        raise ContractError(f"{out} holds something that was not made by this; it stays as it is.")
    return package


def _write(stage: Path, root: Path, sibling: Sibling, name: str, source: str) -> None:
    folder = stage / "openapi"
    (folder / "upstream").mkdir(parents=True)
    published: dict[str, Any] = {}
    for document in sibling.documents:
        file = _file_name(document, published)
        (folder / "upstream" / file).write_bytes(document.text.encode())
        operations = [" ".join(operation) for operation in document.operations()]
        published[file] = {
            "sha256": hashlib.sha256(document.text.encode()).hexdigest(),
            "operations": operations,
        }
    _put(folder / "contract.json", _join.dump(sibling.contract))
    _put(folder / "client.json", _join.dump(sibling.shaped.document))
    configuration = _generator.configure(
        root / "openapi" / "generator.yaml", sibling.shaped.media_types
    )
    _put(folder / "generator.yaml", configuration)
    count = len(sibling.operations)
    _generator.generate(
        folder / "client.json", folder / "generator.yaml", stage / name, operations=count
    )
    _try(stage, name, sibling)
    origin = source if "://" in source else Path(source).name
    lock = {"made_by": MAKER, "package": name, "source": origin, "published": published}
    _put(stage / _LOCK, _join.dump({**lock, "tools": _generator.versions()}))
    _put(stage / "REPORT.md", _report(sibling, name))


def _file_name(document: Document, taken: Mapping[str, Any]) -> str:
    """Return a name for a document's file: its first operation's."""
    ending = ".json" if document.text.lstrip().startswith("{") else ".yaml"
    name = snake(" ".join(next(document.operations())))
    return free(name, {Path(file).stem: file for file in taken}) + ending


def _put(file: Path, text: str) -> None:
    file.write_text(text, "utf-8", newline="\n")


def _try(stage: Path, package: str, sibling: Sibling) -> None:
    """Refuse a client that does not work.

    Raises:
        ContractError: Says what does not.
    """
    asked = {"operations": len(sibling.operations), "examples": examples(sibling.shaped.document)}
    # Isolated (-I), so that nothing of this process or folder helps; and no bytecode is left (-B).
    command = [sys.executable, "-I", "-B", "-X", "utf8", _trial.__file__, str(stage), package]
    done = subprocess.run(
        command, input=json.dumps(asked), capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        said = (done.stdout.strip() or done.stderr.strip()).splitlines()
        raise ContractError(
            "The generated client does not work:\n" + "\n".join(said[-_MOST_LINES:])
        )


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Make a folder, and take away again what was made for it if the block fails."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        if missing:
            shutil.rmtree(missing[-1], ignore_errors=True)
        raise


def _report(sibling: Sibling, package: str) -> str:
    """Return what was made, for whoever is going to use it."""
    lines = [f"# {package}", "", "A client generated from the vendor's documents.", ""]
    lines += ["| operation | function |", "| --- | --- |"]
    for path, item in sibling.shaped.document["paths"].items():
        for method, operation in item.items():
            module = f"{package}.api.{TAG}.{operation['operationId']}"
            lines.append(f"| {method.upper()} {path} | `{module}` |")
    sections = {
        "Corrected in the documents": [str(each) for each in sibling.corrections],
        "Otherwise than in the documents": [": ".join(note) for note in sibling.shaped.notes],
    }
    for title, said in sections.items():
        lines += ["", f"## {title}", "", *([f"- {line}" for line in said] or ["Nothing."])]
    return "\n".join(lines) + "\n"
