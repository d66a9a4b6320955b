"""Rewrites what one place of a schema says in an unusual form as the usual keywords say it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any

from ._equality import as_json, is_number
from ._node import Node, entries
from ._view import TYPES, types_in_both

# Patterns that every text matches.
ANY_TEXT = ("", ".*", "^", "$")
# Beside these, ``unevaluated…`` depends on more than one place.
_APPLIED = frozenset({
    "$ref", "$dynamicRef", "$recursiveRef", "allOf", "anyOf", "oneOf", "if", "dependentSchemas",
})  # fmt: skip
# What a ``not`` of a value without content says, by the value, as a constant and as a list.
_WITHOUT_CONTENT: tuple[tuple[str, Any], ...] = (
    ("minLength", ""), ("minItems", []), ("minProperties", {}),
)  # fmt: skip
_EMPTY = {
    as_json(said): word
    for word, value in _WITHOUT_CONTENT
    for said in ({"const": value}, {"enum": [value]})
}
_ENDS = ("Maximum", "Minimum")


def always(value: Any) -> bool | None:
    """Return whether a schema accepts everything or nothing; None if it depends on the value."""
    if value is True or value == {}:
        return True
    return False if value is False or value == {"not": {}} else None


def applied(node: Node) -> Iterator[Node]:
    """Yield the schemas that count as a part of an ``allOf`` does, whatever the value is."""
    written = dict(node.entries())
    unwanted, condition = written.get("not"), written.get("if")
    if unwanted is not None and _is_negation(unwanted):
        yield from (held for _, held in unwanted.entries())
    if condition is not None:
        chosen = {True: "then", False: "else"}.get(always(condition.value))  # type: ignore[arg-type]
        if chosen in written:
            yield written[chosen]


def simplify(keywords: dict[str, Node], written: Set[str]) -> None:
    """Rewrite keywords in place; ``written`` has the names of all that are in the place."""
    for end in _ENDS:
        flag = keywords.get(f"exclusive{end}")
        if flag is not None and flag.value is True and end.lower() not in keywords:
            del keywords[f"exclusive{end}"]
    if "unevaluatedItems" in keywords and written.isdisjoint({*_APPLIED, "contains"}):
        _known_to_be_others(keywords, "unevaluatedItems", "items")
    if "unevaluatedProperties" in keywords and written.isdisjoint(_APPLIED):
        _known_to_be_others(keywords, "unevaluatedProperties", "additionalProperties")
    if "properties" not in written:
        _as_additional(keywords)
    for word, rewrite in _REWRITES.items():
        if word in keywords:
            rewrite(keywords)


def _is_negation(unwanted: Node) -> bool:
    return isinstance(unwanted.value, dict) and unwanted.value.keys() == {"not"}


def _known_to_be_others(keywords: dict[str, Node], unevaluated: str, others: str) -> None:
    """Where nothing else is applied, what is not evaluated is what no keyword beside it names."""
    rest = keywords.pop(unevaluated)
    keywords.setdefault(others, rest)


def _count_items(keywords: dict[str, Node]) -> None:
    """Any item matches ``contains: true``, so that only their number counts."""
    if not always(keywords["contains"].value):
        return
    contains = keywords.pop("contains")
    least = keywords.pop("minContains", contains._replace(value=1))
    most = keywords.pop("maxContains", None)
    for word, limit, tighter in (("minItems", least, max), ("maxItems", most, min)):
        if limit is not None and is_number(limit.value):
            known = keywords.get(word, limit)
            keywords[word] = tighter(known, limit, key=lambda each: float(each.value))


def _as_additional(keywords: dict[str, Node]) -> None:
    """Where no property is named, a pattern for all names is for all properties."""
    patterns = entries(keywords.get("patternProperties"))
    if len(patterns) == 1 and next(iter(patterns)) in ANY_TEXT:
        del keywords["patternProperties"]
        keywords["additionalProperties"] = next(iter(patterns.values()))


def _only_needing(keywords: dict[str, Node]) -> None:
    """Schemas that only require others are what ``dependentRequired`` says."""
    dependent = keywords["dependentSchemas"]
    if "dependentRequired" in keywords:
        return
    held = list(dependent.value.values()) if isinstance(dependent.value, dict) else []
    if held and all(isinstance(each, dict) and each.keys() == {"required"} for each in held):
        needs = {name: each["required"] for name, each in dependent.value.items()}
        keywords["dependentRequired"] = keywords.pop("dependentSchemas")._replace(value=needs)


def _without_usual_items(keywords: dict[str, Node]) -> None:
    """Leave out what is said of the last ones of the first items, if it holds for all others."""
    first, items = keywords["prefixItems"], keywords.get("items")
    if not isinstance(first.value, list):
        return
    usual = as_json(items.value if items is not None else {})
    kept = list(first.value)
    while kept and as_json(kept[-1]) == usual:
        kept.pop()
    if kept:
        keywords["prefixItems"] = first._replace(value=kept)
    else:
        del keywords["prefixItems"]


def _without_negation(keywords: dict[str, Node]) -> None:
    """Leave out ``not`` of a ``not``, of something empty, and of types."""
    unwanted = keywords["not"]
    empty = _EMPTY.get(as_json(unwanted.value))
    if _is_negation(unwanted):
        del keywords["not"]
    elif empty is not None:
        del keywords["not"]
        known = keywords.get(empty)
        if known is None or not is_number(known.value) or known.value < 1:
            keywords[empty] = unwanted._replace(value=1)
    elif isinstance(unwanted.value, dict) and unwanted.value.keys() == {"type"}:
        named = unwanted.value["type"]
        names = frozenset(named) if isinstance(named, list) else frozenset({named})
        if names < TYPES:
            del keywords["not"]
            left, known = TYPES - names, keywords.get("type")
            listed = known and (known.value if isinstance(known.value, list) else [known.value])
            both = types_in_both(left, frozenset(listed) if listed else None)
            keywords["type"] = unwanted._replace(value=sorted(both or ()))


def _as_needs(keywords: dict[str, Node]) -> None:
    """A property that, if it is there, wants others is what ``dependentRequired`` says."""
    if "else" in keywords or "then" not in keywords or "dependentRequired" in keywords:
        return
    sides = [keywords[word].value for word in ("if", "then")]
    if not all(isinstance(side, dict) and side.keys() == {"required"} for side in sides):
        return
    names, needed = (side["required"] for side in sides)
    if isinstance(names, list) and len(names) == 1:
        there = keywords.pop("then")
        del keywords["if"]
        keywords["dependentRequired"] = there._replace(value={str(names[0]): needed})


def _simplify_condition(keywords: dict[str, Node]) -> None:
    _as_needs(keywords)
    _without_conditions(keywords)


def _without_conditions(keywords: dict[str, Node]) -> None:
    """Leave out a condition that is applied anyway, or that nothing depends on."""
    condition = keywords.get("if")
    alone = keywords.keys().isdisjoint({"then", "else"})
    if condition is None or alone or always(condition.value) is not None:
        for word in ("if", "then", "else"):
            keywords.pop(word, None)


def _as_encoding(keywords: dict[str, Node]) -> None:
    """Say what OpenAPI 3.0 calls a format as OpenAPI 3.1 does."""
    if keywords["format"].value == "byte" and "contentEncoding" not in keywords:
        keywords["contentEncoding"] = keywords.pop("format")._replace(value="base64")


# In this order, by the keyword that is rewritten.
_REWRITES: Mapping[str, Callable[[dict[str, Node]], None]] = {
    "contains": _count_items,
    "dependentSchemas": _only_needing,
    "prefixItems": _without_usual_items,
    "not": _without_negation,
    "if": _simplify_condition,
    "then": _without_conditions,
    "else": _without_conditions,
    "format": _as_encoding,
}
