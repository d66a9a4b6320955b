"""What the vendored contract promises, for the parts that decide by it.

The one place where the wrapper reads ``openapi/contract.json``. Operations are
found by role, so nothing here changes when the vendor moves one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

Role = Literal["create", "poll"]
Schema = Mapping[str, Any]

METHODS: Mapping[Role, str] = {"create": "post", "poll": "get"}


def openapi_folder() -> Path:
    """Return the folder of vendored documents: beside the package, or inside it once installed."""
    installed = Path(__file__).parent / "openapi"
    return installed if installed.is_dir() else Path(__file__).parents[1] / "openapi"


@cache
def contract() -> Mapping[str, Any]:
    """Return the vendored contract, parsed once."""
    document: Mapping[str, Any] = json.loads(
        (openapi_folder() / "contract.json").read_text("utf-8")
    )
    return document


def server_url() -> str:
    """Return the API's base URL, without a trailing slash."""
    return str(contract()["servers"][0]["url"]).rstrip("/")


def path(role: Role) -> str:
    """Return the path of the operation that plays a role."""
    paths: Mapping[str, Any] = contract()["paths"]
    return next(path for path, item in paths.items() if METHODS[role] in item)


def operation(role: Role) -> Mapping[str, Any]:
    """Return what the contract says of the operation that plays a role."""
    found: Mapping[str, Any] = contract()["paths"][path(role)][METHODS[role]]
    return found


def request_schema() -> Schema:
    """Return the JSON schema of the body that creates a generation."""
    return _json_schema(operation("create")["requestBody"])


def response_schema(role: Role) -> Schema:
    """Return the JSON schema of the successful answer to one operation."""
    responses = operation(role)["responses"]
    return _json_schema(next(responses[status] for status in sorted(responses)))


def _json_schema(holder: Mapping[str, Any]) -> Schema:
    schema: Schema = holder["content"]["application/json"]["schema"]
    return schema


def types(schema: Schema) -> frozenset[str]:
    """Return the JSON types that a schema allows, in either OpenAPI's spelling; none for any."""
    named = schema.get("type", ())
    listed = frozenset([named] if isinstance(named, str) else named)
    return listed | {"null"} if listed and schema.get("nullable") else listed


def server_defaults() -> dict[str, Any]:
    """Return what the server fills in for properties that a request leaves out."""
    properties = request_schema()["properties"]
    return {name: p["default"] for name, p in properties.items() if "default" in p}


def model() -> str:
    """Return the one model that the create document is published for."""
    return str(request_schema()["properties"]["model"]["enum"][0])
