"""Changes of an operation itself: its fields, servers, security and parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .mutations import BODY, CREATE, JSON_SCHEMA, POLL, POLL_RESPONSE, Change, Draft, bind, contract

PARAMETER = f"{POLL}/parameters/0"
BREAKING, WARNING, INFO, DOCS = "breaking", "warning", "info", "docs"
KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}
TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}


def changes() -> Iterator[Change]:
    """Yield each change."""
    for source in (_operations, _parts, _security, _servers, _parameters, _documents):
        yield from source()


def _operations() -> Iterator[Change]:
    """Yield changes of an operation's path and fields."""

    def removed(draft: Draft) -> None:
        del draft.document["paths"][draft.path("poll")]

    def moved(draft: Draft) -> None:
        paths = draft.document["paths"]
        paths["/elsewhere"] = paths.pop(draft.path("create"))

    def deprecated(draft: Draft) -> None:
        draft.operation("poll")["deprecated"] = True

    yield Change("removed", "poll", "both", removed, ("api-removed-without-deprecation", BREAKING),
                 ("endpoint-added", INFO), (POLL, None))  # fmt: skip
    yield Change("removed once deprecated", "poll", "both", removed,
                 ("api-removed-with-deprecation", BREAKING), ("endpoint-added", INFO),
                 (POLL, None), deprecated)  # fmt: skip
    yield Change("moved", "create", "sender", moved, ("operation-moved", BREAKING),
                 ("operation-moved", BREAKING), (CREATE, "/paths/~1elsewhere/post"))  # fmt: skip
    yield Change("deprecated", "poll", "sender", deprecated, ("endpoint-deprecated", WARNING),
                 ("endpoint-reactivated", INFO), (None, f"{POLL}/deprecated"))  # fmt: skip
    yield Change("tagged", "poll", "sender", lambda d: d.operation("poll").update(tags=["a"]),
                 ("api-tag-added", INFO), ("api-tag-removed", INFO),
                 (None, f"{POLL}/tags/0"))  # fmt: skip
    yield Change("no operationId", "create", "sender",
                 lambda d: d.operation("create").pop("operationId"),
                 ("api-operation-id-removed", INFO), ("api-operation-id-added", INFO),
                 (f"{CREATE}/operationId", None))  # fmt: skip
    yield Change("another operationId", "create", "sender",
                 lambda d: d.operation("create").update(operationId="a"),
                 ("api-operation-id-changed", INFO), ("api-operation-id-changed", INFO),
                 (f"{CREATE}/operationId", f"{CREATE}/operationId"))  # fmt: skip
    for word in ("summary", "description"):
        rule = (f"operation-{word}-changed", DOCS)
        yield Change(word, "poll", "sender",
                     bind(lambda d, w: d.operation("poll").update({w: "a"}), word),
                     rule, rule, (None, f"{POLL}/{word}"))  # fmt: skip


def _parts() -> Iterator[Change]:
    """Yield changes of parts that are only compared as a whole."""

    def called_back(draft: Draft, *names: str) -> None:
        schema = {"type": "object", "properties": dict.fromkeys(names, TEXT)}
        post = {
            "requestBody": {"content": {"application/json": {"schema": schema}}},
            "responses": {"200": {"description": "Received"}},
        }
        draft.operation("create")["callbacks"] = {"done": {"{$request.body#/url}": {"post": post}}}

    changed, added = ("uncompared-part-changed", WARNING), ("uncompared-part-changed", INFO)
    links = {"again": {"operationId": "x", "description": "a"}}
    yield Change("links", "poll", "parser", lambda d: d.response("poll").update(links=links),
                 added, changed, (None, f"{POLL_RESPONSE}/links"))  # fmt: skip
    yield Change("callbacks", "create", "both", lambda d: called_back(d, "id"),
                 added, changed, (None, f"{CREATE}/callbacks"))  # fmt: skip
    yield Change("another callback", "create", "both", lambda d: called_back(d, "id", "status"),
                 changed, changed, (f"{CREATE}/callbacks", f"{CREATE}/callbacks"),
                 lambda d: called_back(d, "id"))  # fmt: skip


def _security() -> Iterator[Change]:
    """Yield changes of the security requirements and schemes."""

    def without_security(draft: Draft) -> None:
        draft.operation("create")["security"] = []

    def without_schemes(draft: Draft) -> None:
        without_security(draft)
        draft.operation("poll")["security"] = []
        del draft.document["components"]

    def secured(draft: Draft) -> None:
        draft.document["components"] = contract()["components"]
        draft.operation("create")["security"] = contract_security()

    def also(draft: Draft) -> None:
        draft.document["components"]["securitySchemes"]["other"] = KEY
        draft.operation("create")["security"].append({"other": []})

    def scoped(draft: Draft) -> None:
        first = draft.operation("create")["security"][0]
        first[next(iter(first))] = ["video"]

    def other_scheme(draft: Draft) -> None:
        schemes = draft.document["components"]["securitySchemes"]
        schemes[next(iter(schemes))] = KEY

    security = f"{CREATE}/security/0"
    name = next(iter(contract()["components"]["securitySchemes"]))
    scheme = f"/components/securitySchemes/{name}"
    yield Change("a published scheme", "create", "sender",
                 lambda d: d.operation("create").update(security=contract_security()),
                 ("api-security-added", WARNING), ("api-security-removed", INFO), (None, security),
                 without_security)  # fmt: skip
    yield Change("a new scheme", "create", "sender", secured, ("api-security-added", BREAKING),
                 ("api-security-removed", INFO), (None, security), without_schemes)  # fmt: skip
    yield Change("one more scheme", "create", "sender", also, ("api-security-added", INFO),
                 ("api-security-removed", BREAKING), (None, f"{CREATE}/security/1"))  # fmt: skip
    yield Change("another scheme", "create", "sender", other_scheme,
                 ("api-security-scheme-changed", BREAKING),
                 ("api-security-scheme-changed", BREAKING), (scheme, scheme))  # fmt: skip
    yield Change("a scope", "create", "sender", scoped, ("api-security-scope-added", BREAKING),
                 ("api-security-scope-removed", INFO), (security, security))  # fmt: skip
    yield Change("a deprecated scheme", "create", "sender",
                 lambda d: d.security_scheme().update(deprecated=True),
                 ("api-security-scheme-deprecated", WARNING),
                 ("api-security-scheme-reactivated", INFO),
                 (None, f"{scheme}/deprecated"),
                 lambda d: d.document.update(openapi="3.2.0"))  # fmt: skip
    fields = {
        "description": ("description", DOCS),
        "bearerFormat": ("bearer-format", DOCS),
        "flows": ("flows", INFO),
    }
    for word, (name, severity) in fields.items():
        rule = (f"api-security-component-{name}-changed", severity)
        yield Change(word, "create", "sender",
                     bind(lambda d, w: d.security_scheme().update({w: {"b": {}}}), word),
                     rule, rule, (f"{scheme}/{word}",) * 2,
                     bind(lambda d, w: d.security_scheme().update({w: {"a": {}}}),
                          word))  # fmt: skip


def contract_security() -> Any:
    """Return the security requirements of the contract."""
    return Draft(contract()).operation("create")["security"]


def _servers() -> Iterator[Change]:
    """Yield changes of the servers."""
    url = "/servers/0/url"
    yield Change("another server", "create", "sender",
                 lambda d: d.document["servers"][0].update(url="https://example.com"),
                 ("server-changed", BREAKING), ("server-changed", BREAKING),
                 (url, url))  # fmt: skip
    yield Change("one more server", "create", "sender",
                 lambda d: d.document["servers"].append({"url": "https://example.com"}),
                 ("server-added", INFO), ("server-removed", BREAKING),
                 (None, "/servers/1"))  # fmt: skip


def _parameters() -> Iterator[Change]:
    """Yield changes of the parameters."""

    def more(draft: Draft, place: str = "query", *, required: bool = False) -> None:
        found = {"name": "extra", "in": place, "required": required, "schema": TEXT}
        draft.operation("poll")["parameters"].append(found)

    def in_path(draft: Draft) -> None:
        paths = draft.document["paths"]
        paths["/extra/{extra}"] = paths.pop(draft.path("poll"))

    added, removed = (None, f"{POLL}/parameters/1"), ("request-parameter-removed", BREAKING)
    yield Change("one more parameter", "poll", "sender", more,
                 ("new-optional-request-parameter", INFO), removed, added)  # fmt: skip
    yield Change("one more required parameter", "poll", "sender", lambda d: more(d, required=True),
                 ("new-required-request-parameter", BREAKING), removed, added)  # fmt: skip
    yield Change("one more path parameter", "poll", "sender",
                 lambda d: more(d, "path", required=True),
                 ("new-request-path-parameter", BREAKING), removed,
                 (None, "/paths/~1extra~1{extra}/get/parameters/1"), in_path, POLL)  # fmt: skip
    yield Change("a renamed parameter", "poll", "sender",
                 lambda d: d.parameter().update(name="extra"),
                 ("request-parameter-renamed", BREAKING), ("request-parameter-renamed", BREAKING),
                 (PARAMETER, PARAMETER))  # fmt: skip
    yield Change("an optional parameter", "poll", "sender",
                 lambda d: d.parameter().update(required=False),
                 ("request-parameter-became-optional", INFO),
                 ("request-parameter-became-required", BREAKING),
                 (f"{PARAMETER}/required",) * 2)  # fmt: skip
    usual = {"style": {"explode": False}, "explode": {}}
    for word, value in (("style", "spaceDelimited"), ("explode", False)):
        rule = ("request-parameter-serialization-changed", BREAKING)
        yield Change(word, "poll", "sender",
                     bind(lambda d, w, v: d.parameter().update({w: v}), word, value), rule, rule,
                     (None, f"{PARAMETER}/{word}"),
                     bind(lambda d, w: d.parameter().update(usual[w], schema=TEXTS), word),
                     PARAMETER)  # fmt: skip
    yield Change("reserved characters", "poll", "sender",
                 lambda d: d.parameter().update(allowReserved=True),
                 ("request-parameter-serialization-changed", INFO),
                 ("request-parameter-serialization-changed", BREAKING),
                 (None, f"{PARAMETER}/allowReserved"))  # fmt: skip
    yield Change("a parameter deprecated", "poll", "sender",
                 lambda d: d.parameter().update(deprecated=True),
                 ("request-parameter-deprecated", WARNING), ("request-parameter-reactivated", INFO),
                 (None, f"{PARAMETER}/deprecated"))  # fmt: skip
    yield Change("a parameter described", "poll", "sender",
                 lambda d: d.parameter().update(description="a"),
                 ("request-parameter-description-changed", DOCS),
                 ("request-parameter-description-changed", DOCS),
                 (None, f"{PARAMETER}/description"))  # fmt: skip


def _documents() -> Iterator[Change]:
    """Yield changes of a document's info, and what makes a document invalid."""
    for word in ("title", "version"):
        rule = (f"api-info-{word}-changed", DOCS)
        yield Change(word, "create", "both",
                     bind(lambda d, w: d.document["info"].update({w: "a"}), word),
                     rule, rule, (f"/info/{word}",) * 2)  # fmt: skip
    rule = ("api-info-description-changed", DOCS)
    yield Change("info", "create", "both", lambda d: d.document["info"].update(description="a"),
                 rule, rule, (None, "/info/description"))  # fmt: skip
    yield Change("a dialect", "create", "both",
                 lambda d: d.document.update(jsonSchemaDialect="https://example.com/dialect"),
                 ("json-schema-dialect-changed", WARNING),
                 ("json-schema-dialect-changed", WARNING),
                 (None, "/jsonSchemaDialect"))  # fmt: skip
    lost = {"schema": {"$ref": "#/nowhere"}}
    flaw = ("document-invalid", WARNING), ("document-repaired", INFO)
    yield Change("no description", "poll", "both", lambda d: d.response("poll").pop("description"),
                 flaw[0], flaw[1], (None, POLL_RESPONSE))  # fmt: skip
    yield Change("a broken reference", "poll", "both",
                 lambda d: d.response("poll")["content"]["application/json"].update(lost),
                 flaw[0], flaw[1], (None, f"{POLL_RESPONSE}/{JSON_SCHEMA}"))  # fmt: skip
    yield Change("an unknown keyword", "create", "both",
                 lambda d: d.request_schema().update(nothing=1),
                 flaw[0], flaw[1], (None, f"{BODY}/schema"))  # fmt: skip
