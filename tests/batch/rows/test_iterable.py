"""Rows from Python: texts, mappings, Rows, generators, and data frames."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count, islice
from typing import Any

import pytest

from tests.batch.rows.made import made as listed
from wan_ergonomic import ConfigurationError
from wan_ergonomic.batch.rows import BadRow, Row, expand, matrix_of, rows_of


class Absent:
    """As pandas.NA: a comparison gives no boolean."""

    def __eq__(self, other: object) -> Any:
        return self

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise TypeError


class Several(list[int]):
    """As an array of numpy: a comparison gives one boolean for each element."""

    __hash__ = None

    def __ne__(self, other: object) -> Any:
        return Unclear()


class Unclear:
    """As an array of booleans."""

    def __bool__(self) -> bool:
        raise ValueError


@dataclass
class Scalar:
    """As a scalar of numpy."""

    value: Any

    def item(self) -> Any:
        """Return the value of Python."""
        return self.value


@dataclass
class Pandas:
    """As a DataFrame of pandas."""

    columns: list[Any]
    cells: list[tuple[Any, ...]]

    def itertuples(self, *, index: bool, name: str | None) -> Any:
        """Return the rows as plain tuples."""
        assert (index, name) == (False, None)
        return iter(self.cells)


@dataclass
class Polars:
    """As a DataFrame of polars."""

    columns: list[Any]
    cells: list[tuple[Any, ...]]

    def iter_rows(self) -> Any:
        """Return the rows as tuples."""
        return iter(self.cells)


def test_elements_are_prompts_mappings_and_rows():
    """Each with its number, unless it has a line; what is bad stays bad."""
    kept = Row("A hen", options={"seed": 1}, variables={"seeds": 1}, line=40)
    elements = [
        "A fox",
        {"Prompt": "An owl", "seed": 7, "animal": "owl", "options": {"resolution": "480p"}},
        kept,
        Row(" A cat ", options={"resolution": "480p"}, name="cat"),
        BadRow(41, "It is bad."),
        Row("A dog", options={"seed": "x"}),
        " ",
        5,
        None,
        {"seed": 1},
    ]
    assert [*rows_of(elements)] == [
        Row("A fox", line=1),
        Row(
            "An owl",
            options={"seed": 7, "resolution": "480P"},
            variables={"animal": "owl"},
            line=2,
        ),
        kept,
        Row("A cat", options={"resolution": "480P"}, name="cat", line=4),
        BadRow(41, "It is bad."),
        BadRow(6, "seed must be a whole number, not 'x'."),
        BadRow(7, "The prompt is empty."),
        BadRow(8, "The prompt must be text, not 5."),
        BadRow(9, "There is no prompt."),
        BadRow(10, "There is no prompt."),
    ]


def test_a_generator_is_read_one_element_at_a_time():
    """It may have no end."""
    rows = rows_of(f"Fox {number}" for number in count(1))
    assert [row.prompt for row in listed(islice(rows, 3))] == ["Fox 1", "Fox 2", "Fox 3"]


def test_rows_of_a_matrix_stay_as_they_are():
    """Also with an axis that would be taken for a mistake in a list."""
    matrix = matrix_of({"prompt": "{speed}", "axes": {"speed": ["slow", "fast"]}})
    assert [*rows_of(expand(matrix))] == [*expand(matrix)]


@pytest.mark.parametrize("source", ["A fox", b"A fox", {"prompt": "A fox"}, 5, None])
def test_other_things_are_an_error_at_once(source):
    """A text would be a row for each of its letters."""
    with pytest.raises(ConfigurationError, match=f"not from {type(source).__name__}. A file is"):
        rows_of(source)


def test_values_of_other_libraries_become_those_of_python():
    """Absent ones are unset; a date is its text; JSON has no infinity."""
    row = {
        "prompt": Scalar("A fox"),
        "seed": Scalar(7),
        "watermark": Scalar(value=True),
        "resolution": math.nan,
        "aspect_ratio": Absent(),
        "day": date(2026, 11, 29),
        "at": Scalar(datetime(2026, 11, 29, 12)),
        "values": (Scalar(1), [math.nan], {2: Scalar(3)}),
        "several": Several([1, 2]),
        "absent": Absent(),
    }
    (made,) = rows_of([row])
    assert made == Row(
        "A fox",
        options={"seed": 7, "watermark": True},
        variables={
            "day": "2026-11-29",
            "at": "2026-11-29T12:00:00",
            "values": [1, [None], {"2": 3}],
            "several": [1, 2],
            "absent": None,
        },
        line=1,
    )
    assert (type(made.options["seed"]), type(made.prompt)) == (int, str)
    assert [*rows_of([{"prompt": "A fox", "x": math.inf}])] == [
        BadRow(1, "x is inf, which JSON does not have.")
    ]


@pytest.mark.parametrize("frame", [Pandas, Polars])
def test_a_frame_has_a_prompt_column(frame):
    """A column of whole numbers with empty cells holds floats in pandas."""
    cells = [("A fox", 7.0, "fox", 0.5), ("An owl", math.nan, None, 1.0), (None, 1, "hen", 2.0)]
    assert [*rows_of(frame(["Prompt", "seed", "animal", 5], cells))] == [
        Row("A fox", options={"seed": 7}, variables={"animal": "fox", "5": 0.5}, line=1),
        Row("An owl", variables={"animal": None, "5": 1.0}, line=2),
        BadRow(3, "There is no prompt."),
    ]
    (bad,) = rows_of(frame(["prompt", "seed"], [("A fox", 7.5)]))
    assert bad == BadRow(1, "seed must be a whole number, not 7.5.")


@pytest.mark.parametrize("frame", [Pandas, Polars])
@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        (["text"], "There is no column 'prompt' among text. Nothing"),
        (["prompts"], "There is no column 'prompt' among prompts. Rename 'prompts' if that is"),
        (["prompt", "seed", "Seed"], "Two columns are called 'seed'. Rename or remove one."),
    ],
)
def test_a_frame_with_wrong_columns_is_an_error_at_once(frame, columns, reason):
    """It would be wrong in every row."""
    with pytest.raises(ConfigurationError) as caught:
        rows_of(frame(columns, []))
    assert str(caught.value).startswith(f"The data frame: {reason}")


def test_what_has_columns_but_no_rows_is_no_frame():
    """A list may have any attribute."""

    class Listed(list[str]):
        columns = ("prompt",)

    assert [*rows_of(Listed(["A fox"]))] == [Row("A fox", line=1)]


TABLE = {
    "prompt": ["A fox", "An owl", None],
    "seed": [7, None, 8],
    "watermark": [True, False, True],
    "animal": ["fox", None, "hen"],
    "weight": [6.5, None, 2.0],
    "day": [date(2026, 11, 29)] * 3,
}
ROWS = [
    Row(
        "A fox",
        options={"seed": 7, "watermark": True},
        variables={"animal": "fox", "weight": 6.5, "day": "2026-11-29"},
        line=1,
    ),
    Row(
        "An owl",
        options={"watermark": False},
        variables={"animal": None, "weight": None, "day": "2026-11-29"},
        line=2,
    ),
    BadRow(3, "There is no prompt."),
]


def test_frames_of_polars():
    """And a column of prompts on its own."""
    polars = pytest.importorskip("polars")
    assert [*rows_of(polars.DataFrame(TABLE))] == ROWS
    assert [*rows_of(polars.Series(["A fox"]))] == [Row("A fox", line=1)]
    with pytest.raises(ConfigurationError, match="not from LazyFrame"):
        rows_of(polars.LazyFrame(TABLE))


def test_frames_of_pandas():
    """With columns as they are made by default, of types that may be absent, and of objects."""
    pandas = pytest.importorskip("pandas")
    for frame in (
        pandas.DataFrame(TABLE),
        pandas.DataFrame(TABLE).convert_dtypes(),
        pandas.DataFrame(TABLE, dtype=object),
        pandas.DataFrame(TABLE, index=[5, 3, 4]),
    ):
        assert [*rows_of(frame)] == ROWS
    assert [*rows_of(pandas.Series(["A fox", None]))] == [
        Row("A fox", line=1),
        BadRow(2, "There is no prompt."),
    ]
    moment = pandas.DataFrame({"prompt": ["A"], "at": [pandas.Timestamp("2026-11-29")]})
    assert listed(rows_of(moment))[0].variables == {"at": "2026-11-29T00:00:00"}


def test_values_of_numpy():
    """Scalars, texts and arrays."""
    numpy = pytest.importorskip("numpy")
    row = {"prompt": numpy.str_("A fox"), "seed": numpy.int64(7), "watermark": numpy.True_}
    (made,) = rows_of([{**row, "x": numpy.float64("nan"), "y": numpy.float32(0.5)}])
    assert made == Row(
        "A fox", options={"seed": 7, "watermark": True}, variables={"x": None, "y": 0.5}, line=1
    )
    assert {type(value) for value in made.options.values()} == {int, bool}
    assert [*rows_of(numpy.array(["A fox"]))] == [Row("A fox", line=1)]
