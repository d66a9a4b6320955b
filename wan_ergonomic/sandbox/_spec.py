"""The vendored contract from the server's side.

Paths and the properties of responses come from the
contract, so that the sandbox follows the vendor without a change. No path and no
usage property may be hard-coded in the sandbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wan_ergonomic import _spec
from wan_ergonomic._spec import Role


def operations() -> Mapping[str, Mapping[str, Role]]:
    """Return the operations of each path, by method."""
    table: dict[str, dict[str, Role]] = {}
    for role, method in _spec.METHODS.items():
        table.setdefault(_spec.path(role), {})[method.upper()] = role
    return table


def served_at(url: str) -> dict[str, Any]:
    """Return the contract with another server."""
    return {**_spec.contract(), "servers": [{"url": url}]}


def body_of(role: Role, values: Mapping[str, Any], usage: float | None = None) -> dict[str, Any]:
    """Return the body of a successful response, with the values that the contract describes.

    Args:
        role: The operation.
        values: Values by the contract's names.
        usage: The number for ``meta.usage``, under the contract's name for it.
    """
    properties = _spec.response_schema(role)["properties"]
    body = {name: value for name, value in values.items() if name in properties}
    field = usage_field(role)
    if usage is not None and field is not None:
        body["meta"] = {"usage": {field: usage}}
    return body


def usage_field(role: Role) -> str | None:
    """Return the name of the number in ``meta.usage``, or None if the contract has none."""
    schema: Mapping[str, Any] = _spec.response_schema(role)
    for name in ("meta", "usage"):
        schema = schema.get("properties", {}).get(name, {})
    numbers = [n for n, s in schema.get("properties", {}).items() if s.get("type") == "number"]
    required = [name for name in numbers if name in schema.get("required", ())]
    return next(iter(required + numbers), None)
