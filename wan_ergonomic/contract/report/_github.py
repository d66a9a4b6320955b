"""Findings as GitHub annotations: workflow commands, which GitHub shows at lines of a file.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from wan_ergonomic._spec import METHODS
from wan_ergonomic.contract.changes._comparison import Comparison
from wan_ergonomic.contract.diff._finding import Finding, Severity
from wan_ergonomic.contract.document._yaml import line_of

from ._compared import accepted, compared, proposed_step
from ._words import headline, phrase, printable

if TYPE_CHECKING:
    from wan_ergonomic.contract.document._document import Document

Level = Literal["error", "warning", "notice"]

_LEVELS: Mapping[Severity, Level] = {
    "breaking": "error",
    "warning": "warning",
    "info": "notice",
    "docs": "notice",
}
_DOCUMENTS = (".json", ".yaml", ".yml")
_IN_TEXT = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY = {**_IN_TEXT, ":": "%3A", ",": "%2C"}


def comparison_as_annotations(
    comparison: Comparison, old: Sequence[Document], files: Mapping[str, str]
) -> str:
    """Return what was compared and the headline, then one workflow command for each finding.

    Args:
        comparison: The comparison.
        old: The documents of the old source.
        files: The file of each old document, by the document's origin. A finding in a document
            that is missing here is shown without a file.
    """
    texts = {document.origin: document.text for document in old}
    methods = dict[str, str](METHODS.items())
    methods |= {pair.role: pair.old.method for pair in comparison.operations if pair.old}
    lines = [printable(line) for line in (*compared(comparison), headline(comparison))]
    lines.append(proposed_step(comparison))
    for finding in comparison.findings:
        origin = finding.old_document or _documenting(methods[finding.role], old)
        lines.append(_annotation(finding, files.get(origin), texts.get(origin, "")))
    title = "Accepted findings"
    return "\n".join(
        [*lines, *(annotation("notice", a, title=title) for a in accepted(comparison))]
    )


def _documenting(method: str, old: Sequence[Document]) -> str:
    """Return the origin of the document with an operation: additions belong there."""
    holders = (d.origin for d in old if method.upper() in {verb for verb, _ in d.operations()})
    return next(holders, "")


def _annotation(finding: Finding, file: str | None, text: str) -> str:
    properties: dict[str, object] = {}
    if file is not None:
        properties["file"] = file
        # In a page, the document starts at a line that is not known here.
        line = _nearest_line(text, finding) if file.endswith(_DOCUMENTS) else None
        if line is not None:
            properties["line"] = line
    properties["title"] = f"{finding.severity}: {finding.role} {finding.place}"
    return annotation(_LEVELS[finding.severity], phrase(finding), **properties)


def failure_as_annotation(reason: str) -> str:
    """Return the annotation for a comparison that was impossible."""
    return annotation("error", reason, title="The contract could not be compared")


def annotation(level: Level, message: str, **properties: object) -> str:
    """Return one workflow command; its properties are ``file``, ``line`` and ``title``."""
    given = ",".join(f"{key}={_escaped(str(v), _IN_PROPERTY)}" for key, v in properties.items())
    return f"::{level} {given}::{_escaped(message, _IN_TEXT)}"


def _escaped(text: str, table: Mapping[str, str]) -> str:
    return "".join(table.get(c, c if c.isprintable() else "\ufffd") for c in text)


def _nearest_line(text: str, finding: Finding) -> int | None:
    """Return the line of a finding; for an addition, the line of what it was added to."""
    pointer = finding.old_pointer or finding.new_pointer or ""
    line = None
    while pointer and line is None:
        line = line_of(text, pointer)
        pointer = pointer.rpartition("/")[0]
    return line
