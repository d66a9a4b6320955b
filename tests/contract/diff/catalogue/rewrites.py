"""Rewrites: other ways to write the same contract."""

from __future__ import annotations

from . import edits
from .edits import Rewrite, each_schema, put_aside
from .mutations import Draft, Json, contract


def rich() -> Json:
    """Return the contract with an example of everything that can be written in two ways."""
    draft = Draft(contract())
    draft.document["info"]["description"] = "What it is."
    draft.operation("poll")["parameters"] += [
        {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
        {"name": "fields", "in": "query", "schema": {"type": "array", "items": {}}},
    ]
    draft.request_schema()["properties"]["extra"] = extra()
    draft.response("poll")["headers"] = {"X-Request-Id": {"schema": {"type": "string"}}}
    return draft.document


def extra() -> Json:
    """Return a schema with properties of each type."""
    text = {"type": "string", "minLength": 2, "description": "Some text."}
    limited = {"type": "number", "minimum": 0, "maximum": 10}
    parts = {"text": text, "limited": limited, "list": {"type": "array", "items": text}}
    parts["maybe"] = {"type": "string", "nullable": True}
    parts["choice"] = {"oneOf": [{"type": "string"}, {"type": "boolean"}]}
    return {"type": "object", "properties": parts, "required": ["text", "limited"]}


REWRITES: dict[str, Rewrite] = {
    "a schema by reference": lambda d: put_aside(d, d.media_type(), "schema", "schemas"),
    "a property by reference": lambda d: put_aside(
        d, d.response_schema("poll")["properties"], "status", "schemas"
    ),
    "a reference outside the components": lambda d: put_aside(
        d, d.response("poll")["content"]["application/json"], "schema", "x-schemas"
    ),
    "a chain of references": edits.a_chain,
    "a reference that is escaped": lambda d: put_aside(
        d, d.media_type(), "schema", "schemas", "A/B~C D"
    ),
    "a parameter by reference": lambda d: put_aside(
        d, d.operation("poll")["parameters"], 0, "parameters"
    ),
    "a body by reference": lambda d: put_aside(
        d, d.operation("create"), "requestBody", "requestBodies"
    ),
    "a response by reference": lambda d: put_aside(
        d, d.operation("poll")["responses"], "200", "responses"
    ),
    "a header by reference": lambda d: put_aside(
        d, d.response("poll")["headers"], "X-Request-Id", "headers"
    ),
    "a path item by reference": lambda d: put_aside(
        d, d.document["paths"], d.path("poll"), "x-items"
    ),
    "allOf of one": edits.wrapped("allOf"),
    "anyOf of one": edits.wrapped("anyOf"),
    "oneOf of one": edits.wrapped("oneOf"),
    "allOf of parts": edits.split,
    "null in a list of types": edits.as_3_1(edits.null_in_list),
    "null in anyOf": edits.as_3_1(edits.null_in_union("anyOf")),
    "null in oneOf": edits.as_3_1(edits.null_in_union("oneOf")),
    "a const for an enum": edits.as_constants,
    "security of the document": edits.for_all,
    "a renamed security scheme": edits.renamed_scheme,
    "another order": edits.reorder,
    "another order of parameters": lambda d: d.operation("poll")["parameters"].reverse(),
    "parameters of the path item": edits.for_the_path,
    "a trailing slash": lambda d: d.document["servers"][0].update(
        url=f"{d.document['servers'][0]['url']}/"
    ),
    "a server with a path": edits.server_with_path,
    "a server with a description": lambda d: d.document["servers"][0].update(description="a"),
    "a server of the operation": edits.own_server,
    "other operations": edits.others_beside,
    "unreachable components": edits.unreached,
    "defaults": edits.defaults_written,
    "additionalProperties of an empty schema": lambda d: each_schema(
        d, lambda s: s.update(additionalProperties={}) if s["type"] == "object" else None
    ),
    "empty lists": edits.empty_lists,
    "extensions and examples": edits.noted,
    "white space": edits.other_spaces,
    "another case": edits.other_case,
    "a character set": edits.other_media_type,
}  # fmt: skip
