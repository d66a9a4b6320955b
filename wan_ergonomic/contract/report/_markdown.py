"""Findings as Markdown for GitHub: the description of a pull request or an issue. Pure functions.

Text from a document is untrusted: it is escaped, so that it can neither act as markup,
mention a person nor close an issue.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from wan_ergonomic.contract.changes._comparison import Comparison
from wan_ergonomic.contract.diff._finding import Finding

from ._compared import accepted, compared, proposed_step
from ._words import change, headline, printable, statement

# GitHub accepts 65,536 characters in a description.
MARKDOWN_LIMIT = 60_000

_HEADINGS = ("severity", "where", "what changed", "before → after", "breaks", "touches")
_VALUE_LIMIT = 1500
# All characters with which markup can begin, in table cells too; underscores within words cannot.
_MARKUP = re.compile(r"[\\`*{}\[\]|~$]|(?<!\w)_|_(?!\w)")
# The start of a mention, of a reference to an issue, or of a link.
_REFERENCE = re.compile(r"@|#|GH(?=-\d)|:(?=//)")
_NO_BREAK = "\u200b"


def comparison_as_markdown(comparison: Comparison, limit: int = MARKDOWN_LIMIT) -> str:
    """Return what was compared, the headline, a table, and a folded section with the values.

    Args:
        comparison: The comparison.
        limit: The maximum number of characters. The findings that do not fit are counted.
    """
    findings = comparison.findings
    parts = [*_listed(compared(comparison, code=code)), ""]
    parts += [f"**{plain(headline(comparison))}** {proposed_step(comparison)}\n"]
    parts += _listed(accepted(comparison, plain=plain, code=code), end="\n")
    if not findings:
        return "\n".join(parts)
    parts += [_table(_HEADINGS, [_cells(finding) for finding in findings], limit // 2)]
    parts += ["\n<details>\n<summary>Pointers and values, before and after</summary>\n"]
    details = [_detail(finding) for finding in findings]
    room = limit - sum(map(len, parts)) - len(parts) - 200
    parts += _fitting(details, room, "{0} more; they do not fit here.\n")
    return "\n".join([*parts, "</details>\n"])


def _listed(lines: Iterable[str], end: str = "") -> list[str]:
    """Return the lines of a list in Markdown; nothing without any."""
    items = [f"- {line}" for line in lines]
    return [*items[:-1], f"{items[-1]}{end}"] if items else []


def markdown_table(headings: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table of plain text, without the rows that do not fit a description on GitHub."""
    return _table(headings, [list(map(plain, row)) for row in rows], MARKDOWN_LIMIT)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> str:
    """Return a table of cells that are Markdown, with at most ``room`` characters of rows."""
    more = ["…", "{0} more; they do not fit here", *[""] * (len(headings) - 2)]
    lines = _fitting(list(map(_row, rows)), room, _row(more))
    return "\n".join([_row(headings), _row(["---"] * len(headings)), *lines])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _fitting(texts: Sequence[str], room: int, rest: str) -> list[str]:
    """Return the first texts that fit, and a line with the number of the others."""
    kept: list[str] = []
    for text in texts:
        room -= len(text) + 1
        if room < 0:
            return [*kept, rest.format(len(texts) - len(kept))]
        kept.append(text)
    return kept


def _cells(finding: Finding) -> Sequence[str]:
    return (
        finding.severity,
        code(f"{finding.role} {finding.place}"),
        plain(statement(finding)),
        code(change(finding)),
        " and ".join(finding.sides) or "nobody",
        "<br>".join(map(code, finding.impact)) or "none",
    )


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
    lines = map(printable, text.splitlines())
    return "\n".join(f"  {line}" for line in (f"{fence}json", *lines, fence))


def code(text: str) -> str:
    """Return a text as code in Markdown, on one line, for tables too."""
    line = printable(" ".join(text.split()))
    if not line:
        return ""
    if not re.search(r"[`|\\]", line):
        return f"`{line}`"
    return f"<code>{_entities(line)}</code>"


def plain(text: str) -> str:
    """Return a text as one line of Markdown without any markup."""
    line = _entities(printable(" ".join(text.split())))
    # The number sign of an entity is not the start of a reference.
    return re.sub(
        r"&#?\w+;|" + _REFERENCE.pattern,
        lambda match: match[0] if match[0][0] == "&" else match[0] + _NO_BREAK,
        line,
    )


def _entities(text: str) -> str:
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", escape(text, quote=False))
