"""Applies overlays to a document.

For vendored documents, an action whose target matches nothing is an error, and so
is one that changes nothing: every overlay also detects changes of the API. For new
documents, ``survey`` tries every action and returns those that are not needed.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.document._equality import same

from ._overlay import NOTHING, Action, Overlay, Stage, Unneeded


def apply(document: Mapping[str, Any], overlays: Iterable[Overlay], stage: Stage) -> dict[str, Any]:
    """Return the document with every action of one stage applied, in order.

    Raises:
        ContractError: An action cannot be applied, or is not needed.
    """
    result, unneeded = _apply_all(document, overlays, stage, strict=True)
    for action in unneeded:
        found = {"no longer applies": "matches nothing", "no longer needed": "changes nothing"}
        raise ContractError(
            f"{action.overlay}: {action.target} {found[action.why]}. If the vendor has corrected "
            f"this, delete the action. The action's reason: {action.reason}"
        )
    return result


def survey(
    document: Mapping[str, Any], overlays: Iterable[Overlay], stage: Stage
) -> tuple[dict[str, Any], list[Unneeded]]:
    """Try every action of one stage, in order.

    Returns:
        A changed copy of the document, and the actions that match nothing or
        change nothing.

    Raises:
        ContractError: A target is not a valid JSONPath, or a value cannot fit it.
    """
    return _apply_all(document, overlays, stage, strict=False)


@contextmanager
def shallow() -> Iterator[None]:
    """Raise a ``ContractError`` for a document that exceeds Python's recursion limit."""
    try:
        yield
    except RecursionError as error:
        raise ContractError(
            "A document is nested too deeply to be corrected. Give another source."
        ) from error


def _apply_all(
    document: Mapping[str, Any], overlays: Iterable[Overlay], stage: Stage, *, strict: bool
) -> tuple[dict[str, Any], list[Unneeded]]:
    unneeded = []
    with shallow():
        result: dict[str, Any] = copy.deepcopy(dict(document))
        for overlay in overlays:
            for index, action in enumerate(overlay.actions if overlay.stage == stage else ()):
                outcomes = _apply_one(result, action, strict=strict)
                if not any(outcomes):
                    why: Any = "no longer needed" if outcomes else "no longer applies"
                    unneeded.append(
                        Unneeded(overlay.name, index, action.target, action.reason, why)
                    )
    return result, unneeded


def _apply_one(document: dict[str, Any], action: Action, *, strict: bool) -> list[bool]:
    """Apply one action in place; return for each node whether it changed.

    An object that does not fit a node is an error if strict; otherwise, the vendor may have
    published another value there, which is left to general repair. No vendor can make any other
    value fit a text or a number, so that is always an error.
    """
    nodes = _select(document, action.target, action)
    update = action.update
    if action.copy is not None:
        sources = _select(document, action.copy, action)
        if len(sources) != 1 and strict:
            raise ContractError(
                f"{action.overlay}: {action.copy} matches {len(sources)} values; 'copy' needs a "
                "JSONPath that matches one."
            )
        update = copy.deepcopy(sources[0].obj) if len(sources) == 1 else NOTHING
    outcomes = []
    # From last to first, so that removing an element of a list does not move the others.
    for node in sorted(nodes, key=_index, reverse=True):
        if action.remove:
            _remove(node, action)
            outcomes.append(True)
        elif update is NOTHING:
            outcomes.append(False)
        elif strict or not _is_left(node.obj, update, action):
            outcomes.append(_update(node, update, action))
    return outcomes


def _is_left(held: Any, update: Any, action: Action) -> bool:
    """Whether a value that an object does not fit is left to general repair."""
    plain = not isinstance(held, dict | list)
    return plain and isinstance(update, Mapping) and not action.newer


def _select(document: dict[str, Any], path: str, action: Action) -> list[Any]:
    """Return each node that a JSONPath matches, once."""
    import jsonpath

    try:
        nodes: dict[Any, Any] = {n.parts: n for n in jsonpath.finditer(path, document)}
    except (jsonpath.JSONPathError, OverflowError, ValueError, re.error) as error:
        raise ContractError(
            f"{action.overlay}: {path} is not a valid JSONPath: {error}. Correct the file."
        ) from error
    return list(nodes.values())


def _remove(node: Any, action: Action) -> None:
    if node.parent is None:
        raise ContractError(
            f"{action.overlay}: an action must not remove the whole document. Give it another "
            "target."
        )
    try:
        del node.parent.obj[node.parts[-1]]
    except (LookupError, TypeError) as error:
        # A JSONPath can also select keys, which cannot be removed.
        raise ContractError(
            f"{action.overlay}: {action.target} cannot be removed. "
            "Give the action a target that selects values."
        ) from error


def _index(node: Any) -> int:
    """Return the index of a node in its list; 0 if it is not in a list."""
    last = node.parts[-1] if node.parts else 0
    return last if isinstance(last, int) else 0


def _update(node: Any, update: Any, action: Action) -> bool:
    """Update one node as the overlay's version defines it; return whether it changed."""
    held = node.obj
    if isinstance(held, list):
        more = update if action.newer and isinstance(update, list) else [update]
        held.extend(copy.deepcopy(more))
        return bool(more)
    if isinstance(held, dict) and isinstance(update, Mapping):
        return _merge(held, update, action)
    if isinstance(held, dict) or not action.newer or isinstance(update, dict | list):
        what = "an object" if isinstance(held, dict) else repr(held)
        raise ContractError(
            f"{action.overlay}: {action.target} is {what}, and the action's value does not fit it. "
            "An object is merged into objects only, and appended to lists; from Overlay 1.1 on, "
            "one text, number or other plain value replaces another."
        )
    node.parent.obj[node.parts[-1]] = update
    return not same(held, update)


def _merge(into: dict[str, Any], update: Mapping[str, Any], action: Action) -> bool:
    """Merge an object into another as the format defines it; return whether anything changed."""
    before = copy.copy(into)
    changed = False
    for key, value in update.items():
        held = into.get(key)
        if isinstance(held, dict) and isinstance(value, Mapping):
            changed |= _merge(held, value, action)
        elif isinstance(held, list) and isinstance(value, list):
            held.extend(copy.deepcopy(value))
            changed |= bool(value)
        else:
            into[key] = copy.deepcopy(value)
    return changed or into != before
