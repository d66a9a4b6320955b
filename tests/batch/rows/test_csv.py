"""CSV and TSV: columns, types, quotes, line numbers."""

from __future__ import annotations

import pytest

from wan_ergonomic import _spec
from wan_ergonomic.batch.rows import BadRow, Row


def test_columns_are_options_the_name_and_variables(read):
    """Options have the types of the contract; a variable's empty cell is None."""
    text = (
        "prompt,name,Aspect Ratio,resolution,watermark,SEED,negative-prompt,animal\n"
        "A fox,one,16:9,480p,TRUE,7,fog,fox\n"
        ' An owl ,,, ,false, 8.0 ,"a, b",\n'
        "A hen\n"
    )
    assert read("a.csv", text) == [
        Row(
            "A fox",
            name="one",
            options={
                "aspect_ratio": "16:9",
                "resolution": "480P",
                "watermark": True,
                "seed": 7,
                "negative_prompt": "fog",
            },
            variables={"animal": "fox"},
            line=2,
        ),
        Row(
            "An owl",
            options={"watermark": False, "seed": 8, "negative_prompt": "a, b"},
            variables={"animal": None},
            line=3,
        ),
        Row("A hen", variables={"animal": None}, line=4),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_shows_the_delimiter(read, delimiter):
    """As spreadsheets write it in some countries."""
    text = f"seed{delimiter}prompt\n7{delimiter}A fox\n"
    assert read("a.csv", text) == [Row("A fox", options={"seed": 7}, line=2)]


def test_a_comma_in_tsv_is_text(read):
    """Its delimiter is the tab, whatever else the header holds."""
    rows = read("a.tsv", "prompt\tplace, far\nA fox, an owl\tsea\n")
    assert rows == [Row("A fox, an owl", variables={"place, far": "sea"}, line=2)]


def test_line_ends_in_quotes_are_text_and_count_as_lines(read):
    """A row's line is its first; any line end of a system is one, and blank rows do not count."""
    text = '\r\nprompt,seed\r\n"A fox\r\nin ""snow""",1\r\n,\r\n\r\nAn owl,x\r\n'
    assert read("a.csv", text) == [
        Row('A fox\nin "snow"', options={"seed": 1}, line=3),
        BadRow(7, "seed must be a whole number, not 'x'."),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A fox,1080,", "resolution cannot be '1080'. Did you mean '1080P'?"),
        (",480P,", "There is no prompt."),
        ("A fox,,maybe", "watermark must be True or False, not 'maybe'."),
        ("A fox, in snow,480P,,x", "It has 5 cells, but there are 4 columns. Text that holds the"),
        ("A fox,,,x", "It has a value in column 4, which has no name."),
    ],
)
def test_a_bad_row_does_not_stop_the_others(read, row, reason):
    """The reason says what is wrong."""
    bad, good = read("a.csv", f"prompt,resolution,watermark,\n{row}\nAn owl,,,,\n")
    assert isinstance(bad, BadRow)
    assert bad.line == 2
    assert bad.reason.startswith(reason)
    assert good == Row("An owl", line=3)


@pytest.mark.parametrize("cell", ["1e3", "7.5", "٣", "7" * 21, "0x1"])
def test_what_is_no_whole_number_is_refused(read, cell):
    """Numbers are written in digits of ASCII."""
    (bad,) = read("a.csv", f"prompt,seed\nA fox,{cell}\n")
    assert bad == BadRow(2, f"seed must be a whole number, not {cell!r}.")


@pytest.mark.parametrize(("cell", "value"), [("0.5", 0.5), (".5e1", 5.0), ("3", 3.0), ("x", "x")])
def test_an_option_may_be_a_number(read, cell, value, monkeypatch):
    """The model has none yet."""
    monkeypatch.setitem(_spec.request_schema()["properties"], "strength", {"type": "number"})
    (row,) = read("a.csv", f"prompt,strength\nA fox,{cell}\n")
    if isinstance(value, str):
        assert row == BadRow(2, "strength must be a number, not 'x'.")
    else:
        assert row.options == {"strength": value}


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (
            "prompts,seed",
            "There is no column 'prompt' among prompts, seed. Rename 'prompts' if that is",
        ),
        ("text,seed,", "There is no column 'prompt' among text, seed. The first row"),
        ("prompt,Seed,seed", "Two columns are called 'seed'. Rename or remove one."),
        (
            "prompt,resolutoin",
            "There is no option 'resolutoin'. Did",
        ),
        (
            "prompt,ratio",
            "There is no option 'ratio'. Did you mean ",
        ),
        ("prompt,sede", "There is no option 'sede'. Did you mean 'seed'?"),
        ("prompt,option", "There is no option 'option'. Did you "),
        ("prompt,duration", "There is no option 'duration': every"),
        ("prompt,api_key", "There is no option 'api_key': it is an"),
    ],
)
def test_a_wrong_header_stops_everything(stopped, header, reason):
    """It would be wrong in every row."""
    assert stopped("a.csv", f"{header}\nA fox,1,2\n").startswith(reason)


@pytest.mark.parametrize("name", ["animal", "scene", "place", "style", "season", "water", "id"])
def test_other_names_are_variables(read, name):
    """They are not similar enough to an option."""
    assert read("a.csv", f"prompt,{name}\nA,b\n") == [Row("A", variables={name: "b"}, line=2)]


@pytest.mark.parametrize("row", ['"A fox,1\nAn owl,2', '"A "fox"",1', f'"{"a" * 140_000}",1'])
def test_wrong_quotes_stop_everything(stopped, row):
    """Where the next row begins is not known."""
    reason = stopped("a.csv", f"prompt,seed\nA hen,1\n{row}\nA cat,3\n")
    assert reason.startswith("The row that begins on line 3 cannot be read: ")
    assert reason.endswith(
        'A cell in quotes ends with a quote, and holds "" for each quote of its own.'
    )
