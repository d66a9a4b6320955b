"""The values that the tests of the contract give to an option, whatever the vendor documents."""

import pytest

from tests.support.options import values_of

TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        (TEXT, ["fog", "ümläut 🐉"]),
        ({"enum": ["a", "b", None]}, ["a", "b"]),
        ({"oneOf": [{"const": "a"}, {"const": "b"}]}, ["a", "b"]),
        ({"anyOf": [{**TEXT, "enum": ["a"]}, {"type": "null"}]}, ["a"]),
        ({"type": "integer", "minimum": 0.0, "maximum": 5.0}, [0, 5]),
        ({"type": "integer", "minimum": 0, "exclusiveMinimum": True}, [2**31 - 1]),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 1}, [1, 0.5]),
        ({"oneOf": [{"type": "integer"}, {"type": "boolean"}]}, [0, 2**31 - 1, True, False]),
        ({}, ["fog", "ümläut 🐉", 0, 2**31 - 1, 0.5, True, False]),
        ({**TEXT, "format": "password"}, ["fog", "ümläut 🐉"]),
        ({**TEXT, "format": "date"}, ["2026-01-31"]),
        ({**TEXT, "pattern": "^x[0-9]$"}, []),
        ({**TEXT, "pattern": "^x[0-9]$", "example": "x7"}, ["x7"]),
    ],
)
def test_values_are_those_that_the_schema_lists_or_plain_ones(schema, values):
    """Numbers keep their type: a limit of 0.0 does not make a whole number a fraction."""
    found = values_of(schema)
    assert (found, [*map(type, found)]) == (values, [*map(type, values)])


def test_lists_and_objects_have_values_too():
    """An option need not be a single value."""
    link = {"type": "array", "items": {**TEXT, "format": "uri"}, "minItems": 1}
    assert ["https://example.com/a"] in values_of(link)
    part = {"type": "object", "properties": {"path": TEXT}, "required": ["path"]}
    assert all(isinstance(value["path"], str) for value in values_of(part))
