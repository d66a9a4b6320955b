"""Edits that give the contract another form with the same meaning."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from wan_ergonomic._spec import METHODS

from .mutations import Draft, Json

Rewrite = Callable[[Draft], object]


def everywhere(node: Any, edit: Callable[[Json], object]) -> None:
    """Edit each object in a document, the inner ones first."""
    for held in list(node.values()) if isinstance(node, dict) else node:
        if isinstance(held, dict | list):
            everywhere(held, edit)
    if isinstance(node, dict):
        edit(node)


def is_schema(node: Json) -> bool:
    """Whether an object of the contract is a schema."""
    return isinstance(node.get("type"), str) and "scheme" not in node and "in" not in node


def each_schema(draft: Draft, edit: Callable[[Json], object]) -> None:
    """Edit each schema of the operations."""
    everywhere(draft.document["paths"], lambda node: edit(node) if is_schema(node) else None)


def put_aside(draft: Draft, holder: Any, key: Any, section: str, name: str = "Aside") -> None:
    """Move a part into the components, and reference it."""
    components = draft.document["components"].setdefault(section, {})
    components[name] = holder[key]
    escaped = name.replace("~", "~0").replace("/", "~1").replace(" ", "%20")
    holder[key] = {"$ref": f"#/components/{section}/{escaped}"}


def a_chain(draft: Draft) -> None:
    """Reference a schema through other references."""
    put_aside(draft, draft.media_type(), "schema", "schemas", "First")
    schemas = draft.document["components"]["schemas"]
    schemas["Second"] = schemas["First"]
    schemas["First"] = {"$ref": "#/components/schemas/Second"}


def split(draft: Draft) -> None:
    """Split each schema into two parts of an allOf."""
    for schema in (draft.request_schema(), draft.response_schema("poll")):
        kept = {"properties": schema.pop("properties"), "required": schema.pop("required")}
        first = dict(list(kept["properties"].items())[:2])
        rest = {n: p for n, p in kept["properties"].items() if n not in first}
        parts = [{"properties": first}, {"properties": rest, "required": kept["required"]}]
        schema["allOf"] = parts


def wrapped(word: str) -> Rewrite:
    """Wrap each property in an allOf, anyOf or oneOf of one schema."""

    def rewrite(draft: Draft) -> None:
        for schema in (draft.request_schema(), draft.response_schema("create")):
            for name, held in schema["properties"].items():
                schema["properties"][name] = {word: [held]}

    return rewrite


def as_3_1(null: Callable[[Json], object]) -> Rewrite:
    """Write as OpenAPI 3.1, with null in one of its forms."""

    def edit(schema: Json) -> None:
        if schema.pop("nullable", False):
            null(schema)

    def rewrite(draft: Draft) -> None:
        draft.document["openapi"] = "3.1.0"
        each_schema(draft, edit)

    return rewrite


def null_in_list(schema: Json) -> None:
    """Write null in the list of types."""
    schema["type"] = [schema["type"], "null"]


def null_in_union(word: str) -> Callable[[Json], None]:
    """Write null as a branch of a union."""

    def edit(schema: Json) -> None:
        kept = {**schema}
        schema.clear()
        schema[word] = [kept, {"type": "null"}]

    return edit


def as_constants(draft: Draft) -> None:
    """Write an enum of one value as a const."""
    draft.document["openapi"] = "3.1.0"
    each_schema(draft, lambda s: s.update(const=s.pop("enum")[0]) if len(s.get("enum", ())) == 1
                else None)  # fmt: skip


def for_all(draft: Draft) -> None:
    """Write the security requirement once for the whole document."""
    for role in METHODS:
        draft.document["security"] = draft.operation(role).pop("security")


def renamed_scheme(draft: Draft) -> None:
    """Rename the security scheme."""
    schemes = draft.document["components"]["securitySchemes"]
    schemes["other"] = schemes.pop(next(iter(schemes)))
    for role in METHODS:
        draft.operation(role)["security"] = [{"other": []}]


def reversed_keys(node: Any) -> Any:
    """Return a value with its keys, and the lists that are sets, in reverse order."""
    if isinstance(node, list):
        return [reversed_keys(item) for item in node]
    if not isinstance(node, dict):
        return node
    turned = {key: reversed_keys(node[key]) for key in reversed(node)}
    return {
        key: value[::-1] if key in {"enum", "required"} and isinstance(value, list) else value
        for key, value in turned.items()
    }


def reorder(draft: Draft) -> None:
    """Reverse all keys."""
    turned = reversed_keys(draft.document)
    draft.document.clear()
    draft.document.update(turned)


def for_the_path(draft: Draft) -> None:
    """Write the parameters in the path item."""
    item = draft.document["paths"][draft.path("poll")]
    item["parameters"] = item["get"].pop("parameters")


def server_with_path(draft: Draft) -> None:
    """Move the first segment of every path into the server's URL."""
    servers, paths = draft.document["servers"], draft.document["paths"]
    first = next(iter(paths)).split("/")[1]
    servers[0]["url"] = f"{servers[0]['url'].rstrip('/')}/{first}"
    for path in list(paths):
        assert path.startswith(f"/{first}/")
        paths[path.removeprefix(f"/{first}")] = paths.pop(path)


def own_server(draft: Draft) -> None:
    """Write the servers in each operation."""
    servers = draft.document.pop("servers")
    for role in METHODS:
        draft.operation(role)["servers"] = copy.deepcopy(servers)


def others_beside(draft: Draft) -> None:
    """Add other operations."""
    other = {"responses": {"200": {"description": "Fine"}}}
    draft.document["paths"]["/v1/other"] = {"get": other, "post": other, "delete": other}
    draft.document["paths"][draft.path("create")]["put"] = other


def unreached(draft: Draft) -> None:
    """Add components that no operation references."""
    components = draft.document["components"]
    components["schemas"] = {"Unused": {"type": "nothing", "$ref": "#/components/schemas/None"}}
    components["securitySchemes"]["unused"] = {"type": "apiKey", "in": "query", "name": "key"}


def defaults_written(draft: Draft) -> None:
    """Write the defaults."""

    def edit(schema: Json) -> None:
        for word in ("nullable", "deprecated", "readOnly", "writeOnly"):
            schema.setdefault(word, False)
        if schema["type"] == "object":
            schema |= {"additionalProperties": True, "minProperties": 0}
        if schema["type"] == "array":
            schema |= {"minItems": 0, "uniqueItems": False}
        if schema["type"] == "string":
            schema.setdefault("minLength", 0)

    each_schema(draft, edit)
    for parameter in draft.operation("poll")["parameters"]:
        style = "simple" if parameter["in"] == "header" else "form"
        usual = {"style": style, "explode": style == "form", "required": False,
                 "deprecated": False, "allowReserved": False}  # fmt: skip
        parameter |= {**usual, **parameter}


def empty_lists(draft: Draft) -> None:
    """Write empty lists and objects."""
    draft.operation("create").update(parameters=[], tags=[], deprecated=False)
    draft.document["tags"] = []
    draft.response("create")["headers"] = {}
    each_schema(draft, lambda s: s.setdefault("required", []) if s["type"] == "object" else None)


def noted(draft: Draft) -> None:
    """Add extensions, examples and external documentation."""
    everywhere(draft.document["paths"], lambda node: node.update({"x-note": {"a": 1}})
               if is_schema(node) or "responses" in node else None)  # fmt: skip
    each_schema(draft, lambda schema: schema.update(
        example="a", externalDocs={"url": "https://example.com"}, xml={"name": "a"}))  # fmt: skip
    draft.media_type()["examples"] = {"a": {"value": 1}}
    draft.operation("poll")["externalDocs"] = {"url": "https://example.com"}


def other_spaces(draft: Draft) -> None:
    """Change the white space in texts."""

    def edit(node: Json) -> None:
        if isinstance(node.get("description"), str):
            node["description"] = f"\n{node['description'].replace(' ', '  ')} \n"

    everywhere(draft.document, edit)


def other_case(draft: Draft) -> None:
    """Change the case of names that have none."""
    draft.response("poll")["headers"] = {
        k.lower(): v for k, v in draft.response("poll")["headers"].items()
    }
    draft.operation("poll")["parameters"][1]["name"] = "x-trace"
    draft.security_scheme()["scheme"] = "Bearer"
    draft.document["servers"][0]["url"] = draft.document["servers"][0]["url"].replace("h", "H", 1)


def other_media_type(draft: Draft) -> None:
    """Add a character set to the media type."""
    content = draft.response("poll")["content"]
    content["Application/JSON; charset=utf-8"] = content.pop("application/json")
