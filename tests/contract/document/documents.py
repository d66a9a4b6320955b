"""Small documents for the tests of joining and validating."""

import copy
from typing import Any

MINIMAL: dict[str, Any] = {
    "openapi": "3.0.0",
    "info": {"title": "T", "version": "1"},
    "paths": {
        "/a": {
            "parameters": [{"$ref": "#/components/parameters/name"}],
            "get": {"responses": {"200": {"description": "d"}}},
        }
    },
    "components": {
        "parameters": {"name": {"name": "n", "in": "query", "schema": {"type": "string"}}}
    },
}


def changed(**members: Any) -> dict[str, Any]:
    """Return the minimal document with other members."""
    return {**copy.deepcopy(MINIMAL), **members}


def returning(schemas: dict[str, Any], name: str = "A", **members: Any) -> dict[str, Any]:
    """Return a document whose one operation returns one of its components."""
    schema = {"$ref": f"#/components/schemas/{name}"}
    response = {"description": "d", "content": {"application/json": {"schema": schema}}}
    item = {"get": {"responses": {"200": response}}}
    return changed(paths={"/a": item}, components={"schemas": schemas}, **members)


def returned(document: dict[str, Any]) -> Any:
    """Return the schema that its one operation returns."""
    response = document["paths"]["/a"]["get"]["responses"]["200"]
    return response["content"]["application/json"]["schema"]
