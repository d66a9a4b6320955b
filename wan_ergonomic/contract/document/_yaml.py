"""Parses YAML as the JSON that it stands for, because an OpenAPI document is JSON.

``_nodes`` makes the tree of nodes; the rest is decided here, by the core schema of YAML
1.2: dates, ``no`` and ``1_000`` stay texts, and every key is a text. What JSON cannot
express (other types, a value that contains itself) is an error, and so is a key that
stands twice in one object, because parsers differ in which one counts.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any, NoReturn

from wan_ergonomic._json import escape, unescape

from ._nodes import PLAIN, Node, compose, compose_json
from ._pointer import is_index

# How many values aliases and merges may stand for: a short text can stand for any number.
_MAX_REPEATED = 1_000_000

_PREFIX = "tag:yaml.org,2002:"
# How YAML 1.2 writes the values of each type. A number that JSON does not have is a text.
_TYPES = {
    "null": re.compile(r"(?:~|null|Null|NULL|)\Z"),
    "bool": re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"),
    "int": re.compile(r"(?:[-+]?(?:0|[1-9]\d*)|0o[0-7]+|0x[\da-fA-F]+)\Z", re.ASCII),
    "float": re.compile(r"[-+]?(?:\.\d+|(?:0|[1-9]\d*)(?:\.\d*)?)(?:[eE][-+]?\d+)?\Z", re.ASCII),
    "str": re.compile(r""),
}
_KINDS = {"seq": "sequence", "map": "mapping", **dict.fromkeys(_TYPES, "scalar")}


class DuplicateKeyError(ValueError):
    """A key stands twice in one object."""


def load(text: str) -> Any:
    """Return the value that a YAML text stands for.

    Raises:
        DuplicateKeyError: A key stands twice in one object; says where.
        ValueError: It is not YAML, or stands for something that JSON cannot express.
    """
    return _value(compose(text), text)


def load_json(text: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        DuplicateKeyError: A key stands twice in one object; says where.
        ValueError: It is not JSON, or is nested too deeply.
    """
    try:
        return json.loads(
            text, parse_constant=_reject, parse_float=_float, object_pairs_hook=_as_object
        )
    except DuplicateKeyError:
        # Parsed again, because only a tree of nodes has places.
        return _value(compose_json(text), text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _float(text: str) -> float:
    """Return a number; of one that is too large, the largest, because JSON has no infinity."""
    return max(-sys.float_info.max, min(float(text), sys.float_info.max))


def _reject(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _as_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise DuplicateKeyError("a key stands twice in one object")
    return made


def _value(root: Node | None, text: str) -> Any:
    try:
        return _Walk(text).value(root) if root else None
    except _TwiceError as error:
        raise DuplicateKeyError(_twice(root, error.args[0])) from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply, or has no end") from error


def _twice(root: Node, mapping: Node) -> str:
    """Return a clause about the first key that a mapping has twice, and where."""
    keys = [key for key, _ in mapping.value if not _merges(key)]
    names = [key.value for key in keys]
    again = next(key for index, key in enumerate(keys) if key.value in names[:index])
    lines = [key.start_mark.line + 1 for key in keys if key.value == again.value]
    where = _pointer(root, mapping) or "the whole document"
    return f"the key {again.value!r} stands twice in {where}, on lines {lines[0]} and {lines[1]}"


def _pointer(root: Node, wanted: Node) -> str:
    """Return the pointer to a node that is not a scalar."""
    pending: list[tuple[str, Node]] = []
    pointer, node = "", root
    while node is not wanted:
        held = node.value if node.id == "mapping" else ((None, each) for each in node.value)
        named = [(key.value if key else index, each) for index, (key, each) in enumerate(held)]
        pending += [(f"{pointer}/{escape(k)}", each) for k, each in named if each.id != "scalar"]
        pointer, node = pending.pop()
    return pointer


def line_of(text: str, pointer: str) -> int | None:
    """Return the line, from 1, at which a JSON or YAML text has the value at a pointer.

    Returns:
        None if the pointer leads nowhere or the text cannot be parsed.
    """
    try:
        node, walk = compose_json(text), _Walk(text)
        for key in map(unescape, pointer.split("/")[1:]):
            node = walk.below(node, key) if node else None
    except (RecursionError, ValueError):
        return None
    return node.start_mark.line + 1 if node else None


class _TwiceError(Exception):
    """A mapping, the argument, has a key twice."""


class _Walk:
    """Walks the nodes of one text; the node of an alias is walked once for each use."""

    def __init__(self, text: str) -> None:
        # Without aliases, a text has fewer values than characters.
        self._left = len(text) + _MAX_REPEATED

    def value(self, node: Node) -> Any:
        """Return the value of a node."""
        self._count()
        name = str(node.tag).removeprefix(_PREFIX)
        if name != PLAIN and _KINDS.get(name) != node.id:
            raise ValueError(f"it has a {node.id} that is tagged as {name}")
        if node.id == "scalar":
            return _scalar(str(node.value), name)
        if node.id == "sequence":
            return [self.value(element) for element in node.value]
        return {key: self.value(member) for key, member in self._members(node).items()}

    def below(self, node: Node, key: str) -> Node | None:
        """Return the member of a mapping or the element of a sequence; None if there is none."""
        if node.id == "mapping":
            return self._members(node).get(key)
        has_it = node.id == "sequence" and is_index(key) and int(key) < len(node.value)
        return node.value[int(key)] if has_it else None

    def _members(self, node: Node) -> dict[str, Node]:
        """Return the members of a mapping, with those of the mappings that it merges."""
        merged: dict[str, Node] = {}
        own: dict[str, Node] = {}
        merges = 0
        for key, value in node.value:
            self._count()
            if key.id != "scalar":
                raise ValueError("it has a key that is not a text")
            if not _merges(key):
                own[key.value] = value
                continue
            merges += 1
            # The first of several merged mappings takes precedence.
            for part in reversed(value.value if value.id == "sequence" else [value]):
                if part.id != "mapping":
                    raise ValueError("it merges something that is not a mapping")
                merged |= self._members(part)
        if len(own) + merges != len(node.value):
            raise _TwiceError(node)
        return merged | own

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise ValueError("with its aliases and all that it merges, it would be too large")


def _merges(key: Node) -> bool:
    """Whether a key merges other mappings into its own."""
    return bool(key.tag == PLAIN and key.value == "<<")


def _scalar(text: str, name: str) -> Any:
    """Return the value of a scalar of a type, or of the type that it is written as."""
    if name == PLAIN:
        name = next(name for name, pattern in _TYPES.items() if pattern.match(text))
    elif not _TYPES[name].match(text):
        raise ValueError(f"it has a value that is tagged as {name} and is not one")
    if name == "int":
        value = int(text, 0)
        # Python parses a hexadecimal number of any length, but may not print it.
        str(value)
        return value
    if name == "float":
        return _float(text)
    return {"null": None, "bool": text.lower() == "true"}.get(name, text)
