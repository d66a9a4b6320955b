"""Parses YAML as the JSON that it stands for, because an OpenAPI document is JSON.

PyYAML makes the tree of nodes; the rest is decided here, by the core schema of YAML
1.2: dates, ``no`` and ``1_000`` stay texts, and every key is a text. What JSON cannot
express (other types, a value that contains itself) is an error.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any, TypeAlias

from wan_ergonomic._json import unescape

from ._pointer import is_index

# PyYAML's type stubs do not give a node its ``id``.
Node: TypeAlias = Any

# How many values aliases and merges may stand for: a short text can stand for any number.
_MAX_REPEATED = 1_000_000
_MAX_DEPTH = 1000

_PREFIX = "tag:yaml.org,2002:"
# The tag given to a scalar that has neither quotes nor a tag of its own.
_PLAIN = "plain"
# How YAML 1.2 writes the values of each type. A number that JSON does not have is a text.
_TYPES = {
    "null": re.compile(r"(?:~|null|Null|NULL|)\Z"),
    "bool": re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"),
    "int": re.compile(r"(?:[-+]?(?:0|[1-9]\d*)|0o[0-7]+|0x[\da-fA-F]+)\Z", re.ASCII),
    "float": re.compile(r"[-+]?(?:\.\d+|(?:0|[1-9]\d*)(?:\.\d*)?)(?:[eE][-+]?\d+)?\Z", re.ASCII),
    "str": re.compile(r""),
}
_KINDS = {"seq": "sequence", "map": "mapping", **dict.fromkeys(_TYPES, "scalar")}
_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def load(text: str) -> Any:
    """Return the value that a YAML text stands for.

    Raises:
        ValueError: It is not YAML, or stands for something that JSON cannot express.
    """
    root = _compose(text)
    try:
        return _Walk(text).value(root) if root else None
    except RecursionError as error:
        raise ValueError("it is nested too deeply, or has no end") from error


def line_of(text: str, pointer: str) -> int | None:
    """Return the line, from 1, at which a JSON or YAML text has the value at a pointer.

    Returns:
        None if the pointer leads nowhere or the text cannot be parsed.
    """
    try:
        node, walk = _compose_json(text), _Walk(text)
        for key in map(unescape, pointer.split("/")[1:]):
            node = walk.below(node, key) if node else None
    except (RecursionError, ValueError):
        return None
    return node.start_mark.line + 1 if node else None


@lru_cache(maxsize=2)
def _compose_json(text: str) -> Node | None:
    """Return the root of a JSON or YAML text. JSON is first written as YAML requires."""
    try:
        json.loads(text)
    except (RecursionError, ValueError):
        return _compose(text)
    return _compose(_JSON_STRING.sub(_as_yaml, text.replace("\t", " ")))


def _as_yaml(string: re.Match[str]) -> str:
    """Return a JSON string with an escape for each character that YAML may treat differently."""
    text = json.loads(string[0])
    safe = (c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text)
    return f'"{"".join(safe)}"'


def _compose(text: str) -> Node | None:
    """Return the root of a YAML text; None for an empty one."""
    import yaml

    if _is_deep(text):
        raise ValueError("it is nested too deeply")
    # The parser in C, where it is available. It resolves no types.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        made = loader(text)
        made.yaml_implicit_resolvers = {None: [(_PLAIN, re.compile(""))]}
        root: Node | None = made.get_single_node()
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error
    return root


def _is_deep(text: str) -> bool:
    """Whether a text may be nested so deeply that the parser in C would end the process."""
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        # Brackets in strings count, too: they come in pairs, or are few.
        depth = depth + 1 if bracket in "[{" else max(depth - 1, 0)
        if depth > _MAX_DEPTH:
            return True
    return re.search(rf"^[ ?:-]{{{_MAX_DEPTH}}}", text, re.MULTILINE) is not None


class _Walk:
    """Walks the nodes of one text; the node of an alias is walked once for each use."""

    def __init__(self, text: str) -> None:
        # Without aliases, a text has fewer values than characters.
        self._left = len(text) + _MAX_REPEATED

    def value(self, node: Node) -> Any:
        """Return the value of a node."""
        self._count()
        name = str(node.tag).removeprefix(_PREFIX)
        if name != _PLAIN and _KINDS.get(name) != node.id:
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
        for key, value in node.value:
            self._count()
            if key.id != "scalar":
                raise ValueError("it has a key that is not a text")
            if key.tag != _PLAIN or key.value != "<<":
                own[key.value] = value
                continue
            # The first of several merged mappings takes precedence.
            for part in reversed(value.value if value.id == "sequence" else [value]):
                if part.id != "mapping":
                    raise ValueError("it merges something that is not a mapping")
                merged |= self._members(part)
        return merged | own

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise ValueError("with its aliases and all that it merges, it would be too large")


def _scalar(text: str, name: str) -> Any:
    """Return the value of a scalar of a type, or of the type that it is written as."""
    if name == _PLAIN:
        name = next(name for name, pattern in _TYPES.items() if pattern.match(text))
    elif not _TYPES[name].match(text):
        raise ValueError(f"it has a value that is tagged as {name} and is not one")
    if name == "int":
        value = int(text, 0)
        # Python parses a hexadecimal number of any length, but may not print it.
        str(value)
        return value
    if name == "float":
        return float(text)
    return {"null": None, "bool": text.lower() == "true"}.get(name, text)
