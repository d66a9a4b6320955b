"""Changes of what an operation is: where it is, who may call it, what is sent beside a body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .mutations import BODY, CREATE, JSON_SCHEMA, POLL, POLLED, Change, Draft, bind, contract

SCHEMA = f"{BODY}/schema"
ANSWER = f"{POLLED}/{JSON_SCHEMA}"
PARAMETER = f"{POLL}/parameters/0"
BREAKING, WARNING, INFO, DOCS = "breaking", "warning", "info", "docs"
KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}
TEXT = {"type": "string"}


def changes() -> Iterator[Change]:
    """Yield each change."""
    for source in (_operations, _access, _parameters, _documents):
        yield from source()


def _operations() -> Iterator[Change]:
    """Yield changes of an operation as such."""

    def gone(draft: Draft) -> None:
        del draft.document["paths"][draft.path("poll")]

    def moved(draft: Draft) -> None:
        paths = draft.document["paths"]
        paths["/elsewhere"] = paths.pop(draft.path("create"))

    def deprecated(draft: Draft) -> None:
        draft.operation("poll")["deprecated"] = True

    yield Change("gone", "poll", "both", gone, ("api-removed-without-deprecation", BREAKING),
                 ("endpoint-added", INFO), (POLL, None))  # fmt: skip
    yield Change("gone at last", "poll", "both", gone, ("api-removed-with-deprecation", BREAKING),
                 ("endpoint-added", INFO), (POLL, None), deprecated)  # fmt: skip
    yield Change("moved", "create", "sender", moved, ("operation-moved", BREAKING),
                 ("operation-moved", BREAKING), (CREATE, "/paths/~1elsewhere/post"))  # fmt: skip
    yield Change("deprecated", "poll", "sender", deprecated, ("endpoint-deprecated", WARNING),
                 ("endpoint-reactivated", INFO), (None, f"{POLL}/deprecated"))  # fmt: skip
    yield Change("tagged", "poll", "sender", lambda d: d.operation("poll").update(tags=["a"]),
                 ("api-tag-added", INFO), ("api-tag-removed", INFO),
                 (None, f"{POLL}/tags/0"))  # fmt: skip
    yield Change("named", "create", "sender", lambda d: d.operation("create").pop("operationId"),
                 ("api-operation-id-removed", INFO), ("api-operation-id-added", INFO),
                 (f"{CREATE}/operationId", None))  # fmt: skip
    yield Change("called otherwise", "create", "sender",
                 lambda d: d.operation("create").update(operationId="a"),
                 ("api-operation-id-changed", INFO), ("api-operation-id-changed", INFO),
                 (f"{CREATE}/operationId", f"{CREATE}/operationId"))  # fmt: skip
    for word in ("summary", "description"):
        kind = (f"operation-{word}-changed", DOCS)
        yield Change(word, "poll", "sender",
                     bind(lambda d, w: d.operation("poll").update({w: "a"}), word),
                     kind, kind, (None, f"{POLL}/{word}"))  # fmt: skip


def _access() -> Iterator[Change]:
    """Yield changes of where the operations are and of who is let in."""

    def closed(draft: Draft) -> None:
        draft.operation("create")["security"] = []

    def unknown(draft: Draft) -> None:
        closed(draft)
        draft.operation("poll")["security"] = []
        del draft.document["components"]

    def asked(draft: Draft) -> None:
        draft.document["components"] = contract()["components"]
        draft.operation("create")["security"] = contract_security()

    def also(draft: Draft) -> None:
        draft.document["components"]["securitySchemes"]["other"] = KEY
        draft.operation("create")["security"].append({"other": []})

    def scoped(draft: Draft) -> None:
        first = draft.operation("create")["security"][0]
        first[next(iter(first))] = ["video"]

    def other_key(draft: Draft) -> None:
        schemes = draft.document["components"]["securitySchemes"]
        schemes[next(iter(schemes))] = KEY

    security, url = f"{CREATE}/security/0", "/servers/0/url"
    name = next(iter(contract()["components"]["securitySchemes"]))
    scheme = f"/components/securitySchemes/{name}"
    yield Change("a known key", "create", "sender",
                 lambda d: d.operation("create").update(security=contract_security()),
                 ("api-security-added", WARNING), ("api-security-removed", INFO), (None, security),
                 closed)  # fmt: skip
    yield Change("an unknown key", "create", "sender", asked, ("api-security-added", BREAKING),
                 ("api-security-removed", INFO), (None, security), unknown)  # fmt: skip
    yield Change("one more key", "create", "sender", also, ("api-security-added", INFO),
                 ("api-security-removed", BREAKING), (None, f"{CREATE}/security/1"))  # fmt: skip
    yield Change("another key", "create", "sender", other_key,
                 ("api-security-scheme-changed", BREAKING),
                 ("api-security-scheme-changed", BREAKING), (scheme, scheme))  # fmt: skip
    yield Change("a scope", "create", "sender", scoped, ("api-security-scope-added", BREAKING),
                 ("api-security-scope-removed", INFO), (security, security))  # fmt: skip
    words = {
        "description": ("description", DOCS),
        "bearerFormat": ("bearer-format", DOCS),
        "flows": ("flows", INFO),
    }
    for word, (kind, severity) in words.items():
        change = (f"api-security-component-{kind}-changed", severity)
        yield Change(word, "create", "sender",
                     bind(lambda d, w: d.scheme().update({w: {"b": {}}}), word),
                     change, change, (f"{scheme}/{word}", f"{scheme}/{word}"),
                     bind(lambda d, w: d.scheme().update({w: {"a": {}}}), word))  # fmt: skip
    yield Change("another server", "create", "sender",
                 lambda d: d.document["servers"][0].update(url="https://example.com"),
                 ("server-changed", BREAKING), ("server-changed", BREAKING),
                 (url, url))  # fmt: skip
    yield Change("one more server", "create", "sender",
                 lambda d: d.document["servers"].append({"url": "https://example.com"}),
                 ("server-added", INFO), ("server-removed", BREAKING),
                 (None, "/servers/1"))  # fmt: skip


def contract_security() -> Any:
    """Return what the contract asks of whoever creates."""
    return Draft(contract()).operation("create")["security"]


def _parameters() -> Iterator[Change]:
    """Yield changes of what is sent beside a body."""

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
    yield Change("one more in the path", "poll", "sender", lambda d: more(d, "path", required=True),
                 ("new-request-path-parameter", BREAKING), removed,
                 (None, "/paths/~1extra~1{extra}/get/parameters/1"), in_path, POLL)  # fmt: skip
    yield Change("another name", "poll", "sender", lambda d: d.parameter().update(name="extra"),
                 ("request-parameter-renamed", BREAKING), ("request-parameter-renamed", BREAKING),
                 (PARAMETER, PARAMETER))  # fmt: skip
    yield Change("no need", "poll", "sender", lambda d: d.parameter().update(required=False),
                 ("request-parameter-became-optional", INFO),
                 ("request-parameter-became-required", BREAKING),
                 (f"{PARAMETER}/required",) * 2)  # fmt: skip
    usual = {"style": {"explode": True}, "explode": {}, "allowReserved": {}}
    for word, value in (("style", "spaceDelimited"), ("explode", False), ("allowReserved", True)):
        kind = ("request-parameter-serialization-changed", BREAKING)
        yield Change(word, "poll", "sender",
                     bind(lambda d, w, v: d.parameter().update({w: v}), word, value), kind, kind,
                     (None, f"{PARAMETER}/{word}"),
                     bind(lambda d, w: d.parameter().update(usual[w]), word))  # fmt: skip
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
    """Yield what is said of a document, and what makes one invalid."""
    for word in ("title", "version"):
        kind = (f"api-info-{word}-changed", DOCS)
        yield Change(word, "create", "both",
                     bind(lambda d, w: d.document["info"].update({w: "a"}), word),
                     kind, kind, (f"/info/{word}",) * 2)  # fmt: skip
    kind = ("api-info-description-changed", DOCS)
    yield Change("info", "create", "both", lambda d: d.document["info"].update(description="a"),
                 kind, kind, (None, "/info/description"))  # fmt: skip
    lost = {"schema": {"$ref": "#/nowhere"}}
    flaw = ("document-invalid", WARNING), ("document-repaired", INFO)
    yield Change("no description", "poll", "both", lambda d: d.success("poll").pop("description"),
                 flaw[0], flaw[1], (None, POLLED))  # fmt: skip
    yield Change("a broken reference", "poll", "both",
                 lambda d: d.success("poll")["content"]["application/json"].update(lost),
                 flaw[0], flaw[1], (None, ANSWER))  # fmt: skip
    yield Change("a word of nobody's", "create", "both", lambda d: d.request().update(nothing=1),
                 flaw[0], flaw[1], (None, SCHEMA))  # fmt: skip
