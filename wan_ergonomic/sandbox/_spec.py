"""The vendored contract, as the side that answers reads it.

Paths, methods, the name of the poll's parameter and the fields of an answer all
come from here, so the sandbox follows the vendor without a line changed. It
must not know a path or a usage field by heart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from wan_ergonomic import _spec
from wan_ergonomic._spec import Role

ROLES: tuple[Role, ...] = get_args(Role)


def operations() -> Mapping[str, Mapping[str, Role]]:
    """Return, for each path, which method plays which role."""
    table: dict[str, dict[str, Role]] = {}
    for role in ROLES:
        table.setdefault(_spec.path(role), {})[_spec.METHODS[role].upper()] = role
    return table


def served_at(url: str) -> dict[str, Any]:
    """Return the contract with another server in place of the vendor's."""
    return {**_spec.contract(), "servers": [{"url": url}]}


def id_parameter() -> tuple[str, str]:
    """Return where the poll carries the generation's id: location and name."""
    parameters = _spec.operation("poll")["parameters"]
    required = next(p for p in parameters if p.get("required"))
    return str(required["in"]), str(required["name"])


def answer(role: Role, values: Mapping[str, Any], usage: float | None = None) -> dict[str, Any]:
    """Return the body of a successful answer: those values that the contract has a place for.

    Args:
        role: Which operation is answered.
        values: What there is to say, by the contract's names.
        usage: The number for ``meta.usage``, under whatever name the contract gives it.
    """
    properties = _spec.response_schema(role)["properties"]
    body = {name: value for name, value in values.items() if name in properties}
    field = usage_field(role)
    if usage is not None and field is not None:
        body["meta"] = {"usage": {field: usage}}
    return body


def usage_field(role: Role) -> str | None:
    """Return the name of the number in ``meta.usage``, or None where the contract has none."""
    schema: Mapping[str, Any] = _spec.response_schema(role)
    for name in ("meta", "usage"):
        schema = schema.get("properties", {}).get(name, {})
    numbers = [n for n, s in schema.get("properties", {}).items() if s.get("type") == "number"]
    required = [name for name in numbers if name in schema.get("required", ())]
    return next(iter(required + numbers), None)
