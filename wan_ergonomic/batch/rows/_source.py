"""Opens a list and reads its text piece by piece, so that none is held in memory as a whole.

Bytes that are not UTF-8 are decoded as surrogates, which UTF-8 itself never holds, so that
the line with the first of them can be named.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ._fields import stop

# What stands for standard input.
STDIN = "-"

# Some editors on Windows begin a file with a byte-order mark.
_ENCODING, _ERRORS = "utf-8-sig", "surrogateescape"
# Characters read at once, of a line at most.
_PIECE = 2**16
# Characters of a line. No prompt has so many: it is another kind of file.
_LONGEST = 10**6
# A null character is a sign of UTF-16.
_NO_TEXT = re.compile("[\udc80-\udcff\0]")
# Spreadsheets are ZIP files.
_ZIP = "PK\3\4"


@dataclass(frozen=True, slots=True)
class Text:
    r"""The text of an open list.

    Attributes:
        where: What the list is called in messages.
        pieces: Its text, in pieces that end at the end of a line or before. Line ends are ``\n``.
    """

    where: str
    pieces: Iterator[str]

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield each line with its number, from 1, and with its line end.

        Raises:
            ConfigurationError: A line is too long, or not UTF-8.
        """
        number, held = 1, ""
        for piece in self.pieces:
            held += piece
            if len(held) > _LONGEST:
                raise stop(
                    self.where, f"Line {number} is longer than {_LONGEST:,} characters: no prompt."
                )
            if held.endswith("\n"):
                yield number, held
                number, held = number + 1, ""
        if held:
            yield number, held


@contextmanager
def open_text(source: str | os.PathLike[str]) -> Iterator[Text]:
    """Open a file, or standard input for ``-``; closes the file at the end.

    Raises:
        ConfigurationError: There is no such file, it is a folder, or it cannot be read.
    """
    if source == STDIN:
        decoded = io.TextIOWrapper(sys.stdin.buffer, _ENCODING, _ERRORS)
        try:
            yield Text("Standard input", _pieces("Standard input", decoded))
        finally:
            # Closing it would close standard input.
            decoded.detach()
        return
    with _open_file(Path(source)) as file:
        yield Text(str(source), _pieces(str(source), file))


def _open_file(path: Path) -> TextIO:
    try:
        if path.is_dir():
            raise stop(str(path), "It is a folder. Name a file in it.")
        return path.open(encoding=_ENCODING, errors=_ERRORS)
    except FileNotFoundError as error:
        raise stop(str(path), "There is no such file.") from error
    except (OSError, ValueError) as error:
        raise _unreadable(str(path), error) from error


def _pieces(where: str, file: TextIO) -> Iterator[str]:
    number = 1
    try:
        while piece := file.readline(_PIECE):
            if number == 1 and piece.startswith(_ZIP):
                raise stop(where, "It is a spreadsheet, or another ZIP file. Save it as CSV.")
            if _NO_TEXT.search(piece):
                raise stop(where, f"Line {number} is not UTF-8 text. Save the file as UTF-8.")
            yield piece
            number += piece.endswith("\n")
    except OSError as error:
        raise _unreadable(where, error) from error


def _unreadable(where: str, error: Exception) -> Exception:
    return stop(where, f"It cannot be read: {getattr(error, 'strerror', None) or error}.")
