"""Flaws: edits that make the contract invalid OpenAPI, with the sentence that each has to give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .mutations import Draft

Edit = Callable[[Draft], Any]


def prompt(draft: Draft) -> Any:
    """Return the schema of the prompt."""
    return draft.request_schema()["properties"]["prompt"]


FLAWS: dict[str, tuple[Edit, str]] = {
    "a parameter without a name": (
        lambda d: d.parameter().pop("name"), "'parameters/0' has no 'name'"),
    "a parameter without a place": (
        lambda d: d.parameter().pop("in"), "'parameters/0' has no 'in'"),
    "a parameter in an unknown place": (
        lambda d: d.parameter().update({"in": "body"}),
        "'parameters/0/in' has the value \"body\", which OpenAPI does not allow"),
    "a parameter without a schema": (
        lambda d: d.parameter().pop("schema"), "'parameters/0' has no 'schema'"),
    "a parameter with schema and content": (
        lambda d: d.parameter().update(content={"text/plain": {}}),
        "'parameters/0' has fields that OpenAPI does not allow together"),
    "a body without content": (
        lambda d: d.operation("create")["requestBody"].pop("content"),
        "'post/requestBody' has no 'content'"),
    "an unknown status": (
        lambda d: d.operation("poll")["responses"].update({"20": {"description": "a"}}),
        "'get/responses' has the field '20', which OpenAPI does not define"),
    "an unknown range": (
        lambda d: d.operation("poll")["responses"].update({"2'Y": {"description": "a"}}),
        "'get/responses' has the field \"2'Y\", which OpenAPI does not define"),
    "a misplaced field": (
        lambda d: d.response("poll").update(schema={}),
        "'responses/200' has the field 'schema', which OpenAPI does not define"),
    "an unknown type": (
        lambda d: prompt(d).update(type="int"),
        "'prompt/type' has the value \"int\", which OpenAPI does not allow"),
    "a negative length": (
        lambda d: prompt(d).update(minLength=-1),
        "'prompt/minLength' does not fit minimum 0 of OpenAPI's own schema"),
    "a limit as text": (
        lambda d: prompt(d).update(maximum="9"), "'prompt/maximum' is not of type number"),
    "a required name that is a number": (
        lambda d: d.request_schema().update(required=[1]), "'required/0' is not of type string"),
    "properties in a list": (
        lambda d: d.request_schema().update(properties=[]),
        "'schema/properties' is not of type object"),
    "required as a flag": (
        lambda d: d.request_schema().update(required=True),
        "'schema/required' is not of type array"),
    "a security scheme without a type": (
        lambda d: d.security_scheme().pop("type"), "'securitySchemes/{scheme}' has no 'type'"),
    "a security scheme of an unknown type": (
        lambda d: d.security_scheme().update(type="magic"),
        "'{scheme}/type' has the value \"magic\", which OpenAPI does not allow"),
    "a security scheme without its scheme": (
        lambda d: d.security_scheme().pop("scheme"), "'securitySchemes/{scheme}' has no 'scheme'"),
    "no title": (lambda d: d.document["info"].pop("title"), "'info' has no 'title'"),
    "no info": (lambda d: d.document.pop("info"), "it has no 'info'"),
    "a server without a URL": (
        lambda d: d.document["servers"][0].pop("url"), "'servers/0' has no 'url'"),
    "a description in a list": (
        lambda d: d.response("poll").update(description=[]),
        "'responses/200/description' is not of type string"),
    "a parameter of the path": (
        lambda d: d.document["paths"][d.path("poll")].update(parameters=[{"name": "a"}]),
        "'parameters/0' has no 'in'"),
}  # fmt: skip

# Flaws in one version only.
FLAWS_3_0: dict[str, tuple[Edit, str]] = {
    "no response": (
        lambda d: d.operation("create").pop("responses"),
        "'{path}/post' has no 'responses'"),
    "several types": (
        lambda d: prompt(d).update(type=["integer"]), "'prompt/type' is not of type string"),
    "null as a type": (
        lambda d: prompt(d).update(type="null"),
        "'prompt/type' has the value \"null\", which OpenAPI does not allow"),
    "a keyword of 3.1": (
        lambda d: d.request_schema().update(const=1),
        "'application/json/schema' has the field 'const', which OpenAPI does not define"),
    "a schema that is true": (
        lambda d: d.request_schema()["properties"].update(prompt=True),
        "'properties/prompt' is not of type object"),
    "an exclusive limit that is a number": (
        lambda d: prompt(d).update(exclusiveMinimum=0),
        "'prompt/exclusiveMinimum' is not of type boolean"),
}  # fmt: skip
FLAWS_3_1: dict[str, tuple[Edit, str]] = {
    "a schema that is a text": (
        lambda d: d.request_schema()["properties"].update(prompt="string"),
        "'properties/prompt' is not of type object or boolean"),
    "an exclusive limit that is a flag": (
        lambda d: prompt(d).update(exclusiveMinimum=True),
        "'prompt/exclusiveMinimum' is not of type number"),
    "a property that depends on a text": (
        lambda d: d.request_schema().update(dependentRequired={"prompt": "seed"}),
        "'dependentRequired/prompt' is not of type array"),
}  # fmt: skip
