"""What a comparison found, put into words: one line, Markdown, JSON.

Pure functions from findings to text. What stands in a document is a stranger's
word: nothing of it may act as markup, mention a person or close an issue.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Literal

from wan_ergonomic.contract.diff._findings import SEVERITIES, Finding, Side, Verdict, verdict

# Of the JSON's form, which findings.schema.json describes.
SCHEMA_VERSION = 1
# GitHub takes 65,536 characters in a description.
MARKDOWN_LIMIT = 60_000

_VALUE_LIMIT = 1500
_BREAKS: Mapping[Verdict, str] = {"breaking": "Breaking for", "warning": "May break"}
_WHO: Mapping[Side, str] = {"sender": "senders", "parser": "parsers"}
# Ends every other attempt at markup, in a table's cell too; a word may have underscores inside.
_MARKUP = re.compile(r"[\\`*{}\[\]|~$]|(?<!\w)_|_(?!\w)")
# A mention, a reference to an issue, and a link, which may be one too.
_REFERENCE = re.compile(r"@|#|GH(?=-\d)|:(?=//)")
_NO_BREAK = "\u200b"
# Before a path; a role has but one.
_METHOD = re.compile(r"^[A-Z]+ (?=/)")


def headline(findings: Sequence[Finding]) -> str:
    """Say in one line whether anyone is broken, and by how much."""
    worst = verdict(findings)
    if worst == "none":
        return "No change."
    if worst == "docs":
        return f"Nothing breaks: only descriptions changed ({len(findings)})."
    counts = Counter(finding.severity for finding in findings)
    numbers = ", ".join(f"{counts[name]} {name}" for name in SEVERITIES if counts[name])
    sides = {side for finding in findings if finding.severity == worst for side in finding.sides}
    who = " and ".join(word for side, word in _WHO.items() if side in sides)
    return f"{_BREAKS[worst]} {who}: {numbers}." if who else f"Nothing breaks: {numbers}."


def breaks(finding: Finding) -> str:
    """Say whom a finding breaks; nothing where it breaks nobody."""
    return " and ".join(finding.sides)


def statement(finding: Finding) -> str:
    """Say what happened, where the operation is named beside it."""
    return finding.message.removeprefix(f"{finding.role}: ")


def change(finding: Finding, length: int = 60) -> str:
    """Say what was there before and what is there now; nothing where that reads the same."""
    before = "absent" if finding.old_pointer is None else brief(finding.before, length)
    after = "absent" if finding.new_pointer is None else brief(finding.after, length)
    return "" if before == after else f"{before} → {after}"


def untold(finding: Finding) -> str:
    """Return the change, unless the statement names what was there and what is there now."""
    sides = ((finding.old_pointer, finding.before), (finding.new_pointer, finding.after))
    values = (brief(value).strip('"') for pointer, value in sides if pointer is not None)
    named = [_METHOD.sub("", value) for value in values]
    return "" if all(one in finding.message for one in named) else change(finding)


def brief(value: Any, length: int = 60) -> str:
    """Return a value on one line: a schema by its type, all else as JSON, cut if need be."""
    if isinstance(value, Mapping):
        text = _schema_in_words(value)
    else:
        text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _schema_in_words(schema: Mapping[str, Any]) -> str:
    named = schema.get("type")
    listed = schema.get("enum")
    kind = named if isinstance(named, str) else ""
    if isinstance(listed, list):
        return f"{kind} {json.dumps(listed, ensure_ascii=False)}".strip()
    return kind or json.dumps(schema, ensure_ascii=False)


def as_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the object that ``findings.schema.json`` describes."""
    return {
        "schema_version": SCHEMA_VERSION,
        "verdict": verdict(findings),
        "findings": [finding.as_json() for finding in findings],
    }


def unreadable(kind: Literal["gone", "unclear"], reason: str) -> dict[str, Any]:
    """Return the same object for a source that could not be compared.

    Args:
        kind: ``gone`` where there is no source any more, ``unclear`` for all else.
        reason: What stopped the comparison, in a sentence.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "verdict": kind,
        "reason": reason,
        "findings": [],
    }


def as_markdown(findings: Sequence[Finding], limit: int = MARKDOWN_LIMIT) -> str:
    """Return a pull request's description: the verdict, a table, and the details folded.

    Args:
        findings: What was found, worst first.
        limit: The most characters that there is room for; what has none is counted.
    """
    parts = [f"**{headline(findings)}**\n"]
    if not findings:
        return parts[0]
    rows = [_row(finding) for finding in findings]
    parts += ["| severity | where | what changed | before → after | breaks | touches |"]
    parts += ["| --- | --- | --- | --- | --- | --- |"]
    parts += _fitting(rows, limit // 2, "| … | | {0} more, for which there is no room | | | |")
    parts += ["\n<details>\n<summary>Where it is written, before and after</summary>\n"]
    details = [_detail(finding) for finding in findings]
    room = limit - sum(map(len, parts)) - len(parts) - 200
    parts += _fitting(details, room, "{0} more, for which there is no room.\n")
    return "\n".join([*parts, "</details>\n"])


def _fitting(texts: Sequence[str], room: int, rest: str) -> list[str]:
    """Return the texts that there is room for, and a word about the others."""
    kept: list[str] = []
    for text in texts:
        room -= len(text) + 1
        if room < 0:
            return [*kept, rest.format(len(texts) - len(kept))]
        kept.append(text)
    return kept


def _row(finding: Finding) -> str:
    cells = (
        finding.severity,
        code(f"{finding.role} {finding.place}"),
        plain(statement(finding)),
        code(change(finding)),
        breaks(finding) or "nobody",
        "<br>".join(map(code, finding.impact)) or "none",
    )
    return f"| {' | '.join(cells)} |"


def _detail(finding: Finding) -> str:
    sides = (
        ("before", finding.old_document, finding.old_pointer, finding.before),
        ("after", finding.new_document, finding.new_pointer, finding.after),
    )
    parts = [f"{code(finding.rule)} at {code(f'{finding.role} {finding.place}')}\n"]
    for word, document, pointer, value in sides:
        if pointer is None:
            parts.append(f"- {word}: absent\n")
            continue
        where = f"{code(document)} " if document else ""
        parts.append(f"- {word}: {where}{code(pointer or '/')}\n\n{_block(value)}\n")
    return "\n".join(parts)


def _block(value: Any) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    if len(text) > _VALUE_LIMIT:
        text = f"{text[:_VALUE_LIMIT]}\n… {len(text) - _VALUE_LIMIT} characters more"
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    lines = (_visible(line) for line in text.splitlines())
    return "\n".join(f"  {line}" for line in (f"{fence}json", *lines, fence))


def _visible(text: str) -> str:
    """Return a line without characters that would steer a terminal."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def code(text: str) -> str:
    """Return a text as code in Markdown, also inside a table."""
    line = _visible(" ".join(text.split()))
    if not line:
        return ""
    if not re.search(r"[`|\\]", line):
        return f"`{line}`"
    return f"<code>{_entities(line)}</code>"


def plain(text: str) -> str:
    """Return a text as one line of Markdown that is nothing but text."""
    line = _entities(_visible(" ".join(text.split())))
    # An entity has a number sign of its own, which refers to nothing.
    return re.sub(
        r"&#?\w+;|" + _REFERENCE.pattern,
        lambda match: match[0] if match[0][0] == "&" else match[0] + _NO_BREAK,
        line,
    )


def _entities(text: str) -> str:
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", escape(text, quote=False))
