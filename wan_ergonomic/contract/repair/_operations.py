"""Repairs operations, except their schemas: parameters, bodies, responses."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from wan_ergonomic._json import escape

from ._schemas import Note, correct_schema

_PLACEHOLDER = re.compile(r"\{([^{}/]+)\}")
_OPERATION = {
    "tags", "summary", "description", "externalDocs", "operationId", "parameters", "requestBody",
    "responses", "callbacks", "deprecated", "security", "servers",
}  # fmt: skip
_PARAMETER = {
    "name", "in", "description", "required", "deprecated", "allowEmptyValue", "style", "explode",
    "allowReserved", "schema", "content", "example", "examples",
}  # fmt: skip
_BODY = {"description", "content", "required"}
_RESPONSE = {"description", "headers", "content", "links"}
_MEDIA = {"schema", "example", "examples", "encoding"}
_HEADER = _PARAMETER - {"name", "in", "allowEmptyValue", "allowReserved"}
# Swagger 2 has these in a parameter, OpenAPI 3 in the parameter's schema.
_MOVED_TO_SCHEMA = ("type", "format", "items", "enum", "default", "minimum", "maximum", "pattern")
_TEXTS = ("summary", "description", "operationId")


def correct_operation(
    operation: dict[str, Any], path: str, pointer: str, note: Note, *, newer: bool
) -> None:
    """Repair one operation in place."""
    for key in _TEXTS:
        if key in operation and (not isinstance(operation[key], str) or not operation[key]):
            given = operation.pop(key)
            note(f"{pointer}/{key}", f"{given!r} is not text; it was removed.")
    _flag(operation, "deprecated", pointer, note)
    _parameters(operation, path, pointer, note, newer=newer)
    if "requestBody" in operation:
        _body(operation, f"{pointer}/requestBody", note, newer=newer)
    if not isinstance(operation.get("responses"), dict) or not operation["responses"]:
        operation["responses"] = {"default": {"description": "Not documented"}}
        note(f"{pointer}/responses", "No response is documented; a default response was added.")
    _responses(operation["responses"], f"{pointer}/responses", note, newer=newer)
    remove_undefined(operation, _OPERATION, pointer, note)


def remove_undefined(node: dict[str, Any], known: set[str], pointer: str, note: Note) -> None:
    """Remove the keys of an object that OpenAPI does not define, except extensions."""
    for key in [key for key in node if key not in known and not key.startswith("x-")]:
        del node[key]
        note(f"{pointer}/{escape(key)}", "OpenAPI does not define it here; it was removed.")


def _flag(node: dict[str, Any], key: str, pointer: str, note: Note) -> None:
    """Make a value a boolean, if there is one."""
    if key in node and not isinstance(node[key], bool):
        given, node[key] = node[key], str(node[key]).lower() in {"true", "1", "yes"}
        note(f"{pointer}/{key}", f"{given!r} was replaced by {node[key]}.")


def _parameters(
    operation: dict[str, Any], path: str, pointer: str, note: Note, *, newer: bool
) -> None:
    given = operation.get("parameters", [])
    in_path = _PLACEHOLDER.findall(path)
    kept: dict[tuple[str, str], dict[str, Any]] = {}
    for index, parameter in enumerate(given if isinstance(given, list) else ()):
        where = f"{pointer}/parameters/{index}"
        if not isinstance(parameter, dict) or not isinstance(parameter.get("name"), str):
            note(where, "A parameter without a name was removed.")
        elif parameter.get("in") == "body":
            schema = parameter.get("schema", {})
            body = {"content": {"application/json": {"schema": schema}}, "required": True}
            operation.setdefault("requestBody", body)
            note(where, "A body is not a parameter; it was made the request body.")
        elif _place(parameter, in_path, where, note) in kept:
            note(where, f"The parameter {parameter['name']!r} is a duplicate; it was removed.")
        elif parameter["in"] == "path" and parameter["name"] not in in_path:
            note(where, f"The path has no {{{parameter['name']}}}; the parameter was removed.")
        else:
            kept[parameter["in"], parameter["name"]] = parameter
            _parameter(parameter, where, note, newer=newer)
    for name in in_path:
        if ("path", name) not in kept:
            schema = {"type": "string"}
            kept["path", name] = {"name": name, "in": "path", "required": True, "schema": schema}
            note(f"{pointer}/parameters", f"The path has {{{name}}}; a parameter was added.")
    if "parameters" in operation or kept:
        operation["parameters"] = list(kept.values())


def _place(parameter: dict[str, Any], in_path: list[str], pointer: str, note: Note) -> Any:
    """Return what identifies a parameter, with its place corrected."""
    if parameter.get("in") not in ("query", "path", "header", "cookie"):
        given = parameter.get("in")
        parameter["in"] = "path" if parameter["name"] in in_path else "query"
        note(f"{pointer}/in", f"{given!r} is not a place; it was replaced by {parameter['in']!r}.")
    return parameter["in"], parameter["name"]


def _parameter(parameter: dict[str, Any], pointer: str, note: Note, *, newer: bool) -> None:
    if parameter["in"] == "path" and parameter.get("required") is not True:
        parameter["required"] = True
        note(f"{pointer}/required", "A path parameter must be required; it was marked as required.")
    for key in ("required", "deprecated", "explode", "allowEmptyValue", "allowReserved"):
        _flag(parameter, key, pointer, note)
    if "content" in parameter:
        _content(parameter, pointer, note, newer=newer)
    if "schema" not in parameter and "content" not in parameter:
        moved = {key: parameter.pop(key) for key in _MOVED_TO_SCHEMA if key in parameter}
        parameter["schema"] = moved or {"type": "string"}
        note(f"{pointer}/schema", f"It has no schema; {parameter['schema']} was added.")
    if "schema" in parameter:
        correct_schema(parameter, "schema", f"{pointer}/schema", note, newer=newer)
    remove_undefined(parameter, _PARAMETER, pointer, note)


def _body(operation: dict[str, Any], pointer: str, note: Note, *, newer: bool) -> None:
    body = operation["requestBody"]
    if isinstance(body, dict):
        _move_schema(body, pointer, note)
        _content(body, pointer, note, newer=newer)
        _flag(body, "required", pointer, note)
        remove_undefined(body, _BODY, pointer, note)
    if not isinstance(body, dict) or not body.get("content"):
        del operation["requestBody"]
        note(pointer, "A body without content was removed.")


def _move_schema(holder: dict[str, Any], pointer: str, note: Note) -> None:
    """Move the schema of a request body or a response into a media type."""
    if isinstance(holder.get("schema"), dict) and "content" not in holder:
        holder["content"] = {"application/json": {"schema": holder.pop("schema")}}
        note(
            f"{pointer}/schema",
            "A schema belongs to a media type; it was moved to application/json.",
        )


def _content(holder: dict[str, Any], pointer: str, note: Note, *, newer: bool) -> None:
    content = holder.get("content")
    if "content" in holder and not isinstance(content, dict):
        del holder["content"]
        note(f"{pointer}/content", "It is not an object; it was removed.")
        return
    for name, media in (content or {}).items():
        where = f"{pointer}/content/{escape(name)}"
        if not isinstance(media, dict):
            holder["content"] = {**holder["content"], name: {}}
            note(where, "It is not an object; it was replaced by an empty one.")
            continue
        if "schema" in media:
            correct_schema(media, "schema", f"{where}/schema", note, newer=newer)
        if "examples" in media and not _holds_objects(media["examples"]):
            del media["examples"]
            note(f"{where}/examples", "It is not an object of objects; it was removed.")
        remove_undefined(media, _MEDIA, where, note)


def _holds_objects(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(member, dict) for member in value.values())


def _responses(responses: dict[str, Any], pointer: str, note: Note, *, newer: bool) -> None:
    for status in list(responses):
        where = f"{pointer}/{escape(status)}"
        better = _status(status)
        if better != status:
            response = responses.pop(status)
            if better in responses or better is None:
                note(where, f"{status!r} is not a status, or a duplicate; it was removed.")
                continue
            responses[better] = response
            note(where, f"{status!r} was replaced by {better!r}.")
        if not status.startswith("x-"):
            _response(responses, better or status, where, note, newer=newer)


def _status(status: str) -> str | None:
    if re.fullmatch(r"[1-5](\d\d|XX)|default|x-.*", status):
        return status
    found = re.match(r"\s*([1-5](?:\d\d|[xX]{2})|default)", status)
    return found[1].replace("x", "X") if found else None


def _response(
    responses: dict[str, Any], status: str, pointer: str, note: Note, *, newer: bool
) -> None:
    response = responses[status]
    if not isinstance(response, dict):
        response = responses[status] = {}
        note(pointer, "It is not an object; it was replaced by an empty one.")
    if not isinstance(response.get("description"), str):
        response["description"] = _phrase(status)
        note(f"{pointer}/description", f"It is missing; {response['description']!r} was added.")
    _move_schema(response, pointer, note)
    _content(response, pointer, note, newer=newer)
    headers = response.get("headers", {})
    for name, header in headers.items() if isinstance(headers, dict) else ():
        where = f"{pointer}/headers/{escape(name)}"
        if isinstance(header, dict):
            _header(header, where, note, newer=newer)
    if not _holds_objects(headers):
        del response["headers"]
        note(f"{pointer}/headers", "It is not an object of objects; it was removed.")
    remove_undefined(response, _RESPONSE, pointer, note)


def _header(header: dict[str, Any], pointer: str, note: Note, *, newer: bool) -> None:
    """Repair a header, which is a parameter without a name and a place."""
    header["in"] = "header"
    _parameter(header, pointer, note, newer=newer)
    del header["in"]
    remove_undefined(header, _HEADER, pointer, note)


def _phrase(status: str) -> str:
    """Return the reason phrase of a status."""
    try:
        return HTTPStatus(int(status)).phrase
    except ValueError:
        return "Any other response" if status == "default" else f"A response with status {status}"
