"""A few values that a schema accepts: the simplest ones, and those at its limits."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from wan_ergonomic.contract.document._bounds import ENDS, bound
from wan_ergonomic.contract.document._equality import as_json, is_number
from wan_ergonomic.contract.document._node import Node, entries
from wan_ergonomic.contract.document._schema import both, view
from wan_ergonomic.contract.document._view import NULL, SchemaView

from ._accepts import OF_FORMAT, Reading, accepts
from ._effort import Effort

_MAX_SAMPLES = 40
_MAX_BELOW = 6
_MAX_DEPTH = 4
_MAX_HINTED = 2
_MAX_COUNT = 300
# Values that are tried, in a union with so many variants.
_MOST_TRIES = 20_000
_FEWEST_TRIES = 40
_MAX_ALTERNATIVES = 32
_MAX_SPLIT = 256
# What these require depends on the value.
_CONDITIONS = frozenset({"if", "then", "else", "not", "dependentSchemas"})
_ALL = ("string", "integer", "number", "boolean", "array", "object", "null")


def alternatives(side: SchemaView, most: int = _MAX_ALTERNATIVES) -> list[SchemaView] | None:
    """Return a schema without unions for each choice of branches; None if they are too many.

    Together they accept all that the schema accepts, and what matches two branches of a oneOf.
    """
    done: list[SchemaView] = []
    pending = [side]
    split = 0
    while pending:
        each = pending.pop()
        if not each.unions:
            done.append(each)
        elif len(done) + len(pending) > most or split == _MAX_SPLIT:
            # Too many, or no end of them, as in a union that contains itself.
            return None
        else:
            split += 1
            pending += choices(each)
    return done


def choices(side: SchemaView) -> Iterator[SchemaView]:
    """Yield a schema with each choice of a branch of one of its unions."""
    # Of a oneOf, the choices say less than the whole.
    union = min(side.unions, key=lambda each: each.keyword)
    rest = side.without_unions()
    rest.unions = [each for each in side.unions if each is not union]
    for branch in union.branches:
        yield both(view(branch), rest)
    if union.null:
        yield both(SchemaView(union.null, listed=NULL), rest)


class Samples:
    """Finds values that a schema accepts.

    Args:
        reading: How the schemas are read.
        effort: What may be tried.
        hints: Numbers and other values that are worth a try, such as another schema's limits.
        names: Properties that are worth a try where no schema describes them.
    """

    def __init__(
        self,
        reading: Reading,
        effort: Effort,
        hints: Iterable[Any] = (),
        names: Iterable[str] = (),
    ) -> None:
        self._reading = reading
        self._effort = effort
        self._hints = list(hints)
        self._names = list(names)
        self._known: dict[tuple[object, int], list[Any]] = {}
        self._numbers = [hint for hint in self._hints if is_number(hint)]

    def of(self, side: SchemaView, depth: int = 0) -> list[Any]:
        """Return some values that a schema accepts; none if none is found."""
        found: dict[str, Any] = {}
        most = _MAX_BELOW if depth else _MAX_SAMPLES
        chosen = alternatives(side) or []
        of_each = [self._of_plain(each, depth) for each in chosen]
        values = itertools.chain.from_iterable(itertools.zip_longest(*of_each))
        # Each try costs as much as there are variants.
        for value in itertools.islice(
            values, max(_FEWEST_TRIES, _MOST_TRIES // max(len(chosen), 1))
        ):
            if len(found) >= most or not self._effort.spend(max(len(chosen), 1)):
                break
            if accepts(side, value, self._reading):
                found.setdefault(as_json(value), value)
        return list(found.values())

    def _of_plain(self, side: SchemaView, depth: int) -> Iterator[Any]:
        if side.values is not None:
            yield from (node.value for node in side.values)
            return
        makers: Mapping[str, Callable[[SchemaView, int], Iterable[Any]]] = {
            "string": self._strings,
            "integer": self._integers,
            "number": self._fractions,
            "boolean": lambda *_: (True, False),
            "array": self._arrays,
            "object": self._objects,
            "null": lambda *_: (None,),
        }
        kinds = [kind for kind in _ALL if self._reading.allows(side, kind)]
        rows = [makers[kind](side, depth) for kind in kinds]
        yield from itertools.chain.from_iterable(itertools.zip_longest(*rows))
        if depth < _MAX_HINTED:
            yield from self._hints

    def _strings(self, side: SchemaView, _: int) -> Iterator[str]:
        form = side.value("format")
        if isinstance(form, str) and form in OF_FORMAT:
            yield OF_FORMAT[form]
        for word in ("default", "example"):
            if isinstance(side.value(word), str):
                yield side.value(word)
        lengths = {self._count(side, "minLength", 0), self._count(side, "maxLength", 1), 0, 1}
        lengths |= {int(n) for n in self._numbers if 0 <= n <= _MAX_COUNT}
        yield from ("a" * length for length in sorted(lengths) if length <= _MAX_COUNT)

    def _integers(self, side: SchemaView, _: int) -> Iterator[int]:
        tried = {0, 1, *(int(n) for n in self._numbers)}
        for name, sign in ENDS:
            end = bound(side, name, sign)
            if end and abs(end.extent[0]) < 1e300:
                limit = int(end.extent[0] * sign)
                tried |= {limit - 1, limit, limit + 1}
        step = side.value("multipleOf")
        if is_number(step) and 0 < step < 1e300:
            tried |= {int(n // step * step) for n in tried} | {int(step), 2 * int(step)}
        yield from sorted(tried, key=abs)

    def _fractions(self, side: SchemaView, depth: int) -> Iterator[float]:
        for number in self._integers(side, depth):
            if abs(number) < 1e15:
                yield number + 0.5

    def _arrays(self, side: SchemaView, depth: int) -> Iterator[list[Any]]:
        least = self._count(side, "minItems", 0)
        first = side.keywords.get("prefixItems")
        firsts = [self._below(node, depth) for node in (first.elements() if first else ())]
        items = self._below(side.keywords.get("items"), depth)
        contains = side.keywords.get("contains")
        contained = self._below(contains if contains and not contains.parts else None, depth)
        if not least:
            yield []
        start = [values[0] for values in firsts if values]
        most = self._count(side, "maxItems", least + 2)
        for length in sorted({least, most, len(start), least + 1}):
            if length <= _MAX_COUNT and (items or length <= len(start)):
                yield (start + list(itertools.islice(itertools.cycle(items), length)))[:length]
        for number, values in enumerate(firsts):
            yield from ([*start[:number], value] for value in values)
        if start:
            yield from ([*start, item] for item in items)
        for item in (*items, *contained):
            yield [item] * max(1, least)

    def _objects(self, side: SchemaView, depth: int) -> Iterator[dict[str, Any]]:
        of_each = {n: self._below(p, depth) for n, p in side.properties.items()
                   if self._reading.is_sent(p)}  # fmt: skip
        others = side.constraining("additionalProperties")
        for name in (n for n in side.required if self._reading.is_sent(side.properties.get(n))):
            of_each.setdefault(name, self._below(side.of_property(name), depth))
        if any(name in of_each and not of_each[name] for name in side.required):
            return
        least = {name: of_each[name][0] for name in side.required if name in of_each}
        yield least
        yield least | {name: values[0] for name, values in of_each.items() if values}
        if others is not None:
            yield from (least | {"other": value} for value in self._below(others, depth))
        needs = needs_of(side)
        names = [name for name in self._names if self._reading.is_sent(side.properties.get(name))]
        for name in (name for name in names if name not in of_each or name in needs):
            beside = [each for each in needs.get(name, ()) if each not in least]
            needed = {each: (of_each.get(each) or _ANY)[0] for each in beside}
            for value in of_each.get(name) or self._below(side.of_property(name), depth):
                yield least | {name: value} | needed
        tried = {
            name: of_each.get(name) or self._below(side.of_property(name), depth)
            for name in names[:_MAX_BELOW]
        }
        yield from _with_most_names(least, tried)
        for values in itertools.zip_longest(*of_each.values(), fillvalue=_MISSING):
            for name, value in zip(of_each, values, strict=True):
                if value is not _MISSING:
                    yield least | {name: value}

    def _below(self, node: Node | None, depth: int) -> list[Any]:
        if node is None or depth >= _MAX_DEPTH:
            return [] if node else _ANY
        step = (node.key, depth)
        if step not in self._known:
            self._known[step] = self.of(view(node), depth + 1)
        return self._known[step]

    @staticmethod
    def _count(side: SchemaView, name: str, usual: int) -> int:
        count = side.count(name)
        return int(count) if count is not None and 0 <= count < 1e6 else usual


_MISSING = object()
_ANY = ["a", 1]


def _with_most_names(
    least: Mapping[str, Any], tried: Mapping[str, list[Any]]
) -> Iterator[dict[str, Any]]:
    """Yield an object with every property that is tried, and one without each of them."""
    every = {**least, **{name: values[0] for name, values in tried.items() if values}}
    yield every
    for name in every.keys() - least.keys():
        yield {each: value for each, value in every.items() if each != name}


def hints_in(*nodes: Node) -> list[Any]:
    """Return limits, with the numbers beside them, and listed values in some schemas."""
    found: dict[str, Any] = {}
    pending: list[Any] = [node.value for node in nodes]
    while pending and len(found) < _MAX_SAMPLES:
        held = pending.pop()
        if isinstance(held, list):
            pending += held
        elif isinstance(held, dict):
            pending += (value for key, value in held.items() if key not in {"enum", "const"})
            listed = held.get("enum")
            values = [*(listed if isinstance(listed, list) else ()), *_numbers_of(held)]
            values += [held["const"]] if "const" in held else []
            found |= {as_json(value): value for value in values}
    return list(found.values())


def names_in(*sides: SchemaView) -> set[str]:
    """Return the properties that some schemas, or the branches of their unions, describe."""
    found: set[str] = set()
    for side in sides:
        found |= side.properties.keys()
        for name, needed in needs_of(side).items():
            found |= {name, *needed}
        for word in ("patternProperties", "dependentSchemas"):
            found |= {name.strip("^$") for name in entries(side.keywords.get(word))}
        for word in _CONDITIONS & side.keywords.keys():
            found |= _required_in(side.keywords[word].value)
        if "propertyNames" in side.keywords:
            lengths = {n for n in hints_in(side.keywords["propertyNames"]) if type(n) is int}
            found |= {"a" * n for n in lengths if 0 < n <= _MAX_COUNT}
        for union in side.unions:
            found |= {name for branch in union.branches for name in view(branch).properties}
    return found


def _required_in(schema: Any) -> set[str]:
    """Return the names that are required anywhere within a schema."""
    if isinstance(schema, list):
        return {name for each in schema for name in _required_in(each)}
    if not isinstance(schema, dict):
        return set()
    listed = schema.get("required")
    own = {name for name in listed if isinstance(name, str)} if isinstance(listed, list) else set()
    return own.union(*map(_required_in, schema.values()))


def needs_of(side: SchemaView) -> dict[str, list[str]]:
    """Return the properties that each property needs, as ``dependentRequired`` says."""
    needs = side.value("dependentRequired")
    return {
        name: [each for each in needed if isinstance(each, str)]
        for name, needed in (needs.items() if isinstance(needs, dict) else ())
        if isinstance(needed, list)
    }


def _numbers_of(schema: Mapping[str, Any]) -> Iterator[int]:
    for word, value in schema.items():
        if word[:3] in {"max", "min", "exc"} and is_number(value) and abs(value) < 1e15:
            yield from (int(value) - 1, int(value), int(value) + 1)
