"""Other ways to write the same contract: nothing of what is promised changes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from wan_ergonomic._spec import METHODS

from .mutations import Draft, Json, contract

Rewrite = Callable[[Draft], object]


def rich() -> Json:
    """Return the contract with something of everything that can be written in two ways."""
    draft = Draft(contract())
    draft.document["info"]["description"] = "What it is."
    draft.operation("poll")["parameters"] += [
        {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
        {"name": "fields", "in": "query", "schema": {"type": "array", "items": {}}},
    ]
    draft.request()["properties"]["extra"] = extra()
    draft.success("poll")["headers"] = {"X-Request-Id": {"schema": {"type": "string"}}}
    return draft.document


def extra() -> Json:
    """Return a schema with parts of each type."""
    text = {"type": "string", "minLength": 2, "description": "Some text."}
    limited = {"type": "number", "minimum": 0, "maximum": 10}
    parts = {"text": text, "limited": limited, "list": {"type": "array", "items": text}}
    parts["maybe"] = {"type": "string", "nullable": True}
    parts["choice"] = {"oneOf": [{"type": "string"}, {"type": "boolean"}]}
    return {"type": "object", "properties": parts, "required": ["text", "limited"]}


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
    """Move a part into the components, and refer to it."""
    components = draft.document["components"].setdefault(section, {})
    components[name] = holder[key]
    escaped = name.replace("~", "~0").replace("/", "~1").replace(" ", "%20")
    holder[key] = {"$ref": f"#/components/{section}/{escaped}"}


def a_chain(draft: Draft) -> None:
    """Refer to a schema by way of others."""
    put_aside(draft, draft.body(), "schema", "schemas", "First")
    schemas = draft.document["components"]["schemas"]
    schemas["Second"] = schemas["First"]
    schemas["First"] = {"$ref": "#/components/schemas/Second"}


def an_escaped_name(draft: Draft) -> None:
    """Refer to a component whose name has to be escaped, and encoded."""
    put_aside(draft, draft.body(), "schema", "schemas", "A/B~C D")


def a_path_item(draft: Draft) -> None:
    """Refer to the whole path."""
    put_aside(draft, draft.document["paths"], draft.path("poll"), "x-items")


def split(draft: Draft) -> None:
    """Say of each schema in one part what it is, and in another what it has."""
    for schema in (draft.request(), draft.answer("poll")):
        kept = {"properties": schema.pop("properties"), "required": schema.pop("required")}
        first = dict(list(kept["properties"].items())[:2])
        rest = {n: p for n, p in kept["properties"].items() if n not in first}
        parts = [{"properties": first}, {"properties": rest, "required": kept["required"]}]
        schema["allOf"] = parts


def wrapped(word: str) -> Rewrite:
    """Wrap each property of the request in a composition of one."""

    def rewrite(draft: Draft) -> None:
        for schema in (draft.request(), draft.answer("create")):
            for name, held in schema["properties"].items():
                schema["properties"][name] = {word: [held]}

    return rewrite


def as_3_1(null: Callable[[Json], object]) -> Rewrite:
    """Write as OpenAPI 3.1 does, null in one of its ways."""

    def edit(schema: Json) -> None:
        if schema.pop("nullable", False):
            null(schema)

    def rewrite(draft: Draft) -> None:
        draft.document["openapi"] = "3.1.0"
        each_schema(draft, edit)

    return rewrite


def null_in_list(schema: Json) -> None:
    """Name null among the types."""
    schema["type"] = [schema["type"], "null"]


def null_in_union(word: str) -> Callable[[Json], None]:
    """Name null among the variants."""

    def edit(schema: Json) -> None:
        kept = {**schema}
        schema.clear()
        schema[word] = [kept, {"type": "null"}]

    return edit


def as_constants(draft: Draft) -> None:
    """Name an only value as such."""
    draft.document["openapi"] = "3.1.0"
    each_schema(draft, lambda s: s.update(const=s.pop("enum")[0]) if len(s.get("enum", ())) == 1
                else None)  # fmt: skip


def for_all(draft: Draft) -> None:
    """Say once for the whole document what it takes to be let in."""
    for role in METHODS:
        draft.document["security"] = draft.operation(role).pop("security")


def renamed_scheme(draft: Draft) -> None:
    """Call the way to be let in by another name."""
    schemes = draft.document["components"]["securitySchemes"]
    schemes["other"] = schemes.pop(next(iter(schemes)))
    for role in METHODS:
        draft.operation(role)["security"] = [{"other": []}]


def turned_round(node: Any) -> Any:
    """Return a value with all keys in another order, and the order of what is a set."""
    if isinstance(node, list):
        return [turned_round(item) for item in node]
    if not isinstance(node, dict):
        return node
    turned = {key: turned_round(node[key]) for key in reversed(node)}
    return {
        key: value[::-1] if key in {"enum", "required"} and isinstance(value, list) else value
        for key, value in turned.items()
    }


def reorder(draft: Draft) -> None:
    """Write everything in another order."""
    turned = turned_round(draft.document)
    draft.document.clear()
    draft.document.update(turned)


def other_order_of_parameters(draft: Draft) -> None:
    """List the parameters in another order."""
    draft.operation("poll")["parameters"].reverse()


def for_the_path(draft: Draft) -> None:
    """Say of the path what is sent beside the body."""
    item = draft.document["paths"][draft.path("poll")]
    item["parameters"] = item["get"].pop("parameters")


def server_with_path(draft: Draft) -> None:
    """Give the server the first part of every path."""
    servers, paths = draft.document["servers"], draft.document["paths"]
    first = next(iter(paths)).split("/")[1]
    servers[0]["url"] = f"{servers[0]['url'].rstrip('/')}/{first}"
    for path in list(paths):
        assert path.startswith(f"/{first}/")
        paths[path.removeprefix(f"/{first}")] = paths.pop(path)


def own_server(draft: Draft) -> None:
    """Say of each operation where it is."""
    servers = draft.document.pop("servers")
    for role in METHODS:
        draft.operation(role)["servers"] = copy.deepcopy(servers)


def others_beside(draft: Draft) -> None:
    """Document more operations."""
    other = {"responses": {"200": {"description": "Fine"}}}
    draft.document["paths"]["/v1/other"] = {"get": other, "post": other, "delete": other}
    draft.document["paths"][draft.path("create")]["put"] = other


def unreached(draft: Draft) -> None:
    """Have components that no operation leads to."""
    components = draft.document["components"]
    components["schemas"] = {"Unused": {"type": "nothing", "$ref": "#/components/schemas/None"}}
    components["securitySchemes"]["unused"] = {"type": "apiKey", "in": "query", "name": "key"}


def said_outright(draft: Draft) -> None:
    """Say what goes without saying."""

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
    """Say of what there is none that there is none."""
    draft.operation("create").update(parameters=[], tags=[], deprecated=False)
    draft.document["tags"] = []
    draft.success("create")["headers"] = {}
    each_schema(draft, lambda s: s.setdefault("required", []) if s["type"] == "object" else None)


def noted(draft: Draft) -> None:
    """Add what no program reads."""
    everywhere(draft.document["paths"], lambda node: node.update({"x-note": {"a": 1}})
               if is_schema(node) or "responses" in node else None)  # fmt: skip
    each_schema(draft, lambda schema: schema.update(
        example="a", externalDocs={"url": "https://example.com"}, xml={"name": "a"}))  # fmt: skip
    draft.body()["examples"] = {"a": {"value": 1}}
    draft.operation("poll")["externalDocs"] = {"url": "https://example.com"}


def other_spaces(draft: Draft) -> None:
    """Break the lines of the texts elsewhere."""

    def edit(node: Json) -> None:
        if isinstance(node.get("description"), str):
            node["description"] = f"\n{node['description'].replace(' ', '  ')} \n"

    everywhere(draft.document, edit)


def other_case(draft: Draft) -> None:
    """Write names that have no case in another one."""
    draft.success("poll")["headers"] = {
        k.lower(): v for k, v in draft.success("poll")["headers"].items()
    }
    draft.operation("poll")["parameters"][1]["name"] = "x-trace"
    draft.scheme()["scheme"] = "Bearer"
    draft.document["servers"][0]["url"] = draft.document["servers"][0]["url"].replace("h", "H", 1)


def other_media_type(draft: Draft) -> None:
    """Say the character set of what is JSON."""
    content = draft.success("poll")["content"]
    content["Application/JSON; charset=utf-8"] = content.pop("application/json")


REWRITES: dict[str, Rewrite] = {
    "a schema that is referred to": lambda d: put_aside(d, d.body(), "schema", "schemas"),
    "a property that is referred to": lambda d: put_aside(
        d, d.answer("poll")["properties"], "status", "schemas"
    ),
    "a reference to what is elsewhere": lambda d: put_aside(
        d, d.success("poll")["content"]["application/json"], "schema", "x-schemas"
    ),
    "a chain of references": a_chain,
    "a reference that is escaped": an_escaped_name,
    "a parameter that is referred to": lambda d: put_aside(
        d, d.operation("poll")["parameters"], 0, "parameters"
    ),
    "a body that is referred to": lambda d: put_aside(
        d, d.operation("create"), "requestBody", "requestBodies"
    ),
    "an answer that is referred to": lambda d: put_aside(
        d, d.operation("poll")["responses"], "200", "responses"
    ),
    "a header that is referred to": lambda d: put_aside(
        d, d.success("poll")["headers"], "X-Request-Id", "headers"
    ),
    "a path that is referred to": a_path_item,
    "allOf of one": wrapped("allOf"),
    "anyOf of one": wrapped("anyOf"),
    "oneOf of one": wrapped("oneOf"),
    "allOf of parts": split,
    "null in a list of types": as_3_1(null_in_list),
    "null in anyOf": as_3_1(null_in_union("anyOf")),
    "null in oneOf": as_3_1(null_in_union("oneOf")),
    "an only value": as_constants,
    "one security for all": for_all,
    "a renamed security scheme": renamed_scheme,
    "another order": reorder,
    "another order of parameters": other_order_of_parameters,
    "parameters of the path": for_the_path,
    "a trailing slash": lambda d: d.document["servers"][0].update(
        url=f"{d.document['servers'][0]['url']}/"
    ),
    "a server with a path": server_with_path,
    "a server with a description": lambda d: d.document["servers"][0].update(description="a"),
    "a server of the operation": own_server,
    "other operations": others_beside,
    "unreachable components": unreached,
    "what goes without saying": said_outright,
    "nothing additional described": lambda d: each_schema(
        d, lambda s: s.update(additionalProperties={}) if s["type"] == "object" else None
    ),
    "empty lists": empty_lists,
    "notes": noted,
    "white space": other_spaces,
    "another case": other_case,
    "a character set": other_media_type,
}  # fmt: skip
