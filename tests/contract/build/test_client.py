"""What the generator sees of a body, beside what the overlays change."""

import copy
from typing import Any

import pytest

from wan_ergonomic.contract.build._client import simplified

TITLED = {"title": "T", "type": "object", "properties": {"title": {"title": "U", "type": "string"}}}
UNTITLED = {"title": "T", "type": "object", "properties": {"title": {"type": "string"}}}


def content(*names: str, schema: Any = TITLED) -> dict[str, Any]:
    """Return content in several media types, each with one schema."""
    return {"content": {name: {"schema": copy.deepcopy(schema)} for name in names}}


def document(**members: Any) -> dict[str, Any]:
    """Return a document with one operation."""
    return {"paths": {"/a": {"post": {"responses": {"200": {"description": "d"}}, **members}}}}


def operation(given: Any) -> Any:
    """Return the operation, as the generator sees it."""
    before = copy.deepcopy(given)
    made = simplified(given)["paths"]["/a"]["post"]
    assert before.keys() == given.keys()
    return made


def test_only_the_outermost_title_is_kept():
    """Two classes of one name would be an error; a property may be called title."""
    parameters = [
        {"in": "query", "name": "n", "schema": copy.deepcopy(TITLED)},
        {"in": "query", "name": "m", "content": {}},
    ]
    given = document(requestBody=content("application/json"), parameters=parameters)
    seen = operation(given)
    assert seen["requestBody"] == content("application/json", schema=UNTITLED)
    assert seen["parameters"][0]["schema"] == UNTITLED


@pytest.mark.parametrize("name", ["Authorization", "content-type", "Accept"])
def test_a_header_that_is_no_parameter_is_left_out(name):
    """OpenAPI ignores it; its default would be sent in place of the key."""
    kept = [{"in": "query", "name": name}, {"in": "header", "name": "X-Id"}]
    seen = operation(document(parameters=[{"in": "header", "name": name}, *kept]))
    assert seen["parameters"] == kept


def test_components_have_no_titles():
    """They have names."""
    given = {**document(), "components": {"schemas": {"title": copy.deepcopy(TITLED)}}}
    schema = {"type": "object", "properties": {"title": {"type": "string"}}}
    assert simplified(given)["components"] == {"schemas": {"title": schema}}


def test_only_json_is_kept():
    """Where there is JSON, with any parameters."""
    names = ("multipart/form-data", "application/json; charset=utf-8", "text/plain")
    seen = operation(document(requestBody=content(*names)))
    assert list(seen["requestBody"]["content"]) == ["application/json; charset=utf-8"]
    seen = operation(document(requestBody=content("text/plain")))
    assert list(seen["requestBody"]["content"]) == ["text/plain"]


def test_the_texts_of_a_request_have_no_format():
    """Those of a response keep theirs, and a property may be called format."""
    formatted = {"type": "object", "properties": {"format": {"type": "string", "format": "date"}}}
    plain = {"type": "object", "properties": {"format": {"type": "string"}}}
    held = content("application/json", schema=formatted)
    seen = operation(document(requestBody=held, responses={"200": copy.deepcopy(held)}))
    assert seen["requestBody"] == content("application/json", schema=plain)
    assert seen["responses"]["200"] == content("application/json", schema=formatted)


@pytest.mark.parametrize("word", ["anyOf", "oneOf"])
def test_a_request_is_one_object(word):
    """Which of its properties go together has been checked; a union without properties stays."""
    whole: Any = {"type": "object", "properties": {"a": {}}}
    for given, wanted in (
        ({**whole, word: [{"required": ["a"]}]}, whole),
        ({word: [whole]}, {word: [whole]}),
    ):
        seen = operation(document(requestBody=content("application/json", schema=given)))
        assert seen["requestBody"] == content("application/json", schema=wanted)


@pytest.mark.parametrize(
    ("listed", "kept"),
    [
        (["a", "b", None], True),
        ([5, 10], True),
        ([0.5, 1], False),
        (["a", 5], False),
        ([True], False),
    ],
)
def test_values_without_a_class_are_left_out(listed, kept):
    """They have been checked before they are sent."""
    schema = {"type": "array", "items": {"enum": listed}}
    seen = operation(document(requestBody=content("application/json", schema=schema)))
    wanted = {"type": "array", "items": {"enum": listed} if kept else {}}
    assert seen["requestBody"] == content("application/json", schema=wanted)


@pytest.mark.parametrize("word", ["anyOf", "oneOf"])
def test_values_in_a_union_are_left_out(word):
    """The generator's classes would accept those of the first branch only."""
    texts = {"type": "string"}
    schema = {word: [{**texts, "enum": ["a"]}, {**texts, "enum": ["b"]}, texts], "default": "a"}
    seen = operation(document(requestBody=content("application/json", schema=schema)))
    wanted = {word: [texts, texts, texts], "default": "a"}
    assert seen["requestBody"] == content("application/json", schema=wanted)


def test_only_the_first_successful_response_is_kept():
    """Where there is one: it is the one that the wrapper reads."""
    good = {code: content("application/json") for code in ("202", "201", "2XX", "410")}
    assert list(operation(document(responses=good))["responses"]) == ["201"]
    bad: dict[str, Any] = {"default": {"description": "d"}}
    assert operation(document(responses=bad))["responses"] == bad
