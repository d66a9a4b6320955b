"""Applies corrections written as OpenAPI Overlay 1.0.

An action whose target matches nothing is an error, so every overlay is also a
sensor: it fails on the day the published document no longer needs it. So is one
that changes nothing.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import jsonpath
import yaml

from .._errors import ContractError

if TYPE_CHECKING:
    from pathlib import Path

Stage = Literal["contract", "client"]


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
    """One overlay file; ``stage`` names the document it helps to build."""

    name: str
    stage: Stage
    actions: tuple[Action, ...]


def load_overlays(folder: Path) -> list[Overlay]:
    """Read every overlay in a folder, in the order of their names.

    Raises:
        ContractError: A file is not an overlay, or an action gives no reason.
    """
    return [_load(path) for path in sorted(folder.glob("*.yaml"))]


def _load(path: Path) -> Overlay:
    try:
        data = yaml.safe_load(path.read_text("utf-8"))
    except yaml.YAMLError as error:
        raise ContractError(f"{path.name} is not YAML: {error}.") from error
    if not isinstance(data, dict) or data.get("overlay") != "1.0.0":
        raise ContractError(f"{path.name} is not an OpenAPI Overlay 1.0 document.")
    stage: Any = data.get("x-stage")
    if stage not in get_args(Stage):
        raise ContractError(f"{path.name}: x-stage is {stage!r}, not one of {get_args(Stage)}.")
    actions = tuple(_action(action, path.name) for action in data.get("actions") or ())
    return Overlay(path.name, stage, actions)


def _action(action: Mapping[str, Any], name: str) -> Action:
    target, reason = str(action.get("target", "")), str(action.get("description", "")).strip()
    if not target or not reason:
        raise ContractError(f"{name}: an action has no {'reason' if target else 'target'}.")
    if bool(action.get("remove")) == ("update" in action):
        raise ContractError(f"{name}: the action on {target} must either update or remove.")
    return Action(target, reason, action.get("update"), bool(action.get("remove")), name)


def apply(document: Mapping[str, Any], action: Action) -> dict[str, Any]:
    """Return the document with one action carried out; the given one stays as it was.

    Raises:
        ContractError: The target is not a JSONPath, matches nothing, or holds
            what the action asks for already.
    """
    result: Any = copy.deepcopy(dict(document))
    try:
        nodes: list[Any] = list(jsonpath.finditer(action.target, result))
    except jsonpath.JSONPathError as error:
        raise ContractError(f"{action.overlay}: {action.target} is no JSONPath: {error}") from error
    # From the last place to the first, so that removing a list's element moves none still to come.
    for node in reversed(nodes):
        if not action.remove:
            _merge(node.obj, action.update, action)
        elif node.parent is None:
            raise ContractError(f"{action.overlay}: an action may not remove the document.")
        else:
            del node.parent.obj[node.parts[-1]]
    if result == document:
        found = "changes nothing" if nodes else "matches nothing"
        raise ContractError(
            f"{action.overlay}: {action.target} {found}. If the vendor has corrected this, "
            f"delete the action. Its reason was: {action.reason}"
        )
    return dict(result)


def _merge(into: Any, update: Any, action: Action) -> None:
    """Merge as the overlay format says: objects by key, lists by appending."""
    if isinstance(into, list):
        into.append(copy.deepcopy(update))
    elif isinstance(into, dict) and isinstance(update, Mapping):
        for key, value in update.items():
            if isinstance(into.get(key), dict) and isinstance(value, Mapping):
                _merge(into[key], value, action)
            elif isinstance(into.get(key), list) and isinstance(value, list):
                into[key].extend(copy.deepcopy(value))
            else:
                into[key] = copy.deepcopy(value)
    else:
        raise ContractError(
            f"{action.overlay}: {action.target} is neither an object nor a list; "
            "only those can be updated."
        )
