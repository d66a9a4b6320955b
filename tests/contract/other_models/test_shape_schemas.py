"""Schemas as the generator reads them."""

from typing import Any

import pytest

from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract.other_models._shape import shape

from .documents import INTEGER, TEXT, document, nullable, ref, response, thing


def shaped(schema: Any, schemas: Any = None):
    """Return the shaped schema of a response, the components, and the notes."""
    paths = {"/a": {"get": {"operationId": "fetch", "responses": {"200": response(schema)}}}}
    result = shape(document(paths, schemas))
    content = result.document["paths"]["/a"]["get"]["responses"]["200"]["content"]
    used = content["application/json"]["schema"]
    return used, result.document["components"]["schemas"], [what for _, what in result.notes]


@pytest.mark.parametrize(
    ("schema", "used"),
    [
        (True, {}),
        ({}, {}),
        ({"type": "string", "format": "date-time", "minLength": 1, "default": "x"}, TEXT),
        ({"type": ["string", "null"]}, {**TEXT, "nullable": True}),
        ({"type": "null"}, {}),
        ({"type": ["string", "integer"]}, {"oneOf": [TEXT, INTEGER]}),
        ({"type": "string", "description": "d"}, {**TEXT, "description": "d"}),
        ({"oneOf": [TEXT, {"enum": [None]}]}, {**TEXT, "nullable": True}),
        ({"oneOf": [{"type": "null"}]}, {}),
        ({"oneOf": [TEXT, {}]}, {}),
        ({"oneOf": [{"required": ["a"]}], "type": "string"}, TEXT),
        ({"anyOf": [TEXT], "oneOf": [{"minLength": 1, "type": "string"}]}, TEXT),
        ({"oneOf": [{"oneOf": [TEXT, INTEGER]}, TEXT]}, {"oneOf": [TEXT, INTEGER]}),
        ({"enum": [True, False], "type": "boolean"}, {"type": "boolean"}),
        ({"enum": [0.5], "type": "number"}, {"type": "number"}),
        (
            {"type": "array", "items": TEXT, "nullable": True},
            {"type": "array", "items": TEXT, "nullable": True},
        ),
        ({"type": "string", "format": "binary"}, TEXT),
        ({"allOf": [TEXT, {"nullable": True}]}, TEXT),
        ({"allOf": [TEXT], "nullable": True}, {**TEXT, "nullable": True}),
    ],
)
def test_a_schema_that_is_not_a_class_is_inlined(schema, used):
    """Without keywords that generated code ignores."""
    assert shaped(schema)[:2] == (used, {})


def test_every_object_and_enum_is_a_component():
    """Named after its place."""
    level = {"type": "string", "enum": ["a", None], "nullable": True, "description": "d"}
    used, made, _ = shaped(thing(level=level, number={"enum": [1, 2]}, inner=thing()))
    assert used == ref("FetchResponse")
    assert made["FetchResponse"]["properties"] == {
        "level": nullable(ref("FetchResponseLevel")),
        "number": ref("FetchResponseNumber"),
        "inner": ref("FetchResponseInner"),
    }
    assert made["FetchResponseLevel"] == {"type": "string", "enum": ["a"], "description": "d"}


def test_a_component_is_one_class_wherever_it_is_used():
    """Nullable there or not, and through components that only refer to it."""
    schemas = {"A": thing(), "Alias": {"allOf": [ref("A")]}, "Maybe": {**thing(), "nullable": True}}
    inner = {
        "a": ref("A"),
        "b": nullable(ref("A")),
        "c": ref("Alias"),
        "e": {"allOf": [ref("A")], "nullable": True, "title": "x"},
        "f": ref("Maybe"),
    }
    _, made, _ = shaped(thing(**inner), schemas)
    assert made["FetchResponse"]["properties"] == {
        "a": ref("A"),
        "b": nullable(ref("A")),
        "c": ref("A"),
        "e": nullable(ref("A")),
        "f": nullable(ref("Maybe")),
    }
    assert sorted(made) == ["A", "FetchResponse", "Maybe"]


def test_a_cycle_without_an_object_allows_anything():
    """With a note. A cycle with an object is kept."""
    schemas = {"L": {"type": "array", "items": ref("L")}, "Tree": thing(next=ref("Tree"))}
    used, _, notes = shaped(ref("L"), schemas)
    assert used == {"type": "array", "items": {}}
    assert notes == ["L leads back to itself; here it allows anything."]
    assert shaped(ref("Tree"), schemas)[1]["Tree"]["properties"] == {"next": ref("Tree")}


def test_a_schema_that_contains_itself_is_an_error():
    """Merging its allOf would not end."""
    with pytest.raises(ContractError, match="A is a part of itself"):
        shaped(ref("A"), {"A": {"allOf": [ref("B")]}, "B": {"allOf": [ref("A")]}})


def test_an_object_that_contains_an_extension_of_itself_is_a_class():
    """The extension is a class, too, which contains itself."""
    schemas = {"A": thing(inner={"allOf": [ref("A"), thing(more=TEXT)]})}
    _, made, _ = shaped(ref("A"), schemas)
    assert {name: sorted(each["properties"]) for name, each in made.items()} == {
        "A": ["inner"],
        "AInner": ["inner", "more"],
    }
    assert made["AInner"]["properties"]["inner"] == ref("AInner")


def test_all_of_is_merged():
    """With all properties; the keywords of a shared one are merged, too."""
    schema = {
        "allOf": [
            {**thing(a={"type": "string", "maxLength": 5}, b=ref("B")), "required": ["a"]},
            {**thing(b=TEXT, c=TEXT), "required": ["b", "a"]},
        ],
        "properties": {"a": {"description": "d"}},
        "required": ["c"],
    }
    _, made, _ = shaped(schema, {"B": INTEGER})
    assert made["FetchResponse"]["properties"] == {
        "a": {**TEXT, "description": "d"},
        "b": INTEGER,
        "c": TEXT,
    }
    assert sorted(made["FetchResponse"]["required"]) == ["a", "b", "c"]


def test_shared_properties_are_in_each_alternative():
    """Each alternative is named after its title or component."""
    schema = {
        **thing(id=TEXT),
        "oneOf": [{**thing(a=TEXT), "title": "One"}, ref("Two"), {"required": ["id"]}],
    }
    used, made, _ = shaped(schema, {"Two": thing(b=TEXT)})
    assert used == {"oneOf": [ref("One"), ref("Two")]}
    assert {name: list(each["properties"]) for name, each in made.items()} == {
        "One": ["id", "a"],
        "Two": ["id", "b"],
    }


def test_equal_enums_with_one_name_are_one_class():
    """Wherever they are repeated."""
    words = {"title": "Word", "type": "string", "enum": ["a"]}
    used, made, _ = shaped({"oneOf": [words, {**words, "description": "d"}, INTEGER]})
    assert (used, list(made)) == ({"oneOf": [ref("Word"), INTEGER]}, ["Word"])


def test_an_alternative_that_allows_anything_replaces_all():
    """In a component, too. A status that allows anything stays as it is."""
    schemas = {"Any": {"oneOf": [TEXT, True]}}
    _, made, _ = shaped(thing(a=ref("Any"), status=True), schemas)
    assert made["FetchResponse"]["properties"] == {"a": {}, "status": {}}


def test_nested_alternatives_are_combined():
    """Each result merges one alternative of each anyOf and oneOf, also inside allOf."""
    schema = {"allOf": [{"oneOf": [thing(a=TEXT), thing(b=TEXT)]}], "oneOf": [thing(c=TEXT)]}
    _, made, _ = shaped(schema)
    assert [sorted(each["properties"]) for each in made.values()] == [["a", "c"], ["b", "c"]]
    both = {"anyOf": [thing(a=TEXT)], "oneOf": [thing(b=TEXT), thing(c=TEXT)]}
    _, made, _ = shaped(both)
    assert [sorted(each["properties"]) for each in made.values()] == [["a", "b"], ["a", "c"]]


def test_deeply_nested_alternatives_allow_anything():
    """With a note."""
    schemas = {"A": {**thing(a=TEXT), "oneOf": [{"allOf": [ref("A"), thing(b=TEXT)]}]}}
    used, _, notes = shaped(ref("A"), schemas)
    assert used == {}
    assert notes == ["Deeply nested alternatives were replaced by a schema that allows anything."]


def test_a_status_allows_any_text():
    """Undocumented statuses occur."""
    status = {"type": "string", "enum": ["a", None], "nullable": True}
    _, made, notes = shaped(thing(status=status, other=thing(status={"enum": ["a"]})))
    assert made["FetchResponse"]["properties"]["status"] == {**TEXT, "nullable": True}
    assert made["FetchResponseOther"]["properties"]["status"] == TEXT
    assert len(notes) == 2
    assert shaped(thing(status=TEXT))[2] == []


def test_additional_properties_keep_their_schema():
    """False is left out: a response can always contain more."""
    for more, expected in ((TEXT, TEXT), (True, True), (False, None), ({"nullable": True}, True)):
        _, made, _ = shaped({"type": "object", "additionalProperties": more})
        assert made["FetchResponse"].get("additionalProperties") == expected
