"""Reading what was written gives the same rows, in each format."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.batch.rows.made import made
from wan_ergonomic.batch.rows import Row, read_rows, rows_of

# What a text file cannot hold: other line ends are read as \n, and null is a sign of UTF-16.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=40)
CELLS = TEXT.map(str.strip)
WORDS = CELLS.filter(bool)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "seed": st.integers(0, 2**31 - 1),
        "watermark": st.booleans(),
        "resolution": st.sampled_from(["480P", "1080P"]),
        "negative_prompt": WORDS,
    },
)
NAMES = st.none() | WORDS
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)


def rows(texts, values):
    """Return a strategy of lists of rows that have the same variables."""
    made = st.builds(
        Row,
        texts,
        options=OPTIONS,
        name=NAMES,
        variables=st.fixed_dictionaries({"animal": values, "place é": values}),
    )
    return st.lists(made, min_size=1, max_size=5)


def read(text, form):
    """Return the rows of a text, without their lines."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "list")
        path.write_bytes(text.encode())
        return [
            Row(row.prompt, options=row.options, name=row.name, variables=row.variables)
            for row in made(read_rows(path, form))
        ]


def as_object(row):
    """Return a row as an object of JSON."""
    return {"prompt": row.prompt, "name": row.name, **row.options, **row.variables}


@given(rows(WORDS, SCALARS | TEXT | st.lists(SCALARS)), st.booleans())
def test_json_lines(written, ascii_only):
    """With any value of JSON."""
    lines = [json.dumps(as_object(row), ensure_ascii=ascii_only) for row in written]
    assert read("\n".join(lines), "jsonl") == written


@given(rows(WORDS, SCALARS | TEXT), st.sampled_from([None, 1, "\t"]))
def test_json_arrays(written, indent):
    """However it is laid out."""
    assert read(json.dumps([*map(as_object, written)], indent=indent), "json") == written


@pytest.mark.parametrize("form", ["csv", "tsv"])
@given(
    written=rows(WORDS, CELLS.map(lambda text: text or None)),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_csv(form, written, quoting, end):
    """With quotes, delimiters and line ends within cells."""
    columns = ["prompt", "name", "seed", "watermark", "resolution", "negative_prompt"]
    columns += ["animal", "place é"]
    file = io.StringIO(newline="")
    delimiter = "\t" if form == "tsv" else ","
    writer = csv.DictWriter(file, columns, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writeheader()
    writer.writerows(map(as_object, written))
    assert read(file.getvalue(), form) == written


@given(st.lists(WORDS.filter(lambda text: "\n" not in text), min_size=1), st.sampled_from("\r\n"))
def test_plain_text(prompts, end):
    """A prompt a line, but those that begin with #."""
    assume(any(not prompt.startswith("#") for prompt in prompts))
    kept = [Row(prompt) for prompt in prompts if not prompt.startswith("#")]
    assert read(end.join(prompts), "text") == kept


@given(rows(WORDS, SCALARS | TEXT))
def test_python(written):
    """Mappings, and the rows themselves."""
    numbered = [row.line for row in rows_of(written)]
    assert numbered == [*range(1, len(written) + 1)]
    again = [
        Row(r.prompt, options=r.options, name=r.name, variables=r.variables)
        for r in made(rows_of(map(as_object, written)))
    ]
    assert again == written
