"""Documents of any content, and other forms of them that mean the same."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from .mutations import Json

NAMES = ["a", "b", "c", "d"]
STYLES = ["form", "simple", "label", "matrix", "spaceDelimited", "pipeDelimited", "deepObject"]
SCOPES = ["read", "write", "all"]
MEDIA_TYPES = [
    "application/json", "application/json; version=1", "application/json; version=2",
    "application/problem+json", "application/vnd.a+json", "application/*", "application/*+json",
    "text/plain", "text/*", "*/*", "multipart/form-data",
]  # fmt: skip

names = st.sampled_from(NAMES)
references = names.map(lambda name: {"$ref": f"#/components/schemas/{name}"})
flat_schemas: st.SearchStrategy[Json] = st.one_of(
    references,
    st.fixed_dictionaries(
        {"type": st.sampled_from(["string", "integer", "number", "boolean"])},
        optional={
            "description": names,
            "deprecated": st.booleans(),
            "readOnly": st.booleans(),
            "minimum": st.integers(0, 3),
            "maxLength": st.integers(0, 9),
            "enum": st.lists(names, min_size=1, unique=True),
            "default": names,
        },
    ),
)
schemas: st.SearchStrategy[Json] = st.recursive(
    flat_schemas,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"type": st.just("array"), "items": inner}),
        st.fixed_dictionaries(
            {"type": st.just("object"), "properties": st.dictionaries(names, inner)},
            optional={
                "required": st.lists(names, min_size=1, unique=True),
                "additionalProperties": st.one_of(st.booleans(), inner),
            },
        ),
        *(
            st.fixed_dictionaries({word: st.lists(inner, min_size=1, max_size=3)})
            for word in ("oneOf", "anyOf", "allOf")
        ),
    ),
    max_leaves=6,
)
media = st.fixed_dictionaries({}, optional={"schema": schemas})
contents = st.dictionaries(st.sampled_from(MEDIA_TYPES), media, max_size=3)
one_content = st.dictionaries(
    st.sampled_from(MEDIA_TYPES[:3]),
    st.fixed_dictionaries({"schema": schemas}),
    min_size=1,
    max_size=1,
)
values: st.SearchStrategy[Json] = st.one_of(
    st.fixed_dictionaries(
        {"schema": schemas}, optional={"explode": st.booleans(), "deprecated": st.booleans()}
    ),
    st.fixed_dictionaries({"content": one_content}),
)
headers = st.dictionaries(
    st.sampled_from(["X-A", "x-b", "Retry-After", "Content-Type"]),
    st.builds(lambda value, required: {**value, "required": required}, values, st.booleans()),
    max_size=3,
)
responses = st.dictionaries(
    st.sampled_from(["200", "202", "2XX", "404", "4XX", "default"]),
    st.fixed_dictionaries({"description": names, "headers": headers, "content": contents}),
    min_size=1,
    max_size=3,
)
parameters = st.lists(
    st.builds(
        lambda name, place, value, more: {"name": name, "in": place, **more, **value},
        names,
        st.sampled_from(["query", "header", "cookie"]),
        values,
        st.fixed_dictionaries(
            {},
            optional={
                "style": st.sampled_from(STYLES),
                "required": st.booleans(),
                "allowReserved": st.booleans(),
                "allowEmptyValue": st.booleans(),
            },
        ),
    ),
    max_size=4,
    unique_by=lambda parameter: (parameter["name"], parameter["in"]),
)
schemes: st.SearchStrategy[Json] = st.one_of(
    st.builds(
        lambda place, name: {"type": "apiKey", "in": place, "name": name},
        st.sampled_from(["query", "header", "cookie"]),
        st.sampled_from(["key", "Key"]),
    ),
    st.builds(
        lambda scheme, description: {"type": "http", "scheme": scheme, "description": description},
        st.sampled_from(["bearer", "basic"]),
        names,
    ),
    st.just({"type": "oauth2", "flows": {}}),
)
requirements = st.lists(
    st.dictionaries(names, st.lists(st.sampled_from(SCOPES), unique=True), max_size=3), max_size=4
)


def _server(url: str, variables: list[list[str]]) -> Json:
    used = dict(zip(re.findall(r"\{(\w)\}", url), variables, strict=False))
    return {
        "url": url,
        "variables": {name: {"default": each[0], "enum": each} for name, each in used.items()},
    }


servers = st.lists(
    st.builds(
        _server,
        st.sampled_from(
            ["/", "https://a.example", "https://{a}.example/v1", "https://{a}.example:{b}/{c}"]
        ),
        st.lists(st.lists(names, min_size=1, max_size=3, unique=True), min_size=3, max_size=3),
    ),
    max_size=3,
)
paths = st.sampled_from(["/jobs", "/jobs/{a}", "/jobs/{a}:wait", "/{a}-{b}/jobs", "/jobs/{a}/{b}"])


@st.composite
def operations(draw: st.DrawFn, path: str, *, with_body: bool) -> Json:
    """Return an operation at a path."""
    found: Json = {"responses": draw(responses), "parameters": draw(parameters)}
    for name in re.findall(r"\{(\w)\}", path):
        held = {"name": name, "in": "path", "required": True, "schema": draw(flat_schemas)}
        found["parameters"].append(held)
    if with_body:
        found["requestBody"] = {"required": draw(st.booleans()), "content": draw(contents)}
    if draw(st.booleans()):
        found["security"] = draw(requirements)
    if draw(st.booleans()):
        found["servers"] = draw(servers)
    return found


@st.composite
def documents(draw: st.DrawFn) -> Json:
    """Return a document with our two operations and any content."""
    create, poll = draw(paths), draw(paths)
    items: Json = {create: {"post": draw(operations(create, with_body=True))}}
    items.setdefault(poll, {})["get"] = draw(operations(poll, with_body=False))
    document: Json = {
        "openapi": draw(st.sampled_from(["3.0.3", "3.1.0"])),
        "info": {"title": "a", "version": "1"},
        "paths": items,
        "servers": draw(servers),
        "components": {
            "schemas": draw(st.fixed_dictionaries(dict.fromkeys(NAMES, schemas))),
            "securitySchemes": draw(st.fixed_dictionaries(dict.fromkeys(NAMES, schemes))),
        },
    }
    if draw(st.booleans()):
        document["security"] = draw(requirements)
    return document


def rewritten(document: Json, seed: int) -> Json:
    """Return the same contract in another form."""
    chance = random.Random(seed)
    new = copy.deepcopy(document)
    new["paths"] = {_renamed(path): item for path, item in new["paths"].items()}
    for rewrite in _REWRITES:
        if chance.random() < 0.7:
            rewrite(new, chance)
    for item in new["paths"].values():
        for operation in item.values():
            for parameter in operation["parameters"]:
                if parameter["in"] == "path":
                    parameter["name"] = f"new_{parameter['name']}"
    return new


def _renamed(path: str) -> str:
    return path.replace("{", "{new_")


def _holders(document: Json) -> list[Json]:
    """Return the document and its operations."""
    return [document, *(each for item in document["paths"].values() for each in item.values())]


def _security(document: Json, chance: random.Random) -> None:
    """Put alternatives, combinations and scopes in another order, under other names."""
    for holder in _holders(document):
        if "security" in holder:
            for alternative in holder["security"]:
                found = [(f"new_{name}", scopes[::-1]) for name, scopes in alternative.items()]
                alternative.clear()
                alternative.update(reversed(found))
            chance.shuffle(holder["security"])
    components = document["components"]
    held = [(f"new_{name}", each) for name, each in components["securitySchemes"].items()]
    components["securitySchemes"] = dict(reversed(held))


def _servers(document: Json, chance: random.Random) -> None:
    """Write servers with default ports, in another case, with other names of variables."""
    for holder in _holders(document):
        for server in holder.get("servers", ()):
            url = server["url"].replace("{", "{new_").replace(".example/", ".example:443/")
            server["url"] = url.replace("https", "HTTPS") + ("" if url == "/" else "/")
            held = server["variables"].items()
            server["variables"] = {f"new_{name}": variable for name, variable in held}
            for variable in server["variables"].values():
                chance.shuffle(variable["enum"])


def _parameters(document: Json, chance: random.Random) -> None:
    """Write parameters in another order, headers in another case, and what is ignored."""
    ignored = {"name": "AUTHORIZATION", "in": "header", "schema": {"type": "string"}}
    for operation in _holders(document)[1:]:
        for parameter in operation["parameters"]:
            if parameter["in"] == "header":
                parameter["name"] = parameter["name"].upper()
                parameter.setdefault("style", "simple")
            if parameter["in"] == "query" and "schema" in parameter:
                parameter.setdefault("style", "form")
                parameter.setdefault("explode", parameter["style"] == "form")
        operation["parameters"].append(ignored)
        chance.shuffle(operation["parameters"])


def _bodies(document: Json, _: random.Random) -> None:
    """Write media types and headers in another case and order, and what is ignored."""
    for operation in _holders(document)[1:]:
        bodies = [*operation["responses"].values(), operation.get("requestBody", {})]
        for body in bodies:
            content = reversed(body.get("content", {}).items())
            body["content"] = {f"{n.upper()}; CHARSET=utf-8": media for n, media in content}
        for response in operation["responses"].values():
            held = reversed(response["headers"].items())
            found = {name.swapcase(): header for name, header in held}
            response["headers"] = {"Content-Type": {"schema": {}}} | found


_REWRITES: tuple[Callable[[Json, random.Random], Any], ...] = (
    _security, _servers, _parameters, _bodies
)  # fmt: skip
