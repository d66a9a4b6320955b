"""Reads a list of prompts from a file or standard input, row by row."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain

from ._csv import read_csv
from ._fields import stop
from ._formats import check_format, format_by_suffix, with_format
from ._json_lists import read_json, read_json_lines
from ._matrix import Matrix, expand
from ._plain import read_plain
from ._row import BadRow, Row
from ._source import Text, open_text
from ._tables import MATRICES, matrix_in

# Readers of each format.
_READERS: Mapping[str, Callable[[Text], Iterator[Row | BadRow]]] = {
    "csv": read_csv,
    "json": read_json,
    "jsonl": read_json_lines,
    "text": read_plain,
    "toml": lambda text: expand(matrix_in(text, "toml")),
    "tsv": lambda text: read_csv(text, "\t"),
    "yaml": lambda text: expand(matrix_in(text, "yaml")),
}


def read_rows(source: str | os.PathLike[str], form: str | None = None) -> Iterator[Row | BadRow]:
    """Yield the rows of a list, those that cannot be sent as BadRow.

    Nothing is opened before the first row is asked for. No more than one row of a file is held in
    memory, or some elements of a JSON array; a matrix is read as a whole, and expanded row by row.

    Args:
        source: A file's path, or ``-`` for standard input.
        form: The format, one of ``FORMATS``; None if the suffix of the path decides it, or else the
            first line.

    Raises:
        ConfigurationError: The file cannot be read, or not beyond some line, or has no rows.
    """
    with _opened(source, form) as (text, found):
        rows = _READERS[found](text)
        first = next(rows, None)
        if first is None:
            raise stop(text.where, "It holds no prompts.")
        yield from chain([first], rows)


def read_matrix(source: str | os.PathLike[str], form: str | None = None) -> Matrix:
    """Return the matrix of a TOML or YAML file, for ``count_of`` and ``expand``.

    Args:
        source: As that of ``read_rows``.
        form: ``toml`` or ``yaml``; None if the suffix or the first line decides it.

    Raises:
        ConfigurationError: The file cannot be read, or is no matrix.
    """
    with _opened(source, form) as (text, found):
        if found not in MATRICES:
            raise stop(text.where, f"It is no matrix, but a list in the format {found}.")
        return matrix_in(text, found)


def is_matrix(source: str | os.PathLike[str], form: str | None = None) -> bool:
    """Whether a file's format, as given or by its suffix, is that of a matrix.

    Raises:
        ConfigurationError: There is no such format.
    """
    return _format(source, form) in MATRICES


def _format(source: str | os.PathLike[str], form: str | None) -> str | None:
    return check_format(form) if form else format_by_suffix(os.fspath(source))


@contextmanager
def _opened(source: str | os.PathLike[str], form: str | None) -> Iterator[tuple[Text, str]]:
    found = _format(source, form)
    with open_text(source) as text:
        yield (text, found) if found else with_format(text)
