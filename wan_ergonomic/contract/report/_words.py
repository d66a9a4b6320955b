"""Findings in words: the headline, and one line for each finding. Pure functions.

Text from a document is not escaped here, except in ``findings_as_lines``: each format does
that its own way.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from wan_ergonomic.contract.changes._comparison import Comparison
from wan_ergonomic.contract.diff._finding import SEVERITIES, Finding, Side, Verdict, verdict
from wan_ergonomic.contract.impact import lines

from ._compared import compared, proposed_step

_BREAKS: Mapping[Verdict, str] = {"breaking": "Breaking for", "warning": "May break"}
_WHO: Mapping[Side, str] = {"sender": "senders", "parser": "parsers"}
# The method before a path. Messages name only the path, as each role has one method.
_METHOD = re.compile(r"^[A-Z]+ (?=/)")


def headline(comparison: Comparison) -> str:
    """Return one line: whom the changes break, and how many there are of each severity."""
    findings = comparison.findings
    accepted = len(comparison.applied.findings()) if comparison.applied else 0
    numbers = _numbers(findings)
    if comparison.verdict == "unclear":
        found = f" Found so far: {numbers}." if numbers else ""
        return f"Could not tell what changed. {comparison.doubt}{found}"
    if not findings:
        return f"No change but what is accepted ({accepted})." if accepted else "No change."
    also = f", and {accepted} accepted" if accepted else ""
    if comparison.verdict == "docs":
        return f"Nothing breaks: only descriptions changed ({len(findings)}){also}."
    more = f" There may be more: {comparison.doubt}" if comparison.doubt else ""
    return f"{_whom(findings)}: {numbers}{also}.{more}"


def _numbers(findings: Sequence[Finding]) -> str:
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(f"{counts[name]} {name}" for name in SEVERITIES if counts[name])


def _whom(findings: Sequence[Finding]) -> str:
    worst = verdict(findings)
    sides = {side for finding in findings if finding.severity == worst for side in finding.sides}
    who = " and ".join(word for side, word in _WHO.items() if side in sides)
    return f"{_BREAKS[worst]} {who}" if who else "Nothing breaks"


def phrase(
    finding: Finding, *, plain: Callable[[str], str] = str, code: Callable[[str], str] = str
) -> str:
    """Return all about a finding on one line: what changed, the rule, whom it breaks, our names.

    Args:
        finding: The finding.
        plain: Escapes text for the format of the output.
        code: Marks text as code in that format.
    """
    what = ": ".join(filter(None, (plain(finding.message), code(change(finding)))))
    return f"{what} ({', '.join((code(finding.rule), *_effects(finding, code)))})"


def findings_as_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield one line for each finding: severity, role, change, effects."""
    width = max([6, *(len(finding.role) for finding in findings)])
    for finding in findings:
        what = ": ".join(filter(None, (statement(finding), unsaid_change(finding))))
        columns = (f"{finding.severity:<8}", f"{finding.role:<{width}}", what, *_effects(finding))
        yield printable("  ".join(columns))


def comparison_as_lines(comparison: Comparison) -> Iterator[str]:
    """Yield what was compared, the headline, the step of the version, and each finding."""
    for line in (*compared(comparison), headline(comparison), proposed_step(comparison)):
        yield printable(line)
    yield from findings_as_lines(comparison.findings)


def lines_to_review(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield file, line and name of each definition that a change touches; nothing if none is."""
    names = {name for finding in findings if finding.severity != "docs" for name in finding.impact}
    found = lines(sorted(names))
    if found:
        yield "Lines to review:"
    for line in found:
        yield f"  {line.file}:{line.line}: {line.name}"


def _effects(finding: Finding, code: Callable[[str], str] = str) -> list[str]:
    """Return whom a finding breaks and what it touches, each only if there is any."""
    breaks = [f"breaks the {' and '.join(finding.sides)}"] if finding.sides else []
    return breaks + ([f"touches {', '.join(map(code, finding.impact))}"] if finding.impact else [])


def statement(finding: Finding) -> str:
    """Return the finding's message without the role."""
    return finding.message.removeprefix(f"{finding.role}: ")


def change(finding: Finding) -> str:
    """Return the value before and after; empty if both read the same."""
    before = "absent" if finding.old_pointer is None else brief(finding.before)
    after = "absent" if finding.new_pointer is None else brief(finding.after)
    return "" if before == after else f"{before} → {after}"


def unsaid_change(finding: Finding) -> str:
    """Return the change; empty if the message contains both values already."""
    sides = ((finding.old_pointer, finding.before), (finding.new_pointer, finding.after))
    values = (brief(value).strip('"') for pointer, value in sides if pointer is not None)
    named = all(_METHOD.sub("", value) in finding.message for value in values)
    return "" if named else change(finding)


def brief(value: Any, length: int = 60) -> str:
    """Return a value on one line, cut to ``length``: a schema as its type, all else as JSON."""
    if isinstance(value, Mapping):
        text = _brief_schema(value)
    else:
        text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _brief_schema(schema: Mapping[str, Any]) -> str:
    declared = schema.get("type")
    listed = schema.get("enum")
    kind = declared if isinstance(declared, str) else ""
    if isinstance(listed, list):
        return f"{kind} {json.dumps(listed, ensure_ascii=False)}".strip()
    return kind or json.dumps(schema, ensure_ascii=False)


def printable(text: str) -> str:
    """Return a text on one line, with control characters replaced: a terminal would obey them."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)
