"""Rows from any iterable of Python: texts, mappings, Rows, and the rows of a data frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from wan_ergonomic._errors import ConfigurationError
from wan_ergonomic._spec import types

from ._cells import plain
from ._fields import canonical, make_row, no_prompt, option_schemas, stop, twice
from ._row import BadRow, Row


def rows_of(source: Iterable[Any]) -> Iterator[Row | BadRow]:
    """Return a row for each element, one at a time, those that cannot be sent as BadRow.

    An element is a prompt, a mapping as the objects of JSON lines are, or a Row, whose options are
    checked again, and which keeps its line. A BadRow stays as it is. A data frame of pandas or
    polars has a ``prompt`` column; its cells of NaN or None are unset.

    Args:
        source: Any iterable, such as a generator, or a frame.

    Raises:
        ConfigurationError: It is no such iterable, or a frame without a ``prompt`` column. Raised
            by the call, not by the iterator.
    """
    elements = _frame_rows(source)
    if elements is None:
        if isinstance(source, str | bytes | Mapping) or not isinstance(source, Iterable):
            raise ConfigurationError(
                "Rows are made from an iterable of prompts, such as a list, or from a data frame, "
                f"not from {type(source).__name__}. A file is read with read_rows. "
                "Nothing was sent."
            )
        elements = source
    return (_row(element, number) for number, element in enumerate(elements, 1))


def _row(element: Any, number: int) -> Row | BadRow:
    if isinstance(element, BadRow):
        return element
    if isinstance(element, Row):
        own = {"prompt": element.prompt, "name": element.name, "options": element.options}
        made = make_row(own, element.line or number)
        # What a Row has as variables is meant as such, whatever it is called.
        return replace(made, variables=element.variables) if isinstance(made, Row) else made
    if isinstance(element, Mapping):
        return make_row(plain(element), number)
    return make_row({"prompt": plain(element)}, number)


def _frame_rows(source: Any) -> Iterable[Any] | None:
    """Return the rows of a data frame as mappings; None if it is none.

    Those of pandas and polars are told by their methods, without importing either.
    """
    by_tuples, by_rows = (getattr(source, name, None) for name in ("itertuples", "iter_rows"))
    if not (callable(by_tuples) or callable(by_rows)) or not hasattr(source, "columns"):
        return None
    columns = _columns([str(name) for name in source.columns])
    rows = by_tuples(index=False, name=None) if callable(by_tuples) else source.iter_rows()
    whole = {name for name, schema in option_schemas().items() if "integer" in types(schema)}
    return (_mapping(columns, row, whole) for row in rows)


def _columns(names: list[str]) -> list[str]:
    columns = [canonical(name) for name in names]
    if "prompt" not in columns:
        raise stop("The data frame", no_prompt(columns))
    if again := twice(columns):
        raise stop("The data frame", f"Two columns are called {again!r}. Rename or remove one.")
    return columns


def _mapping(columns: list[str], row: Iterable[Any], whole: set[str]) -> dict[str, Any]:
    cells = dict(zip(columns, map(plain, row), strict=True))
    # pandas holds a column of whole numbers and empty cells as floats.
    for name in whole & cells.keys():
        if isinstance(value := cells[name], float) and value.is_integer():
            cells[name] = int(value)
    return cells
