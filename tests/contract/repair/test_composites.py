"""Repair of schemas that are composed of others."""

import pytest

from wan_ergonomic.contract.repair._document import correct

from .documents import TEXT, document

COMPOSED = {
    "Five": {"type": "integer", "enum": [5]},
    "Object": {"type": "object", "properties": {"a": {}, "default": {"type": "object"}}},
    "Loop": {"type": "array", "items": {"$ref": "#/components/schemas/Loop"}},
    "Endless": {"anyOf": [{"$ref": "#/components/schemas/Endless"}]},
}
ENDLESS = {"anyOf": [{"$ref": "#/components/schemas/Endless"}]}
FIVE = {"allOf": [{"$ref": "#/components/schemas/Five"}]}
UUID = {"type": "string", "format": "uuid"}
HOLDER = {"type": "object", "properties": {"a": FIVE}}
OBJECT = {"allOf": [{"$ref": "#/components/schemas/Object"}]}


@pytest.mark.parametrize("version", ["3.0.0", "3.1.0"])
@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ({**FIVE, "default": 5}, {**FIVE, "default": 5}),
        ({**FIVE, "default": "5"}, {**FIVE, "default": 5}),
        ({**FIVE, "default": 6}, FIVE),
        ({**UUID, "default": "x"}, UUID),
        ({"oneOf": [TEXT, *FIVE["allOf"]], "default": []}, {"oneOf": [TEXT, *FIVE["allOf"]]}),
        ({**OBJECT, "required": ["a", "b"]}, {**OBJECT, "required": ["a"]}),
        ({**OBJECT, "required": ["b"]}, OBJECT),
        ({**OBJECT, "required": ["a"]}, {**OBJECT, "required": ["a"]}),
        (
            {"allOf": [{"oneOf": [TEXT]}], "required": ["b"]},
            {"allOf": [{"oneOf": [TEXT]}], "required": ["b"]},
        ),
        (
            {"type": "object", "properties": {"a": FIVE}, "default": {"a": 1}},
            {"type": "object", "properties": {"a": FIVE}},
        ),
        (
            {"anyOf": [{"$ref": "#/components/schemas/Endless"}], "default": 1},
            {"anyOf": [{"$ref": "#/components/schemas/Endless"}]},
        ),
    ],
)
def test_a_schema_composed_of_others_is_repaired(wrong, right, version):
    """All of them must allow the default, and one must describe each required name."""
    schemas = {**COMPOSED, "A b": wrong}
    result, found = correct(document(openapi=version, components={"schemas": schemas}))
    assert result["components"]["schemas"]["A_b"] == right
    assert (len(found) > 1) == (wrong != right)


def test_a_schema_that_is_made_of_itself_is_not_repaired():
    """It is refused later, as nobody knows what it is."""
    itself = {"allOf": [{"$ref": "#/components/schemas/A"}], "required": ["a"], "default": 1}
    result, _ = correct(document(components={"schemas": {"A": itself}}))
    assert result["components"]["schemas"]["A"]["required"] == ["a"]


def test_null_is_a_default_of_a_nullable_schema():
    """In an allOf, too, which some validators reject."""
    given = document(
        components={"schemas": {**COMPOSED, "A": {**FIVE, "nullable": True, "default": None}}}
    )
    assert correct(given) == (given, [])
