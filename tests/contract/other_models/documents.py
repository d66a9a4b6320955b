"""Documents of invented models, with the defects of published ones."""

from typing import Any

TEXT = {"type": "string"}
INTEGER = {"type": "integer"}


def ref(name: str) -> dict[str, str]:
    """Return a reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def json_of(schema: Any) -> dict[str, Any]:
    """Return a body of JSON with a schema."""
    return {"content": {"application/json": {"schema": schema}}}


def thing(**properties: Any) -> dict[str, Any]:
    """Return the schema of an object."""
    return {"type": "object", "properties": properties}


def nullable(schema: Any) -> dict[str, Any]:
    """Return a nullable schema as the generator reads it."""
    return {"nullable": True, "oneOf": [schema]}


def response(schema: Any = None) -> dict[str, Any]:
    """Return a response with a schema, or without a body."""
    return {"description": "Done", **(json_of(schema) if schema is not None else {})}


def document(paths: Any, schemas: Any = None, **members: Any) -> dict[str, Any]:
    """Return a document like the vendor's."""
    key = {"type": "http", "scheme": "bearer", "in": "header"}
    return {
        "openapi": "3.0.0",
        "info": {"title": "AIML API", "version": "1.0.0"},
        "servers": [{"url": "https://api.aimlapi.com"}],
        "components": {"securitySchemes": {"access-token": key}, "schemas": schemas or {}},
        "paths": paths,
        **members,
    }


# Keywords, digits, another alphabet, names that generated code uses, and two that clash.
NAMES = (
    *("class", "from", "1st", "self", "type", "id", "T", "имя", "_hidden", "$"),
    *("d", "cast", "to_dict", "additional_properties", "a.b", "a-b"),
)
SCHEMAS: dict[str, Any] = {
    "video.v2.DTO": {
        "type": "object",
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "status": {"type": "string", "enum": ["queued", "done"]},
            "state": {
                "type": "string",
                "enum": ["1.0", "1-0", "", 'with "quotes"'],
                "default": None,
            },
            "children": {"type": "array", "items": ref("video.v2.DTO")},
            "parent": {**ref("video.v2.DTO"), "nullable": True},
        },
        "required": ["id", "status", "nowhere"],
    },
    "Names of/all sorts": {"type": "object", "properties": dict.fromkeys(NAMES, TEXT)},
    "Cat": {
        "type": "object",
        "properties": {"kind": {"type": "string", "enum": ["cat"]}, "size": {"enum": ["1", 2, 2]}},
        "required": [],
    },
    "Dog": {"allOf": [ref("Cat"), {"type": "object", "properties": {"bark": {"type": "boolean"}}}]},
    "Tree": {
        "type": "object",
        "properties": {
            "next": {"oneOf": [ref("Tree"), TEXT]},
            "by_name": {"type": "object", "additionalProperties": ref("Tree")},
        },
    },
}
ONE = {
    "title": "vendor/model-1",
    "type": "object",
    "properties": {
        "model": {"type": "string", "enum": ["vendor/model-1"]},
        "duration": {"type": "integer", "enum": [5, 10], "default": "10"},
        "tags": {"type": ["array", "null"], "items": TEXT},
        "image": {"type": ["string", "integer"]},
        "more": ref("Names of~1all sorts"),
    },
    "required": ["model"],
}
TWO = {
    "title": "vendor/model-1",
    "type": "object",
    "properties": {
        "model": {"type": "string", "enum": ["vendor/model-2"]},
        "prompt": {"type": "string", "required": True},
        "tree": ref("Tree"),
        "factor": {"type": "number", "enum": [0.5, 1]},
    },
}
UNION = {
    "oneOf": [ONE, TWO],
    "discriminator": {"propertyName": "model", "mapping": {"vendor/model-1": "#/nowhere"}},
}
FORM = {
    "type": "object",
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
        "about": ref("Cat"),
    },
    "required": ["file"],
}
PATHS: dict[str, Any] = {
    "/v2/generations": {
        "post": {
            "operationId": "generate",
            "requestBody": {"required": True, **json_of(UNION)},
            "responses": {"200": json_of(ref("video.v2.DTO")), "400": {}},
        },
        "get": {
            "operationId": "generate",
            "parameters": [
                {"name": "id", "in": "query", "required": True, "schema": TEXT},
                {"name": "X-Many", "in": "header", "schema": {"type": "array", "items": TEXT}},
                {"name": "filter", "in": "query", "content": {"application/json": {"schema": {}}}},
            ],
            "responses": {
                "200": response({"anyOf": [ref("Cat"), ref("Dog"), {"type": "null"}]}),
                "202": response({"type": "array", "items": {"type": "object"}}),
            },
        },
    },
    "/v2/files/{file.id}/{number}": {
        "get": {
            "responses": {"200": {"description": "A file", "content": {"video/mp4": {}}}},
        },
        "delete": {"operationId": "_v2_files", "responses": {"204": response()}},
    },
    "/v2/upload": {
        "post": {
            "requestBody": {"content": {"multipart/form-data": {"schema": FORM}}},
            "responses": {"default": {"description": "x", "content": {"text/plain": {}}}},
        },
        "put": {
            "requestBody": {"content": {"text/plain": {"schema": TEXT}, "image/png": {}}},
            "responses": {},
        },
    },
}


def large(components: int = 250, size: int = 8000) -> dict[str, Any]:
    """Return a document of 2 MB with one operation, which references half of it."""
    schemas: dict[str, Any] = {}
    for number in range(components):
        near = [(number * 2 + step) % (components // 2) for step in (1, 2)]
        schemas[f"Part{number}"] = {
            "type": "object",
            "description": "d" * size,
            "properties": {"a": ref(f"Part{near[0]}"), "b": ref(f"Part{near[1]}"), "n": TEXT},
        }
    return document(
        {"/v2/large": {"post": {"responses": {"200": response(ref("Part0"))}}}}, schemas
    )
