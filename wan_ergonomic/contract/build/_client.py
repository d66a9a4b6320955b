"""Leaves out of the generator's document what our wrapper does not use.

The wrapper sends and reads JSON, and parses error responses itself. Two media types of
one body, or two schemas of one title, would give the generator two classes of one name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wan_ergonomic._spec import is_json
from wan_ergonomic.contract.document._validate import schemas_in

_TITLE = frozenset({"title"})


def simplified(client: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with successful responses, JSON and the outermost titles only."""
    paths = {
        path: {method: _operation(operation) for method, operation in item.items()}
        for path, item in client["paths"].items()
    }
    schemas = client.get("components", {}).get("schemas", {})
    for _, schema in schemas_in(schemas, _TITLE, by_name=True):
        del schema["title"]
    return {**client, "paths": paths}


def _operation(operation: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(operation)
    responses = operation["responses"]
    good = {status: held for status, held in responses.items() if status.startswith("2")}
    made["responses"] = {status: _body(held) for status, held in (good or responses).items()}
    if "requestBody" in operation:
        made["requestBody"] = _body(operation["requestBody"])
    for parameter in operation.get("parameters", ()):
        _untitle(parameter.get("schema"))
    return made


def _body(holder: Mapping[str, Any]) -> dict[str, Any]:
    content = holder.get("content", {})
    kept = {name: media for name, media in content.items() if is_json(name)} or content
    for media in kept.values():
        _untitle(media.get("schema"))
    return {**holder, "content": kept} if kept else dict(holder)


def _untitle(schema: Any) -> None:
    """Remove the titles within a schema, not its own."""
    for pointer, inner in schemas_in(schema, _TITLE):
        if pointer:
            del inner["title"]
