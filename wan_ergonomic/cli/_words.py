"""Classifies the words of a command line before parsing: options, values, and the rest.

The parser would take the next word as an option's value, whatever it is. Here a value
that is an option is an error, so that a forgotten value does not start a paid generation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto
from typing import NamedTuple

from ._exits import UsageError
from ._outcome import UNSPENT


class Option(NamedTuple):
    """An option of a command.

    Attributes:
        name: Its longest form.
        takes_value: Whether a value follows it.
    """

    name: str
    takes_value: bool


# The options of a command, by each of their forms.
Known = Mapping[str, Option]

_LONG_OPTION = re.compile(r"--[a-z][a-z-]*(=.*)?", re.DOTALL)


class Kind(Enum):
    """What a word is."""

    OPTION = auto()
    VALUE = auto()
    # After a double dash.
    LITERAL = auto()
    # An argument, an option with its value in the same word, or an unknown option.
    OTHER = auto()


ARGUMENTS = frozenset({Kind.LITERAL, Kind.OTHER})


class Word(NamedTuple):
    """One word of a command line.

    Attributes:
        text: The word.
        kind: What it is.
        option: The option that it is, or that it is the value of.
    """

    text: str
    kind: Kind
    option: str = ""


def classify(words: Sequence[str], known: Known) -> Iterator[Word]:
    """Yield each word with its kind; the double dash itself is left out."""
    remaining = iter(words)
    for text in remaining:
        if text == "--":
            yield from (Word(literal, Kind.LITERAL) for literal in remaining)
            return
        option = text if text in known else _last_of(text, known)
        if option is None:
            yield Word(text, Kind.OTHER)
            continue
        yield Word(text, Kind.OPTION, option)
        value = next(remaining, None) if known[option].takes_value else None
        if value is not None:
            yield Word(value, Kind.VALUE, option)


def _last_of(text: str, known: Known) -> str | None:
    """Return the last of several short options in one word, such as -o in -qo."""
    options = [f"-{letter}" for letter in text[1:]]
    if not text.startswith("-") or len(options) < 2 or not all(o in known for o in options):
        return None
    takes_value = [known[option].takes_value for option in options]
    # The rest of the word is the value of the first one that takes a value.
    return None if any(takes_value[:-1]) else options[-1]


def check_values(words: Sequence[str], known: Known, command: str) -> None:
    """Check that no option has another option as its value.

    Args:
        words: The words after the command.
        known: The command's options.
        command: The command's name, for the message.

    Raises:
        UsageError: One has: its own value was probably forgotten.
    """
    for text, kind, option in classify(words, known):
        if kind is Kind.VALUE and _is_option(text, known):
            raise UsageError(
                f"{option} needs a value, and {text} is an option. If {text} is the value, write "
                f"{known[option].name}={text}. {UNSPENT} See {command} --help."
            )


def _is_option(text: str, known: Known) -> bool:
    """Whether a word is an option of any command, alone or with its value."""
    short = known.get(text[:2])
    with_value = short is not None and short.takes_value and " " not in text
    alone = text in known or text == "--" or _last_of(text, known) is not None
    return alone or with_value or bool(_LONG_OPTION.fullmatch(text))
