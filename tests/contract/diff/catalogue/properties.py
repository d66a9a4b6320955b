"""Changes of an object's properties, and the removal of everything that the contract has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wan_ergonomic._spec import METHODS

from .mutations import (
    BODY,
    CREATE_RESPONSE,
    JSON_SCHEMA,
    POLL,
    POLL_RESPONSE,
    Change,
    Draft,
    bind,
    contract,
)

SCHEMA = f"{BODY}/schema"
PARAMETER = f"{POLL}/parameters/0"
BREAKING, WARNING, INFO = "breaking", "warning", "info"
TEXT = {"type": "string"}
# Of a property that is not sent any more, and of the way back.
_VISIBILITY = {
    ("request", "read-only", "required"): (WARNING, BREAKING),
    ("request", "read-only", "optional"): (WARNING, INFO),
    ("response", "write-only", "required"): (BREAKING, INFO),
    ("response", "write-only", "optional"): (WARNING, INFO),
}


def of_properties() -> Iterator[Change]:
    """Yield each change of a property that is added to the contract first."""
    yield from _properties()
    yield from _hidden()


def _properties() -> Iterator[Change]:
    """Yield changes of an object, in each place that can have properties."""
    places = {
        "request-property": ("create", SCHEMA, lambda d: d.request_schema()),
        "request-parameter-property": ("poll", f"{PARAMETER}/schema", _as_object),
        "response-property": (
            "create",
            f"{CREATE_RESPONSE}/{JSON_SCHEMA}",
            lambda d: d.response_schema("create"),
        ),
    }
    for subject, (role, at, find) in places.items():
        yield from _of_object(subject, role, at, find)


def _as_object(draft: Draft) -> Any:
    schema = draft.parameter()["schema"]
    if schema.get("type") != "object":
        schema.update(type="object", properties={"known": dict(TEXT)}, required=["known"])
    return schema


def _of_object(subject: str, role: str, at: str, find: Any) -> Iterator[Change]:
    sends, extra = not subject.startswith("response"), f"{at}/properties/extra"

    def add(draft: Draft, **schema: Any) -> None:
        find(draft)["properties"]["extra"] = {"type": "boolean", **schema}

    def add_required(draft: Draft, **schema: Any) -> None:
        add(draft, **schema)
        find(draft)["required"].append("extra")

    def rename(draft: Draft) -> None:
        properties = find(draft)["properties"]
        properties["added"] = properties.pop("extra")

    def rename_required(draft: Draft) -> None:
        rename(draft)
        find(draft)["required"][-1] = "added"

    side = "sender" if sends else "parser"
    base = Draft(contract())
    count = len(find(base)["required"])
    required = (None, f"{at}/required/{count}")
    removed = (f"{subject}-removed", BREAKING)
    new = [(f"new-{n}-{subject}", s) for n, s in (("optional", INFO), ("required", BREAKING))]
    old = [removed, removed]
    if not sends:
        new = [(f"response-{n}-property-added", INFO) for n in ("optional", "required")]
        old = [
            ("response-optional-property-removed", WARNING),
            ("response-required-property-removed", BREAKING),
        ]
    yield Change(f"{subject} added", role, side, add, new[0], old[0], (None, extra), find)
    yield Change(f"required {subject} added", role, side, add_required, new[1], old[1],
                 (None, extra), find)  # fmt: skip
    became = [
        (f"{subject}-became-required", BREAKING if sends else INFO),
        (f"{subject}-became-optional", INFO if sends else BREAKING),
    ]
    yield Change(f"{subject} required", role, side, lambda d: find(d)["required"].append("extra"),
                 became[0], became[1], required, add)  # fmt: skip
    yield Change(f"undescribed {subject} required", role, side,
                 lambda d: find(d)["required"].append("extra"),
                 became[0], became[1], required, find)  # fmt: skip
    if sends:
        with_default = f"new-required-{subject}-with-default"
        yield Change(f"{subject} with default added", role, side,
                     lambda d: add_required(d, default=True), (with_default, BREAKING), removed,
                     (None, extra), find)  # fmt: skip
        rule = (f"{subject}-became-required-with-default", BREAKING)
        yield Change(f"{subject} with default required", role, side,
                     lambda d: find(d)["required"].append("extra"), rule, became[1], required,
                     lambda d: add(d, default=True))  # fmt: skip
    renamed = (f"{subject}-renamed", BREAKING if sends else WARNING)
    where = (extra, f"{at}/properties/added")
    yield Change(f"{subject} renamed", role, side, rename, renamed, renamed, where,
                 lambda d: add(d, description="What it is for."))  # fmt: skip
    yield Change(f"required {subject} renamed", role, side, rename_required,
                 (f"{subject}-renamed", BREAKING), (f"{subject}-renamed", BREAKING), where,
                 lambda d: add_required(d, description="What it is for."))  # fmt: skip


def _hidden() -> Iterator[Change]:
    """Yield changes of readOnly and writeOnly."""
    for side, role, at in (
        ("request", "create", SCHEMA),
        ("response", "poll", f"{POLL_RESPONSE}/{JSON_SCHEMA}"),
    ):
        properties: Any = (
            Draft.request_schema if side == "request" else (lambda d: d.response_schema("poll"))
        )
        for need in ("required", "optional"):

            def put(draft: Draft, find: Any = properties, need: str = need) -> None:
                find(draft)["properties"]["extra"] = dict(TEXT)
                find(draft)["required"] += ["extra"] * (need == "required")

            for word, name in (("readOnly", "read-only"), ("writeOnly", "write-only")):
                rule = f"{side}-{need}-property-became"
                there, back = _VISIBILITY.get((side, name, need), (INFO, INFO))
                yield Change(f"{rule}-{name}", role, "sender" if side == "request" else "parser",
                             bind(lambda d, f, w: f(d)["properties"]["extra"].update(
                                 {w: True}), properties, word),
                             (f"{rule}-{name}", there), (f"{rule}-not-{name}", back),
                             (None, f"{at}/properties/extra/{word}"), put)  # fmt: skip
    yield Change("a property that is never sent", "create", "sender",
                 lambda d: d.request_schema()["properties"].pop("extra"),
                 ("request-property-removed", INFO), ("new-optional-request-property", INFO),
                 (f"{SCHEMA}/properties/extra", None),
                 lambda d: d.request_schema()["properties"].update(
                     extra={**TEXT, "readOnly": True}))  # fmt: skip


def of_the_contract() -> Iterator[Change]:
    """Yield the removal of each option, value and property that the contract itself has."""
    draft = Draft(contract())
    for name, schema in draft.request_schema()["properties"].items():
        at = f"{SCHEMA}/properties/{name}"
        if name not in draft.request_schema()["required"]:
            yield Change(f"{name} removed", "create", "sender",
                         bind(lambda d, n: d.request_schema()["properties"].pop(n), name),
                         ("request-property-removed", BREAKING),
                         ("new-optional-request-property", INFO), (at, None))  # fmt: skip
        for index, value in enumerate(schema.get("enum", ())):
            if len(schema["enum"]) > 1:
                yield Change(f"{value} removed", "create", "sender",
                             bind(lambda d, n, v: d.request_schema()["properties"][n][
                                 "enum"].remove(v), name, value),
                             ("request-property-enum-value-removed", BREAKING),
                             ("request-property-enum-value-added", INFO),
                             (f"{at}/enum/{index}", None))  # fmt: skip
    roles = tuple(METHODS)
    for role in roles:
        at = f"{CREATE_RESPONSE if role == 'create' else POLL_RESPONSE}/{JSON_SCHEMA}"
        yield from _of_response(role, at, draft.response_schema(role))


def _of_response(role: str, at: str, schema: dict[str, Any]) -> Iterator[Change]:
    for name in schema["properties"]:
        if name not in schema["required"]:
            yield Change(f"{role} without {name}", role, "parser",
                         bind(lambda d, n: d.response_schema(role)["properties"].pop(n), name),
                         ("response-optional-property-removed", WARNING),
                         ("response-optional-property-added", INFO),
                         (f"{at}/properties/{name}", None))  # fmt: skip
    for index, name in enumerate(schema["required"]):
        yield Change(f"{role} with optional {name}", role, "parser",
                     bind(lambda d, n: d.response_schema(role)["required"].remove(n), name),
                     ("response-property-became-optional", BREAKING),
                     ("response-property-became-required", INFO),
                     (f"{at}/required/{index}", None))  # fmt: skip
