"""JSON pointers, and the types of JSON values."""

import pytest

from wan_ergonomic._json import escape, is_of_type, pointer_to, type_of, unescape


@pytest.mark.parametrize(
    ("key", "segment"), [("a", "a"), ("/v2/a~b", "~1v2~1a~0b"), ("~1", "~01"), (3, "3"), ("", "")]
)
def test_a_segment_of_a_pointer_is_an_escaped_key(key, segment):
    """Slashes and tildes are escaped, and an escaped tilde is not read as a slash."""
    assert escape(key) == segment
    assert unescape(segment) == str(key)


def test_a_pointer_names_each_key_from_the_outermost():
    """The pointer to the whole value is empty."""
    assert pointer_to(["paths", "/a", 0]) == "/paths/~1a/0"
    assert pointer_to([]) == ""


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("x", "string"),
        (True, "boolean"),
        (1, "integer"),
        (1.0, "number"),
        ([], "array"),
        ({}, "object"),
        (None, "null"),
    ],
)
def test_a_value_has_one_narrowest_type(value, name):
    """And it is of that type."""
    assert type_of(value) == name
    assert is_of_type(value, name)


@pytest.mark.parametrize(
    ("value", "name", "expected"),
    [
        (1, "number", True),
        (1.0, "integer", False),
        (True, "integer", False),
        (None, "string", False),
        (1, "null", False),
        ("x", "file", True),
        (False, "file", False),
    ],
)
def test_an_integer_is_a_number_and_nothing_else_is_two_types(value, name, expected):
    """An unknown type allows every value but a boolean."""
    assert is_of_type(value, name) is expected
