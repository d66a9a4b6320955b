"""JSON lines, and JSON arrays, which are read element by element.

An element is an object or a text, which is a prompt. The keys of an object are
``prompt``, ``name``, options, ``options`` with options in it, and variables.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from ._fields import make_row, stop
from ._json_parser import JsonParser
from ._row import BadRow, Row
from ._source import Text

# Characters of an array that are parsed at once, if no element is longer.
_BUFFER = 2**16
# Characters of one element. No row has so many: it is another kind of file, or broken.
_LONGEST = 10**6
_NO_SPACE = re.compile(r"[^ \t\n]|\Z")


def read_json(text: Text) -> Iterator[Row | BadRow]:
    """Yield a row for each element of an array, or for each line if the text is no array.

    Raises:
        ConfigurationError: The array is not valid JSON, or a line is too long, or not UTF-8.
    """
    begin = []
    for piece in text.pieces:
        begin.append(piece)
        if piece.strip():
            break
    whole = Text(text.where, chain(begin, text.pieces))
    is_array = "".join(begin).lstrip().startswith("[")
    yield from _Array(whole).rows() if is_array else read_json_lines(whole)


def read_json_lines(text: Text) -> Iterator[Row | BadRow]:
    """Yield a row for each line that is not blank.

    Raises:
        ConfigurationError: A line is too long, or not UTF-8.
    """
    parser = JsonParser()
    for number, line in text.lines():
        if line.strip():
            yield _line(parser, line.strip(), number)


def _line(parser: JsonParser, line: str, number: int) -> Row | BadRow:
    try:
        value, end = parser.parse(line)
    except json.JSONDecodeError as error:
        return BadRow(number, f"It is not JSON: {_lower(error.msg)} at character {error.pos + 1}.")
    if end < len(line):
        return BadRow(number, f"It is more than one JSON value: the first ends at character {end}.")
    return _element(value, parser.problem, number)


def _element(value: Any, problem: str, line: int) -> Row | BadRow:
    if problem:
        return BadRow(line, problem)
    if isinstance(value, str):
        return make_row({"prompt": value}, line)
    if not isinstance(value, dict):
        return BadRow(line, f"It is neither an object nor a text: {json.dumps(value):.60}.")
    return make_row(value, line)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


class _Array:
    """Reads an array, of which a part is in memory at a time."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._parser = JsonParser()
        self._buffer = ""
        self._at = 0
        self._line = 1
        self._is_whole = False

    def rows(self) -> Iterator[Row | BadRow]:
        """Yield a row for each element."""
        self._next_character()
        self._advance(self._at + 1)
        if self._next_character() == "]":
            return self._end()
        while True:
            self._next_character()
            line = self._line
            value, problem = self._value()
            yield _element(value, problem, line)
            found = self._next_character()
            if found == "]":
                return self._end()
            if found != ",":
                raise self._broken("a comma or ] is missing")
            self._advance(self._at + 1)

    def _end(self) -> None:
        self._advance(self._at + 1)
        if self._next_character():
            raise self._broken("there is more after the array's end")

    def _value(self) -> tuple[Any, str]:
        """Return the element that begins here, and what is wrong with it; advance to its end."""
        while True:
            try:
                value, end = self._parser.parse(self._buffer, self._at)
            except json.JSONDecodeError as error:
                reason, at = _lower(error.msg), error.pos
            else:
                # At the end of the buffer, the other digits of a number may follow.
                if end < len(self._buffer):
                    self._advance(end)
                    return value, self._parser.problem
                reason, at = "a comma or ] is missing", end
            # What is not valid and what is not complete yet cannot be told apart.
            if len(self._buffer) - self._at > _LONGEST or not self._more():
                raise self._broken(reason, at)

    def _next_character(self) -> str:
        """Advance to the next character that is no space, and return it; "" at the end."""
        while True:
            found = _NO_SPACE.search(self._buffer, self._at)
            self._advance(found.start() if found else self._at)
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def _more(self) -> bool:
        """Read on, twice as far as before if an element is long; return whether there was more."""
        kept = self._buffer[self._at :]
        wanted = max(_BUFFER, len(kept))
        read: list[str] = []
        for piece in self._text.pieces:
            read.append(piece)
            wanted -= len(piece)
            if wanted <= 0:
                break
        if read:
            self._buffer, self._at = "".join([kept, *read]), 0
        return bool(read)

    def _advance(self, to: int) -> None:
        self._line += self._buffer.count("\n", self._at, to)
        self._at = to

    def _broken(self, reason: str, at: int | None = None) -> Exception:
        line = self._line + self._buffer.count("\n", self._at, at or self._at)
        return stop(self._text.where, f"It is not valid JSON: {reason}, on line {line}.")
