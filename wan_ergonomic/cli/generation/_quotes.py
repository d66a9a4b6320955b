"""Recognises a prompt without quotes, which the shell has split into several arguments."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from wan_ergonomic.cli._usage import usage_error
from wan_ergonomic.cli._words import Kind, Known, Word, classify

# What people write after an option that takes no value.
_SWITCHES = frozenset({"true", "false", "yes", "no", "on", "off", "1", "0"})
# What some programs make of two hyphens.
_LONG_DASHES = "\u2013\u2014"
_FILE = "-o"
_VIDEOS = (".mp4", ".mov", ".webm", ".mkv", ".avi", ".gif")


def check_quotes(words: Sequence[str], known: Known, context: Any, *, several: bool) -> None:
    """Check that there is at most one argument, the prompt, or that each one is in quotes.

    Args:
        words: The words after the command.
        known: The command's options.
        context: The parser's context.
        several: Whether the command takes several prompts; each then has several words.

    Raises:
        CommandError: There are several words that belong to no option.
    """
    classified = list(classify(words, known))
    prompt = [word.text for word in classified if _is_argument(word)]
    _check_dashes(prompt, known, context)
    if len(prompt) < 2 or any(_is_unknown(word, known) for word in classified):
        return
    if several and all(" " in each.strip() for each in prompt):
        # Each of them was in quotes.
        return
    _check_switches(classified, known, context)
    options = [word.text for word in classified if not _is_argument(word)]
    message = "A prompt of several words needs quotes around it."
    if several:
        message += " Several prompts of one word are a list for wan batch."
    if _FILE in known and prompt[-1].lower().endswith(_VIDEOS):
        file = prompt.pop()
        options += [_FILE, file]
        message = f"{file} is one word too many: {_FILE} names the file for the video."
    raise usage_error(
        message,
        context.command_path,
        next_step="Perhaps you mean",
        arguments=_quoted(context.info_name, " ".join(prompt), options),
    )


def _check_dashes(words: Sequence[str], known: Known, context: Any) -> None:
    """Check that no word is an option without its dashes, which would be paid for as a prompt."""
    for word in words:
        name, is_set, value = word.lstrip(_LONG_DASHES).partition("=")
        option = f"--{name}"
        if option in known and (is_set or word.startswith(tuple(_LONG_DASHES))):
            meant = f"{option} {value}".strip()
            raise usage_error(f"{word!r} is no option: write {meant}.", context.command_path)


def _check_switches(words: Sequence[Word], known: Known, context: Any) -> None:
    """Check that no word such as true follows an option that takes no value."""
    for before, word in pairwise(words):
        if before.kind is Kind.OPTION and word.kind is Kind.OTHER and word.text in _SWITCHES:
            opposite = f"--no-{before.text.removeprefix('--')}"
            either = f"{before.text} or {opposite}" if opposite in known else before.text
            raise usage_error(
                f"{before.text} takes no value: write {either} without {word.text}.",
                context.command_path,
            )


def _is_argument(word: Word) -> bool:
    starts_with_dash = word.text.startswith("-") and word.text != "-"
    return word.kind is Kind.LITERAL or (word.kind is Kind.OTHER and not starts_with_dash)


def _is_unknown(word: Word, known: Known) -> bool:
    """Whether a word is an unknown option, which the parser reports."""
    name = word.text.partition("=")[0]
    is_known = name in known or word.text[:2] in known
    return word.kind is Kind.OTHER and not _is_argument(word) and not is_known


def _quoted(command: str, prompt: str, options: Sequence[str]) -> list[str]:
    """Return the command line with the prompt as one word."""
    first = prompt.startswith("-")
    return [command, *options, "--", prompt] if first else [command, prompt, *options]
