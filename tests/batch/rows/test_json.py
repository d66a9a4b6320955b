"""JSON lines and arrays."""

from __future__ import annotations

import json

import pytest

from wan_ergonomic.batch.rows import BadRow, Row


def test_an_element_is_an_object_or_a_prompt(read):
    """Options stand beside the prompt or under "options"; null is unset; others are variables."""
    elements = [
        "A fox",
        {
            "prompt": " An owl ",
            "name": " two ",
            "seed": 7,
            "options": {"resolution": "480p", "watermark": None, "Seed": None},
            "aspect_ratio": None,
            "animal": "owl",
            "tags": ["a", {"b": 1}],
            "place": None,
        },
        {"prompt": "A hen", "name": 3, "options": None, "share": 0.5},
    ]
    expected = [
        Row("A fox", line=1),
        Row(
            "An owl",
            name="two",
            options={"seed": 7, "resolution": "480P"},
            variables={"animal": "owl", "tags": ["a", {"b": 1}], "place": None},
            line=2,
        ),
        Row("A hen", name="3", variables={"share": 0.5}, line=4),
    ]
    first, second, third = map(json.dumps, elements)
    assert read("a.jsonl", f"{first}\n{second}\r\n\n{third}") == expected
    assert read("a.json", f"{first}\n{second}\r\n\n{third}") == expected
    assert read("a.json", f"[{first},\n{second}\r\n\n, {third}]\n") == expected


BAD = [
    ("3", "It is neither an object nor a text: 3."),
    ("[1]", "It is neither an object nor a text: [1]."),
    ("null", "It is neither an object nor a text: null."),
    ("{}", "There is no prompt."),
    ('" "', "The prompt is empty."),
    ('{"prompt": 5}', "The prompt must be text, not 5."),
    ('{"prompt": "a", "prompt": "b"}', "The key 'prompt' stands twice in one object."),
    ('{"prompt": "a", "x": {"y": 1, "y": 2}}', "The key 'y' stands twice in one object."),
    ('{"prompt": "a", "Prompt": "b"}', "prompt is set twice."),
    ('{"prompt": "a", "seed": 1, "options": {"seed": 1}}', "seed is set twice."),
    ('{"prompt": "a", "options": {"seed": 1, "Seed": 1}}', "seed is set twice."),
    ('{"prompt": "a", "options": [1]}', "options must be an object of options, not [1]."),
    ('{"prompt": "a", "options": {"mood": 1}}', "There is no option 'mood'."),
    ('{"prompt": "a", "name": true}', "name must be text, not True."),
    ('{"prompt": "a", "name": [1]}', "name must be text, not [1]."),
    ('{"prompt": "a", "seed": NaN}', "It holds NaN, which is not JSON. Leave the key out, or"),
    ('{"prompt": "a", "x": -Infinity}', "It holds -Infinity, which is not JSON."),
    ('{"prompt": "a", "x": 1e999}', "It holds the number 1e999, which is too large."),
    ('{"prompt": "a", "x": 1%s}' % ("0" * 5000), "It holds a number of 5001 digits, which is"),
    ('{"prompt": "a", "seed": "7"}', "seed must be a whole number, not '7'."),
    ('{"prompt": "a", "sed": 7}', "There is no option 'sed'. Did you mean 'seed'? If it is"),
    ('{"prompt": "a", "preset": "draft"}', "There is no option 'preset': it is an option of the"),
    ('"\\ud800"', "prompt contains an unpaired surrogate at position 0 and cannot be encoded"),
    ('{"prompt": "a", "x": "b\\udfff"}', "x contains an unpaired surrogate at position 1"),
]


@pytest.mark.parametrize(("element", "reason"), BAD)
def test_a_bad_element_does_not_stop_the_others(read, element, reason):
    """In an array as well, for its end is known."""
    for name, text in (("a.jsonl", f'"a"\n{element}\n"c"'), ("a.json", f'["a",\n{element},"c"]')):
        _, bad, good = read(name, text)
        assert isinstance(bad, BadRow)
        assert bad.line == 2
        assert bad.reason.startswith(reason)
        assert "Nothing was sent" not in bad.reason
        assert good.prompt == "c"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            "{bad",
            "It is not JSON: expecting property name enclosed in double quotes at character 2.",
        ),
        ('"a" "b"', "It is more than one JSON value: the first ends at character 3."),
        ("A fox", "It is not JSON: expecting value at character 1."),
        ("[" * 100_000, "It is not JSON: nested too deeply at character 1."),
    ],
)
def test_a_line_that_is_not_json_does_not_stop_the_others(read, line, reason):
    """The next one begins with the next line."""
    assert read("a.jsonl", f'{line}\n"c"') == [BadRow(1, reason), Row("c", line=2)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('["a"\n "b"]', "a comma or ] is missing, on line 2"),
        ('["a",\n\n', "expecting value, on line 3"),
        ('["a"', "a comma or ] is missing, on line 1"),
        ('["a",\n12', "a comma or ] is missing, on line 2"),
        ('["a",\n{"prompt": "b\n"}]', "invalid control character at, on line 2"),
        ('["a",]', "expecting value, on line 1"),
        ('["a"]\n"b"', "there is more after the array's end, on line 2"),
        ("[\n", "expecting value, on line 2"),
        ("[" * 2_000_000, "nested too deeply, on line 1"),
    ],
)
def test_a_broken_array_stops_everything(stopped, text, reason):
    """Where the next element begins is not known. Any rows before it are read."""
    assert stopped("a.json", text) == f"It is not valid JSON: {reason}."


def test_a_very_long_element_of_an_array_stops_everything(stopped):
    """It is not held in memory, though it is valid."""
    reason = stopped("a.json", json.dumps(["A fox", "a" * 2_500_000]))
    assert reason == "It is not valid JSON: unterminated string starting at, on line 1."


def test_an_array_is_read_in_parts(read):
    """Elements, numbers too, that go beyond what is read at once are whole."""
    elements = ["a" * 70_000, {"prompt": "b", "seed": 2147483647}] * 5 + [1234567890] * 12_000
    for indent in (None, 1):
        rows = read("a.json", json.dumps(elements, indent=indent))
        assert [row.prompt[0] for row in rows[:10]] == ["a", "b"] * 5
        assert {row.reason for row in rows[10:]} == {
            "It is neither an object nor a text: 1234567890."
        }
        assert len(rows) == len(elements)
        assert rows[-1].line == (12_026 if indent else 1)
