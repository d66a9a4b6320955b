"""A normalised view of a schema, which knows where each keyword is written.

It sees through references, ``allOf``, unions of one branch, and the three ways to
allow null (a type, a keyword, a branch of a union), so that schemas that are written
differently but allow the same compare equal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from wan_ergonomic._json import type_of

from ._node import Node, elements, entries

UNIONS = ("oneOf", "anyOf")
# These are attributes of a view, not keywords.
_SPECIAL = frozenset({"$ref", "allOf", "properties", "required", *UNIONS})


@dataclass(slots=True)
class SchemaView:
    """A normalised schema.

    Attributes:
        node: The schema itself, after any references.
        keywords: Its keywords, by name.
        properties: Its properties, by name.
        required: The element of ``required`` for each required property, by name.
        branches: The branches of its union, if it has one.
        union: The keyword of the union, ``oneOf`` or ``anyOf``.
        types: The JSON types that it allows; empty if it allows any. Null is included only if
            it is the only one.
        null: The place that allows null beside these types; None if there is none.
    """

    node: Node
    keywords: dict[str, Node] = field(default_factory=dict)
    properties: dict[str, Node] = field(default_factory=dict)
    required: dict[str, Node] = field(default_factory=dict)
    branches: list[Node] = field(default_factory=list)
    union: str = ""
    types: frozenset[str] = frozenset()
    null: Node | None = None

    def value(self, keyword: str) -> Any:
        """Return the value of a keyword; None if it is absent."""
        node = self.keywords.get(keyword)
        return node.value if node else None

    def enum(self) -> list[Node] | None:
        """Return the values of ``enum`` or ``const`` without null; None if there are no others."""
        if "enum" not in self.keywords:
            return [self.keywords["const"]] if "const" in self.keywords else None
        listed = [node for node in self.keywords["enum"].elements() if node.value is not None]
        return listed or None

    def is_mere_union(self) -> bool:
        """Whether the schema is only a union, without types or properties of its own."""
        return bool(self.branches) and not self.types and not self.properties


def view(node: Node) -> SchemaView:
    """Return the view of a schema. Views are cached in the tree."""
    known = node.tree.views.get(node.pointer)
    if known is None:
        target = node.followed() if _is_mere_reference(node) else None
        known = view(target) if target else _view(node, frozenset())
        node.tree.views[node.pointer] = known
    return cast("SchemaView", known)


def _is_mere_reference(node: Node) -> bool:
    """Whether a schema is a reference to another one, and no keyword beside it counts."""
    if not isinstance(node.value, dict) or not isinstance(node.value.get("$ref"), str):
        return False
    # A reference in a circle leads to no schema.
    return (len(node.value) == 1 or _is_3_0(node)) and node.resolved() is not None


def _is_3_0(node: Node) -> bool:
    return str(node.tree.data.get("openapi", "")).startswith("3.0")


def _view(node: Node, within: frozenset[str]) -> SchemaView:
    """Return the view of a schema; ``within`` has the pointers of the unions around it."""
    result = _as_written(node)
    if _is_null(result):
        result.null = result.keywords.get("type", result.keywords.get("enum"))
    if result.branches and result.node.pointer not in within:
        _simplify_union(result, within | {result.node.pointer})
    _set_types(result)
    return result


def _as_written(node: Node) -> SchemaView:
    result = SchemaView(node)
    _gather(node, result, set())
    return result


def _gather(node: Node, into: SchemaView, seen: set[str]) -> None:
    """Add the keywords of a schema, and of those that it references, each place once."""
    if node.pointer in seen or not isinstance(node.value, dict):
        return
    seen.add(node.pointer)
    if isinstance(node.value.get("$ref"), str):
        # One step at a time: from OpenAPI 3.1 on, keywords beside each reference count.
        target = node.followed()
        if target is not None:
            into.node = target if into.node is node else into.node
            _gather(target, into, seen)
        if _is_3_0(node):
            # OpenAPI 3.0 ignores keywords beside a reference.
            return
    if "allOf" in node.value:
        for branch in elements(node.get("allOf")):
            _gather(branch, into, seen)
    _take(node, into)


def _take(node: Node, into: SchemaView) -> None:
    """Add the keywords that are written here; they replace those that were added before."""
    written = dict(node.entries())
    into.keywords |= {name: n for name, n in written.items() if name not in _SPECIAL}
    if "properties" in written:
        into.properties |= entries(written["properties"])
    if "required" in written:
        into.required |= {str(n.value): n for n in elements(written["required"])}
    for union in UNIONS:
        if branches := elements(written.get(union)):
            into.branches = into.branches + branches
            into.union = union


def _is_null(result: SchemaView) -> bool:
    return bool(result.value("type") == "null" or result.value("enum") == [None])


def _simplify_union(result: SchemaView, within: frozenset[str]) -> None:
    """Remove null from a union, and the union itself if only one branch remains."""
    kept = [branch for branch in result.branches if not _is_null(_as_written(branch))]
    nulls = (branch for branch in result.branches if not any(branch is k for k in kept))
    result.null = result.null or next(nulls, None)
    result.branches = kept
    if len(kept) == 1:
        only = _view(kept[0], within)
        result.null = result.null or only.null
        result.keywords = only.keywords | result.keywords
        result.properties = only.properties | result.properties
        result.required = only.required | result.required
        result.branches, result.union = only.branches, only.union


def _set_types(result: SchemaView) -> None:
    listed = _listed_types(result.value("type"))
    enum = result.value("enum")
    if result.null is None and "null" in listed:
        result.null = result.keywords["type"]
    elif result.null is None and listed and result.value("nullable") is True:
        # In OpenAPI 3.0, ``nullable`` has an effect only beside a type.
        result.null = result.keywords["nullable"]
    elif result.null is None and not listed and isinstance(enum, list) and None in enum:
        result.null = result.keywords["enum"]
    if not listed:
        listed = _implied_types(result)
    # A schema that allows null alone does not allow any type.
    result.types = frozenset(listed - {"null"} or listed)


def _listed_types(named: Any) -> set[str]:
    if isinstance(named, str):
        return {named}
    return {name for name in named if isinstance(name, str)} if isinstance(named, list) else set()


def _implied_types(result: SchemaView) -> set[str]:
    """Return the types that the other keywords imply if ``type`` is absent."""
    if _is_null(result):
        return {"null"}
    listed = result.enum()
    if listed:
        return {_json_type(node.value) for node in listed}
    if result.properties:
        return {"object"}
    return {"array"} if "items" in result.keywords else set()


def _json_type(value: Any) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return "integer" if whole else type_of(value)
