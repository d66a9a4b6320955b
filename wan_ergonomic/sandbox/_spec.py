"""The vendored contract from the server's side.

Paths and the properties of responses come from the
contract, so that the sandbox follows the vendor without a change. No path and no
usage property may be hard-coded in the sandbox.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wan_ergonomic import _spec
from wan_ergonomic._generation import CREDITS_PER_USD, meaning_of
from wan_ergonomic._spec import Role

from ._form import completed, video_of

# The statuses of a job without a scenario; those of scenarios are sent as they are.
_PLAIN = ("queued", "generating", "completed", "error")


def operations() -> Mapping[str, Mapping[str, Role]]:
    """Return the operations of each path, by method."""
    table: dict[str, dict[str, Role]] = {}
    for role, method in _spec.METHODS.items():
        table.setdefault(_spec.path(role), {})[method.upper()] = role
    return table


def served_at(url: str) -> dict[str, Any]:
    """Return the contract with another server."""
    return {**_spec.contract(), "servers": [{"url": url}]}


def body_of(
    role: Role,
    values: Mapping[str, Any],
    usage: float | None = None,
    names: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the body of a successful response, with what the contract describes and requires.

    Args:
        role: The operation.
        values: Values by the contract's names; of a video, its URL.
        usage: The credits for ``meta.usage``.
        names: Names for the cost; the contract's if there are none.
    """
    schema = _spec.response_schema(role)
    properties = schema["properties"]
    body = {name: value for name, value in values.items() if name in properties}
    if "status" in body:
        body["status"] = _documented(str(body["status"]), _spec.choices(properties["status"]))
    if "error" in body:
        body["error"] = _error(body["error"], properties["error"])
    if "video" in body:
        body["video"] = video_of(body["video"], properties["video"])
    names = names or _usage_fields(role)
    if usage is not None and names:
        dollars = usage / CREDITS_PER_USD
        body["meta"] = {"usage": {name: dollars if _is_usd(name) else usage for name in names}}
    return completed(body, schema)


def _documented(status: str, listed: Sequence[str]) -> str:
    """Return one of the plain statuses, or the contract's word for the same."""
    if status not in _PLAIN or status in listed:
        return status
    same = [word for word in listed if meaning_of(str(word)) == meaning_of(status)] or [status]
    return same[0 if status == "queued" else -1]


def _error(error: Any, schema: _spec.Schema) -> Any:
    """Return a plain error in the contract's form; one of a scenario as it is."""
    if not (isinstance(error, Mapping) and {"name", "message"} <= error.keys()):
        return error
    if _spec.fits(error, schema):
        return completed(error, schema)
    return "{name}: {message}".format_map(error)


def status_of(role: Role) -> int:
    """Return the HTTP status of a successful response, 200 if the contract leaves it open."""
    documented = min(_spec.operation(role)["responses"])
    return int(documented) if documented.isdecimal() else 200


def usage_field(role: Role) -> str | None:
    """Return the name of the credits in ``meta.usage``, or None if the contract has no number."""
    return next(iter(_usage_fields(role)), None)


def _usage_fields(role: Role) -> list[str]:
    """Return the required numbers in ``meta.usage``, without any the first one. Credits first."""
    schema: Mapping[str, Any] = _spec.response_schema(role)
    for name in ("meta", "usage"):
        schema = schema.get("properties", {}).get(name, {})
    written = schema.get("properties", {}).items()
    numbers = [name for name, part in written if _spec.types(part) & {"integer", "number"}]
    numbers.sort(key=_is_usd)
    return [name for name in numbers if name in schema.get("required", ())] or numbers[:1]


def _is_usd(name: str) -> bool:
    return "usd" in name
