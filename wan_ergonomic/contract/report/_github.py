"""What a comparison found, as workflow commands that GitHub shows beside the lines of a file.

Pure functions from findings and the documents they are about to text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from wan_ergonomic._spec import METHODS, Role
from wan_ergonomic.contract.diff._findings import Finding, Severity

from ._markdown import breaks, change, headline

if TYPE_CHECKING:
    from wan_ergonomic.contract.document._document import Document

_LEVELS: Mapping[Severity, str] = {
    "breaking": "error",
    "warning": "warning",
    "info": "notice",
    "docs": "notice",
}
_IN_TEXT = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY = {**_IN_TEXT, ":": "%3A", ",": "%2C"}
_BLANK = re.compile(r"[ \t\r\n]*")


def as_annotations(
    findings: Sequence[Finding], old: Sequence[Document], files: Mapping[str, str]
) -> str:
    """Return a headline, then one workflow command for each finding.

    Args:
        findings: What was found.
        old: The documents that it was found in.
        files: For the origin of each old document, the file to show the finding in. A finding
            in another document is shown in none.
    """
    texts = {document.origin: document.text for document in old}
    lines = [headline(findings)]
    for finding in findings:
        origin = finding.old_document or _documenting(finding.role, old)
        lines.append(_annotation(finding, files.get(origin), texts.get(origin, "")))
    return "\n".join(lines)


def _documenting(role: Role, old: Sequence[Document]) -> str:
    """Return the document that has an operation for a role: where what is new would belong."""
    method = METHODS[role].upper()
    holders = (d.origin for d in old if method in {verb for verb, _ in d.operations()})
    return next(holders, "")


def _annotation(finding: Finding, file: str | None, text: str) -> str:
    properties: dict[str, object] = {}
    if file is not None:
        properties["file"] = file
        # What a page holds begins on a line of the page's own.
        is_whole = file.endswith(".json")
        line = _nearest_line(text, finding) if is_whole else None
        if line is not None:
            properties["line"] = line
    properties["title"] = f"{finding.severity}: {finding.role} {finding.place}"
    said = ",".join(f"{key}={_escaped(str(v), _IN_PROPERTY)}" for key, v in properties.items())
    broken = f", breaks the {breaks(finding)}" if finding.sides else ""
    touches = f", touches {', '.join(finding.impact)}" if finding.impact else ""
    said_of_it = ": ".join(filter(None, (finding.message, change(finding))))
    message = f"{said_of_it} ({finding.rule}{broken}{touches})"
    return f"::{_LEVELS[finding.severity]} {said}::{_escaped(message, _IN_TEXT)}"


def _escaped(text: str, table: Mapping[str, str]) -> str:
    return "".join(table.get(c, c if c.isprintable() else "\ufffd") for c in text)


def _nearest_line(text: str, finding: Finding) -> int | None:
    """Return the line that a finding is about; for what was added, of what it was added to."""
    pointer = finding.old_pointer or finding.new_pointer or ""
    line = None
    while pointer and line is None:
        line = line_of(text, pointer)
        pointer = pointer.rpartition("/")[0]
    return line


def line_of(text: str, pointer: str) -> int | None:
    """Return the number of the line where a JSON text has what a pointer leads to.

    Returns:
        The line, from 1; None where the pointer leads nowhere or the text is not JSON.
    """
    position = _blank_to(text, 0)
    try:
        for segment in pointer.split("/")[1:]:
            position = _below(text, position, segment.replace("~1", "/").replace("~0", "~"))
    except (ValueError, LookupError):
        return None
    return text.count("\n", 0, position) + 1 if text else None


def _below(text: str, position: int, wanted: str) -> int:
    """Return where the member of an object, or the element of a list, begins."""
    decode = json.JSONDecoder().raw_decode
    opening, index = text[position], 0
    position = _blank_to(text, position + 1)
    if opening not in "{[":
        raise LookupError(wanted)
    while text[position] not in "}]":
        key: object = str(index)
        if opening == "{":
            key, position = decode(text, position)
            position = _blank_to(text, _blank_to(text, position) + 1)
        if key == wanted:
            return position
        _, position = decode(text, position)
        position = _blank_to(text, position)
        if text[position] == ",":
            position = _blank_to(text, position + 1)
        index += 1
    raise LookupError(wanted)


def _blank_to(text: str, position: int) -> int:
    """Return where the next thing begins."""
    match = _BLANK.match(text, position)
    return match.end() if match else position


def failure(reason: str) -> str:
    """Return the annotation for a source that could not be compared."""
    return f"::error title=The contract could not be compared::{_escaped(reason, _IN_TEXT)}"
