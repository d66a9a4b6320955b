"""A schema as it counts, however it is written.

Sees through references, ``allOf``, unions of one, null as a type, as a
keyword and as a union's branch, so that two ways to say the same compare
equal. Says for each keyword where it is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from wan_ergonomic._json import type_of

from ._node import Node, elements, entries

UNIONS = ("oneOf", "anyOf")
# Have a meaning of their own here and are no plain keywords.
_SPECIAL = frozenset({"$ref", "allOf", "properties", "required", *UNIONS})


@dataclass(slots=True)
class View:
    """What a schema says.

    Attributes:
        node: Where it is written, after any references.
        words: Its keywords, by name.
        properties: Its properties, by name.
        required: Where each required property is named, by name.
        branches: The branches of its union, if it is one.
        union: The keyword that they are under.
        types: The JSON types it allows, null apart unless it is the only one; none for any.
        null: Where it is said that null is allowed beside them; None if it is not.
    """

    node: Node
    words: dict[str, Node] = field(default_factory=dict)
    properties: dict[str, Node] = field(default_factory=dict)
    required: dict[str, Node] = field(default_factory=dict)
    branches: list[Node] = field(default_factory=list)
    union: str = ""
    types: frozenset[str] = frozenset()
    null: Node | None = None

    def value(self, word: str) -> Any:
        """Return what a keyword says, None where it is absent."""
        node = self.words.get(word)
        return node.value if node else None

    def enum(self) -> list[Node] | None:
        """Return the listed values without null, or None where no others are listed."""
        if "enum" not in self.words:
            return [self.words["const"]] if "const" in self.words else None
        listed = [node for node in self.words["enum"].elements() if node.value is not None]
        return listed or None

    def is_mere_union(self) -> bool:
        """Whether it says nothing but which branches there are."""
        return bool(self.branches) and not self.types and not self.properties


def view(node: Node) -> View:
    """Return what a schema says; what was found out once is not looked for again."""
    known = node.tree.views.get(node.pointer)
    if known is None:
        target = node.followed() if _is_mere_reference(node) else None
        known = view(target) if target else _view(node, frozenset())
        node.tree.views[node.pointer] = known
    return cast("View", known)


def _is_mere_reference(node: Node) -> bool:
    """Whether a schema refers to another one, and nothing beside the reference counts."""
    if not isinstance(node.value, dict) or not isinstance(node.value.get("$ref"), str):
        return False
    # One that leads round and round is none.
    return (len(node.value) == 1 or _is_3_0(node)) and node.resolved() is not None


def _is_3_0(node: Node) -> bool:
    return str(node.tree.data.get("openapi", "")).startswith("3.0")


def _view(node: Node, within: frozenset[str]) -> View:
    """Return what a schema says; ``within`` names the unions it was reached through."""
    result = _as_written(node)
    if _is_null(result):
        result.null = result.words.get("type", result.words.get("enum"))
    if result.branches and result.node.pointer not in within:
        _open_union(result, within | {result.node.pointer})
    _settle_types(result)
    return result


def _as_written(node: Node) -> View:
    result = View(node)
    _gather(node, result, set())
    return result


def _gather(node: Node, into: View, seen: set[str]) -> None:
    """Take over what is written here and in what it refers to, each place once."""
    if node.pointer in seen or not isinstance(node.value, dict):
        return
    seen.add(node.pointer)
    if isinstance(node.value.get("$ref"), str):
        # By one step at a time: from 3.1 on, what stands beside any of the references counts.
        target = node.followed()
        if target is not None:
            into.node = target if into.node is node else into.node
            _gather(target, into, seen)
        if _is_3_0(node):
            # Beside a reference nothing counts there.
            return
    if "allOf" in node.value:
        for branch in elements(node.get("allOf")):
            _gather(branch, into, seen)
    _take(node, into)


def _take(node: Node, into: View) -> None:
    """Take over what is written here, after and above what was taken over before."""
    written = dict(node.entries())
    into.words |= {word: n for word, n in written.items() if word not in _SPECIAL}
    if "properties" in written:
        into.properties |= entries(written["properties"])
    if "required" in written:
        into.required |= {str(n.value): n for n in elements(written["required"])}
    for word in UNIONS:
        if branches := elements(written.get(word)):
            into.branches = into.branches + branches
            into.union = word


def _is_null(result: View) -> bool:
    return bool(result.value("type") == "null" or result.value("enum") == [None])


def _open_union(result: View, within: frozenset[str]) -> None:
    """Take null out of a union, and the union away where one branch is left."""
    kept = [branch for branch in result.branches if not _is_null(_as_written(branch))]
    nulls = (branch for branch in result.branches if not any(branch is k for k in kept))
    result.null = result.null or next(nulls, None)
    result.branches = kept
    if len(kept) == 1:
        only = _view(kept[0], within)
        result.null = result.null or only.null
        result.words = only.words | result.words
        result.properties = only.properties | result.properties
        result.required = only.required | result.required
        result.branches, result.union = only.branches, only.union


def _settle_types(result: View) -> None:
    listed = _listed_types(result.value("type"))
    enum = result.value("enum")
    if result.null is None and "null" in listed:
        result.null = result.words["type"]
    elif result.null is None and listed and result.value("nullable") is True:
        # OpenAPI 3.0 gives the keyword a meaning only beside a type.
        result.null = result.words["nullable"]
    elif result.null is None and not listed and isinstance(enum, list) and None in enum:
        result.null = result.words["enum"]
    if not listed:
        listed = _implied_types(result)
    # What is null and nothing else is not open.
    result.types = frozenset(listed - {"null"} or listed)


def _listed_types(named: Any) -> set[str]:
    if isinstance(named, str):
        return {named}
    return {name for name in named if isinstance(name, str)} if isinstance(named, list) else set()


def _implied_types(result: View) -> set[str]:
    """Return the types that other keywords speak of where none is named."""
    if _is_null(result):
        return {"null"}
    listed = result.enum()
    if listed:
        return {_json_type(node.value) for node in listed}
    if result.properties:
        return {"object"}
    return {"array"} if "items" in result.words else set()


def _json_type(value: Any) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return "integer" if whole else type_of(value)
