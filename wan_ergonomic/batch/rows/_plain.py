"""Plain text: a prompt a line. Blank lines, and those that begin with #, are passed over."""

from __future__ import annotations

from collections.abc import Iterator

from ._fields import make_row
from ._row import BadRow, Row
from ._source import Text


def read_plain(text: Text) -> Iterator[Row | BadRow]:
    """Yield a row for each prompt.

    Raises:
        ConfigurationError: A line is too long, or not UTF-8.
    """
    for number, line in text.lines():
        if line.strip() and not line.startswith("#"):
            yield make_row({"prompt": line}, number)
