"""Changes of the request body and of the responses, apart from their schemas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .mutations import BODY, CREATE, JSON_SCHEMA, POLL_RESPONSE, Change, Draft, bind

BREAKING, WARNING, INFO, DOCS = "breaking", "warning", "info", "docs"
TEXT = {"type": "string"}


def changes() -> Iterator[Change]:
    """Yield each change."""
    yield from _bodies()
    yield from _responses()
    yield from _headers()
    yield from _xml()


def renamed(content: Any, name: str) -> None:
    """Give JSON another media type."""
    content[name] = content.pop("application/json")


def _xml() -> Iterator[Change]:
    """Yield changes of the form of values, which count where a body is XML."""

    def request(draft: Draft) -> Any:
        return draft.operation("create")["requestBody"]

    def response(draft: Draft) -> Any:
        return draft.response("poll")

    def described(draft: Draft, body: Any) -> None:
        schema = {"type": "object", "properties": {"a": TEXT.copy()}}
        body(draft)["content"]["application/xml"] = {"schema": schema}

    def named(draft: Draft, body: Any, *keys: str) -> None:
        place = body(draft)["content"]["application/xml"]["schema"]
        for key in keys:
            place = place[key]
        place["xml"] = {"name": "b"}

    for direction, role, side, body, at in (
        ("request", "create", "sender", request, f"{CREATE}/requestBody"),
        ("response", "poll", "parser", response, POLL_RESPONSE),
    ):
        for what, keys in (("body", ()), ("property", ("properties", "a"))):
            pointer = "/".join((at, "content/application~1xml/schema", *keys, "xml"))
            rule = (f"{direction}-{what}-xml-changed", WARNING)
            yield Change(f"a {direction} {what} in XML", role, side, bind(named, body, *keys),
                         rule, rule, (None, pointer), bind(described, body))  # fmt: skip


def _bodies() -> Iterator[Change]:
    """Yield changes of the request body and its media types."""
    body, at = f"{CREATE}/requestBody", BODY.rpartition("/")[0]

    def optional(draft: Draft) -> None:
        draft.operation("create")["requestBody"]["required"] = False

    def no_body(draft: Draft) -> None:
        del draft.operation("create")["requestBody"]

    def content(draft: Draft) -> Any:
        return draft.operation("create")["requestBody"]["content"]

    def as_text(draft: Draft) -> None:
        renamed(content(draft), "text/plain")

    yield Change("no body", "create", "sender", no_body, ("request-body-removed", BREAKING),
                 ("request-body-added-required", BREAKING), (body, None))  # fmt: skip
    yield Change("no optional body", "create", "sender", no_body,
                 ("request-body-removed", BREAKING), ("request-body-added-optional", INFO),
                 (body, None), optional)  # fmt: skip
    yield Change("an optional body", "create", "sender", optional,
                 ("request-body-became-optional", INFO), ("request-body-became-required", BREAKING),
                 (f"{body}/required", f"{body}/required"))  # fmt: skip
    yield Change("a described body", "create", "sender",
                 lambda d: d.operation("create")["requestBody"].update(description="a"),
                 ("request-body-description-changed", DOCS),
                 ("request-body-description-changed", DOCS),
                 (None, f"{body}/description"))  # fmt: skip
    yield Change("text as well", "create", "sender",
                 lambda d: content(d).update({"text/plain": {}}),
                 ("request-body-media-type-added", INFO),
                 ("request-body-media-type-removed", BREAKING),
                 (None, f"{at}/text~1plain"))  # fmt: skip
    yield Change("text instead", "create", "sender", as_text,
                 ("request-body-media-type-changed", BREAKING),
                 ("request-body-media-type-changed", BREAKING),
                 (BODY, f"{at}/text~1plain"))  # fmt: skip
    yield Change("a range", "create", "sender",
                 lambda d: renamed(content(d), "application/*"),
                 ("request-body-media-type-name-generalized", INFO),
                 ("request-body-media-type-name-specialized", BREAKING),
                 (BODY, f"{at}/application~1*"))  # fmt: skip
    yield Change("no schema", "create", "sender", lambda d: d.media_type().pop("schema"),
                 ("request-body-media-type-schema-removed", INFO),
                 ("request-body-media-type-schema-added", BREAKING),
                 (f"{BODY}/schema", None))  # fmt: skip


def _responses() -> Iterator[Change]:
    """Yield changes of statuses and media types."""
    at = f"{POLL_RESPONSE}/content"
    media = f"{at}/application~1json"
    parent = POLL_RESPONSE.rpartition("/")[0]

    def responses(draft: Draft) -> Any:
        return draft.operation("poll")["responses"]

    def status(draft: Draft, name: str) -> None:
        old = POLL_RESPONSE.rpartition("/")[2]
        responses(draft)[name] = responses(draft).pop(old)

    def as_text(draft: Draft) -> None:
        renamed(draft.response("poll")["content"], "text/plain")

    yield Change("201", "poll", "parser", lambda d: status(d, "201"),
                 ("response-success-status-changed", BREAKING),
                 ("response-success-status-changed", BREAKING),
                 (POLL_RESPONSE, f"{parent}/201"))  # fmt: skip
    yield Change("any 2XX", "poll", "parser", lambda d: status(d, "2XX"),
                 ("response-success-status-changed", INFO),
                 ("response-success-status-changed", INFO),
                 (POLL_RESPONSE, f"{parent}/2XX"))  # fmt: skip
    for name, sort, lost in (("202", "success", BREAKING), ("418", "non-success", INFO)):
        yield Change(name, "poll", "parser",
                     bind(lambda d, n: responses(d).update({n: {"description": "a"}}), name),
                     (f"response-{sort}-status-added", INFO),
                     (f"response-{sort}-status-removed", lost),
                     (None, f"{parent}/{name}"))  # fmt: skip
    yield Change("a text response as well", "poll", "parser",
                 lambda d: d.response("poll")["content"].update({"text/plain": {}}),
                 ("response-media-type-added", INFO), ("response-media-type-removed", BREAKING),
                 (None, f"{at}/text~1plain"))  # fmt: skip
    yield Change("a text response instead", "poll", "parser", as_text,
                 ("response-media-type-changed", BREAKING),
                 ("response-media-type-changed", BREAKING),
                 (media, f"{at}/text~1plain"))  # fmt: skip
    yield Change("any response", "poll", "parser",
                 lambda d: renamed(d.response("poll")["content"], "*/*"),
                 ("response-media-type-name-generalized", BREAKING),
                 ("response-media-type-name-specialized", INFO),
                 (media, f"{at}/*~1*"))  # fmt: skip
    yield Change("a response without a schema", "poll", "parser",
                 lambda d: d.response("poll")["content"]["application/json"].pop("schema"),
                 ("response-body-media-type-schema-removed", BREAKING),
                 ("response-body-media-type-schema-added", INFO),
                 (f"{POLL_RESPONSE}/{JSON_SCHEMA}", None))  # fmt: skip
    yield Change("another description of a response", "poll", "parser",
                 lambda d: d.response("poll").update(description="a"),
                 ("response-description-changed", DOCS), ("response-description-changed", DOCS),
                 (f"{POLL_RESPONSE}/description",) * 2)  # fmt: skip


def _headers() -> Iterator[Change]:
    """Yield changes of the headers of a response."""
    header = f"{POLL_RESPONSE}/headers/X-Extra"

    def with_header(draft: Draft, *, required: bool = False, schema: Any = TEXT) -> None:
        found = {"schema": schema, "required": required, "description": "a"}
        draft.response("poll")["headers"] = {"X-Extra": found}

    def of_header(draft: Draft) -> Any:
        return draft.response("poll")["headers"]["X-Extra"]

    def without(draft: Draft) -> None:
        del draft.response("poll")["headers"]

    yield Change("no header", "poll", "parser", without,
                 ("optional-response-header-removed", WARNING),
                 ("response-header-added", INFO), (header, None), with_header)  # fmt: skip
    yield Change("no required header", "poll", "parser", without,
                 ("required-response-header-removed", BREAKING), ("response-header-added", INFO),
                 (header, None), lambda d: with_header(d, required=True))  # fmt: skip
    yield Change("an optional header", "poll", "parser",
                 lambda d: of_header(d).update(required=False),
                 ("response-header-became-optional", BREAKING),
                 ("response-header-became-required", INFO), (f"{header}/required",) * 2,
                 lambda d: with_header(d, required=True), header)  # fmt: skip
    yield Change("another form of a header", "poll", "parser",
                 lambda d: of_header(d).update(explode=True),
                 ("response-header-serialization-changed", BREAKING),
                 ("response-header-serialization-changed", BREAKING),
                 (None, f"{header}/explode"),
                 lambda d: with_header(d, schema={"type": "object"}), header)  # fmt: skip
    yield Change("another description of a header", "poll", "parser",
                 lambda d: of_header(d).update(description="b"),
                 ("response-header-description-changed", DOCS),
                 ("response-header-description-changed", DOCS), (f"{header}/description",) * 2,
                 with_header, header)  # fmt: skip
