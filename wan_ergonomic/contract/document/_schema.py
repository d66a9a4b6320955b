"""Views of schemas: what a schema says, however it is written.

A view sees through references, ``allOf``, unions of one branch, and the ways to allow
null (a type, a keyword, a branch of a union), so that schemas that are written
differently but allow the same compare equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from ._equality import DOCUMENTATION, as_json, json_type, same
from ._intersection import intersect
from ._node import Node, elements, entries
from ._simplify import applied, simplify
from ._view import NULL, TYPES, SchemaView, Types, Union

UNIONS = ("oneOf", "anyOf")
# These are attributes of a view, not keywords.
_SPECIAL = frozenset({"$ref", "allOf", "properties", "required", *UNIONS})
# Keywords that allow any value.
ANNOTATIONS = DOCUMENTATION | {"default", "deprecated", "readOnly", "writeOnly", "nullable", "xml"}
_MAX_WRAPPED = 10
# Beside these, which properties are evaluated depends on the value, or all are.
_DEPENDING = frozenset({"if", "dependentSchemas", "additionalProperties"})
_KNOWN = TYPES | {"integer"}
# Keywords beside which ``nullable`` needs no type.
_COMPOSED = frozenset({"$ref", "allOf", *UNIONS})


def view(node: Node) -> SchemaView:
    """Return the view of a schema. Views are cached in the tree."""
    known = node.tree.views.get(node.key)
    if known is None:
        target = node.followed() if _is_mere_reference(node) else None
        known = view(target) if target else _view(node, frozenset())
        node.tree.views[node.key] = known
    return cast("SchemaView", known)


def of_types(side: SchemaView, types: Types) -> SchemaView:
    """Return the part of a schema that is for some types only."""
    return finished(intersect(side, SchemaView(side.node, listed=types)))


def both(one: SchemaView, other: SchemaView) -> SchemaView:
    """Return what two schemas of one document say together."""
    return finished(intersect(one, other))


def _is_mere_reference(node: Node) -> bool:
    """Whether a schema is a reference to another one, and no keyword beside it counts."""
    if not isinstance(node.value, dict) or not isinstance(node.value.get("$ref"), str):
        return False
    # A reference in a circle leads to no schema.
    return (len(node.value) == 1 or _is_3_0(node)) and node.resolved() is not None


def _is_3_0(node: Node) -> bool:
    return str(node.tree.data.get("openapi", "")).startswith("3.0")


def _view(node: Node, within: frozenset[object]) -> SchemaView:
    """Return the view of a schema; ``within`` has the keys of the schemas around it."""
    result = _as_written(node)
    if result.unions and node.key not in within:
        result = _without_small_unions(result, within | {node.key})
    _close_as_a_whole(result, node)
    return finished(result)


def _close_as_a_whole(result: SchemaView, node: Node) -> None:
    """Where no part depends on the value, ``unevaluatedProperties`` is for what none names."""
    rest = result.keywords.get("unevaluatedProperties")
    if rest is None or rest.pointer != f"{node.pointer}/unevaluatedProperties" or rest.parts:
        return
    if not result.unions and result.keywords.keys().isdisjoint(_DEPENDING):
        result.keywords["additionalProperties"] = result.keywords.pop("unevaluatedProperties")


def _as_written(node: Node) -> SchemaView:
    """Return what a schema says, and the schemas that it references and is composed of."""
    result = None
    for place in _places(node, set()):
        written = _written(place)
        result = intersect(result, written) if result else written
    result = result or SchemaView(node)
    result.node = node if node.parts else node.resolved() or node
    return result


def _places(node: Node, seen: set[str]) -> Iterator[Node]:
    """Yield each place that counts for a schema once; those that take precedence come last."""
    for part in node.parts:
        yield from _places(part, seen)
    if node.parts or node.pointer in seen or not isinstance(node.value, dict | bool):
        return
    seen.add(node.pointer)
    if isinstance(node.value, dict):
        if isinstance(node.value.get("$ref"), str):
            # One step at a time: from OpenAPI 3.1 on, keywords beside each reference count.
            target = node.followed()
            if target is not None:
                yield from _places(target, seen)
            if _is_3_0(node):
                # OpenAPI 3.0 ignores keywords beside a reference.
                return
        if "allOf" in node.value:
            for branch in elements(node.get("allOf")):
                yield from _places(branch, seen)
        for always_applied in applied(node):
            yield from _places(always_applied, seen)
    yield node


def _written(node: Node) -> SchemaView:
    """Return what is written in one place."""
    written = dict(node.entries())
    unwanted = written.get("not")
    nothing = node.value is False or (unwanted is not None and unwanted.value in ({}, True))
    result = SchemaView(node, never=nothing)
    result.keywords = {name: n for name, n in written.items() if name not in _SPECIAL}
    if "properties" in written:
        result.properties = entries(written["properties"])
    if "required" in written:
        result.required = {str(n.value): n for n in elements(written["required"])}
    for name in UNIONS:
        if branches := elements(written.get(name)):
            # The same one twice is one, unless only one may match.
            single = {as_json(branch.value): branch for branch in reversed(branches)}
            kept = list(single.values())[::-1] if name == "anyOf" else branches
            result.unions.append(Union(name, written[name], kept))
    simplify(result.keywords, written.keys())
    result.listed = _listed_types(result.value("type"))
    result.values = _listed_values(result)
    if result.value("nullable") is True:
        _make_nullable(result, composed=not _COMPOSED.isdisjoint(written))
    return result


def _listed_types(named: Any) -> Types | None:
    if isinstance(named, str):
        return frozenset({named})
    listed = named if isinstance(named, list) else ()
    return frozenset(name for name in listed if isinstance(name, str)) or None


def _listed_values(written: SchemaView) -> list[Node] | None:
    values = list(written.keywords["enum"].elements()) if "enum" in written.keywords else None
    if "const" in written.keywords:
        constant = written.keywords["const"]
        return [n for n in values if same(n.value, constant.value)] if values else [constant]
    return values or None


def _make_nullable(written: SchemaView, *, composed: bool) -> None:
    """Allow null. In OpenAPI 3.0, ``nullable`` has an effect only beside a type."""
    at = written.keywords["nullable"]
    if composed:
        # Published documents mean: what is composed, or null.
        written.always_null = at
    elif written.listed is not None:
        written.listed |= NULL
        if written.values is not None and not _has_null(written.values):
            written.values = [*written.values, Node(None, at.pointer, at.tree)]


def _has_null(values: list[Node]) -> bool:
    return any(node.value is None for node in values)


def is_null(side: SchemaView) -> bool:
    """Whether a schema allows null and nothing else."""
    only_null = side.values is not None and all(node.value is None for node in side.values)
    possible = side.listed is None or "null" in side.listed
    return not side.unions and (side.listed == NULL or (only_null and possible))


def allows_null(side: SchemaView) -> bool:
    """Whether null is allowed, as far as it does not depend on a union."""
    if side.always_null:
        return True
    listed = side.listed is None or "null" in side.listed
    return not side.never and listed and (side.values is None or _has_null(side.values))


def _without_small_unions(result: SchemaView, within: frozenset[object]) -> SchemaView:
    """Remove null from each union, and the union itself if only one branch remains."""
    unions, result.unions = result.unions, []
    for union in unions:
        written = [(branch, _unwrapped(branch)) for branch in union.branches]
        alone = len(written) == 1
        nulls = [branch for branch, side in written if is_null(side) and not alone]
        others = [each for each in written if each[0] not in nulls]
        once = len(nulls) == 1 and not any(_says_null(side, within) for _, side in others)
        if nulls and (union.keyword == "anyOf" or once):
            union.null = nulls[0]
            union.branches = [branch for branch, _ in others]
        if len(union.branches) > 1:
            result.unions.append(union)
        elif union.branches:
            only = _view(union.branches[0], within)
            _admit_null(only, union.null)
            node = result.node
            result = intersect(only, result)
            result.node = node
        else:
            result = intersect(SchemaView(result.node, listed=NULL), result)
            result.null = union.null
    return result


def restricting(side: SchemaView, keyword: str) -> Node | None:
    """Return the schema of a keyword, or None if it allows anything."""
    node = side.constraining(keyword)
    return None if node is None or says_nothing(view(node)) else node


def is_binary(side: SchemaView) -> bool:
    """Whether a schema allows any bytes, in one of the ways that OpenAPI 3.0 and 3.1 have."""
    beside = side.keywords.keys() - ANNOTATIONS - {"type", "format", "contentMediaType"}
    if beside or side.never or side.unions or side.values is not None or side.properties:
        return False
    if side.value("format") not in {None, "binary"}:
        return False
    said = "format" in side.keywords or "contentMediaType" in side.keywords
    return side.listed is None or (said and side.listed == {"string"})


def says_nothing(side: SchemaView) -> bool:
    """Whether a schema allows any value."""
    said = side.never or side.unions or side.properties or side.required
    typed = side.listed is not None or side.values is not None
    return not said and not typed and side.keywords.keys() <= ANNOTATIONS


def _unwrapped(node: Node) -> SchemaView:
    """Return what a schema says, or what the only branch of its union says."""
    found = _as_written(node)
    for _ in range(_MAX_WRAPPED):
        union = found.unions[0] if found.unions else None
        if union is None or len(union.branches) > 1 or len(found.keywords) > 1:
            break
        found = _as_written(union.branches[0])
    return found


def _says_null(side: SchemaView, within: frozenset[object]) -> bool:
    """Whether a schema names null among what it allows, itself or in a union."""
    if (side.listed is not None or side.values is not None) and allows_null(side):
        return True
    if side.node.key in within or len(within) > _MAX_WRAPPED:
        # A union can contain itself.
        return False
    inside = within | {side.node.key}
    branches = (branch for union in side.unions for branch in union.branches)
    return any(_says_null(_unwrapped(branch), inside) for branch in branches)


def _admit_null(only: SchemaView, null: Node | None) -> None:
    """Allow null beside the only branch of a union that had a branch for null."""
    if null is None:
        return
    for union in only.unions:
        union.null = union.null or null
    if only.listed is not None:
        only.listed |= NULL
    if only.values is not None and not _has_null(only.values):
        only.values = [*only.values, Node(None, null.pointer, null.tree)]
    only.null = null


def finished(result: SchemaView) -> SchemaView:
    """Set the attributes of a view that follow from others."""
    if result.listed is not None and result.values is not None and result.listed <= _KNOWN:
        result.values = [n for n in result.values if _is_of_types(n.value, result.listed)]
        result.never = result.never or not result.values
        if all(node.value is None for node in result.values):
            result.listed = NULL
    result.null = _null_of(result)
    listed = set(result.listed or ()) or _implied_types(result)
    # A schema that allows null alone does not allow any type.
    result.types = frozenset(listed - {"null"} or listed)
    return result


def _is_of_types(value: Any, types: Types) -> bool:
    kind = json_type(value)
    return kind in types or (kind == "integer" and "number" in types)


def _null_of(result: SchemaView) -> Node | None:
    """Return the place that allows null."""
    if result.always_null:
        return result.always_null if result.listed or result.unions else None
    if not allows_null(result) or not all(union.null for union in result.unions):
        return None
    words = ("type", "enum", "const")
    written = [result.keywords[word] for word in words if word in result.keywords]
    null = result.null or next((union.null for union in result.unions), None)
    if result.listed is None and result.values is None:
        return null
    if result.value("nullable") is True:
        return result.keywords["nullable"]
    return null or next(iter(written), None)


def _implied_types(result: SchemaView) -> set[str]:
    """Return the types that the other keywords imply if ``type`` is absent."""
    if is_null(result):
        return {"null"}
    listed = result.enum()
    if listed:
        return {json_type(node.value) for node in listed}
    if result.properties:
        return {"object"}
    return {"array"} if "items" in result.keywords else set()
