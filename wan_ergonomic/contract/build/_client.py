"""Leaves out of the generator's document what our wrapper does not use.

The wrapper sends and reads JSON, and parses error responses itself. Two media types of
one body, or two schemas of one title, as of two responses, would give the generator two
classes of one name. What is sent has been checked already, so the generated request only
passes it on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wan_ergonomic._json import type_of
from wan_ergonomic._spec import choices, is_json
from wan_ergonomic.contract.document._validate import schemas_in

_TITLE = frozenset({"title"})
_IGNORED = frozenset({"accept", "authorization", "content-type"})
_FORMAT = frozenset({"format"})
_ENUM = frozenset({"enum"})
_UNIONS = frozenset({"anyOf", "oneOf"})


def simplified(client: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with one successful response, JSON and the outermost titles only."""
    paths = {
        path: {method: _operation(operation) for method, operation in item.items()}
        for path, item in client["paths"].items()
    }
    schemas = client.get("components", {}).get("schemas", {})
    for _, schema in schemas_in(schemas, _TITLE, by_name=True):
        del schema["title"]
    return {**client, "paths": paths}


def first_success(responses: Iterable[str]) -> str | None:
    """Return the status whose response the wrapper reads; None if no success is described."""
    return min((status for status in responses if status.startswith("2")), default=None)


def _operation(operation: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(operation)
    responses = operation["responses"]
    first = first_success(responses)
    kept = responses if first is None else [first]
    made["responses"] = {status: _body(responses[status]) for status in kept}
    if "requestBody" in operation:
        made["requestBody"] = _body(operation["requestBody"])
        for media in made["requestBody"].get("content", {}).values():
            _without_combinations(media.get("schema"))
            _without_formats(media.get("schema"))
            _without_odd_enums(media.get("schema"))
    if "parameters" in operation:
        made["parameters"] = [each for each in operation["parameters"] if not _is_ignored(each)]
        for parameter in made["parameters"]:
            _untitle(parameter.get("schema"))
    return made


def _is_ignored(parameter: Mapping[str, Any]) -> bool:
    """Whether OpenAPI ignores a parameter: its default must not be sent in place of the key."""
    return parameter["in"] == "header" and parameter["name"].lower() in _IGNORED


def _body(holder: Mapping[str, Any]) -> dict[str, Any]:
    content = holder.get("content", {})
    kept = {name: media for name, media in content.items() if is_json(name)} or content
    for media in kept.values():
        _untitle(media.get("schema"))
    return {**holder, "content": kept} if kept else dict(holder)


def _without_combinations(schema: Any) -> None:
    """Leave out which properties go together: the generator makes one class of an object only."""
    for word in _UNIONS if schema and "properties" in schema else ():
        schema.pop(word, None)


def _without_formats(schema: Any) -> None:
    """Let every text be sent as it is: the generator would read a date, and write it anew."""
    for _, inner in schemas_in(schema, _FORMAT):
        del inner["format"]


def _without_odd_enums(schema: Any) -> None:
    """Leave out values of which the generator makes no class, or, in a union, one too many."""
    for _, inner in schemas_in(schema, _ENUM | _UNIONS):
        if {type_of(value) for value in choices(inner)} not in ({"string"}, {"integer"}):
            inner.pop("enum", None)
        for branch in (each for word in _UNIONS for each in inner.get(word, ())):
            if choices(branch):
                del branch["enum"]


def _untitle(schema: Any) -> None:
    """Remove the titles within a schema, not its own."""
    for pointer, inner in schemas_in(schema, _TITLE):
        if pointer:
            del inner["title"]
