"""What one schema says about a value, with the place where each keyword is written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from ._equality import as_json, is_number, same
from ._node import Node

TYPES = frozenset({"string", "number", "boolean", "array", "object", "null"})
NULL = frozenset({"null"})
Types = frozenset[str]
_REPEAT = re.compile(r"[*+]|\{\d*,")
_REPEATED_GROUP = re.compile(r"\)(?:[*+]|\{\d*,?\d*\})")
# Characters that a text may have, if its pattern repeats a group, and if not.
_LONG = 12
_LONGEST = 1000
# From so many values on, they are looked up instead of compared one by one.
_MANY = 10


@dataclass(slots=True)
class Union:
    """A ``oneOf`` or an ``anyOf``.

    Attributes:
        keyword: Which of the two it is.
        node: Where it is written.
        branches: Its schemas, without one that allows null only.
        null: The branch that allows null, if it was one of them.
    """

    keyword: str
    node: Node
    branches: list[Node]
    null: Node | None = None


@dataclass(slots=True)
class SchemaView:
    """A normalised schema: all keywords that count, and unions that have to match as well.

    Attributes:
        node: The schema itself, after any references.
        keywords: Its keywords, by name.
        properties: Its properties, by name.
        required: The element of ``required`` for each required property, by name.
        unions: Its unions. A value has to match each of them.
        listed: The types that are listed, null included; None if any type is allowed.
        values: The places of the only values that are allowed; None if there is no such list.
        types: The JSON types that it allows or implies; empty if it allows any. Null is included
            only if it is the only one.
        null: The place that allows null beside these types; None if there is none.
        always_null: The place that allows null whatever else is written, as ``nullable`` does.
        never: Whether it allows nothing at all.
    """

    node: Node
    keywords: dict[str, Node] = field(default_factory=dict)
    properties: dict[str, Node] = field(default_factory=dict)
    required: dict[str, Node] = field(default_factory=dict)
    unions: list[Union] = field(default_factory=list)
    listed: Types | None = None
    values: list[Node] | None = None
    types: Types = frozenset()
    null: Node | None = None
    always_null: Node | None = None
    never: bool = False
    _texts: tuple[list[Node], frozenset[str]] | None = field(default=None, repr=False)

    @property
    def branches(self) -> list[Node]:
        """The branches of its first union, if it has one."""
        return self.unions[0].branches if self.unions else []

    def value(self, keyword: str) -> Any:
        """Return the value of a keyword; None if it is absent."""
        node = self.keywords.get(keyword)
        return node.value if node else None

    def enum(self) -> list[Node] | None:
        """Return the only allowed values, without null; None if there are no others."""
        return [node for node in self.values or () if node.value is not None] or None

    def lists(self, value: Any) -> bool:
        """Whether a value is one of the only ones that are allowed, if there is such a list."""
        if self.values is None:
            return True
        if len(self.values) < _MANY:
            return any(same(node.value, value) for node in self.values)
        if self._texts is None or self._texts[0] is not self.values:
            self._texts = self.values, frozenset(as_json(node.value) for node in self.values)
        return as_json(value) in self._texts[1]

    def is_mere_union(self) -> bool:
        """Whether the schema is only a union, without types or properties of its own."""
        return bool(self.unions) and self.listed is None and not self.properties

    def constraining(self, keyword: str) -> Node | None:
        """Return the schema of a keyword, or None if it allows anything."""
        node = self.keywords.get(keyword)
        return None if node is None or node.value is True or node.value == {} else node

    def count(self, keyword: str) -> float | None:
        """Return the number of a keyword that limits a count; None if it limits nothing."""
        value = self.value(keyword)
        return value if is_number(value) else None

    def of_property(self, name: str) -> Node | None:
        """Return the schema of a property, named or not; None if it may be anything."""
        if name in self.properties:
            return self.properties[name]
        patterns = self.keywords.get("patternProperties")
        found = [n for p, n in (patterns.entries() if patterns else ()) if matches(p, name)]
        return found[0] if found else self.constraining("additionalProperties")

    def without_unions(self) -> SchemaView:
        """Return what is written beside the unions."""
        return replace(self, unions=[])


def matches(pattern: str, text: str) -> bool | None:
    """Whether a text matches a pattern; None if Python does not know the pattern.

    Also None if it might take long: a repeated group takes time that grows exponentially.
    """
    repeats = len(_REPEAT.findall(pattern))
    if len(text) > (_LONG if _REPEATED_GROUP.search(pattern) else _LONGEST // max(repeats, 1) ** 2):
        return None
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return None


def types_in_both(a: Types | None, b: Types | None) -> Types | None:
    """Return the types that two lists both allow; an integer is a number."""
    if a is None or b is None:
        return a if b is None else b
    return frozenset(
        {kind for kind in a if kind in b or (kind == "integer" and "number" in b)}
        | {kind for kind in b if kind in a or (kind == "integer" and "number" in a)}
    )
