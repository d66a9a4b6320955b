"""Drift: what departs from the contract is said once for each place, and only that."""

import json
from typing import Any

import pytest

from tests.support.first_contract import first_contract
from wan_ergonomic import Drift, Generation, _spec
from wan_ergonomic._generation import STATUSES
from wan_ergonomic._parsing import parse_generation
from wan_ergonomic._parsing._drift import departures

URL = "https://cdn.example/v.mp4?Signature=secret"
LEAST = {"id": "a", "status": "queued"}


@pytest.fixture(autouse=True)
def contract(monkeypatch):
    """A fixed contract: these rules hold whatever the vendor's is."""
    document = first_contract()
    monkeypatch.setattr(_spec, "contract", lambda: document)


def found(role: Any = "poll", **fields: Any) -> list[tuple[str, str]]:
    """Return kind and pointer of each departure of an otherwise ordinary answer."""
    return [(drift.kind, drift.pointer) for drift in departures({**LEAST, **fields}, role)]


@pytest.mark.parametrize("role", ["create", "poll"])
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"video": None, "error": None, "meta": None},
        *({"status": word} for word in ("completed", "error", "generating", "queued")),
        *({"status": word} for word in (*STATUSES, "Complete", " queued ")),
        *({"video": video} for video in (URL, [URL], {"url": URL}, [{"url": URL}])),
        {"video": {"url": URL, "duration": 5, "content_type": "video/mp4"}},
        {"video": {"url": URL, "file_name": "v.mp4", "file_size": 4_000_000}},
        *({"error": error} for error in ("no", ["no"], {"name": "a", "message": "b"})),
        {"error": {"detail": [{"loc": ["a"], "msg": "b", "type": "c"}]}},
        {"meta": {"usage": None}},
        *({"meta": {"usage": {name: 5}}} for name in ("credits_used", "tokens_used")),
        {"meta": {"usage": {"credits_used": 5, "usd_spent": 0.1}}},
        {"duration": 5.2},
    ],
    ids=str,
)
def test_what_is_known_to_occur_is_quiet(role, fields):
    """Published shapes, and those that this gateway is known to use, are no drift."""
    assert found(role, **fields) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "rendering"}, ("unknown-status", "/status")),
        ({"status": ""}, ("unknown-status", "/status")),
        ({"status": 5}, ("type", "/status")),
        ({"status": None}, ("type", "/status")),
        ({"id": 5}, ("type", "/id")),
        ({"id": True}, ("type", "/id")),
        ({"video": 5}, ("type", "/video")),
        ({"video": {}}, ("missing", "/video/url")),
        ({"video": {"url": None}}, ("type", "/video/url")),
        ({"video": {"url": URL, "width": 1920}}, ("undocumented", "/video/width")),
        ({"meta": []}, ("type", "/meta")),
        ({"meta": {"usage": {}}}, ("missing", "/meta/usage/tokens_used")),
        ({"meta": {"usage": {"tokens_used": "5"}}}, ("type", "/meta/usage/tokens_used")),
        ({"meta": {"usage": {"tokens_used": True}}}, ("type", "/meta/usage/tokens_used")),
        ({"duration": "5"}, ("type", "/duration")),
        ({"progress": 40}, ("undocumented", "/progress")),
        ({"a/b~c": 1}, ("undocumented", "/a~1b~0c")),
    ],
    ids=str,
)
def test_each_departure_is_said_with_its_place(fields, expected):
    """A departure has a kind and a JSON pointer to where it is."""
    assert found(**fields) == [expected]


def test_a_renamed_usage_field_is_said_in_both_its_halves():
    """A field nobody knows in place of a required one is both missing and undocumented."""
    assert found(meta={"usage": {"units_burnt": 5}}) == [
        ("missing", "/meta/usage/tokens_used"),
        ("undocumented", "/meta/usage/units_burnt"),
    ]


def test_missing_properties_are_said():
    """An answer without what the contract requires departs from it."""
    kinds = [(drift.kind, drift.pointer) for drift in departures({}, "create")]
    assert kinds == [("missing", "/id"), ("missing", "/status")]


def grow(role: Any, **properties: Any) -> None:
    """Let the contract promise more properties in one answer."""
    _spec.response_schema(role)["properties"].update(properties)


def test_values_and_items_are_compared_too():
    """Whatever the contract comes to promise is compared: enums, arrays, objects, numbers."""
    frames = {"type": "array", "items": {"type": "integer"}}
    size = {"type": "string", "enum": ["S", "M"]}
    grow("poll", frames=frames, size=size, free={"type": "object"}, odd={"type": "x"})
    assert found(frames=[1, 2], size="S", free={"anything": 1}, odd=5) == []
    assert found(frames=[1, "2"], size="L", free=[]) == [
        ("type", "/frames/1"),
        ("value", "/size"),
        ("type", "/free"),
    ]


def test_both_spellings_of_null_are_understood():
    """OpenAPI 3.0 says nullable, 3.1 a list of types; either one allows null."""
    both = {"type": ["string", "null"]}
    grow("poll", old={"type": "string", "nullable": True}, new=both)
    assert found(old=None, new=None) == found(old="a", new="a") == []
    assert found(old=5, new=5) == [("type", "/old"), ("type", "/new")]


def test_an_array_without_items_promises_nothing_of_them():
    """A schema that leaves something open is satisfied by anything there."""
    grow("poll", frames={"type": "array"})
    assert found(frames=[1, "2", None]) == []


def test_a_departure_names_operation_promise_and_finding():
    """A drift can be read as one sentence."""
    drift = departures({"id": "a", "status": "rendering"}, "create")[0]
    assert drift == Drift(
        kind="unknown-status",
        operation="create",
        pointer="/status",
        expected="one of ['queued', 'generating', 'completed', 'error']",
        found="'rendering'",
    )
    assert str(drift) == (
        "create returned 'rendering' at /status; the contract requires one of "
        "['queued', 'generating', 'completed', 'error'] (unknown-status)"
    )


def test_the_whole_answer_has_a_place_too():
    """The empty pointer is shown as the root."""
    drift = Drift(kind="type", operation="poll", pointer="", expected="object", found="nothing")
    assert str(drift) == "poll returned nothing at /; the contract requires object (type)"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a" * 100, repr("a" * 60 + "…")),
        (URL, "'https://cdn.example/v.mp4?…'"),
        ({"b": URL, "a": 1}, "an object with ['a', 'b']"),
        ([URL, URL], "a list of 2"),
        (None, "nothing"),
        (7.5, "7.5"),
        (True, "True"),
    ],
)
def test_what_was_found_is_shown_in_few_words(value, shown):
    """A finding is short, and never a signed link."""
    assert departures({**LEAST, "extra": value}, "poll")[0].found == shown


def test_a_generation_carries_the_drift_of_its_last_answer():
    """Drift is data: it goes where the generation goes."""
    seen = parse_generation(b'{"id": "a", "status": "queued", "progress": 4}', {}, "poll")
    assert [(drift.kind, drift.operation) for drift in seen.drift] == [("undocumented", "poll")]
    again = parse_generation(b'{"status": "queued", "id": "a"}', {}, "poll", before=seen)
    assert again.drift == ()


@pytest.mark.parametrize(("given", "pointers"), [("a", []), (7, ["/id"]), ("b", ["/id"])])
def test_an_answer_about_another_generation_is_drift(given, pointers):
    """What was asked for is known; that the answer names another is told."""
    answer = json.dumps({"id": given, "status": "queued"}).encode()
    seen = parse_generation(answer, {}, "poll", Generation(id="a"))
    told = [drift.pointer for drift in seen.drift if drift.kind == "value"]
    assert (seen.id, told) == ("a", pointers)
