"""Words that begin with a dash: which are options, and which are an id or a prompt.

Ids of the vendor's may begin with a dash. A parser takes such a word for an
option; here it is set apart unless it could be a mistyped one, because a typing
error must never become an id or, worse, a paid prompt. Also lays out the help.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import Any

from typer.core import TyperCommand, TyperGroup

from wan_ergonomic.cli._streams import writing

Known = Mapping[str, bool]

# How much of a word a typing error leaves; a vendor's id is never this like an option.
_ALIKE = 0.7
_ID = re.compile(r"-[\w:/.-]{3,}", re.ASCII)
_WRITTEN_LIKE_AN_OPTION = re.compile(r"--[a-z]+(-[a-z]+)*")
_LONG_ID = re.compile(r"-[\w:/-]{11,}", re.ASCII)


class Commands(TyperGroup):
    """All commands together."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse as usual, which is when help is written."""
        with writing():
            return super().parse_args(ctx, args)


class Command(TyperCommand):
    """A command whose help has its options under headings."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse as usual, which is when help is written."""
        with writing():
            return super().parse_args(ctx, args)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options under their headings."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            usual = "Arguments" if parameter.param_type_name == "argument" else "Other options"
            title = getattr(parameter, "rich_help_panel", None) or usual
            sections.setdefault(title, []).append(parameter.get_help_record(ctx) or ("", ""))
        for title, records in sections.items():
            with formatter.section(title):
                formatter.write_dl(records)

    def known_options(self, ctx: Any) -> Known:
        """Return each option's spelling, and whether a value follows it."""
        options: list[Any] = [p for p in self.get_params(ctx) if p.param_type_name == "option"]
        return {name: not o.is_flag for o in options for name in (*o.opts, *o.secondary_opts)}


class PromptCommand(Command):
    """A command whose argument may be a prompt that begins with a dash and has a space."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Set the prompt apart, then parse as usual."""
        return super().parse_args(ctx, set_apart(args, self.known_options(ctx), is_text))


class IdCommand(Command):
    """A command whose argument is an id, which may begin with a dash."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Set the id apart, then parse as usual."""
        known = self.known_options(ctx)
        words = set_apart(args, known, is_id)
        if has_no_argument(words, known):
            words = set_apart(args, known, is_id_behind_short_option)
        return super().parse_args(ctx, words)


def set_apart(
    words: Sequence[str], known: Known, belongs: Callable[[str, Known], bool]
) -> list[str]:
    """Return words with those that belong there moved behind a double dash."""
    rest: list[str] = []
    apart: list[str] = []
    remaining = iter(words)
    for word in remaining:
        if word == "--":
            apart += remaining
        elif known.get(word):
            rest += [word, *islice(remaining, 1)]
        elif word.startswith("-") and word not in known and belongs(word, known):
            apart.append(word)
        else:
            rest.append(word)
    return [*rest, "--", *apart] if apart else rest


def has_no_argument(words: Sequence[str], known: Known) -> bool:
    """Whether all words are options and their values."""
    remaining = iter(words)
    for word in remaining:
        if word == "--" or not word.startswith("-"):
            return False
        if known.get(word):
            next(remaining, None)
    return True


def is_text(word: str, known: Known) -> bool:
    """Whether a word with a dash is a prompt: options have no spaces before their value."""
    name, _, _ = word.partition("=")
    return " " in name.strip() and word[:2] not in known


def is_id(word: str, known: Known) -> bool:
    """Whether a word with a dash is an id and nothing like an option."""
    return bool(
        _ID.fullmatch(word)
        and word[:2] not in known
        and not _WRITTEN_LIKE_AN_OPTION.fullmatch(word)
        and not _is_like_an_option(word, known)
    )


def is_id_behind_short_option(word: str, known: Known) -> bool:
    """Whether -oK9… is rather an id than -o with its value, where no other word is the id."""
    return bool(
        _LONG_ID.fullmatch(word) and word[:2] in known and not _is_like_an_option(word, known)
    )


def _is_like_an_option(word: str, known: Known) -> bool:
    bare = word.strip("-").lower()
    names = [name.strip("-") for name in known]
    beginning = any(name.startswith(bare) for name in names)
    return beginning or bool(get_close_matches(bare, names, n=1, cutoff=_ALIKE))
