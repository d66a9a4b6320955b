"""What identifies an operation: its models, its titles, its names and the words of its path."""

from __future__ import annotations

import json
import re
from collections.abc import Set

from wan_ergonomic.contract.document._node import Node, elements, entries
from wan_ergonomic.contract.document._schema import view


def share(a: Set[str], b: Set[str]) -> float:
    """Return the share of the names in either set that are in both, from 0 to 1."""
    return len(a & b) / (len(a | b) or 1)


def words_of(path: str) -> frozenset[str]:
    """Return the words of a path, without versions, parameters and plurals."""
    words = re.findall(r"[a-z]+", re.sub(r"\{[^{}]*\}|\bv\d+\w*\b", "", path.lower()))
    return frozenset(word.removesuffix("s") for word in words)


def are_same(known: frozenset[str], words: frozenset[str]) -> bool:
    """Whether one of two paths has all words of the other."""
    return bool(known and words) and (known <= words or words <= known)


def models_in(operation: Node) -> frozenset[str]:
    """Return the models that the request body may name; none if it may name any."""
    models: set[str] = set()
    pending, seen = _schemas(operation.get("requestBody")), set[str]()
    while pending:
        schema = view(pending.pop())
        if schema.node.pointer not in seen:
            seen.add(schema.node.pointer)
            pending += schema.branches
            model = schema.properties.get("model")
            models |= {str(each.value) for each in (model and view(model).enum()) or ()}
    return frozenset(models)


def titles_in(operation: Node) -> frozenset[str]:
    """Return the titles of the request body's schemas."""
    schemas = _schemas(operation.get("requestBody"))
    return frozenset(str(view(schema).value("title")) for schema in schemas)


def names_in(operation: Node) -> frozenset[str]:
    """Return the names of the top-level properties that an operation takes and returns.

    An enum with one value counts as a name, too: it distinguishes models with the same shape.
    """
    names = set()
    for parameter in elements(operation.get("parameters")):
        name = parameter.get("name")
        names.add(f"?{name.value}" if name else "")
    bodies = [operation.get("requestBody"), *entries(operation.get("responses")).values()]
    for schema in (schema for body in bodies for schema in _schemas(body)):
        for property_name, node in view(schema).properties.items():
            values = view(node).enum() or ()
            names.add(property_name)
            names |= {json.dumps(value.value) for value in values if len(values) == 1}
    return frozenset(names)


def _schemas(body: Node | None) -> list[Node]:
    """Return the schema of each media type of a request or a response."""
    media = entries(body.get("content") if body else None).values()
    return [schema for each in media if (schema := each.get("schema"))]
