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

from ._overlay import Action, Overlay, Stage, Unneeded


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
        ContractError: A target is not a valid JSONPath.
    """
    return _apply_all(document, overlays, stage, strict=False)


@contextmanager
def shallow() -> Iterator[None]:
    """Raise a ``ContractError`` for a document that exceeds Python's recursion limit."""
    try:
        yield
    except RecursionError as error:
        raise ContractError("A document is nested too deeply to be corrected.") from error


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

    A node that cannot be updated is an error if strict; otherwise it is left to general repair.
    """
    import jsonpath

    try:
        nodes: dict[Any, Any] = {n.parts: n for n in jsonpath.finditer(action.target, document)}
    except (jsonpath.JSONPathError, OverflowError, ValueError, re.error) as error:
        raise ContractError(
            f"{action.overlay}: {action.target} is not a valid JSONPath: {error}"
        ) from error
    outcomes = []
    ordered = sorted(nodes.values(), key=_index)
    # From last to first, so that removing an element of a list does not move the others.
    for node in reversed(ordered):
        if not action.remove:
            if not strict and not isinstance(node.obj, dict | list):
                continue
            outcomes.append(_merge(node.obj, action.update, action))
        elif node.parent is None:
            raise ContractError(f"{action.overlay}: an action must not remove the whole document.")
        else:
            _remove(node, action)
            outcomes.append(True)
    return outcomes


def _remove(node: Any, action: Action) -> None:
    try:
        del node.parent.obj[node.parts[-1]]
    except (LookupError, TypeError) as error:
        # A JSONPath can also select keys, which cannot be removed.
        raise ContractError(f"{action.overlay}: {action.target} cannot be removed.") from error


def _index(node: Any) -> int:
    """Return the index of a node in its list; 0 if it is not in a list."""
    last = node.parts[-1] if node.parts else 0
    return last if isinstance(last, int) else 0


def _merge(into: Any, update: Any, action: Action) -> bool:
    """Merge as the overlay format defines it; return whether anything changed."""
    if isinstance(into, list):
        into.append(copy.deepcopy(update))
        return True
    if not isinstance(into, dict) or not isinstance(update, Mapping):
        raise ContractError(
            f"{action.overlay}: {action.target} is neither an object nor a list; "
            "only those can be updated."
        )
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
