"""Parses JSON values, and notes what JSON forbids or leaves open: NaN, and a key twice."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any


class JsonParser:
    """Parses one value after another.

    Attributes:
        problem: What is wrong with the last value, though its end is known; empty if nothing is.
    """

    def __init__(self) -> None:
        self.problem = ""
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._as_object,
            parse_constant=self._constant,
            parse_float=self._float,
            parse_int=self._int,
        )

    def parse(self, text: str, start: int = 0) -> tuple[Any, int]:
        """Return the value that begins at ``start``, and where it ends.

        Raises:
            json.JSONDecodeError: There is none, or it is not complete.
        """
        self.problem = ""
        try:
            return self._decoder.raw_decode(text, start)
        except RecursionError as error:
            raise json.JSONDecodeError("Nested too deeply", text, start) from error

    def _as_object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in pairs:
            if key in made:
                self.problem = f"The key {key!r} stands twice in one object."
            made[key] = value
        return made

    def _constant(self, name: str) -> None:
        self.problem = f"It holds {name}, which is not JSON. Leave the key out, or write null."

    def _float(self, digits: str) -> float:
        number = float(digits)
        if not isfinite(number):
            self.problem = f"It holds the number {digits:.30}, which is too large."
        return number

    def _int(self, digits: str) -> int:
        # Python refuses to convert very many digits.
        if len(digits) > 1000:
            self.problem = f"It holds a number of {len(digits)} digits, which is too large."
            return 0
        return int(digits)
