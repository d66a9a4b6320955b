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
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._errors import ContractError
from . import _documents, _generator
from ._overlays import load_overlays
from ._sources import Document, read_source, select

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROLES: Mapping[str, str] = {"create": "POST", "poll": "GET"}
GENERATED = "generated_client"

_FOLDERS = ("openapi/upstream", GENERATED)
_WRITTEN = ("openapi/contract.json", "openapi/client.json", "openapi/lock.json")


@dataclass(frozen=True)
class Provenance:
    """Where a source was published, if that is known, and the ISO date on which it was read."""

    url: str | None
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
        if changed:
            _install(stage, root)
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
    """Every file that regenerating writes, by its path relative to ``root``.

    Folders count for nothing, as for git; nor does what Python leaves beside its modules.
    """
    files = [root / name for name in _WRITTEN]
    for folder in _FOLDERS:
        files += (root / folder).rglob("*")
    names = {file.relative_to(root): file for file in files if file.is_file()}
    return {
        name.as_posix(): file.read_bytes()
        for name, file in names.items()
        if "__pycache__" not in name.parts
    }


def _build(root: Path, stage: Path, source: str | None, seen: Provenance | None) -> None:
    old = _read_lock(root)
    chosen = _read(root, source, old.get("published", {}))
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


def _read(
    root: Path, source: str | None, published: Mapping[str, Any]
) -> dict[str, tuple[Document, str]]:
    """Return each role's document, and the path of its operation there."""
    known = {role: published.get(role, {}) for role in ROLES}
    wanted = {role: (method, known[role].get("path")) for role, method in ROLES.items()}
    if source is not None:
        return select(read_source(source), wanted)
    chosen: dict[str, tuple[Document, str]] = {}
    for role in ROLES:
        file = root / "openapi" / "upstream" / f"{role}.json"
        chosen |= select(read_source(str(file)), {role: wanted[role]})
        if known[role].get("sha256", _digest(file)) != _digest(file):
            raise ContractError(
                f"openapi/upstream/{role}.json is not what was published: openapi/lock.json has "
                "another hash for it. Corrections belong into openapi/overlays/."
            )
    return chosen


def _read_lock(root: Path) -> dict[str, Any]:
    try:
        lock: dict[str, Any] = json.loads((root / "openapi" / "lock.json").read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ContractError(f"openapi/lock.json is not JSON: {error}.") from error
    return lock


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
        # The same bytes read again are no news: the date stays that of their first sight.
        if seen and (entry.get("sha256") != digest or seen.url not in {None, entry.get("url")}):
            entry = {"retrieved": seen.retrieved, **({"url": seen.url} if seen.url else {})}
        published[role] = {**entry, "method": ROLES[role], "path": path, "sha256": digest}
    built = ("contract.json", "client.json")
    return {
        "published": published,
        "built": {name: {"sha256": _digest(stage / "openapi" / name)} for name in built},
        "tools": _generator.versions(),
    }


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _install(stage: Path, root: Path) -> None:
    """Move every result into place, or none: a move that fails undoes those before it."""
    with ExitStack() as undo:
        for name in (*_WRITTEN, *_FOLDERS):
            target, aside = root / name, stage / "replaced" / name
            aside.parent.mkdir(parents=True, exist_ok=True)
            try:
                if target.exists():
                    os.replace(target, aside)
                    undo.callback(os.replace, aside, target)
                os.replace(stage / name, target)
            except OSError as error:
                raise ContractError(f"{name} could not be replaced: {error}.") from error
            undo.callback(os.replace, target, stage / name)
        undo.pop_all()
