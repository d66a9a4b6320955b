"""Applies corrections written as OpenAPI Overlay 1.0.

For what is vendored, an action whose target matches nothing is an error, and so
is one that changes nothing: every overlay is also a sensor. For documents that
are new, ``survey`` tries every action and says which ones have had their day.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.document import _yaml

if TYPE_CHECKING:
    from pathlib import Path

Stage = Literal["contract", "client"]
Scope = Literal["family", "model"]


@dataclass(frozen=True)
class Action:
    """One correction: where, why, and what to merge in or take out."""

    target: str
    reason: str
    update: Any
    remove: bool
    overlay: str


@dataclass(frozen=True)
class Overlay:
    """One overlay file.

    Attributes:
        name: The file's name.
        stage: The document that it helps to build.
        scope: Whether it is for every document of the vendor, or only for ours.
        actions: What it does, in order.
    """

    name: str
    stage: Stage
    scope: Scope
    actions: tuple[Action, ...]


@dataclass(frozen=True)
class Retired:
    """An action that has had its day.

    Attributes:
        overlay: The file that holds it.
        index: Which of the file's actions it is, from 0.
        target: Its JSONPath.
        reason: Why it was there.
        why: What became of it.
    """

    overlay: str
    index: int
    target: str
    reason: str
    why: Literal["no longer applies", "no longer needed"]

    def __str__(self) -> str:
        return f"{self.overlay}: {self.target} {self.why}. Its reason was: {self.reason}"


def load_overlays(folder: Path) -> list[Overlay]:
    """Read every overlay in a folder, in the order of their names.

    Raises:
        ContractError: A file is not an overlay, or an action gives no reason.
    """
    return [_load(path) for path in sorted(folder.glob("*.yaml"))]


def _load(path: Path) -> Overlay:
    try:
        data = _yaml.load(path.read_text("utf-8"))
    except ValueError as error:
        raise ContractError(f"{path.name} is not YAML: {error}.") from error
    is_overlay = isinstance(data, dict) and data.get("overlay") == "1.0.0"
    actions = (data.get("actions") or []) if is_overlay else None
    if not isinstance(actions, list) or not all(isinstance(action, dict) for action in actions):
        raise ContractError(f"{path.name} is not an OpenAPI Overlay 1.0 document.")
    stage: Any = _one_of(Stage, data.get("x-stage"), f"{path.name}: x-stage")
    scope: Any = _one_of(Scope, data.get("x-scope", "model"), f"{path.name}: x-scope")
    return Overlay(path.name, stage, scope, tuple(_action(each, path.name) for each in actions))


def _one_of(choices: Any, value: Any, name: str) -> Any:
    if value not in get_args(choices):
        raise ContractError(f"{name} is {value!r}, not one of {get_args(choices)}.")
    return value


def _action(action: Mapping[str, Any], name: str) -> Action:
    target, reason = str(action.get("target", "")), str(action.get("description", "")).strip()
    if not target or not reason:
        raise ContractError(f"{name}: an action has no {'reason' if target else 'target'}.")
    if bool(action.get("remove")) == ("update" in action):
        raise ContractError(f"{name}: the action on {target} must either update or remove.")
    return Action(target, reason, action.get("update"), bool(action.get("remove")), name)


def apply(document: Mapping[str, Any], overlays: Iterable[Overlay], stage: Stage) -> dict[str, Any]:
    """Return the document with every action of one stage carried out, in order.

    Raises:
        ContractError: An action cannot be carried out, or has had its day.
    """
    result, retired = _carry_out(document, overlays, stage, strict=True)
    for action in retired:
        found = {"no longer applies": "matches nothing", "no longer needed": "changes nothing"}
        raise ContractError(
            f"{action.overlay}: {action.target} {found[action.why]}. If the vendor has corrected "
            f"this, delete the action. Its reason was: {action.reason}"
        )
    return result


def survey(
    document: Mapping[str, Any], overlays: Iterable[Overlay], stage: Stage
) -> tuple[dict[str, Any], list[Retired]]:
    """Try every action of one stage, in order.

    Returns:
        The document with what could be done done, and the actions that match
        nothing or change nothing. The given document stays as it was.

    Raises:
        ContractError: A target is not a JSONPath.
    """
    return _carry_out(document, overlays, stage, strict=False)


@contextmanager
def shallow() -> Iterator[None]:
    """Refuse, as a ``ContractError``, a document that Python has not the stack to go through."""
    try:
        yield
    except RecursionError as error:
        raise ContractError("A document is nested too deeply to be corrected.") from error


def _carry_out(
    document: Mapping[str, Any], overlays: Iterable[Overlay], stage: Stage, *, strict: bool
) -> tuple[dict[str, Any], list[Retired]]:
    retired = []
    with shallow():
        result: dict[str, Any] = copy.deepcopy(dict(document))
        for overlay in overlays:
            for index, action in enumerate(overlay.actions if overlay.stage == stage else ()):
                outcomes = _perform(result, action, strict=strict)
                if not any(outcomes):
                    why: Any = "no longer needed" if outcomes else "no longer applies"
                    retired.append(Retired(overlay.name, index, action.target, action.reason, why))
    return result, retired


def _perform(document: dict[str, Any], action: Action, *, strict: bool) -> list[bool]:
    """Carry one action out in place; returns for each place whether it changed.

    What cannot be updated is an error, or else left to general corrections.
    """
    import jsonpath

    try:
        nodes: dict[Any, Any] = {n.parts: n for n in jsonpath.finditer(action.target, document)}
    except (jsonpath.JSONPathError, OverflowError, ValueError, re.error) as error:
        raise ContractError(f"{action.overlay}: {action.target} is no JSONPath: {error}") from error
    outcomes = []
    places = sorted(nodes.values(), key=_index)
    # From the last place to the first, so that removing a list's element moves none still to come.
    for node in reversed(places):
        if not action.remove:
            if not strict and not isinstance(node.obj, dict | list):
                continue
            outcomes.append(_merge(node.obj, action.update, action))
        elif node.parent is None:
            raise ContractError(f"{action.overlay}: an action may not remove the document.")
        else:
            _remove(node, action)
            outcomes.append(True)
    return outcomes


def _remove(node: Any, action: Action) -> None:
    try:
        del node.parent.obj[node.parts[-1]]
    except (LookupError, TypeError) as error:
        # A JSONPath can also select keys, which are no places.
        raise ContractError(f"{action.overlay}: {action.target} cannot be removed.") from error


def _index(node: Any) -> int:
    """Return where in a list a place is; 0 if it is in none."""
    last = node.parts[-1] if node.parts else 0
    return last if isinstance(last, int) else 0


def _merge(into: Any, update: Any, action: Action) -> bool:
    """Merge as the overlay format says, objects by key, lists by appending; tell if that did it."""
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
