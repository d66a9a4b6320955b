"""Text with fields in braces: ``a {animal} in {place}``; ``{{`` and ``}}`` are literal braces."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_PIECE = re.compile(r"(\{\{|\}\}|\{[^{}]*\}|[{}])")
_LITERAL: Mapping[str, str] = {"{{": "{", "}}": "}"}
_WIDTH = re.compile(r"0?[1-9]\d?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a template.

    Attributes:
        name: Its name.
        width: How a whole number is padded: ``04`` makes 0007 of 7. Empty if it is not.
    """

    name: str
    width: str = ""


class Template:
    """Text with fields.

    Attributes:
        parts: Literal texts and fields, in their order.
        names: The names of its fields.
    """

    def __init__(self, text: str) -> None:
        """Parse a template.

        Raises:
            ValueError: A brace has no other one, or a field no name or another width than digits.
        """
        self.parts = tuple(_part(piece) for piece in _PIECE.split(text) if piece)
        self.names = tuple(part.name for part in self.parts if isinstance(part, Field))

    def fill(self, values: Mapping[str, Any]) -> str:
        """Return the text with a value for each field.

        Raises:
            KeyError: A field has no value.
        """
        return "".join(
            part if isinstance(part, str) else _filled(values[part.name], part.width)
            for part in self.parts
        )


def as_text(value: Any) -> str:
    """Return a value as it stands in a prompt or a name; None is an empty text."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, default=str)


def _part(piece: str) -> str | Field:
    if piece in _LITERAL:
        return _LITERAL[piece]
    if piece in {"{", "}"}:
        other = "{{" if piece == "{" else "}}"
        raise ValueError(f"it has a {piece} alone; a literal one is written {other}")
    if not piece.startswith("{"):
        return piece
    name, _, width = (part.strip() for part in piece[1:-1].partition(":"))
    if not name:
        raise ValueError("it has a field without a name; literal braces are written {{ and }}")
    if width and not _WIDTH.fullmatch(width):
        raise ValueError(f"the field {name} has {width!r} for its width, which is digits like 04")
    return Field(name, width)


def _filled(value: Any, width: str) -> str:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return format(value, width) if is_whole else as_text(value)
