"""Corrections as data: overlay files (OpenAPI Overlay 1.0 and 1.1), read and checked.

A file is read as anyone may publish it. What this project adds to the standard has
defaults: ``x-stage`` (contract), ``x-scope`` (model), and as an action's reason its
description, or else the title of the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from wan_ergonomic._errors import ContractError
from wan_ergonomic._json import pointer_to
from wan_ergonomic.contract.document import _yaml

if TYPE_CHECKING:
    from pathlib import Path

Stage = Literal["contract", "client"]
Scope = Literal["family", "model"]

_SUFFIXES = (".json", ".yaml", ".yml")
_VERSION = re.compile(r"1\.([01])\.\d+")
# An action's update if it has none. Distinct from null, which is a value.
NOTHING: Any = object()

_TEXT = {"type": "string"}
_EXTENSIBLE = {"patternProperties": {"^x-": True}, "additionalProperties": False}
# What both versions of the standard define; 1.1 has more properties.
_INFO: dict[str, Any] = {"title": _TEXT, "version": _TEXT}
_ACTION: dict[str, Any] = {
    "target": {"type": "string", "pattern": r"^\$"},
    "description": _TEXT,
    "update": True,
    "remove": {"type": "boolean"},
}


@dataclass(frozen=True)
class Action:
    """One correction.

    Attributes:
        target: The JSONPath of what is corrected.
        reason: Why.
        update: What is merged in; ``NOTHING`` if nothing is.
        remove: Whether the target is removed.
        overlay: The name of the file.
        copy: The JSONPath of what is merged in instead of ``update``, or None.
        newer: Whether the rules of Overlay 1.1 apply: it replaces texts and numbers, too,
            and appends each element of a list.
    """

    target: str
    reason: str
    update: Any
    remove: bool
    overlay: str
    copy: str | None = None
    newer: bool = False


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
        ContractError: A file is not an overlay; says what is wrong in it.
    """
    return [_load(path) for path in sorted(folder.glob("*")) if path.suffix in _SUFFIXES]


def _load(path: Path) -> Overlay:
    try:
        data = _yaml.load(path.read_text("utf-8"))
    except ValueError as error:
        raise ContractError(f"{path.name} is not YAML: {error}. Correct the file.") from error
    version = _VERSION.fullmatch(str(data.get("overlay"))) if isinstance(data, dict) else None
    if version is None:
        raise ContractError(
            f"{path.name} is not an OpenAPI Overlay 1.0 or 1.1 document. Move it out of "
            f"{path.parent.name}/, or begin it with 'overlay: 1.0.0'."
        )
    newer = version[1] == "1"
    _check(data, path.name, newer=newer)
    stage: Any = _one_of(Stage, data.get("x-stage", "contract"), f"{path.name}: x-stage")
    scope: Any = _one_of(Scope, data.get("x-scope", "model"), f"{path.name}: x-scope")
    actions = tuple(_action(each, data, path.name, newer=newer) for each in data["actions"])
    return Overlay(path.name, stage, scope, actions)


def _check(data: Mapping[str, Any], name: str, *, newer: bool) -> None:
    """Raise an error unless a file is what its version of the standard defines."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    problem = best_match(Draft202012Validator(_schema(newer=newer)).iter_errors(data))
    if problem is not None:
        where = pointer_to(problem.absolute_path) or "the file"
        raise ContractError(
            f"{name} is not a valid overlay: {where}: {problem.message}. Correct the file."
        )
    for action in data["actions"] if newer else ():
        if len(action.keys() & {"update", "copy", "remove"}) != 1:
            raise ContractError(
                f"{name}: the action on {action['target']} must have exactly one of 'update', "
                "'copy' and 'remove'. Correct the file."
            )


def _schema(*, newer: bool) -> dict[str, Any]:
    """Return the JSON schema of an overlay."""
    info = _INFO | ({"description": _TEXT} if newer else {})
    action = _ACTION | ({"copy": _ACTION["target"]} if newer else {})
    members = {
        "overlay": _TEXT,
        "info": _object(info, "title", "version"),
        "extends": _TEXT,
        "actions": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": _object(action, "target"),
        },
    }
    return _object(members, "info", "actions")


def _object(properties: Mapping[str, Any], *required: str) -> dict[str, Any]:
    held = {"properties": dict(properties), "required": list(required)}
    return {"type": "object", **held, **_EXTENSIBLE}


def _one_of(choices: Any, value: Any, name: str) -> Any:
    if value not in get_args(choices):
        raise ContractError(
            f"{name} is {value!r}, not one of {get_args(choices)}. Correct the file."
        )
    return value


def _action(
    action: Mapping[str, Any], overlay: Mapping[str, Any], name: str, *, newer: bool
) -> Action:
    return Action(
        target=action["target"],
        reason=action.get("description", "").strip() or overlay["info"]["title"],
        update=action.get("update", NOTHING),
        remove=action.get("remove", False),
        overlay=name,
        copy=action.get("copy"),
        newer=newer,
    )
