"""The vendored contract: the only module of the core that reads ``openapi/contract.json``.

Operations are found by role, so nothing here changes when the vendor moves one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from ._json import is_of_type

Role = Literal["create", "poll"]
Schema = Mapping[str, Any]

METHODS: Mapping[Role, str] = {"create": "post", "poll": "get"}


def openapi_folder() -> Path:
    """Return the folder of vendored documents: beside the package, or inside it once installed."""
    installed = Path(__file__).parent / "openapi"
    return installed if installed.is_dir() else Path(__file__).parents[1] / "openapi"


def _text_of(name: str) -> str:
    try:
        return (openapi_folder() / name).read_text("utf-8")
    except OSError:
        # The package is in a zip archive. The import is slow, and rarely needed.
        from importlib import resources

        return resources.files(__package__).joinpath("openapi", name).read_text("utf-8")


@cache
def contract() -> Mapping[str, Any]:
    """Return the vendored contract, parsed once."""
    return cast("Mapping[str, Any]", json.loads(_text_of("contract.json")))


def retrieved() -> str:
    """Return the day on which the contract was taken from what the vendor publishes, in ISO 8601.

    Of two documents, the day of the older one.
    """
    published = json.loads(_text_of("lock.json"))["published"]
    return min(str(each["retrieved"]) for each in published.values())


def server_url() -> str:
    """Return the API's base URL, without a trailing slash."""
    return address(contract()["servers"][0])


def address(server: Mapping[str, Any]) -> str:
    """Return the URL of a documented server, with its variables' defaults, without a last slash."""
    url = str(server.get("url", ""))
    variables = server.get("variables")
    for name, variable in variables.items() if isinstance(variables, Mapping) else ():
        if isinstance(variable, Mapping) and "default" in variable:
            url = url.replace(f"{{{name}}}", str(variable["default"]))
    return url.rstrip("/")


def path(role: Role) -> str:
    """Return the path of the operation of a role."""
    paths = contract()["paths"].items()
    return str(next(path for path, item in paths if METHODS[role] in item))


def operation(role: Role) -> Mapping[str, Any]:
    """Return the operation object of a role."""
    return cast("Mapping[str, Any]", contract()["paths"][path(role)][METHODS[role]])


def _is_id(name: str) -> bool:
    return name.lower().endswith("id")


def id_parameter() -> tuple[str, str]:
    """Return the location and the name of the poll's id parameter.

    It is the one that is required or, if none is, the first whose name ends as an id's does.
    """
    parameters = operation("poll")["parameters"]
    found = max(parameters, key=lambda p: (bool(p.get("required")), _is_id(str(p["name"]))))
    return str(found["in"]), str(found["name"])


def request_schema() -> Schema:
    """Return the JSON schema of the body that creates a generation."""
    return _json_schema(operation("create")["requestBody"])


def response_schema(role: Role) -> Schema:
    """Return the JSON schema of the successful response of one operation."""
    responses = operation(role)["responses"]
    return _json_schema(next(responses[status] for status in sorted(responses)))


def _json_schema(holder: Mapping[str, Any]) -> Schema:
    content = holder["content"]
    return cast("Schema", next(content[name]["schema"] for name in content if is_json(name)))


def is_json(media_type: str) -> bool:
    """Whether a media type is JSON, with any parameters."""
    return media_type.partition(";")[0].strip().lower() == "application/json"


def types(schema: Schema) -> frozenset[str]:
    """Return the JSON types that a schema allows, in OpenAPI 3.0 or 3.1; empty if it allows any."""
    named = schema.get("type", ())
    listed = frozenset([named] if isinstance(named, str) else named)
    return listed | {"null"} if listed and schema.get("nullable") else listed


def fits(value: Any, schema: Schema) -> bool:
    """Whether a value has a JSON type that a schema allows; an unknown type allows any value."""
    allowed = types(schema)
    return not allowed or any(is_of_type(value, name) for name in allowed)


def choices(schema: Any) -> list[Any]:
    """Return the values that a schema lists, but null; none if it allows others."""
    listed = () if isinstance(schema, bool) else schema.get("enum", ())
    return [value for value in listed if value is not None]


def server_defaults() -> dict[str, Any]:
    """Return the defaults that the server uses for properties that a request omits."""
    properties = request_schema()["properties"]
    return {name: p["default"] for name, p in properties.items() if "default" in p}


def model() -> str:
    """Return the one model that the create document is published for."""
    return str(choices(request_schema()["properties"]["model"])[0])
