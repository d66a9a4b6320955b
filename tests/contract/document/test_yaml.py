"""Parsing YAML as the JSON that it stands for, and the line of each place in it."""

import json
import sys
from itertools import pairwise

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from wan_ergonomic._json import escape
from wan_ergonomic.contract.document import _yaml


@pytest.fixture(params=["C", "Python"])
def load(request, monkeypatch):
    """The function that parses, with PyYAML's parser in C and the one in Python."""
    if request.param == "Python":
        monkeypatch.delattr(yaml, "CBaseLoader")
    return _yaml.load


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-01", "2024-01-01"),
        ("no", "no"),
        ("on", "on"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("007", "007"),
        ("0o17", 15),
        ("0x1f", 31),
        ("-5", -5),
        ("3.0.0", "3.0.0"),
        ("1e3", 1000.0),
        ("1e400", sys.float_info.max),
        ("-1e400", -sys.float_info.max),
        (".5", 0.5),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("=", "="),
        ("True", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("a:\n- null\n-\n- x", {"a": [None, None, "x"]}),
        ("'true'", "true"),
        ("!!str 5", "5"),
        ("'[0, 1) ]] " + "]" * 2000 + "'", "[0, 1) ]] " + "]" * 2000),
        ("!!int 5", 5),
        ("٣", "٣"),
    ],
)
def test_a_value_has_a_type_of_json(load, text, expected):
    """Dates, times and words like "no" stay texts."""
    value = load(text)
    assert (value, type(value)) == (expected, type(expected))


def test_json_has_no_infinity():
    """What is read can be written again."""
    assert json.dumps(_yaml.load_json("[1e400, 1.5]"), allow_nan=False)


def test_every_key_is_the_text_that_is_written(load):
    """A status code, for example, is the name of a response."""
    assert load("200: {true: a, ~: b, 2024-01-01: c}") == {
        "200": {"true": "a", "~": "b", "2024-01-01": "c"}
    }


def test_aliases_and_merges_are_expanded(load):
    """A member of the mapping itself takes precedence over a merged one."""
    text = "a: &a {x: 1, y: 2}\nb: *a\nc: {<<: *a, y: 3}\n"
    both = {"x": 1, "y": 2}
    assert load(text) == {"a": both, "b": both, "c": {"x": 1, "y": 3}}


def test_an_anchor_may_be_defined_again(load):
    """An alias stands for the definition before it."""
    text = "a: &a 1\nb: *a\nc: &a {x: &a 2}\nd: *a\ne: &a [3]\nf: *a\n"
    assert load(text) == {"a": 1, "b": 1, "c": {"x": 2}, "d": 2, "e": [3], "f": [3]}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: 1\nb: 2\na: 1\n", "the key 'a' stands twice in the whole document, on lines 1 and 3"),
        ("a/b:\n- c\n- d: 1\n  d: 2", "the key 'd' stands twice in /a~1b/1, on lines 3 and 4"),
        ("a: {'<<': 1, '<<': 2}", "the key '<<' stands twice in /a, on lines 1 and 1"),
        ("a: {<<: {b: 1}, <<: {b: 2}, b: 3, b: 4}", "the key 'b' stands twice in /a, on lines"),
        ("? [a]\n: {b: 1, b: 2}\n", "a key that is not a text"),
    ],
)
def test_a_key_that_stands_twice_is_an_error(load, text, place):
    """With its place. Merging several mappings is allowed."""
    with pytest.raises(ValueError, match=place):
        load(text)
    assert load("a: {<<: {b: 1}, <<: {c: 2}}") == {"a": {"b": 1, "c": 2}}


def test_a_key_that_stands_twice_in_json_is_an_error():
    """Also if it is written in two ways."""
    with pytest.raises(
        _yaml.DuplicateKeyError, match=r"'a' stands twice in /x/1, on lines 2 and 3"
    ):
        _yaml.load_json('{"x": [1,\n{"a": 1,\n"\\u0061": 2}]}')


BOMB = "a: &a [1]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}]\n" for a, b in pairwise("abcdefghijklmno")
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [", "while parsing a"),
        ("a: b: c", "mapping values are not allowed"),
        ("a: 1\n---\nb: 2", "expected a single document"),
        ("!!timestamp 2024-01-01", "a scalar that is tagged as"),
        ("!!python/object:os.system x", "a scalar that is tagged as"),
        ("!!int five", "a value that is tagged as int"),
        ("!!bool [yes]", "a sequence that is tagged as bool"),
        ("!!null x", "a value that is tagged as null"),
        ("? [a]\n: b", "a key that is not a text"),
        ("!!map 5", "a scalar that is tagged as map"),
        ("<<: 5", "merges something that is not a mapping"),
        ("a: &a {<<: *a}", "has no end"),
        ("a: &a 1\nb: " + "[" * 990 + "]" * 990, "nested too deeply"),
        ("&a [*a]", "has no end"),
        ("a: &a {b: *a}", "has no end"),
        ("a: &a 1\nb: &a [*a]", "has no end"),
        ("a: &a 1\nb: &a 2\nc: [", "while parsing a"),
        (BOMB, "too large"),
        ("[" * 99_999, "nested too deeply"),
        ("{a: " * 1001 + "1" + "}" * 1001, "nested too deeply"),
        ("'" + "]" * 99_999 + "': " + "[" * 99_999, "nested too deeply"),
        ("- " * 99_999, "nested too deeply"),
        ("\n".join(" " * column + "a:" for column in range(1001)), "nested too deeply"),
        ("a: \0", "special characters|control characters"),
    ],
)
def test_what_json_cannot_express_is_an_error(load, text, reason):
    """With the reason, on one line."""
    with pytest.raises(ValueError, match=reason) as caught:
        load(text)
    assert "\n" not in str(caught.value)


def test_merging_cannot_fill_the_memory(load, monkeypatch):
    """Each merge of two aliases doubles the number of members."""
    monkeypatch.setattr(_yaml, "_MAX_REPEATED", 100)
    text = "a: &a {x: 1}\n" + "".join(
        f"{b}: &{b} {{<<: [*{a}, *{a}]}}\n" for a, b in pairwise("abcdefghi")
    )
    with pytest.raises(ValueError, match="all that it merges"):
        load(text)


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("", 1),
        ("/a", 2),
        ("/a/1", 3),
        ("/a/1/x~1y", 4),
        ("/b/x~1y", 4),
        ("/b/z", 6),
        ("/b/z/0", None),
        ("/a/2", None),
        ("/a/x", None),
    ],
)
def test_a_value_in_yaml_has_a_line(pointer, line):
    """The line of a merged member is the one where it is written."""
    text = "a:\n- 1\n- &one\n  x/y: 2\nb:\n  z: 3\n  <<: *one\n"
    assert _yaml.line_of(text, pointer) == line


def test_a_percent_sign_in_a_pointer_is_not_decoded():
    """A finding has a JSON pointer, not a URI fragment."""
    assert _yaml.line_of('{\n"a": 1,\n"%61": 2}', "/%61") == 3


def test_a_mapping_that_merges_itself_has_no_line():
    """The search ends."""
    assert _yaml.line_of("a: &a {<<: *a}", "/a/b") is None


@pytest.mark.parametrize(
    "text", ["", "{", "[1", '{"a"', '{"a": 1}', "{]", "a: [", "a: 1", "[" * 2000]
)
def test_a_text_without_the_pointer_has_no_line(text):
    """Nor has a text that cannot be parsed."""
    assert _yaml.line_of(text, "/b") is None


# A key of more than 1,024 characters, escapes included, is not YAML.
KEYS = st.text(max_size=100)
VALUES = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=3), st.data())
def test_every_pointer_is_found_in_any_document(document, data):
    """The line holds the key that the pointer ends with, whatever characters the key has."""
    value, pointer, last = document, "", ""
    while isinstance(value, dict) and value and (not pointer or data.draw(st.booleans())):
        last = data.draw(st.sampled_from(sorted(value)))
        value, pointer = value[last], f"{pointer}/{escape(last)}"
    indent, ascii_only = data.draw(st.sampled_from([1, "\t"])), data.draw(st.booleans())
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    line = _yaml.line_of(text, pointer)
    assert line is not None
    key = json.dumps(last, ensure_ascii=ascii_only)
    assert text.split("\n")[line - 1].lstrip().startswith(f"{key}: ")
