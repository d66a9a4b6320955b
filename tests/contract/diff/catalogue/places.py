"""The places that can hold a schema; each change of a schema is tried in all of them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .keywords import EFFECTS, SchemaChange
from .mutations import BODY, CREATE_RESPONSE, JSON_SCHEMA, POLL, POLL_RESPONSE, Change, Draft, Json

Put = Callable[[Draft, Json], object]


class Place(NamedTuple):
    """A place that can hold a schema.

    Attributes:
        subject: The beginning of the rules' names.
        role: The operation.
        pointer: Where the schema is.
        put: Puts a schema there.
    """

    subject: str
    role: str
    pointer: str
    put: Put


def _put_parameter(draft: Draft, schema: Json) -> None:
    draft.parameter()["schema"] = {"type": "object", "properties": {"extra": schema}}


def _put_header(draft: Draft, schema: Json) -> None:
    draft.response("poll")["headers"] = {"X-Extra": {"schema": schema}}


def _put_body(draft: Draft, schema: Json) -> None:
    draft.media_type()["schema"] = schema


def _put_response(draft: Draft, schema: Json) -> None:
    draft.response("poll")["content"]["application/json"]["schema"] = schema


def _put_item(draft: Draft, schema: Json) -> None:
    draft.request_schema()["properties"]["extra"] = {"type": "array", "items": schema}


PLACES = (
    Place("request-body", "create", f"{BODY}/schema", _put_body),
    Place("request-property", "create", f"{BODY}/schema/properties/extra",
          lambda draft, schema: draft.request_schema()["properties"].update(extra=schema)),
    Place("request-property", "create", f"{BODY}/schema/properties/extra/items", _put_item),
    Place("request-parameter", "poll", f"{POLL}/parameters/0/schema",
          lambda draft, schema: draft.parameter().update(schema=schema)),
    Place("request-parameter-property", "poll",
          f"{POLL}/parameters/0/schema/properties/extra", _put_parameter),
    Place("response-body", "poll", f"{POLL_RESPONSE}/{JSON_SCHEMA}", _put_response),
    Place("response-property", "create", f"{CREATE_RESPONSE}/{JSON_SCHEMA}/properties/extra",
          lambda draft, schema: draft.response_schema("create")["properties"].update(extra=schema)),
    Place("response-header", "poll", f"{POLL_RESPONSE}/headers/X-Extra/schema", _put_header),
)  # fmt: skip


def in_all_places(change: SchemaChange) -> Iterator[Change]:
    """Yield a change of a schema in every place that can hold it."""
    for place in PLACES:
        if place.pointer.endswith("/items") and change.new == {}:
            # Items without constraints fall under another rule: items-removed.
            continue

        def prepare(draft: Draft, put: Put = place.put) -> None:
            draft.document["openapi"] = change.version
            put(draft, copy.deepcopy(change.old))

        def edit(draft: Draft, put: Put = place.put) -> None:
            put(draft, copy.deepcopy(change.new))

        response = place.subject.startswith("response")
        there, back = (severities[response] for severities in EFFECTS[change.effect])
        yield Change(
            name=f"{place.subject}: {change.rules[0]}",
            role=place.role,
            side="parser" if response else "sender",
            edit=edit,
            there=(f"{place.subject}-{change.rules[0]}", there),
            back=(f"{place.subject}-{change.rules[1]}", back),
            at=tuple(end and f"{place.pointer}{end}" for end in change.at),
            prepare=prepare,
            region=place.pointer,
        )
