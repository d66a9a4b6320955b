r"""CSV and TSV: a header row with a ``prompt`` column, then a row for each prompt.

The delimiter of a CSV file may also be a semicolon or a tab, as spreadsheets write it in
some countries. Spaces around a cell do not count; line ends within quotes become ``\n``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from wan_ergonomic._spec import Schema, types

from ._fields import canonical, make_row, no_prompt, option_schemas, stop, twice, why_no_variable
from ._row import BadRow, Row
from ._source import Text

_DELIMITERS = ",;\t"
# Characters of a first line within which a delimiter is searched.
_HEADER = 10_000
_BOOLEANS: Mapping[str, bool] = {"true": True, "false": False}
# Some programs write whole numbers in a column with empty cells as 7.0.
_WHOLE = re.compile(r"([-+]?\d{1,20})(?:\.0+)?", re.ASCII)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)


def delimiter_of(header: str) -> str | None:
    """Return the delimiter of a header row with a ``prompt`` column; None if it is no such row."""
    for delimiter in _DELIMITERS:
        cells = next(csv.reader([header[:_HEADER]], delimiter=delimiter), [])
        if "prompt" in map(canonical, cells):
            return delimiter
    return None


def read_csv(text: Text, delimiter: str | None = None) -> Iterator[Row | BadRow]:
    """Yield a row for each row below the header; rows of empty cells are passed over.

    Args:
        text: The text.
        delimiter: What separates cells; None if the header shows it.

    Raises:
        ConfigurationError: There is no ``prompt`` column, a column's name is a mistake or stands
            twice, a quote is not closed, or a line is too long, or not UTF-8.
    """
    records = _records(text, delimiter)
    _, header = next(records, (0, []))
    columns = _columns(text.where, header) if header else []
    for line, cells in records:
        yield _row(columns, cells, line)


def _records(text: Text, delimiter: str | None) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row that is not empty, and the line that it begins on."""
    lines = (line for _, line in text.lines())
    begin = []
    for line in lines:
        begin.append(line)
        if line.strip():
            break
    delimiter = delimiter or delimiter_of("".join(begin[-1:])) or _DELIMITERS[0]
    reader = csv.reader(chain(begin, lines), delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            # Where the next row begins is not known, so none can be read.
            raise stop(
                text.where,
                f"The row that begins on line {number} cannot be read: {error}. A cell in quotes "
                'ends with a quote, and holds "" for each quote of its own.',
            ) from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield number, cells


def _columns(where: str, header: Sequence[str]) -> list[str]:
    """Return what each column stands for; "" for one without a name."""
    columns = [canonical(cell) for cell in header]
    named = [name for name in columns if name]
    if again := twice(named):
        raise stop(where, f"Two columns are called {again!r}. Rename or remove one.")
    if "prompt" not in named:
        raise stop(
            where,
            f"{no_prompt(named)} The first row that is not blank names the columns.",
        )
    if reason := next(filter(None, map(why_no_variable, set(named) - _known())), None):
        raise stop(where, reason)
    return columns


def _known() -> set[str]:
    return {"prompt", "name", "options", *option_schemas()}


def _row(columns: Sequence[str], cells: Sequence[str], line: int) -> Row | BadRow:
    extra = [cell for cell in cells[len(columns) :] if cell.strip()]
    if extra:
        return BadRow(
            line,
            f"It has {len(cells)} cells, but there are {len(columns)} columns. "
            "Text that holds the delimiter stands in quotes.",
        )
    schemas = option_schemas()
    fields: dict[str, Any] = dict.fromkeys(filter(None, columns))
    for number, (name, cell) in enumerate(zip(columns, cells, strict=False), 1):
        value = _value(cell.strip(), schemas.get(name))
        if value is not None and not name:
            return BadRow(line, f"It has a value in column {number}, which has no name.")
        if name:
            fields[name] = value
    return make_row(fields, line)


def _value(cell: str, schema: Schema | None) -> Any:
    """Return what a cell stands for, by the types that its option takes; None if it is empty."""
    kinds = types(schema or {})
    if not cell or not kinds or "string" in kinds:
        return cell or None
    if "boolean" in kinds and cell.lower() in _BOOLEANS:
        return _BOOLEANS[cell.lower()]
    if "integer" in kinds and (whole := _WHOLE.fullmatch(cell)):
        return int(whole[1])
    return float(cell) if "number" in kinds and _NUMBER.fullmatch(cell) else cell
