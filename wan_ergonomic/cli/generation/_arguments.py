"""Words that begin with a dash: options, or the id or prompt of a command?

The API's ids may begin with a dash, and a parser reads such an id as an option.
Here it is moved behind a double dash, unless it could be a mistyped option: a
typing error must never become an id or, worse, a paid prompt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any

from wan_ergonomic.cli._command import Command
from wan_ergonomic.cli._usage import usage_error
from wan_ergonomic.cli._words import Kind, Known, classify

from ._quotes import check_quotes

IsArgument = Callable[[str, Known], bool]

# A mistyped option keeps more than this share of its letters; a random id has fewer in common.
_SIMILAR = 0.7
_ID = re.compile(r"-[\w:/.-]{3,}", re.ASCII)
_LONG_ID = re.compile(r"-[\w:/-]{11,}", re.ASCII)
_OPTION = re.compile(r"--[a-z]+(-[a-z]+)*")


def is_prompt(word: str, known: Known) -> bool:
    """Whether a word with a dash is a prompt: it has a space, and begins with no option."""
    name, _, _ = word.partition("=")
    first = name.split(maxsplit=1)[:1]
    return " " in name.strip() and word[:2] not in known and not known.keys() & first


def is_id(word: str, known: Known) -> bool:
    """Whether a word with a dash is an id and resembles no option."""
    return bool(
        _ID.fullmatch(word)
        and word[:2] not in known
        and not _OPTION.fullmatch(word)
        and not _resembles_option(word, known)
    )


def is_id_like_short_option(word: str, known: Known) -> bool:
    """Whether a word such as -oK9… is an id, though it could be -o and its value."""
    return bool(
        _LONG_ID.fullmatch(word) and word[:2] in known and not _resembles_option(word, known)
    )


def _resembles_option(word: str, known: Known) -> bool:
    letters = word.strip("-").lower()
    names = [name.strip("-") for name in known]
    is_beginning = any(name.startswith(letters) for name in names)
    return is_beginning or bool(get_close_matches(letters, names, n=1, cutoff=_SIMILAR))


class _DashCommand(Command):
    """A command whose argument may begin with a dash.

    Attributes:
        tests: How such an argument is recognised; the first test that finds one decides.
    """

    tests: Sequence[IsArgument]

    def prepared(self, ctx: Any, words: list[str]) -> list[str]:
        """Move arguments that begin with a dash behind a double dash."""
        words = super().prepared(ctx, words)
        return set_apart(words, self.known_options(ctx), self.tests)


class PromptCommand(_DashCommand):
    """A command whose argument is a prompt; one with a space may begin with a dash.

    Attributes:
        several: Whether it takes several prompts.
    """

    tests = (is_prompt,)
    several = False

    def prepared(self, ctx: Any, words: list[str]) -> list[str]:
        """Move a prompt that begins with a dash behind a double dash.

        Raises:
            CommandError: The quotes around the prompt are missing.
        """
        words = super().prepared(ctx, words)
        check_quotes(words, self.known_options(ctx), ctx, several=self.several)
        return words


class PromptsCommand(PromptCommand):
    """A command whose arguments are prompts."""

    several = True


class IdsCommand(_DashCommand):
    """A command whose arguments are ids, which may begin with a dash."""

    tests = (is_id, is_id_like_short_option)


class IdCommand(_DashCommand):
    """A command whose argument is an id, which may begin with a dash, or --last in its place."""

    tests = (is_id, is_id_like_short_option)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse.

        Raises:
            CommandError: There is no id, or one beside --last.
        """
        rest = super().parse_args(ctx, args)
        if ctx.resilient_parsing:
            return rest
        named, last = ctx.params["generation_id"] is not None, ctx.params["last"]
        if not named and not last:
            raise usage_error("ID is missing.", ctx.command_path)
        if named and last:
            raise usage_error("ID and --last exclude each other.", ctx.command_path)
        return rest


def set_apart(words: Sequence[str], known: Known, tests: Sequence[IsArgument]) -> list[str]:
    """Return words with the arguments that begin with a dash moved behind a double dash."""
    rest: list[str] = []
    apart: list[str] = []
    for is_argument in tests:
        rest, apart, has_argument = _split(words, known, is_argument)
        if has_argument:
            break
    return [*rest, "--", *apart] if apart else rest


def _split(
    words: Sequence[str], known: Known, is_argument: IsArgument
) -> tuple[list[str], list[str], bool]:
    """Return options and plain words, arguments with a dash, and whether there is an argument."""
    rest: list[str] = []
    apart: list[str] = []
    has_plain_word = False
    for text, kind, _ in classify(words, known):
        is_other = kind is Kind.OTHER
        if kind is Kind.LITERAL or (is_other and text.startswith("-") and is_argument(text, known)):
            apart.append(text)
            continue
        rest.append(text)
        has_plain_word |= is_other and not text.startswith("-")
    return rest, apart, has_plain_word or bool(apart)
