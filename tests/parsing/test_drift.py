"""Drift: each departure from the contract is reported once, and nothing else is."""

import json
from typing import Any

import pytest

from tests.support.first_contract import first_contract
from wan_ergonomic import Drift, Generation, _spec
from wan_ergonomic._generation import STATUSES

# Not in the door: the other functions report its result on a generation.
from wan_ergonomic._parsing import _drift, parse_generation

URL = "https://cdn.example/v.mp4?Signature=secret"
LEAST = {"id": "a", "status": "queued"}


@pytest.fixture(autouse=True)
def contract(monkeypatch):
    """A fixed contract, which a test may change: these rules hold for any contract."""
    document = first_contract()
    monkeypatch.setattr(_spec, "contract", lambda: document)


def departures(response: dict[str, Any], role: Any) -> tuple[Drift, ...]:
    """Return the departures of a response, by a contract that a test may have changed in place."""
    _drift._kept.clear()
    return _drift.departures(json.dumps(response).encode(), response, role)


def found(role: Any = "poll", **fields: Any) -> list[tuple[str, str]]:
    """Return kind and pointer of each departure of an otherwise ordinary response."""
    return [(drift.kind, drift.pointer) for drift in departures({**LEAST, **fields}, role)]


def test_what_was_found_is_kept_for_the_same_response_to_the_same_operation(monkeypatch):
    """Until the contract is another one; not if it is long, and never for too many."""
    content = json.dumps({**LEAST, "extra": 1}).encode()

    def ask(role: Any = "poll", body: bytes = content) -> tuple[Drift, ...]:
        return _drift.departures(body, json.loads(body), role)

    _drift._kept.clear()
    first = ask()
    assert ask() is first
    assert {each.operation for each in ask("create")} == {"create"}
    other = first_contract()
    monkeypatch.setattr(_spec, "contract", lambda: other)
    assert ask() is not first
    long = json.dumps({**LEAST, "extra": "x" * 5000}).encode()
    assert ask(body=long) is not ask(body=long)
    for number in range(2000):
        ask(body=json.dumps({**LEAST, "extra": number}).encode())
        assert len(_drift._kept) <= 512


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
def test_a_known_variant_is_not_drift(role, fields):
    """Documented shapes, and those that this gateway is known to use."""
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
def test_each_departure_has_a_kind_and_a_pointer(fields, expected):
    """The JSON pointer to the value."""
    assert found(**fields) == [expected]


def test_a_renamed_field_is_missing_and_undocumented():
    """Under its old and its new name."""
    assert found(meta={"usage": {"units_burnt": 5}}) == [
        ("missing", "/meta/usage/tokens_used"),
        ("undocumented", "/meta/usage/units_burnt"),
    ]


def test_missing_properties_are_drift():
    """Those that the contract requires."""
    kinds = [(drift.kind, drift.pointer) for drift in departures({}, "create")]
    assert kinds == [("missing", "/id"), ("missing", "/status")]


def add_properties(role: Any, **properties: Any) -> None:
    """Add properties to a response of the contract."""
    _spec.response_schema(role)["properties"].update(properties)


def test_values_and_items_are_compared():
    """Enums, arrays, objects, numbers: whatever the contract may come to contain."""
    frames = {"type": "array", "items": {"type": "integer"}}
    size = {"type": "string", "enum": ["S", "M"]}
    add_properties("poll", frames=frames, size=size, free={"type": "object"}, odd={"type": "x"})
    assert found(frames=[1, 2], size="S", free={"anything": 1}, odd=5) == []
    assert found(frames=[1, "2"], size="L", free=[]) == [
        ("type", "/frames/1"),
        ("value", "/size"),
        ("type", "/free"),
    ]


def test_both_spellings_of_null_are_understood():
    """OpenAPI 3.0 has nullable, 3.1 a list of types."""
    both = {"type": ["string", "null"]}
    add_properties("poll", old={"type": "string", "nullable": True}, new=both)
    assert found(old=None, new=None) == found(old="a", new="a") == []
    assert found(old=5, new=5) == [("type", "/old"), ("type", "/new")]


def test_an_array_without_items_allows_any_items():
    """The schema leaves them open."""
    add_properties("poll", frames={"type": "array"})
    assert found(frames=[1, "2", None]) == []


def test_drift_is_one_sentence():
    """With the operation, the value found, the pointer and what the contract requires."""
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


def test_the_empty_pointer_is_shown_as_a_slash():
    """It means the whole response."""
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
def test_the_value_found_is_shortened(value, shown):
    """A link is shown without its query."""
    assert departures({**LEAST, "extra": value}, "poll")[0].found == shown


def test_a_generation_has_the_drift_of_its_last_response():
    """Not that of the responses before it."""
    first = parse_generation(b'{"id": "a", "status": "queued", "progress": 4}', {}, "poll")
    assert [(drift.kind, drift.operation) for drift in first.drift] == [("undocumented", "poll")]
    again = parse_generation(b'{"status": "queued", "id": "a"}', {}, "poll", before=first)
    assert again.drift == ()


@pytest.mark.parametrize(("given", "pointers"), [("a", []), (7, ["/id"]), ("b", ["/id"])])
def test_a_response_about_another_generation_is_drift(given, pointers):
    """The id that was requested is kept."""
    content = json.dumps({"id": given, "status": "queued"}).encode()
    generation = parse_generation(content, {}, "poll", Generation(id="a"))
    found = [drift.pointer for drift in generation.drift if drift.kind == "value"]
    assert (generation.id, found) == ("a", pointers)
