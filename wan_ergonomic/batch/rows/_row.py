"""One prompt of a list, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One prompt of a list, with what the list sets for it.

    Attributes:
        prompt: What the video shows, without spaces around it.
        options: The options that are set, as in the contract: ``{"resolution": "480P"}``.
        name: What the list calls it; None if it does not.
        variables: Its other columns or keys, or its values of a matrix's axes. None is a cell that
            is empty.
        line: The line of the file that it begins on, from 1; its number, from 1, in a matrix or
            an iterable. 0 before it is part of a list.
    """

    prompt: str
    _: KW_ONLY
    options: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be sent.

    Attributes:
        line: As that of a Row.
        reason: What is wrong with it: sentences that can follow "Line 7: ".
    """

    line: int
    reason: str
