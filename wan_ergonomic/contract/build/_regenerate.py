"""From a source to the vendored documents and the generated client.

Everything is built in a staging folder first and moved into place at the end. If
the source cannot be used, the generator fails, or the wrapper no longer fits, no
file is changed. ``check`` builds the same and compares instead of moving.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from wan_ergonomic._errors import ContractError
from wan_ergonomic._spec import METHODS, Role, choices
from wan_ergonomic.contract.changes._compare import compare
from wan_ergonomic.contract.changes._comparison import Comparison
from wan_ergonomic.contract.document import _join
from wan_ergonomic.contract.document._document import Document
from wan_ergonomic.contract.overlay._overlay import Unneeded, load_overlays
from wan_ergonomic.contract.overlay._retire import without
from wan_ergonomic.contract.report._changelog import record
from wan_ergonomic.contract.report._words import comparison_as_lines, lines_to_review
from wan_ergonomic.contract.source._pairs import Names, select
from wan_ergonomic.contract.source._read import read_source

from . import _fit, _generator
from ._account import count_operations, with_account
from ._build import Built, build
from ._install import CHECKED, copied, differences, installed, staging, write_text
from ._lock import UPSTREAM, Provenance, digest, make_lock, read_lock
from ._options import DESCRIBED, OPTIONS, properties_of, write_options

GENERATED = "generated_client"

_CHANGELOG = "openapi/CHANGELOG.md"
_WRITTEN = (
    "openapi/contract.json",
    "openapi/client.json",
    "openapi/lock.json",
    UPSTREAM,
    GENERATED,
    OPTIONS,
    *DESCRIBED,
)
# What a run reads and writes, its tests included.
_PROJECT = ("openapi", GENERATED, "wan_ergonomic", "tests", "pyproject.toml")

Say = Callable[[str], None]


class _New(NamedTuple):
    """A new source: its documents, where and when it was read, and the named operations."""

    documents: Sequence[Document]
    seen: Provenance | None
    names: Names | None


def regenerate(
    root: Path,
    source: str | None = None,
    seen: Provenance | None = None,
    say: Say = lambda _: None,
    *,
    names: Names | None = None,
    dry_run: bool = False,
) -> list[str]:
    """Rebuild documents and client, from a new source or from what is vendored.

    Args:
        root: The project's folder, which holds ``openapi/``.
        source: A page, document, folder or URL; None for what is vendored.
        seen: Where and when a new source was read, for the lock and the changelog.
        say: Called with each line about what a new source changes, and then what was done.
        names: The operations of the source, as (METHOD, path), where they are not found by
            themselves.
        dry_run: Whether to do all that in a copy of the project, which is then removed.

    Returns:
        A line for each file that is new, changed or removed, with its path below ``root``.

    Raises:
        ContractError: No file was changed; says why.
    """
    if dry_run:
        with copied(root, _PROJECT) as copy:
            return regenerate(copy, source, seen, say, names=names)
    if source is None:
        return _rebuild(root)
    new = _New(read_source(source), seen, names)
    return _renew(root, new, _compared(root, new, say), say)


def check(root: Path) -> list[str]:
    """Return what a rebuild of the vendored documents would change; nothing is written."""
    with tempfile.TemporaryDirectory() as folder:
        _build(root, Path(folder))
        return differences(root, Path(folder), _WRITTEN, CHECKED)


def _rebuild(root: Path) -> list[str]:
    with staging(root) as stage:
        _build(root, stage)
        changed = differences(root, stage, _WRITTEN)
        with installed(stage, root, _WRITTEN if changed else ()):
            return changed


def _renew(root: Path, new: _New, comparison: Comparison, say: Say) -> list[str]:
    with staging(root) as stage:
        built = _build(root, stage, new)
        if built.corrections:
            say("General rules corrected what the overlays leave:")
        for line in (*built.corrections, *built.unneeded):
            say(str(line))
        names = [*_WRITTEN, *_retire(root, stage, built.unneeded)]
        changed = differences(root, stage, names)
        if comparison.findings or any(f" {UPSTREAM}/" in line for line in changed):
            _record(root, stage, comparison, new.seen)
            changed = differences(root, stage, names := [*names, _CHANGELOG])
        if changed:
            with installed(stage, root, names):
                say(_fit.check_fit(root))
    for line in lines_to_review(comparison.findings):
        say(line)
    return changed


def _compared(root: Path, new: _New, say: Say) -> Comparison:
    """Report what a new source changes, and return it."""
    old = _vendored(root, say)
    if not old:
        return Comparison(operations=())
    comparison = compare(old, new.documents, new.names)
    for line in comparison_as_lines(comparison):
        say(line)
    return comparison


def _vendored(root: Path, say: Say = lambda _: None) -> list[Document]:
    """Return the vendored documents, or none if they cannot be read."""
    try:
        return read_source(str(root / UPSTREAM))
    except ContractError as error:
        say(f"The vendored documents cannot be read, so nothing was compared: {error}")
        return []


def _build(root: Path, stage: Path, new: _New | None = None) -> Built:
    """Build every file but the changelog and the overlays, from new or vendored documents."""
    old = read_lock(root)
    chosen = _choose(root, new, old.get("published", {}))
    upstream = stage / UPSTREAM
    upstream.mkdir(parents=True)
    for role, (document, _) in chosen.items():
        (upstream / f"{role}.json").write_bytes(document.text.encode())
    seen = new.seen if new else None
    host = seen.host if seen and seen.host else old.get("host")
    joined, _ = _join.join(
        [(document.data, METHODS[role], path) for role, (document, path) in chosen.items()],
        origins=[document.origin for document, _ in chosen.values()],
        unread=dict(chain.from_iterable(doc.unread.items() for doc, _ in chosen.values())),
        host=host,
    )
    overlays = load_overlays(root / "openapi" / "overlays")
    built = build(joined, overlays, strict=new is None, host=host, model=old.get("model"))
    _fit.check_parts(built.contract)
    client = with_account(built.client, root)
    for name, content in (("contract.json", built.contract), ("client.json", client)):
        write_text(stage / "openapi" / name, _join.dump(content))
    write_options(root, stage, built.contract)
    _generator.generate(
        stage / "openapi" / "client.json",
        root / "openapi" / "generator.yaml",
        stage / GENERATED,
        operations=count_operations(client),
    )
    lock = make_lock(stage, chosen, old, seen)
    lock["model"] = choices(properties_of(built.contract)["model"])[0]
    if host:
        lock["host"] = host
    if built.corrections:
        lock["corrected"] = [str(each) for each in built.corrections]
    write_text(stage / "openapi" / "lock.json", _join.dump(lock))
    return built


def _choose(
    root: Path, new: _New | None, published: Mapping[str, Any]
) -> dict[Role, tuple[Document, str]]:
    """Return each role's document, and the path of its operation there."""
    known: dict[Role, Any] = {role: published.get(role, {}) for role in METHODS}
    wanted = {role: entry.get("path") for role, entry in known.items()}
    if new is not None:
        return select(new.documents, wanted, _vendored(root), new.names)
    chosen: dict[Role, tuple[Document, str]] = {}
    for role in METHODS:
        file = root / UPSTREAM / f"{role}.json"
        chosen |= select(read_source(str(file)), {role: wanted[role]})
        if known[role].get("sha256", digest(file)) != digest(file):
            raise ContractError(
                f"{UPSTREAM}/{role}.json is not what was published: openapi/lock.json has "
                "another hash for it. Put corrections into openapi/overlays/."
            )
    return chosen


def _retire(root: Path, stage: Path, unneeded: Iterable[Unneeded]) -> list[str]:
    """Write the overlay files without their unneeded actions; return the files' names."""
    by_file: dict[str, set[int]] = {}
    for each in unneeded:
        by_file.setdefault(f"openapi/overlays/{each.overlay}", set()).add(each.index)
    for name, indexes in by_file.items():
        text = without((root / name).read_text("utf-8"), indexes)
        if text is not None:
            write_text(stage / name, text)
    return list(by_file)


def _record(root: Path, stage: Path, comparison: Comparison, seen: Provenance | None) -> None:
    file = root / _CHANGELOG
    text = file.read_text("utf-8") if file.exists() else ""
    today = datetime.now(UTC).date().isoformat()
    date, url = (seen.retrieved, seen.url) if seen else (today, None)
    write_text(stage / _CHANGELOG, record(text, comparison, date=date, url=url))
