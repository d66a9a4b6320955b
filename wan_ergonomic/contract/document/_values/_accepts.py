"""Whether a schema accepts a value.

The third result is None: it cannot be told. Formats and encodings are such, and patterns
that Python does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from wan_ergonomic._json import type_of
from wan_ergonomic.contract.document._bounds import ENDS, bound
from wan_ergonomic.contract.document._equality import as_json, is_number, json_type
from wan_ergonomic.contract.document._node import Node
from wan_ergonomic.contract.document._schema import view
from wan_ergonomic.contract.document._view import SchemaView, Union, matches

Verdict = bool | None
# What is known, by schema and value. A union may contain itself, or one schema very often.
_Known = dict[tuple[int, int], Verdict]

# A value of each format that is common.
OF_FORMAT: Mapping[str, str] = {
    "byte": "YQ==",
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "email": "a@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "time": "12:00:00Z",
    "uri": "https://example.com/a",
    "url": "https://example.com/a",
    "uuid": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
}
# By type, what is counted in the keywords for its size.
COUNTED = {"string": "Length", "array": "Items", "object": "Properties"}
_NOT_READ = ("unevaluatedItems", "unevaluatedProperties")
_OF_STRINGS = ("contentEncoding", "contentMediaType", "contentSchema")


class Reading(NamedTuple):
    """How schemas are read.

    Attributes:
        exact: Whether only what JSON Schema says counts; else, properties imply an object,
            and items imply an array.
        described: Whether only described properties are sent.
        unsent: The keyword of properties that are never sent: ``readOnly`` or ``writeOnly``.
    """

    exact: bool = True
    described: bool = False
    unsent: str = ""

    def allows(self, side: SchemaView, kind: str) -> bool:
        """Whether a schema allows a type, as far as its own keywords say."""
        if side.always_null and kind == "null":
            return True
        types = side.listed
        if not self.exact and side.types:
            types = side.types | ({"null"} if side.null else frozenset())
        return types is None or kind in types or (kind == "integer" and "number" in types)

    def one_of(self, side: SchemaView) -> bool:
        """Whether a ``oneOf`` rejects what matches two branches, or its discriminator chooses."""
        return self.exact or "discriminator" not in side.keywords

    def is_sent(self, node: Node | None) -> bool:
        """Whether a property may be sent."""
        return not self.unsent or node is None or view(node).value(self.unsent) is not True


def accepts(side: SchemaView, value: Any, reading: Reading, known: _Known | None = None) -> Verdict:
    """Whether a schema accepts a value; None if it cannot be told."""
    known = {} if known is None else known
    step = (id(side), id(value))
    if step not in known:
        known[step] = None
        known[step] = _accepts(side, value, reading, known)
    return known[step]


def _accepts(side: SchemaView, value: Any, reading: Reading, known: _Known) -> Verdict:
    if value is None and side.always_null:
        return True
    if side.never or not reading.allows(side, json_type(value)):
        return False
    if not side.lists(value):
        return False
    return _every(_verdicts(side, value, reading, known))


def _every(verdicts: Iterable[Verdict]) -> Verdict:
    """Whether all are true: false if one is false, else None if one is not known."""
    result: Verdict = True
    for verdict in verdicts:
        if verdict is False:
            return False
        result = result and verdict
    return result


def _verdicts(side: SchemaView, value: Any, reading: Reading, known: _Known) -> Iterator[Verdict]:
    if is_number(value):
        yield from _number(side, value)
    if isinstance(value, str):
        yield from _string(side, value)
    if isinstance(value, str | list | dict):
        length = COUNTED[type_of(value)]
        upper, lower = side.count(f"max{length}"), side.count(f"min{length}")
        yield (upper is None or len(value) <= upper) and (lower is None or len(value) >= lower)
    if isinstance(value, list):
        yield from _array(side, value, reading, known)
    if isinstance(value, dict):
        yield from _object(side, value, reading, known)
    yield from _composed(side, value, reading, known)
    for union in side.unions:
        found = [accepts(view(branch), value, reading, known) for branch in union.branches]
        yield (
            True
            if value is None and union.null
            else _union(union, found, exclusive=reading.one_of(side))
        )


def _number(side: SchemaView, value: float) -> Iterator[Verdict]:
    for name, sign in ENDS:
        end = bound(side, name, sign)
        if end:
            limit, inclusive = end.extent
            yield value * sign <= limit if inclusive else value * sign < limit
    step = side.keywords.get("multipleOf")
    if step is not None and is_number(step.value) and step.value > 0:
        yield Fraction(str(value)) % Fraction(str(step.value)) == 0


def _string(side: SchemaView, value: str) -> Iterator[Verdict]:
    pattern, form = side.keywords.get("pattern"), side.value("format")
    for part in (pattern.parts or (pattern,)) if pattern else ():
        yield matches(str(part.value), value)
    if form is not None:
        yield True if isinstance(form, str) and OF_FORMAT.get(form) == value else None
    if any(word in side.keywords for word in _OF_STRINGS):
        yield None


def _array(
    side: SchemaView, value: list[Any], reading: Reading, known: _Known
) -> Iterator[Verdict]:
    first = side.keywords.get("prefixItems")
    if first is not None and first.parts:
        yield None
    firsts = list(first.elements()) if first else []
    for node, item in zip(firsts, value, strict=False):
        yield accepts(view(node), item, reading, known)
    items = side.constraining("items")
    if items is not None:
        for item in value[len(firsts) :]:
            yield accepts(view(items), item, reading, known)
    if side.value("uniqueItems") is True:
        yield len({as_json(item) for item in value}) == len(value)
    contains = side.keywords.get("contains")
    if contains is not None and contains.parts:
        yield None
    elif contains is not None:
        yield _contains(side, [accepts(view(contains), i, reading, known) for i in value])


def _contains(side: SchemaView, found: list[Verdict]) -> Verdict:
    if None in found:
        return None
    most, least = side.count("maxContains"), side.count("minContains")
    return (1 if least is None else least) <= sum(map(bool, found)) and (
        most is None or sum(map(bool, found)) <= most
    )


def _object(
    side: SchemaView, value: dict[str, Any], reading: Reading, known: _Known
) -> Iterator[Verdict]:
    for name in side.required:
        yield name in value or not reading.is_sent(side.properties.get(name))
    names = side.keywords.get("propertyNames")
    for name, held in value.items():
        for node in _schemas_of(side, name):
            yield accepts(view(node), held, reading, known)
        if names is not None:
            yield accepts(view(names), name, reading, known)
    dependent = side.keywords.get("dependentSchemas")
    for part in (dependent.parts or (dependent,)) if dependent else ():
        for name, node in part.entries():
            if name in value:
                yield accepts(view(node), value, reading, known)
    needed = side.keywords.get("dependentRequired")
    if needed is not None and needed.parts:
        yield None
    needs = needed.value if needed is not None and not needed.parts else None
    for name, others in needs.items() if isinstance(needs, dict) else ():
        yield None if not isinstance(others, list) else name not in value or set(others) <= {*value}


def _schemas_of(side: SchemaView, name: str) -> Iterator[Node]:
    """Yield each schema that a property has to match."""
    found = [side.properties[name]] if name in side.properties else []
    patterns = side.keywords.get("patternProperties")
    if patterns is not None:
        found += [node for pattern, node in patterns.entries() if matches(pattern, name)]
    others = side.constraining("additionalProperties")
    yield from found or ([others] if others is not None else [])


def _composed(side: SchemaView, value: Any, reading: Reading, known: _Known) -> Iterator[Verdict]:
    unwanted = side.keywords.get("not")
    for part in (unwanted.parts or (unwanted,)) if unwanted else ():
        verdict = accepts(view(part), value, reading, known)
        yield None if verdict is None else not verdict
    condition = side.keywords.get("if")
    if condition is not None and condition.parts:
        # Each is a schema with a condition of its own.
        for part in condition.parts:
            yield accepts(view(part), value, reading, known)
    elif condition is not None:
        verdict = accepts(view(condition), value, reading, known)
        branch = side.keywords.get("then" if verdict else "else")
        yield (
            None
            if verdict is None
            else (branch is None or accepts(view(branch), value, reading, known))
        )
    if any(word in side.keywords for word in _NOT_READ):
        yield None


def _union(union: Union, found: list[Verdict], *, exclusive: bool) -> Verdict:
    if union.keyword == "oneOf" and exclusive and found.count(True) > 1:
        return False
    if union.keyword == "oneOf" and exclusive:
        return None if None in found else True in found
    return True if True in found else None if None in found else False
