"""Reads YAML as the JSON that it stands for, because an OpenAPI document is JSON.

Dates, ``no`` and ``1_000`` stay the texts that they are, and every key is a
text. What JSON cannot say (other types, a value that holds itself) is refused.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from yaml import Node, SafeLoader

_DIGITS = "-+0123456789"
# A short text with aliases can stand for more values than any memory holds.
_MAX_VALUES = 5_000_000
_MAX_DEPTH = 1000

# By type, how a value of YAML 1.2's core schema is written, and how such a text begins. Numbers
# that JSON does not have are texts.
_SCALARS = {
    "null": (re.compile(r"(?:~|null|Null|NULL|)\Z"), ("~", "n", "N", "")),
    "bool": (re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"), "tTfF"),
    "int": (re.compile(r"(?:[-+]?(?:0|[1-9]\d*)|0o[0-7]+|0x[\da-fA-F]+)\Z", re.ASCII), _DIGITS),
    "float": (
        re.compile(r"[-+]?(?:\.\d+|(?:0|[1-9]\d*)(?:\.\d*)?)(?:[eE][-+]?\d+)?\Z", re.ASCII),
        f".{_DIGITS}",
    ),
}
_PREFIX = "tag:yaml.org,2002:"


def load(text: str) -> Any:
    """Return what a YAML text stands for.

    Raises:
        ValueError: It is not YAML, or stands for something that JSON cannot say.
    """
    import yaml

    if _is_deep(text):
        raise ValueError("it is nested too deeply")
    loader = _loader()
    try:
        data = yaml.load(text, loader)  # nosec B506  # noqa: S506 - it makes only JSON's types
        if "&" in text:
            _count(data, {})
    except RecursionError as error:
        raise ValueError("it is nested too deeply, or holds itself") from error
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error
    return data


def _is_deep(text: str) -> bool:
    """Whether a text may be nested so deeply that the parser in C would end the process."""
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        # Those in texts count too: they come in pairs, or are few.
        depth = depth + 1 if bracket in "[{" else max(depth - 1, 0)
        if depth > _MAX_DEPTH:
            return True
    return re.search(rf"^[ ?:-]{{{_MAX_DEPTH}}}", text, re.MULTILINE) is not None


def _count(value: Any, known: dict[int, int]) -> int:
    """Return how many values there are where each alias is written out.

    Raises:
        ValueError: They are too many, or a value holds itself.
    """
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in known:
        # Met again before it is counted, it is part of itself.
        known[id(value)] = _MAX_VALUES
        parts = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_count(part, known) for part in parts)
    if known[id(value)] > _MAX_VALUES:
        raise ValueError("with its aliases written out it would be too large, or has no end")
    return known[id(value)]


@cache
def _loader() -> type[SafeLoader]:
    """Return a loader for JSON's types alone, in C where that is to be had."""
    import yaml

    fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    resolvers = {"<": [(f"{_PREFIX}merge", re.compile(r"<<\Z"))]}
    for name, (pattern, starts) in _SCALARS.items():
        for start in starts:
            resolvers.setdefault(start, []).append((_PREFIX + name, pattern))
    constructors = {
        "bool": lambda _, node: _text(node, "bool").lower() == "true",
        "float": lambda _, node: float(_text(node, "float")),
        "int": _integer,
        "map": fast.construct_yaml_map,
        "null": _null,
        "seq": fast.construct_yaml_seq,
        "str": fast.construct_yaml_str,
    }

    def flatten(loader: Any, node: Any) -> None:
        """Merge in what a node refers to, which may be many times as much."""
        merged = [value for key, value in node.value if key.tag == f"{_PREFIX}merge"]
        for held in [part for value in merged for part in _parts(value)]:
            loader.flatten_mapping(held)
            loader.merged += len(held.value)
            if loader.merged > _MAX_VALUES:
                raise ValueError("with all that it merges written out it would be too large")
        fast.flatten_mapping(loader, node)

    members = {
        "construct_mapping": _mapping,
        "flatten_mapping": flatten,
        "merged": 0,
        "yaml_constructors": {_PREFIX + name: make for name, make in constructors.items()}
        | {None: fast.construct_undefined},
        "yaml_implicit_resolvers": resolvers,
    }
    return cast("type[SafeLoader]", type("JsonLoader", (fast,), members))


def _text(node: Node, name: str) -> str:
    """Return a scalar as it is written, if it is of the type that it is said to be."""
    text = node.value
    if not isinstance(text, str) or not _SCALARS[name][0].match(text):
        raise ValueError(f"it has a value that is said to be of the type {name} and is not")
    return text


def _integer(_: Any, node: Node) -> int:
    value = int(_text(node, "int"), 0)
    # Python reads any number to the base of 16, and then may refuse to write it.
    str(value)
    return value


def _parts(node: Any) -> list[Any]:
    """Return the objects that a node merges: itself, or those that it lists."""
    listed = node.value if node.id == "sequence" else [node]
    return [each for each in listed if each.id == "mapping"]


def _null(_: Any, node: Node) -> None:
    _text(node, "null")


def _mapping(loader: Any, node: Any, deep: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
    """Return an object, whose keys are the texts that are written there."""
    if node.id != "mapping":
        raise ValueError("it has a value that is said to be of the type map and is not")
    loader.flatten_mapping(node)
    if any(not isinstance(key.value, str) for key, _ in node.value):
        raise ValueError("it has a key that is no text")
    return {key.value: loader.construct_object(value, deep=deep) for key, value in node.value}
