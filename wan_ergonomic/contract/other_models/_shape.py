"""Rewrites the contract of another model into a document that the generator reads completely.

The generator names classes after titles, drops keywords that it does not support, and
stops at two classes with one name. So each operation, request body and response is
written in one simple form, under unique names. Each difference from the contract is
reported; the contract itself is not changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic._json import escape
from wan_ergonomic.contract.document._agreement import called
from wan_ergonomic.contract.document._flatten import without_null

from ._names import Names, snake
from ._place import Place
from ._shape_schemas import Schemas

TAG = "operations"
BINARY = "application/octet-stream"
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")

_OWN = "It is called at another server; give its function a client whose base URL is {}"

_FILE = {"type": "string", "format": "binary"}
_SAFE_PLACEHOLDER = re.compile(r"[a-zA-Z_-][a-zA-Z0-9_-]*")
# Variables in generated functions.
_TAKEN = frozenset({"body", "cookies", "headers", "params", "quote"})
_SCALARS = ("string", "integer", "number", "boolean")


@dataclass(frozen=True)
class Shaped:
    """The generator's input.

    Attributes:
        document: The document.
        media_types: Media types that the generator does not support, each with one that it
            handles the same way.
        notes: Each difference from the contract, as (pointer, sentence).
    """

    document: dict[str, Any]
    media_types: dict[str, str]
    notes: tuple[tuple[str, str], ...]


def shape(contract: Mapping[str, Any]) -> Shaped:
    """Return the generator's document for a valid contract.

    Raises:
        ContractError: The generator cannot represent a parameter.
    """
    notes: list[tuple[str, str]] = []
    components = contract.get("components", {})
    shaper = _Shaper(components.get("schemas", {}), lambda *note: notes.append(note))
    paths: dict[str, Any] = {}
    for path, item in contract["paths"].items():
        for method, operation in item.items():
            if isinstance(operation, Mapping):
                own = called(operation.get("servers"))
                if own and own != called(contract["servers"]):
                    notes.append((f"/paths/{escape(path)}/{method}/servers", _OWN.format(own)))
                where, shaped = shaper.operation(operation, method, path)
                paths.setdefault(where, {})[method] = shaped
    document = {
        "openapi": "3.0.3",
        "info": {key: contract["info"][key] for key in ("title", "version")},
        "servers": contract["servers"],
        "paths": paths,
        "components": {"schemas": shaper.schemas.made},
    }
    if "securitySchemes" in components:
        document["components"]["securitySchemes"] = components["securitySchemes"]
    return Shaped(document, shaper.media_types, tuple(dict.fromkeys(notes)))


class _Shaper:
    def __init__(self, schemas: Mapping[str, Any], note: Callable[[str, str], None]) -> None:
        self.schemas = Schemas(schemas, note)
        self.media_types: dict[str, str] = {}
        self._note = note
        self._operations = Names()

    def operation(
        self, operation: Mapping[str, Any], method: str, path: str
    ) -> tuple[str, dict[str, Any]]:
        """Return an operation and its path for the generator."""
        pointer = f"/paths/{escape(path)}/{method}"
        name = self._operations.take(_named(operation.get("operationId"), method, path))
        shaped = {
            "operationId": name,
            "tags": [TAG],
            **{k: operation[k] for k in ("summary", "description", "security") if k in operation},
        }
        parameters = []
        for index, parameter in enumerate(operation.get("parameters", ())):
            where = f"{pointer}/parameters/{index}"
            made, path = self._parameter(parameter, name, path, where)
            parameters.append(made)
        shaped["parameters"] = parameters
        if "requestBody" in operation:
            body = operation["requestBody"]
            content = self._content(body["content"], f"{name}_request", f"{pointer}/requestBody")
            shaped["requestBody"] = {"content": content, "required": body.get("required", False)}
        shaped["responses"] = self._responses(operation["responses"], name, pointer)
        return path, shaped

    def _parameter(
        self, parameter: Mapping[str, Any], name: str, path: str, pointer: str
    ) -> tuple[dict[str, Any], str]:
        wire, place = parameter["name"], parameter["in"]
        if snake(wire) in _TAKEN:
            raise ContractError(
                f"The parameter {wire!r} of {path} has a name that generated code uses itself. "
                "Leave it out of a copy, and pass that."
            )
        if place == "path" and not _SAFE_PLACEHOLDER.fullmatch(wire):
            safe = snake(wire) or "value"
            path = path.replace(f"{{{wire}}}", f"{{{safe}}}")
            wire = safe
        schema = {"type": "string"}
        if "schema" in parameter:
            place_of_schema = Place(f"{name}_{wire}", f"{pointer}/schema")
            schema = self.schemas.usage(parameter["schema"], place_of_schema)
        else:
            self._note(pointer, "It has a media type; the caller passes it as text in that format.")
        target = self.schemas.target(without_null(schema))
        if place != "query" and target.get("type") not in _SCALARS:
            self._note(pointer, f"The caller passes it as text: a {place} holds nothing else.")
            schema = {"type": "string"}
        kept = {k: parameter[k] for k in ("description", "required") if k in parameter}
        schema = without_null(schema) if place == "path" else schema
        return {"name": wire, "in": place, **kept, "schema": schema}, path

    def _responses(self, responses: Mapping[str, Any], name: str, pointer: str) -> dict[str, Any]:
        """Return the responses that mean success: the shape of others is not documented."""
        good = {status: held for status, held in responses.items() if status[0] in "23"}
        if not good and "default" in responses:
            good = {"2XX": responses["default"]}
        kept: dict[str, Any] = {}
        for status in sorted(good):
            hint = f"{name}_response" + ("" if len(kept) == 0 else f"_{status}")
            response = {"description": good[status]["description"]}
            if good[status].get("content"):
                where = f"{pointer}/responses/{status}"
                response["content"] = self._content(good[status]["content"], hint, where)
            kept[status] = response
        return kept

    def _content(self, content: Mapping[str, Any], hint: str, pointer: str) -> dict[str, Any]:
        """Return the content with the one media type that generated code uses."""
        name = min(content, key=_preference)
        for other in content.keys() - {name}:
            self._note(
                f"{pointer}/content/{escape(other)}", f"Left out: generated code uses {name}."
            )
        media, where = content[name], f"{pointer}/content/{escape(name)}/schema"
        kind = name.partition(";")[0].strip().lower()
        if kind == "*/*":
            kind = name = "application/json"
        is_request = "/responses/" not in pointer
        if kind in FORMS and is_request:
            place = Place(hint, where, binary=kind == FORMS[0])
            schema = self.schemas.form(media.get("schema", {}), place)
        elif kind == "application/json" or kind.endswith("+json"):
            schema = self.schemas.usage(media.get("schema", {}), Place(hint, where))
            schema = self._sendable(schema, where) if is_request else schema
        elif kind.startswith("text/") and not is_request:
            schema = {"type": "string"}
        else:
            schema = dict(_FILE)
            if kind != BINARY:
                self.media_types[name] = BINARY
        return {name: {"schema": schema}}

    def _sendable(self, schema: dict[str, Any], pointer: str) -> dict[str, Any]:
        """Return the schema of a request body without what generated code cannot send."""
        schema = without_null(schema)
        targets = [self.schemas.target(part) for part in schema.get("oneOf", ())]
        if targets and not any(target.get("type") in {"object", "array"} for target in targets):
            self._note(
                pointer,
                "Alternatives without an object were replaced by a schema that allows anything.",
            )
            return {}
        return schema


def _preference(media_type: str) -> tuple[int, str]:
    """Rank media types: JSON, JSON-based types, any type, forms, the rest."""
    kind = media_type.partition(";")[0].strip().lower()
    order = (
        kind == "application/json",
        kind.endswith("+json"),
        kind == "*/*",
        kind == FORMS[0],
        kind == FORMS[1],
        True,
    )
    return order.index(True), media_type


def _named(identity: Any, method: str, path: str) -> str:
    """Return an operation's name: its id, unless that only repeats the path."""
    name = snake(identity) if isinstance(identity, str) and not identity.startswith("_") else ""
    return name or snake(f"{method} {path}")
