"""From a source to the vendored documents and the generated client.

Everything is built in a staging folder first and moved into place at the end.
A source that is refused, a generator that fails, or a wrapper that no longer
fits leaves every file as it was. ``check`` builds the same and compares instead
of moving.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.diff._findings import Finding
from wan_ergonomic.contract.document import _join
from wan_ergonomic.contract.document._document import Document
from wan_ergonomic.contract.overlay._apply import Retired, load_overlays
from wan_ergonomic.contract.overlay._retire import without
from wan_ergonomic.contract.source._read import read_source, select

from . import _fit, _generator
from ._build import Built, build
from ._install import differences, installed, staging

ROLES: Mapping[str, str] = {"create": "POST", "poll": "GET"}
GENERATED = "generated_client"

_UPSTREAM = "openapi/upstream"
_CHANGELOG = "openapi/CHANGELOG.md"
_WRITTEN = (
    "openapi/contract.json",
    "openapi/client.json",
    "openapi/lock.json",
    _UPSTREAM,
    GENERATED,
)

Say = Callable[[str], None]


@dataclass(frozen=True)
class Provenance:
    """Where a source was published, if that is known, and the ISO date on which it was read."""

    url: str | None
    retrieved: str


def regenerate(
    root: Path,
    source: str | None = None,
    seen: Provenance | None = None,
    say: Say = lambda _: None,
    *,
    dry_run: bool = False,
) -> list[str]:
    """Rebuild documents and client, from a new source or from what is vendored.

    Args:
        root: The project's folder, which holds ``openapi/``.
        source: A page, document, folder or URL; None for what is vendored.
        seen: What the lock and the changelog record about a new source.
        say: Told what a new source changes, and then what was done about it.
        dry_run: Whether to stop once it is said what a new source changes.

    Returns:
        The paths of the files that changed, relative to ``root``.

    Raises:
        ContractError: Nothing was changed; says why.
    """
    if source is None:
        return [] if dry_run else _rebuild(root)
    documents = read_source(source)
    findings = _compared(root, documents, say)
    return [] if dry_run else _renew(root, documents, findings, seen, say)


def check(root: Path) -> list[str]:
    """Return what a rebuild of the vendored documents would change; nothing is written."""
    with tempfile.TemporaryDirectory() as folder:
        _build(root, Path(folder), None, None)
        return differences(root, Path(folder), _WRITTEN)


def _rebuild(root: Path) -> list[str]:
    with staging(root) as stage:
        _build(root, stage, None, None)
        changed = differences(root, stage, _WRITTEN)
        with installed(stage, root, _WRITTEN if changed else ()):
            return changed


def _renew(
    root: Path,
    documents: Sequence[Document],
    findings: Sequence[Finding],
    seen: Provenance | None,
    say: Say,
) -> list[str]:
    from wan_ergonomic.contract.report._words import lines_to_look_at

    with staging(root) as stage:
        built = _build(root, stage, documents, seen)
        for line in (*built.corrections, *built.retired):
            say(str(line))
        names = [*_WRITTEN, *_retire(root, stage, built.retired)]
        changed = differences(root, stage, names)
        if findings or any(f" {_UPSTREAM}/" in line for line in changed):
            _record(root, stage, findings, seen)
            changed = differences(root, stage, names := [*names, _CHANGELOG])
        if changed:
            with installed(stage, root, names):
                say(_fit.demand_fit(root))
    for line in lines_to_look_at(findings):
        say(line)
    return changed


def _compared(root: Path, documents: Sequence[Document], say: Say) -> list[Finding]:
    """Return what a new source changes, having said it."""
    from wan_ergonomic.contract.changes import compare
    from wan_ergonomic.contract.report._words import findings_in_lines

    try:
        old = read_source(str(root / _UPSTREAM))
    except ContractError as error:
        say(f"There is nothing to compare with: {error}")
        return []
    findings = compare(old, documents)
    for line in findings_in_lines(findings):
        say(line)
    return findings


def _build(
    root: Path, stage: Path, documents: Sequence[Document] | None, seen: Provenance | None
) -> Built:
    """Build every file but the changelog and the overlays, from new documents or the vendored."""
    old = _read_lock(root)
    chosen = _choose(root, documents, old.get("published", {}))
    upstream = stage / _UPSTREAM
    upstream.mkdir(parents=True)
    for role, (document, _) in chosen.items():
        (upstream / f"{role}.json").write_bytes(document.text.encode())
    joined, _ = _join.join(
        (document.data, ROLES[role].lower(), path) for role, (document, path) in chosen.items()
    )
    overlays = load_overlays(root / "openapi" / "overlays")
    built = build(joined, overlays, strict=documents is None)
    for name, content in (("contract.json", built.contract), ("client.json", built.client)):
        _put(stage / "openapi" / name, _join.dump(content))
    _generator.generate(
        stage / "openapi" / "client.json",
        root / "openapi" / "generator.yaml",
        stage / GENERATED,
        operations=len(chosen),
    )
    lock = _lock(stage, chosen, old, seen)
    if built.corrections:
        lock["corrected"] = [str(each) for each in built.corrections]
    _put(stage / "openapi" / "lock.json", _join.dump(lock))
    return built


def _put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8", newline="\n")


def _choose(
    root: Path, documents: Sequence[Document] | None, published: Mapping[str, Any]
) -> dict[str, tuple[Document, str]]:
    """Return each role's document, and the path of its operation there."""
    known = {role: published.get(role, {}) for role in ROLES}
    wanted = {role: (method, known[role].get("path")) for role, method in ROLES.items()}
    if documents is not None:
        return select(list(documents), wanted)
    chosen: dict[str, tuple[Document, str]] = {}
    for role in ROLES:
        file = root / _UPSTREAM / f"{role}.json"
        chosen |= select(read_source(str(file)), {role: wanted[role]})
        if known[role].get("sha256", _digest(file)) != _digest(file):
            raise ContractError(
                f"{_UPSTREAM}/{role}.json is not what was published: openapi/lock.json has "
                "another hash for it. Corrections belong into openapi/overlays/."
            )
    return chosen


def _retire(root: Path, stage: Path, retired: Iterable[Retired]) -> list[str]:
    """Write each overlay file anew that loses an action; returns their names."""
    by_file: dict[str, set[int]] = {}
    for each in retired:
        by_file.setdefault(f"openapi/overlays/{each.overlay}", set()).add(each.index)
    for name, indexes in by_file.items():
        text = without((root / name).read_text("utf-8"), indexes)
        if text is not None:
            _put(stage / name, text)
    return list(by_file)


def _record(root: Path, stage: Path, findings: Sequence[Finding], seen: Provenance | None) -> None:
    from wan_ergonomic.contract.report._changelog import record

    file = root / _CHANGELOG
    text = file.read_text("utf-8") if file.exists() else ""
    today = datetime.now(UTC).date().isoformat()
    date, url = (seen.retrieved, seen.url) if seen else (today, None)
    _put(stage / _CHANGELOG, record(text, findings, date=date, url=url))


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
        digest = _digest(stage / _UPSTREAM / f"{role}.json")
        entry = dict(old.get("published", {}).get(role, {}))
        # The same bytes read again are no news: the date stays that of their first sight.
        if seen and (entry.get("sha256") != digest or seen.url not in {None, entry.get("url")}):
            entry = {"retrieved": seen.retrieved, **({"url": seen.url} if seen.url else {})}
        published[role] = {**entry, "method": ROLES[role], "path": path, "sha256": digest}
    made = ("contract.json", "client.json")
    return {
        "published": published,
        "built": {name: {"sha256": _digest(stage / "openapi" / name)} for name in made},
        "tools": _generator.versions(),
    }


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
