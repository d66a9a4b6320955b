"""What a comparison compared, in words: the first lines of every report. Pure functions.

Text from a document is not escaped here; each format passes its own functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from wan_ergonomic.contract.changes._comparison import Comparison, NotCompared, listed
from wan_ergonomic.contract.changes._policy import Acceptance
from wan_ergonomic.contract.changes._version import BEFORE_1_0
from wan_ergonomic.contract.source._pairs import OperationPair
from wan_ergonomic.contract.source._roles import Found, Operation

Mark = Callable[[str], str]

_FOUND: Mapping[Found, str] = {
    "named": "as named",
    "path": "at the known path",
    "model": "found by its model",
    "names": "found by its properties",
    "words": "found by its path",
}


def compared(comparison: Comparison, *, code: Mark = str) -> Iterator[str]:
    """Yield a line for each operation, and one each for what was not compared and not read."""
    if not comparison.operations:
        return
    for pair in comparison.operations:
        yield f"{pair.role}: {_pair(pair, code)}"
    unread = [one for one in comparison.not_compared if one.state == "unread"]
    parts = [one for one in comparison.not_compared if one.state in {"same", "changed"}]
    shared = [one for one in comparison.not_compared if one.state == "shared"]
    yield f"Not compared: {listed([_part(one, code) for one in parts], '; ') or 'nothing'}."
    if unread:
        yield f"Not read: {listed([_reference(one, code) for one in unread], '; ')}."
    if shared:
        names = list(dict.fromkeys(code(one.what) for one in shared))
        yield f"Read only once, for both sides: {listed(names)}."


def _pair(pair: OperationPair, code: Mark) -> str:
    old, new = pair.old, pair.new
    others = listed([code(other) for other in pair.others])
    if not old and not new:
        return f"not found; {others} resemble it" if others else "documented on neither side"
    if not old or not new:
        before = _operation(old, code) if old else "not documented"
        after = _operation(new, code) if new else "gone"
        return f"{before} → {after}{f'; left: {others}' if others else ''}"
    if old.name() == new.name():
        return _operation(old, code)
    return f"{_operation(old, code)} → {_operation(new, code)}"


def _operation(operation: Operation, code: Mark) -> str:
    return f"{code(operation.name())} ({_FOUND[operation.found]})"


def _part(one: NotCompared, code: Mark) -> str:
    differs = "the same" if one.state == "same" else "changed"
    return f"{one.what} of {code(f'{one.role} {one.place}')} ({differs})"


def _reference(one: NotCompared, code: Mark) -> str:
    return f"{code(one.what)} of {one.role} ({' and '.join(one.sides)})"


def proposed_step(comparison: Comparison) -> str:
    """Return the sentence that proposes a step of the version."""
    step = comparison.version_step
    if step is None:
        return "Proposed version step: none can be told."
    before = f" ({BEFORE_1_0[step]} before 1.0)" if BEFORE_1_0[step] != step else ""
    return f"Proposed version step: {step}{before}."


def accepted(comparison: Comparison, *, plain: Mark = str, code: Mark = str) -> Iterator[str]:
    """Yield a line for each acceptance, and for each severity that a project replaced."""
    applied = comparison.applied
    if applied is None:
        return
    file = code(applied.file)
    for one, found in applied.accepted:
        count = f", {len(found)} findings" if len(found) > 1 else ""
        yield f"Accepted until {one.until}: {_acceptance(one, plain, code)}{count}"
    for one in applied.expired:
        yield f"No longer accepted since {one.until}: {_acceptance(one, plain, code)}"
    for one in applied.unneeded:
        yield f"Does not occur any more, remove it from {file}: {_acceptance(one, plain, code)}"
    for rule, severity in applied.severities.items():
        yield f"Severity set by {file}: {code(rule)} is {severity}"


def _acceptance(one: Acceptance, plain: Mark, code: Mark) -> str:
    return f"{code(one.rule)} at {code(one.place)} ({plain(one.reason)})"
