"""What the vendored contract promises, for the parts that decide by it.

The one place where the wrapper reads ``openapi/contract.json``. Operations are
found by role, so nothing here changes when the vendor moves one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

Role = Literal["create", "poll"]
Schema = Mapping[str, Any]

_TYPES: Mapping[str, tuple[type, ...]] = {
    "null": (type(None),),
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}

METHODS: Mapping[Role, str] = {"create": "post", "poll": "get"}


def openapi_folder() -> Path:
    """Return the folder of vendored documents: beside the package, or inside it once installed."""
    installed = Path(__file__).parent / "openapi"
    return installed if installed.is_dir() else Path(__file__).parents[1] / "openapi"


@cache
def contract() -> Mapping[str, Any]:
    """Return the vendored contract, parsed once."""
    text = (openapi_folder() / "contract.json").read_text("utf-8")
    return cast("Mapping[str, Any]", json.loads(text))


def server_url() -> str:
    """Return the API's base URL, without a trailing slash."""
    return str(contract()["servers"][0]["url"]).rstrip("/")


def path(role: Role) -> str:
    """Return the path of the operation that plays a role."""
    paths = contract()["paths"].items()
    return str(next(path for path, item in paths if METHODS[role] in item))


def operation(role: Role) -> Mapping[str, Any]:
    """Return what the contract says of the operation that plays a role."""
    return cast("Mapping[str, Any]", contract()["paths"][path(role)][METHODS[role]])


def request_schema() -> Schema:
    """Return the JSON schema of the body that creates a generation."""
    return _json_schema(operation("create")["requestBody"])


def response_schema(role: Role) -> Schema:
    """Return the JSON schema of the successful answer to one operation."""
    responses = operation(role)["responses"]
    return _json_schema(next(responses[status] for status in sorted(responses)))


def _json_schema(holder: Mapping[str, Any]) -> Schema:
    return cast("Schema", holder["content"]["application/json"]["schema"])


def types(schema: Schema) -> frozenset[str]:
    """Return the JSON types that a schema allows, in either OpenAPI's spelling; none for any."""
    named = schema.get("type", ())
    listed = frozenset([named] if isinstance(named, str) else named)
    return listed | {"null"} if listed and schema.get("nullable") else listed


def fits(value: Any, schema: Schema) -> bool:
    """Whether a value is of a JSON type that a schema allows; a type nobody knows is any."""
    allowed = types(schema)
    if not allowed or isinstance(value, bool):
        return not allowed or "boolean" in allowed
    return any(isinstance(value, _TYPES.get(name, (object,))) for name in allowed)


def server_defaults() -> dict[str, Any]:
    """Return what the server fills in for properties that a request leaves out."""
    properties = request_schema()["properties"]
    return {name: p["default"] for name, p in properties.items() if "default" in p}


def model() -> str:
    """Return the one model that the create document is published for."""
    return str(request_schema()["properties"]["model"]["enum"][0])
