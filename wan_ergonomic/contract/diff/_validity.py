"""Says where a published operation is not valid OpenAPI.

A table of what each object of OpenAPI holds, after the JSON schemas that the
OpenAPI Initiative publishes, which take a second for a large document. Only
what an operation reaches is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from wan_ergonomic.contract.document._equality import is_number
from wan_ergonomic.contract.document._node import Node, entries
from wan_ergonomic.contract.document._pointer import escape, look_up
from wan_ergonomic.contract.source._roles import Operation

from ._unchanged import is_same, references

# A field's form: a JSON type, "any", or the name of an object below; "[x" a list, "{x" a map.
_INFO = {"title": "string", "version": "string", "description": "string"}
_SERVER = {"url": "string", "description": "string", "variables": "{object"}
_EXAMPLES = {"example": "any", "examples": "object"}
_VALUE = {
    "description": "string", "required": "boolean", "deprecated": "boolean", "schema": "schema",
    "content": "{media", "style": "string", "explode": "boolean", "allowReserved": "boolean",
    "allowEmptyValue": "boolean", **_EXAMPLES,
}  # fmt: skip
_SCHEMA = {
    "properties": "{schema", "allOf": "[schema", "anyOf": "[schema", "oneOf": "[schema",
    "not": "schema", "items": "schema", "additionalProperties": "schema", "required": "[string",
    "enum": "array", "title": "string", "description": "string", "format": "string",
    "pattern": "string", "nullable": "boolean", "deprecated": "boolean", "readOnly": "boolean",
    "writeOnly": "boolean", "uniqueItems": "boolean", "maximum": "number", "minimum": "number",
    "multipleOf": "number", "maxLength": "count", "minLength": "count", "maxItems": "count",
    "minItems": "count", "maxProperties": "count", "minProperties": "count",
}  # fmt: skip
_FIELDS: Mapping[str, Mapping[str, str]] = {
    "operation": {
        "tags": "[string", "summary": "string", "description": "string", "operationId": "string",
        "parameters": "[parameter", "requestBody": "body", "responses": "{response",
        "deprecated": "boolean", "security": "[object", "servers": "[server",
        "externalDocs": "object", "callbacks": "object",
    },
    "body": {"description": "string", "content": "{media", "required": "boolean"},
    "media": {"schema": "schema", "encoding": "object", **_EXAMPLES},
    "parameter": {**_VALUE, "name": "string", "in": "string"},
    "header": _VALUE,
    "response": {
        "description": "string", "headers": "{header", "content": "{media", "links": "object",
    },
    "schema": _SCHEMA,
    "server": _SERVER,
    "info": _INFO,
    "scheme": {
        "type": "string", "description": "string", "name": "string", "in": "string",
        "scheme": "string", "bearerFormat": "string", "flows": "object",
        "openIdConnectUrl": "string",
    },
}  # fmt: skip
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "body": ("content",),
    "parameter": ("name", "in"),
    "response": ("description",),
    "server": ("url",),
    "info": ("title", "version"),
    "scheme": ("type",),
}
_REQUIRED_BY_SCHEME = {
    "http": ("scheme",),
    "apiKey": ("name", "in"),
    "oauth2": ("flows",),
    "openIdConnect": ("openIdConnectUrl",),
}
# Each version has words that the other does not know, or writes otherwise.
_LIMITS_3_0 = {"exclusiveMaximum": "boolean", "exclusiveMinimum": "boolean"}
_LIMITS_3_1 = {"exclusiveMaximum": "number", "exclusiveMinimum": "number"}
_IN_3_0 = _SCHEMA.keys() | _LIMITS_3_0.keys() | {
    "$ref", "type", "default", "example", "discriminator", "xml", "externalDocs",
}  # fmt: skip
_TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
_HOLDERS: Mapping[str, type] = {"[": list, "{": Mapping}
_PLAIN: Mapping[str, type] = {
    "any": object, "array": list, "boolean": bool, "count": int, "number": float,
    "object": Mapping, "string": str,
}  # fmt: skip


class Problem(NamedTuple):
    """Something that is not valid: where, and why."""

    node: Node
    reason: str


def problems(operation: Operation, other: Operation) -> list[Problem]:
    """Return what is wrong with an operation, and with what it reaches in its document.

    A schema that the other operation's document has in the same place, and in the same words, is
    passed over: whatever is wrong with it is wrong there too.
    """
    return list(_Validator(operation.root(), other.root().value).check(operation))


class _Validator:
    """Goes through what one operation reaches, each place once."""

    def __init__(self, root: Node, other: Mapping[str, Any]) -> None:
        self._root = root
        self._other = other
        self._old = str(root.value.get("openapi", "")).startswith("3.0")
        self._of_schemas = _SCHEMA | (_LIMITS_3_0 if self._old else _LIMITS_3_1)
        self._seen: set[str] = set()
        self._pending: list[tuple[Node, str]] = []

    def check(self, operation: Operation) -> Iterator[Problem]:
        self._pending = [(operation.node, "operation")]
        self._pending += ((node, form) for node, form in self._around(operation) if node)
        while self._pending:
            node, form = self._pending.pop()
            if node.pointer not in self._seen:
                self._seen.add(node.pointer)
                yield from self._place(node, form)

    def _around(self, operation: Operation) -> Iterator[tuple[Node | None, str]]:
        root = self._root
        yield root.get("info"), "info"
        yield root.get("servers"), "[server"
        yield operation.item.get("parameters"), "[parameter"
        for name in _schemes(operation.node.get("security") or root.get("security")):
            yield root.get("components", "securitySchemes", name), "scheme"

    def _place(self, node: Node, form: str) -> Iterator[Problem]:
        reference = node.value.get("$ref") if isinstance(node.value, dict) else None
        if isinstance(reference, str):
            target = node.resolved()
            if target is not None:
                self._pending.append((target, form))
            else:
                yield Problem(node, f"{reference!r} leads nowhere")
        elif form[0] in _HOLDERS:
            held = node.elements() if form[0] == "[" else (n for _, n in node.entries())
            if not isinstance(node.value, _HOLDERS[form[0]]):
                yield Problem(node, f"it is not {'an array' if form[0] == '[' else 'an object'}")
            self._pending += ((item, form[1:]) for item in held)
        elif form in _PLAIN:
            if not _fits(node.value, form):
                yield Problem(node, f"it is not {_named(form)}")
        elif form == "schema" and self._is_known(node):
            self._pending += (
                (Node({"$ref": r}, r, node.tree), form) for r in references(node.value)
            )
        elif isinstance(node.value, dict):
            yield from self._object(node, form)
        elif form != "schema" or not isinstance(node.value, bool):
            # In 3.1 a schema may be a plain yes or no, and so it may for additional properties.
            yield Problem(node, "it is not an object")

    def _is_known(self, node: Node) -> bool:
        """Whether the other document has the same in the same place."""
        found = look_up(self._other, f"#{quote(node.pointer)}")
        return found is not None and is_same(found[0], node.value)

    def _object(self, node: Node, form: str) -> Iterator[Problem]:
        fields = self._of_schemas if form == "schema" else _FIELDS[form]
        for name in self._missing(node, form):
            yield Problem(node, f"{name!r} is missing")
        if form == "schema":
            yield from self._types(node)
        elif form == "operation":
            yield from _statuses(node)
        for name, value in node.value.items():
            held = fields.get(name)
            if held is None:
                if self._is_unknown(name, form):
                    yield Problem(node, f"{name!r} is not a word of OpenAPI here")
            elif held in _PLAIN:
                if not _fits(value, held):
                    yield Problem(node, f"{name!r} is not {_named(held)}")
            else:
                self._pending.append(
                    (Node(value, f"{node.pointer}/{escape(name)}", node.tree), held)
                )

    def _missing(self, node: Node, form: str) -> Iterator[str]:
        required = _REQUIRED.get(form, ())
        if form == "operation" and self._old:
            required = ("responses",)
        elif form == "scheme":
            required = (*required, *_REQUIRED_BY_SCHEME.get(str(node.value.get("type")), ()))
        elif form in {"parameter", "header"} and "content" not in node.value:
            required = (*required, "schema")
        return (name for name in required if name not in node.value)

    def _is_unknown(self, name: str, form: str) -> bool:
        if name.startswith("x-"):
            return False
        if form == "schema":
            return self._old and name not in _IN_3_0
        return form in _REQUIRED

    def _types(self, node: Node) -> Iterator[Problem]:
        named = node.value.get("type")
        listed = named if isinstance(named, list) and not self._old else [named]
        known = _TYPES - {"null"} if self._old else _TYPES
        if "type" in node.value and not all(isinstance(n, str) and n in known for n in listed):
            yield Problem(node, "'type' is none that there is")


def _schemes(security: Node | None) -> Iterator[str]:
    """Yield the name of each scheme that is asked for."""
    for way in security.elements() if security else ():
        yield from (name for name, _ in way.entries())


def _statuses(operation: Node) -> Iterator[Problem]:
    for status, node in entries(operation.get("responses")).items():
        ranged = len(status) == 3 and status[0] in "12345"
        known = ranged and (status[1:].isdecimal() or status[1:] == "XX")
        if not known and status != "default" and not status.startswith("x-"):
            yield Problem(node, f"{status!r} is no status")


def _named(form: str) -> str:
    return f"{'an' if form[0] in 'aeiou' else 'a'} {form}"


def _fits(value: Any, form: str) -> bool:
    if form in {"number", "count"}:
        return is_number(value) and (form == "number" or (value >= 0 and value % 1 == 0))
    return form == "any" or isinstance(value, _PLAIN[form])
