"""Whether two documents promise the same of one operation.

Only what the operation can reach counts: itself, what its path says for it,
its servers, its security, and what any of these refers to, wherever each
document keeps that. Nothing here says what a difference means.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wan_ergonomic._json import escape
from wan_ergonomic.contract.document._pointer import look_up

Content = Mapping[str, Any]

_MAX_HOPS = 50
# Said of an operation here in effect, or nothing that is promised.
_APART = frozenset({"operationId", "parameters", "security", "servers", "tags"})


def agree(one: Content, other: Content, method: str, path: str) -> bool:
    """Whether two documents, which both have an operation, promise the same of it."""
    pending = [(_promise(one, method, path), _promise(other, method, path))]
    # Both of each pair are kept, so that no other object is ever taken for them.
    seen: dict[tuple[int, int], tuple[Any, Any]] = {}
    while pending:
        left, right = pending.pop()
        if (id(left), id(right)) in seen:
            continue
        seen[id(left), id(right)] = (left, right)
        pairs = _parts(_resolved(left, one), _resolved(right, other), one, other)
        if pairs is None:
            return False
        pending += pairs
    return True


def _parts(left: Any, right: Any, one: Content, other: Content) -> list[tuple[Any, Any]] | None:
    """Return what must be the same for two values to be the same; None if they are not."""
    if isinstance(left, dict) and isinstance(right, dict):
        return [(left[key], right[key]) for key in left] if left.keys() == right.keys() else None
    if isinstance(left, list) and isinstance(right, list):
        return list(zip(left, right, strict=True)) if len(left) == len(right) else None
    if isinstance(left, bool) is not isinstance(right, bool) or left != right:
        return None
    if isinstance(left, str) and left.startswith("#/"):
        # The mapping of a discriminator refers to schemas without saying so.
        return [(_target(one, left), _target(other, left))]
    return []


def _target(document: Content, reference: str) -> Any:
    found = look_up(document, reference)
    return found[0] if found else None


def _resolved(value: Any, document: Content) -> Any:
    """Return what a reference leads to in the end, with what is written beside it on the way."""
    beside: dict[str, Any] = {}
    for _ in range(_MAX_HOPS):
        reference = value.get("$ref") if isinstance(value, dict) else None
        found = look_up(document, reference) if isinstance(reference, str) else None
        if found is None:
            break
        beside = {**value, **beside}
        value = found[0]
    beside.pop("$ref", None)
    return [value, beside] if beside else value


def _promise(document: Content, method: str, path: str) -> dict[str, Any]:
    """Return an operation with all that is in effect for it."""
    item = document["paths"][path]
    operation = item[method.lower()]
    servers = [holder["servers"] for holder in (operation, item, document) if holder.get("servers")]
    security = operation.get("security", document.get("security")) or []
    return {
        "openapi": document["openapi"][:3],
        "operation": {name: said for name, said in operation.items() if name not in _APART},
        "parameters": {
            _name(parameter, document): parameter
            for holder in (item, operation)
            for parameter in _elements(holder.get("parameters"))
        },
        "schemes": [
            _target(document, f"#/components/securitySchemes/{escape(name)}")
            for requirement in _elements(security)
            for name in (requirement if isinstance(requirement, dict) else ())
        ],
        "security": security,
        "servers": servers[:1],
    }


def _elements(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _name(parameter: Any, document: Content) -> str:
    """Return what tells a parameter from others: an operation's own replaces that of its path."""
    value = _resolved(parameter, document)
    first = value[0] if isinstance(value, list) else value
    return f"{first.get('in')} {first.get('name')}" if isinstance(first, dict) else ""
