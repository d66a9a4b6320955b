"""From a source to the vendored documents and the generated client.

Everything is built in a staging folder first and moved into place at the end,
so a source that is refused, or a generator that fails, leaves every file as it
was. ``check`` builds the same and compares instead of moving.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._errors import ContractError
from . import _documents, _generator
from ._overlays import load_overlays
from ._sources import Document, read_source, select

ROLES: Mapping[str, str] = {"create": "POST", "poll": "GET"}
GENERATED = "generated_client"

_FOLDERS = ("openapi/upstream", GENERATED)
_WRITTEN = ("openapi/contract.json", "openapi/client.json", "openapi/lock.json")


@dataclass(frozen=True)
class Provenance:
    """Where a source was published, and the ISO date on which it was read."""

    url: str
    retrieved: str


@contextmanager
def _staging(root: Path) -> Iterator[Path]:
    """A folder beside the results, so that moving them is a rename."""
    folder = Path(tempfile.mkdtemp(prefix=".regenerate-", dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def regenerate(root: Path, source: str | None = None, seen: Provenance | None = None) -> list[str]:
    """Rebuild documents and client, from a new source or from what is vendored.

    Args:
        root: The project's folder, which holds ``openapi/``.
        source: A page, JSON file, folder or URL; None for what is vendored.
        seen: What the lock records about a new source.

    Returns:
        The paths of the files that changed, relative to ``root``.

    Raises:
        ContractError: Nothing was changed; says why.
    """
    with _staging(root) as stage:
        _build(root, stage, source, seen)
        changed = compare(root, stage)
        for name in (*_WRITTEN, *_FOLDERS):
            _replace(stage / name, root / name)
    return changed


def check(root: Path) -> list[str]:
    """Return what a rebuild of the vendored documents would change; nothing is written."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder)
        _build(root, stage, None, None)
        return compare(root, stage)


def compare(root: Path, stage: Path) -> list[str]:
    """Name each file that is missing from, extra in, or different under ``root``."""
    ours, theirs = _outputs(root), _outputs(stage)
    differences = [f"missing: {name}" for name in theirs.keys() - ours.keys()]
    differences += [f"extra: {name}" for name in ours.keys() - theirs.keys()]
    both = ours.keys() & theirs.keys()
    differences += [f"different: {name}" for name in both if ours[name] != theirs[name]]
    return sorted(differences, key=lambda line: line.split(": ", 1)[1])


def _outputs(root: Path) -> dict[str, bytes]:
    """Every file that regenerating writes, by its path relative to ``root``."""
    files = [root / name for name in _WRITTEN]
    for folder in _FOLDERS:
        files += (p for p in (root / folder).rglob("*") if "__pycache__" not in p.parts)
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in files if p.is_file()}


def _build(root: Path, stage: Path, source: str | None, seen: Provenance | None) -> None:
    old = _read_lock(root)
    chosen = _choose(root, source, old)
    upstream = stage / "openapi" / "upstream"
    upstream.mkdir(parents=True)
    for role, (document, _) in chosen.items():
        (upstream / f"{role}.json").write_bytes(document.text.encode())
    joined = _documents.join(
        (document.data, ROLES[role].lower(), path) for role, (document, path) in chosen.items()
    )
    overlays = load_overlays(root / "openapi" / "overlays")
    contract = _documents.build(joined, overlays, "contract")
    _documents.validate(contract)
    client = _documents.build(contract, overlays, "client")
    for name, content in (("contract.json", contract), ("client.json", client)):
        (stage / "openapi" / name).write_text(_documents.dump(content), "utf-8", newline="\n")
    _generator.generate(
        stage / "openapi" / "client.json",
        root / "openapi" / "generator.yaml",
        stage / GENERATED,
        operations=len(chosen),
    )
    lock = _lock(stage, chosen, old, seen)
    (stage / "openapi" / "lock.json").write_text(_documents.dump(lock), "utf-8", newline="\n")


def _choose(
    root: Path, source: str | None, lock: Mapping[str, Any]
) -> dict[str, tuple[Document, str]]:
    known = lock.get("published", {})
    if source is None:
        vendored = {role: root / "openapi" / "upstream" / f"{role}.json" for role in ROLES}
        chosen: dict[str, tuple[Document, str]] = {}
        for role, file in vendored.items():
            wanted = {role: (ROLES[role], known.get(role, {}).get("path"))}
            chosen |= select(read_source(str(file)), wanted)
        return chosen
    wanted = {role: (method, known.get(role, {}).get("path")) for role, method in ROLES.items()}
    return select(read_source(source), wanted)


def _read_lock(root: Path) -> dict[str, Any]:
    try:
        lock = json.loads((root / "openapi" / "lock.json").read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ContractError(f"openapi/lock.json is not JSON: {error}.") from error
    return dict(lock)


def _lock(
    stage: Path,
    chosen: Mapping[str, tuple[Document, str]],
    old: Mapping[str, Any],
    seen: Provenance | None,
) -> dict[str, Any]:
    published = {}
    for role, (_, path) in chosen.items():
        digest = _digest(stage / "openapi" / "upstream" / f"{role}.json")
        entry = dict(old.get("published", {}).get(role, {}))
        if seen and (entry.get("sha256"), entry.get("url")) != (digest, seen.url):
            entry = {"url": seen.url, "retrieved": seen.retrieved}
        published[role] = {**entry, "method": ROLES[role], "path": path, "sha256": digest}
    built = ("contract.json", "client.json")
    return {
        "published": published,
        "built": {name: {"sha256": _digest(stage / "openapi" / name)} for name in built},
        "tools": _generator.versions(),
    }


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _replace(new: Path, target: Path) -> None:
    """Move a built file or folder to its place; a folder's old content goes aside first."""
    if target.is_dir():
        target.rename(new.with_name(f"{new.name}.old"))
    os.replace(new, target)
