"""Matrices: what they hold, how they are expanded, and how many rows they have."""

from __future__ import annotations

import random
import subprocess
import sys
from itertools import islice

import pytest

from tests.batch.rows.made import made
from wan_ergonomic import ConfigurationError
from wan_ergonomic.batch.rows import (
    BadRow,
    Row,
    count_of,
    expand,
    matrix_of,
    read_matrix,
)

TOML = """
prompt = "a {animal} in {{the}} {place}, {aspect_ratio}"
name = "{animal} {seed}"
resolution = "480p"
seeds = "1..2"
exclude = [{ animal = "owl", place = "sea" }, { seed = 2, aspect_ratio = "9:16" }]
options.watermark = false

[axes]
animal = ["fox", "owl"]
place = ["snow", "sea"]
Aspect-Ratio = ["16:9", "9:16"]
"""
YAML = """
prompt: a {animal} in {{the}} {place}, {aspect_ratio}
name: "{animal} {seed}"
resolution: 480p
negative_prompt:
seeds: [1, 2]
exclude:
  - {animal: owl, place: sea}
  - {seed: 2, aspect_ratio: 9:16}
options: {watermark: false}
axes:
  animal: [fox, owl]
  place: [snow, sea]
  aspect_ratio: [16:9, 9:16]
"""


@pytest.mark.parametrize(("name", "text"), [("a.toml", TOML), ("a.yaml", YAML)])
def test_each_combination_that_is_not_excluded_is_a_row(read, name, text):
    """The last axis varies fastest, and seeds are the last; lines are numbers."""
    rows = read(name, text)
    combinations = [
        (animal, place, ratio, seed)
        for animal in ("fox", "owl")
        for place in ("snow", "sea")
        for ratio in ("16:9", "9:16")
        for seed in (1, 2)
        if (animal, place) != ("owl", "sea") and (seed, ratio) != (2, "9:16")
    ]
    assert rows == [
        Row(
            f"a {animal} in {{the}} {place}, {ratio}",
            name=f"{animal} {seed}",
            options={
                "resolution": "480P",
                "watermark": False,
                "aspect_ratio": ratio,
                "seed": seed,
            },
            variables={"animal": animal, "place": place},
            line=number,
        )
        for number, (animal, place, ratio, seed) in enumerate(combinations, 1)
    ]


def test_a_matrix_can_be_read_and_counted_without_its_rows(tmp_path):
    """By suffix, by first line, or as a mapping of Python."""
    (tmp_path / "a.toml").write_text(TOML)
    (tmp_path / "a").write_text(TOML)
    for matrix in (
        read_matrix(tmp_path / "a.toml"),
        read_matrix(tmp_path / "a"),
        read_matrix(tmp_path / "a", "toml"),
    ):
        assert count_of(matrix) == 9
    assert [*expand(matrix_of({"prompt": "A fox"}))] == [Row("A fox", line=1)]


def test_a_list_is_no_matrix(tmp_path):
    """It can be read with read_rows."""
    (tmp_path / "a.csv").write_text("prompt\nA fox\n")
    with pytest.raises(ConfigurationError, match="It is no matrix, but a list in the format csv"):
        read_matrix(tmp_path / "a.csv")


@pytest.mark.parametrize("seed", range(30))
def test_the_count_is_right_whatever_is_excluded(seed):
    """A combination that two exclusions name counts once."""
    chance = random.Random(seed)
    axes = {name: [*range(chance.randint(1, 4))] for name in "abc"}
    exclude = [
        {name: chance.choice(axes[name]) for name in chance.sample("abc", chance.randint(1, 3))}
        for _ in range(chance.randint(0, 4))
    ]
    table = {"prompt": "{a} {b} {c}", "axes": axes, "exclude": exclude, "count": 3}
    try:
        matrix = matrix_of(table)
    except ConfigurationError as error:
        assert "leave no row" in str(error)  # noqa: PT017 - it depends on the seed
        return
    assert count_of(matrix) == len([*expand(matrix)])


def test_a_huge_matrix_is_counted_and_expanded_lazily():
    """Nothing of its size is held in memory."""
    axes = {name: [*range(1000)] for name in "abcd"}
    table = {"prompt": "{a} {b} {c} {d}", "seeds": "0..2000000000", "axes": axes}
    matrix = matrix_of({**table, "exclude": [{"a": 0}, {"seed": 7, "b": 1}]})
    assert count_of(matrix) == 999 * 1000**2 * (1000 * 2_000_000_001 - 1)
    assert [row.options for row in made(islice(expand(matrix), 2))] == [{"seed": 0}, {"seed": 1}]


def test_a_count_repeats_each_combination():
    """Each time without a fixed seed."""
    table = {"prompt": "{a}", "axes": {"a": ["x", "y"]}, "count": 2}
    rows = made(expand(matrix_of(table)))
    assert [(row.prompt, row.options, row.line) for row in rows] == [
        ("x", {}, 1),
        ("x", {}, 2),
        ("y", {}, 3),
        ("y", {}, 4),
    ]
    assert {row.name for row in rows} == {None}


def test_values_stand_in_the_prompt_as_in_the_file():
    """Numbers and booleans too; a width pads whole numbers only."""
    table = {"prompt": "{a:03} {b}", "axes": {"a": [7, "x", 0.5], "b": [True, "é"]}}
    prompts = [row.prompt for row in made(expand(matrix_of(table)))]
    assert prompts == ["007 true", "007 é", "x true", "x é", "0.5 true", "0.5 é"]


def test_an_empty_value_may_leave_an_empty_prompt():
    """That row is bad, the others are not; a name that is empty is none."""
    table = {"prompt": "{a}", "name": "{a}", "axes": {"a": ["", "x"]}}
    assert [*expand(matrix_of(table))] == [
        BadRow(1, "The prompt is empty."),
        Row("x", name="x", variables={"a": "x"}, line=2),
    ]
    table = {"prompt": "b", "name": "{a}", "axes": {"a": [""]}}
    assert [row.name for row in made(expand(matrix_of(table)))] == [None]


AXES = {"axes": {"animal": ["fox", "owl"], "resolution": ["480P", "1080P"]}}
MISTAKES = [
    ({}, "It has no prompt, such as prompt ="),
    ({"prompt": 1}, "prompt must be text, not 1."),
    ({"prompt": " "}, "prompt must be text, not ' '."),
    ({"name": []}, "name must be text, not []."),
    ({"prompt": "{animal} {plaace}"}, "prompt has the field {plaace}, but there is no axis or"),
    ({"prompt": "{anmal}"}, "Did you mean 'animal'? There are animal, resolution. Literal braces"),
    ({"prompt": "{x}", "axes": {}}, "There are no axes."),
    ({"name": "{seed}"}, "name has the field {seed}, but there is no axis"),
    (
        {"prompt": "{animal"},
        "prompt cannot be used: it has a { alone; a literal one is written {{.",
    ),
    (
        {"prompt": "animal}"},
        "prompt cannot be used: it has a } alone; a literal one is written }}.",
    ),
    ({"prompt": "{ }"}, "prompt cannot be used: it has a field without a name; literal braces are"),
    (
        {"prompt": "{animal:>9}"},
        "the field animal has '>9' for its width, which is digits like 04.",
    ),
    ({"prompt": "{animal:999}"}, "the field animal has '999' for its width"),
    ({"prompt": "A fox"}, "The axis animal is used nowhere, so each of its values would pay for"),
    ({"axes": []}, "axes must be a table of names and values, not []."),
    ({"options": 1}, "options must be a table of names and values, not 1."),
    ({"axes": {"animal": []}}, "The axis animal is empty. Remove it, or list its values."),
    ({"axes": {"animal": "fox"}}, "The axis animal must be a list, not 'fox'."),
    ({"axes": {"animal": [["fox"]]}}, "The axis animal holds ['fox']; a value is text, a number,"),
    ({"axes": {"animal": [None]}}, "The axis animal holds None; a value is text, a number,"),
    ({"axes": {"animal": [float("nan")]}}, "The axis animal holds nan; a value is text, a number,"),
    ({"axes": {"animal": ["fox", "fox"]}}, "The axis animal has 'fox' twice, which would be paid"),
    ({"axes": {"animal": ["1", 1]}}, "The axis animal has '1' twice"),
    ({"axes": {"animal": [1, True]}}, "The axis animal has True twice"),
    ({"axes": {"animal": ["", ""]}}, "The axis animal has '' twice"),
    ({"axes": {"animal": ["a"], "resolution": ["480p", "480P"]}}, "The axis resolution has '480P'"),
    ({"axes": {"animal": ["a"], "resolution": ["720P"]}}, "resolution cannot be '720P'."),
    ({"axes": {"animal": ["a"], "aspect_ratio": [1], "aspect-ratio": [2]}}, "aspect_ratio is set"),
    ({"axes": {"animal": ["a"], "resolutoin": ["480P"]}}, "Did you mean 'resolution'? Write"),
    ({"axes": {"animal": ["a"], "Prompt": ["x"]}}, "An axis cannot be called 'prompt'. Choose"),
    ({"axes": {"animal": ["a"], "n": [1]}}, "An axis cannot be called 'n'. Choose another name."),
    ({"axes": {"animal": ["a"], " ": [1]}}, "An axis cannot be called ''. Choose another name."),
    ({"resolution": "480P"}, "resolution is set twice: as an axis and as an option."),
    ({"seed": 1, "options": {"Seed": 2}}, "seed is set twice: at the top and under [options]."),
    ({"aspect_ratio": ["1:1"]}, "aspect_ratio is a list. Values to combine stand under [axes]."),
    ({"options": {"seed": "x"}}, "seed must be a whole number, not 'x'."),
    ({"options": {"mood": "x"}}, "There is no option 'mood'."),
    (
        {"place": ["sea"]},
        "It sets 'place', which does not exist. A variable is an axis, under [axes",
    ),
    ({"axis": {}}, "It sets 'axis', which does not exist. Did you mean 'axes'? A variable is"),
    ({"duration": 10}, "It sets 'duration', which does not exist: every video of this model is"),
    ({"seeds": 4}, 'seeds must be a list such as [1, 2] or a range such as "1..4", not 4.'),
    ({"seeds": "1-4"}, "seeds must be a list such as [1, 2] or a range such as"),
    ({"seeds": []}, "The axis seed is empty."),
    ({"seeds": ["a"]}, "seed must be a whole number, not 'a'."),
    ({"seeds": "4..1"}, "seeds is 4..1, but the first seed must not be above the last."),
    ({"seeds": [1], "axes": {"seed": [2]}}, "seed is set twice: as seeds and as an axis."),
    ({"seeds": [1], "seed": 1}, "seed is set twice: as an axis and as an option."),
    ({"seeds": [1], "count": 2}, "It has a count and a seed: the rows of one combination would be"),
    ({"seed": 1, "count": 2}, "It has a count and a seed"),
    ({"count": 0}, "count must be a whole number from 1 on, not 0."),
    ({"count": True}, "count must be a whole number from 1 on, not True."),
    ({"count": 1.5}, "count must be a whole number from 1 on, not 1.5."),
    ({"exclude": {"animal": "fox"}}, "exclude must be a list of tables, not {'animal': 'fox'}."),
    ({"exclude": ["fox"]}, "exclude holds 'fox'; it is a list of tables such as { animal ="),
    ({"exclude": [{}]}, "exclude holds {}; it is a list of tables"),
    (
        {"exclude": [{"anmal": "fox"}]},
        "exclude names 'anmal', which is no axis. Did you mean 'anim",
    ),
    (
        {"exclude": [{"animal": "fxo"}]},
        "exclude names the animal 'fxo', which the axis does not ha",
    ),
    ({"exclude": [{"animal": ["fox"]}]}, "exclude names the animal ['fox'], which the axis does"),
    ({"exclude": [{"resolution": "4K"}]}, "resolution cannot be '4K'."),
    ({"exclude": [{"animal": "fox"}, {"animal": "owl"}]}, "Its exclusions leave no row."),
]


@pytest.mark.parametrize(("change", "reason"), MISTAKES)
def test_a_mistake_is_an_error_before_any_row(change, reason):
    """It says what is wrong; the first one, if there are several."""
    table = {"prompt": "a {animal}", **AXES, **change} if change else AXES
    with pytest.raises(ConfigurationError) as caught:
        matrix_of(table, "a.toml")
    assert str(caught.value).startswith("a.toml: ")
    assert reason in str(caught.value)
    assert str(caught.value).endswith("Nothing was sent.")
    assert str(caught.value).count("Nothing was sent") == 1


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        (
            "a.toml",
            "prompt",
            "It is not valid TOML: Expected '=' after a key in a key/value pair (at",
        ),
        ("a.toml", 'a = 1\na = "x"', "It is not valid TOML: Cannot overwrite a value (at end"),
        ("a.toml", "a = " + "[" * 20_000, "It is not valid TOML: "),
        ("a.yaml", "a: [", "It is not valid YAML: while parsing a flow node"),
        (
            "a.yaml",
            "a: 1\nb: {c: 1, c: 2}",
            "It is not valid YAML: a key stands twice in the table",
        ),
        ("a.yaml", "a: !!timestamp 2020-01-01", "It is not valid YAML: could not determine a cons"),
        ("a.yaml", "a: !!bool maybe", "It is not valid YAML: 'maybe'."),
        ("a.yaml", "a: !!int maybe", "It is not valid YAML: invalid literal for int()"),
        ("a.yaml", "a: " + "[" * 500, "It is not valid YAML: "),
        ("a.yaml", "- A fox", "A matrix has keys: a prompt, and axes."),
        ("a.yaml", "", "A matrix has keys: a prompt, and axes."),
        ("a.toml", "", "It has no prompt, such as"),
        ("a.toml", "prompt = '{a}'\naxes.a = [2020-01-01]", "The axis a holds datetime.date(2020"),
    ],
)
def test_a_file_that_is_no_matrix_is_an_error(stopped, name, text, reason):
    """A key that stands twice included."""
    assert stopped(name, text).startswith(reason)


def test_yaml_has_the_types_of_its_version_1_2(read):
    """In version 1.1, 16:9 is a number, no is false, and 07 is 7."""
    text = "prompt: '{a}'\naxes: {a: [16:9, no, 07, 1_0, 2020-01-01, .5, 1e3, 0, true, <<]}"
    variables = [row.variables["a"] for row in read("a.yml", text)]
    assert variables == ["16:9", "no", "07", "1_0", "2020-01-01", 0.5, 1000.0, 0, True, "<<"]


def test_without_pyyaml_the_extra_is_named(stopped, monkeypatch):
    """And a module of our own that is missing is a defect."""
    own = "wan_ergonomic.batch.rows._yaml"
    monkeypatch.delitem(sys.modules, own, raising=False)
    monkeypatch.setitem(sys.modules, "yaml", None)
    reason = "Reading YAML needs: pip install 'wan-ergonomic[batch]'. TOML needs nothing."
    assert stopped("a.yaml", "prompt: A fox") == reason
    monkeypatch.setitem(sys.modules, own, None)
    with pytest.raises(ModuleNotFoundError, match="_yaml"):
        stopped("a.yaml", "prompt: A fox")


def test_toml_needs_no_pyyaml(tmp_path):
    """Nothing that is slow to import is imported before it is needed."""
    (tmp_path / "a.toml").write_text('prompt = "A fox"')
    code = (
        "import sys\n"
        "from wan_ergonomic.batch.rows import read_rows\n"
        "assert not {'yaml', 'tomllib', 'pandas', 'polars', 'numpy', 'httpx'} & {*sys.modules}\n"
        "sys.modules['yaml'] = None\n"
        "print([row.prompt for row in read_rows('a.toml')])"
    )
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout == "['A fox']\n"
