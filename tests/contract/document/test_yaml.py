"""YAML, as the JSON that it stands for."""

from itertools import pairwise

import pytest
import yaml

from wan_ergonomic.contract.document import _yaml


@pytest.fixture(params=["C", "Python"])
def load(request, monkeypatch):
    """The function that reads, with either of the parsers that there are."""
    if request.param == "Python":
        monkeypatch.delattr(yaml, "CSafeLoader")
    _yaml._loader.cache_clear()
    yield _yaml.load
    _yaml._loader.cache_clear()


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
        (".5", 0.5),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("=", "="),
        ("True", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("[null, , a]", None),
        ("'true'", "true"),
        ("!!str 5", "5"),
        ("'[0, 1) ]] " + "]" * 2000 + "'", "[0, 1) ]] " + "]" * 2000),
        ("!!int 5", 5),
        ("٣", "٣"),
    ],
)
def test_a_value_is_what_json_makes_of_it(load, text, expected):
    """Nothing that looks like a date, a time or an answer becomes one."""
    if text.startswith("["):
        text, expected = "a:\n- null\n-\n- x", {"a": [None, None, "x"]}
    value = load(text)
    assert (value, type(value)) == (expected, type(expected))


def test_every_key_is_a_text_as_it_is_written(load):
    """A status code is the name of a response."""
    assert load("200: {true: a, ~: b, 2024-01-01: c}") == {
        "200": {"true": "a", "~": "b", "2024-01-01": "c"}
    }


def test_what_is_written_once_may_be_used_often(load):
    """Aliases and merges are only another way to write."""
    text = "a: &a {x: 1, y: 2}\nb: *a\nc: {<<: *a, y: 3}\n"
    both = {"x": 1, "y": 2}
    assert load(text) == {"a": both, "b": both, "c": {"x": 1, "y": 3}}


BOMB = "a: &a [1]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}]\n" for a, b in pairwise("abcdefghijklmno")
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [", "while parsing a"),
        ("a: b: c", "mapping values are not allowed"),
        ("a: 1\n---\nb: 2", "expected a single document"),
        ("!!timestamp 2024-01-01", "could not determine a constructor"),
        ("!!python/object:os.system x", "could not determine a constructor"),
        ("!!int five", "said to be of the type int"),
        ("!!bool [yes]", "said to be of the type bool"),
        ("!!null x", "said to be of the type null"),
        ("? [a]\n: b", "a key that is no text"),
        ("!!map 5", "said to be of the type map"),
        ("<<: 5", "expected a mapping"),
        ("a: &a 1\nb: " + "[" * 800 + "]" * 800, "nested too deeply"),
        ("&a [*a]", "has no end"),
        ("a: &a {b: *a}", "has no end"),
        (BOMB, "too large"),
        ("[" * 99_999, "nested too deeply"),
        ("{a: " * 1001 + "1" + "}" * 1001, "nested too deeply"),
        ("'" + "]" * 99_999 + "': " + "[" * 99_999, "nested too deeply"),
        ("- " * 99_999, "nested too deeply"),
        ("\n".join(" " * column + "a:" for column in range(1001)), "nested too deeply"),
        ("a: \0", "special characters|control characters"),
    ],
)
def test_what_json_cannot_say_is_refused(load, text, reason):
    """With the parser's reason, on one line."""
    with pytest.raises(ValueError, match=reason) as caught:
        load(text)
    assert "\n" not in str(caught.value)


def test_merging_cannot_fill_the_memory(load, monkeypatch):
    """Each merge of two doubles what there is."""
    monkeypatch.setattr(_yaml, "_MAX_VALUES", 100)
    text = "a: &a {x: 1}\n" + "".join(
        f"{b}: &{b} {{<<: [*{a}, *{a}]}}\n" for a, b in pairwise("abcdefghi")
    )
    with pytest.raises(ValueError, match="all that it merges"):
        load(text)
