"""Corrections as data: overlay files (OpenAPI Overlay 1.0), read and checked."""

from __future__ import annotations

from collections.abc import Mapping
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
    """One correction: its target, its reason, and what to merge in or remove."""

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
        stage: The document that it is applied to.
        scope: Whether it is for every document of the vendor (family), or only for ours (model).
        actions: In the order of the file.
    """

    name: str
    stage: Stage
    scope: Scope
    actions: tuple[Action, ...]


@dataclass(frozen=True)
class Unneeded:
    """An action that is not needed any more.

    Attributes:
        overlay: The file that holds it.
        index: Its place in the file's list of actions, from 0.
        target: Its JSONPath.
        reason: The reason that it gives.
        why: Whether its target matches nothing, or the action would change nothing.
    """

    overlay: str
    index: int
    target: str
    reason: str
    why: Literal["no longer applies", "no longer needed"]

    def __str__(self) -> str:
        return f"{self.overlay}: {self.target} {self.why}. The action's reason: {self.reason}"


def load_overlays(folder: Path) -> list[Overlay]:
    """Read every overlay in a folder, in the order of their names.

    Raises:
        ContractError: A file is not an overlay, or an action has no reason.
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
