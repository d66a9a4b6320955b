"""Changes of the objects that properties are of, and the loss of each thing that is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wan_ergonomic._spec import METHODS

from .mutations import BODY, CREATED, JSON_SCHEMA, POLL, POLLED, Change, Draft, bind, contract

SCHEMA = f"{BODY}/schema"
ANSWER = f"{POLLED}/{JSON_SCHEMA}"
PARAMETER = f"{POLL}/parameters/0"
BREAKING, WARNING, INFO, DOCS = "breaking", "warning", "info", "docs"
KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}
TEXT = {"type": "string"}


def of_properties() -> Iterator[Change]:
    """Yield each change of a property that is put in to be changed."""
    yield from _properties()
    yield from _hidden()


def of_the_contract() -> Iterator[Change]:
    """Yield the loss of each thing that the contract itself has."""
    yield from _own()


def _properties() -> Iterator[Change]:
    """Yield changes of the objects that properties are of, in each place that can have some."""
    hosts = {
        "request-property": ("create", SCHEMA, lambda d: d.request()),
        "request-parameter-property": ("poll", f"{PARAMETER}/schema", _as_object),
        "response-property": ("create", f"{CREATED}/{JSON_SCHEMA}", lambda d: d.answer("create")),
    }
    for subject, (role, at, find) in hosts.items():
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

    def add_needed(draft: Draft, **schema: Any) -> None:
        add(draft, **schema)
        find(draft)["required"].append("extra")

    def rename(draft: Draft) -> None:
        properties = find(draft)["properties"]
        properties["added"] = properties.pop("extra")

    def rename_needed(draft: Draft) -> None:
        rename(draft)
        find(draft)["required"][-1] = "added"

    side = "sender" if sends else "parser"
    base = Draft(contract())
    count = len(find(base)["required"])
    need = (None, f"{at}/required/{count}")
    removed = (f"{subject}-removed", BREAKING)
    new = [(f"new-{n}-{subject}", s) for n, s in (("optional", INFO), ("required", BREAKING))]
    gone = [removed, removed]
    if not sends:
        new = [(f"response-{n}-property-added", INFO) for n in ("optional", "required")]
        gone = [
            ("response-optional-property-removed", WARNING),
            ("response-required-property-removed", BREAKING),
        ]
    yield Change(f"{subject} added", role, side, add, new[0], gone[0], (None, extra), find)
    yield Change(f"needed {subject} added", role, side, add_needed, new[1], gone[1], (None, extra),
                 find)  # fmt: skip
    became = [
        (f"{subject}-became-required", BREAKING if sends else INFO),
        (f"{subject}-became-optional", INFO if sends else BREAKING),
    ]
    yield Change(f"{subject} needed", role, side, lambda d: find(d)["required"].append("extra"),
                 became[0], became[1], need, add)  # fmt: skip
    yield Change(f"unspoken {subject} needed", role, side,
                 lambda d: find(d)["required"].append("extra"),
                 became[0], became[1], need, find)  # fmt: skip
    if sends:
        with_default = f"new-required-{subject}-with-default"
        yield Change(f"{subject} with default added", role, side,
                     lambda d: add_needed(d, default=True), (with_default, BREAKING), removed,
                     (None, extra), find)  # fmt: skip
        kind = (f"{subject}-became-required-with-default", BREAKING)
        yield Change(f"{subject} with default needed", role, side,
                     lambda d: find(d)["required"].append("extra"), kind, became[1], need,
                     lambda d: add(d, default=True))  # fmt: skip
    renamed = (f"{subject}-renamed", BREAKING if sends else WARNING)
    where = (extra, f"{at}/properties/added")
    yield Change(f"{subject} renamed", role, side, rename, renamed, renamed, where,
                 lambda d: add(d, description="What it is for."))  # fmt: skip
    yield Change(f"needed {subject} renamed", role, side, rename_needed,
                 (f"{subject}-renamed", BREAKING), (f"{subject}-renamed", BREAKING), where,
                 lambda d: add_needed(d, description="What it is for."))  # fmt: skip


def _hidden() -> Iterator[Change]:
    """Yield what is said in one direction only."""
    for side, role, at in (
        ("request", "create", SCHEMA),
        ("response", "poll", f"{POLLED}/{JSON_SCHEMA}"),
    ):
        properties: Any = Draft.request if side == "request" else (lambda d: d.answer("poll"))
        for need in ("required", "optional"):

            def put(draft: Draft, find: Any = properties, need: str = need) -> None:
                find(draft)["properties"]["extra"] = dict(TEXT)
                find(draft)["required"] += ["extra"] * (need == "required")

            for word, name in (("readOnly", "read-only"), ("writeOnly", "write-only")):
                kind = f"{side}-{need}-property-became"
                yield Change(f"{kind}-{name}", role, "sender",
                             bind(lambda d, f, w: f(d)["properties"]["extra"].update(
                                 {w: True}), properties, word),
                             (f"{kind}-{name}", INFO), (f"{kind}-not-{name}", INFO),
                             (None, f"{at}/properties/extra/{word}"), put)  # fmt: skip
    yield Change("an unseen property", "create", "sender",
                 lambda d: d.request()["properties"].pop("extra"),
                 ("request-property-removed", INFO), ("new-optional-request-property", INFO),
                 (f"{SCHEMA}/properties/extra", None),
                 lambda d: d.request()["properties"].update(
                     extra={**TEXT, "readOnly": True}))  # fmt: skip


def _own() -> Iterator[Change]:
    """Yield the loss of each thing that the contract itself has."""
    draft = Draft(contract())
    for name, schema in draft.request()["properties"].items():
        at = f"{SCHEMA}/properties/{name}"
        if name not in draft.request()["required"]:
            yield Change(f"{name} gone", "create", "sender",
                         bind(lambda d, n: d.request()["properties"].pop(n), name),
                         ("request-property-removed", BREAKING),
                         ("new-optional-request-property", INFO), (at, None))  # fmt: skip
        for index, value in enumerate(schema.get("enum", ())):
            if len(schema["enum"]) > 1:
                yield Change(f"{value} gone", "create", "sender",
                             bind(lambda d, n, v: d.request()["properties"][n]["enum"].remove(v),
                                  name, value),
                             ("request-property-enum-value-removed", BREAKING),
                             ("request-property-enum-value-added", INFO),
                             (f"{at}/enum/{index}", None))  # fmt: skip
    roles = tuple(METHODS)
    for role in roles:
        at = f"{CREATED if role == 'create' else POLLED}/{JSON_SCHEMA}"
        yield from _own_answers(role, at, draft.answer(role))


def _own_answers(role: str, at: str, schema: dict[str, Any]) -> Iterator[Change]:
    for name in schema["properties"]:
        if name not in schema["required"]:
            yield Change(f"{role} without {name}", role, "parser",
                         bind(lambda d, n: d.answer(role)["properties"].pop(n), name),
                         ("response-optional-property-removed", WARNING),
                         ("response-optional-property-added", INFO),
                         (f"{at}/properties/{name}", None))  # fmt: skip
    for index, name in enumerate(schema["required"]):
        yield Change(f"{role} with {name} at will", role, "parser",
                     bind(lambda d, n: d.answer(role)["required"].remove(n), name),
                     ("response-property-became-optional", BREAKING),
                     ("response-property-became-required", INFO),
                     (f"{at}/required/{index}", None))  # fmt: skip
