"""The prompt of a command: read from its source, and checked before anything is sent."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from wan_ergonomic import Preview, PromptDefaults
from wan_ergonomic._prompts import prepare
from wan_ergonomic._settings import resolve_defaults
from wan_ergonomic.cli._exits import UsageError
from wan_ergonomic.cli._outcome import UNSPENT

from ._options import PromptSettings

STANDARD_INPUT = "-"

# Far more than the model reads; so a video that is named by mistake is not read to its end.
_MAX_BYTES = 1_000_000


def check_prompt(prompt: str, options: Mapping[str, Any], settings: PromptSettings) -> Preview:
    """Return what would be submitted; called before anything else is done.

    Raises:
        PromptError: The prompt or an option is invalid, or not supported.
        ConfigurationError: A preset does not exist, or the configuration file is invalid.
    """
    defaults = resolve_defaults(own_defaults(settings), settings.preset)
    return prepare(prompt, defaults, options, allow_unsupported=settings.allow_unsupported)


def own_defaults(settings: PromptSettings) -> PromptDefaults:
    """Return the prefix and suffix of the command line."""
    return PromptDefaults(prefix=settings.prefix, suffix=settings.suffix)


def read_prompts(prompts: Sequence[str] | None, file: str | None) -> list[str]:
    """Return the prompts of a command line: each of its words, or the content of a file.

    Raises:
        UsageError: As ``read_prompt``.
    """
    if not prompts:
        return [read_prompt(None, file)]
    return [read_prompt(each, file) for each in prompts]


def read_prompt(prompt: str | None, file: str | None) -> str:
    """Return the prompt of a command line: its words, or the content of a file.

    Args:
        prompt: The argument; ``-`` is standard input.
        file: The value of ``--prompt-file``; ``-`` is standard input.

    Raises:
        UsageError: There is no prompt or there are two, a file cannot be read, or the prompt is
            the name of a file.
    """
    if prompt is not None and file is not None:
        raise UsageError(
            f"There are two prompts: {prompt!r} and the one in {file}. Leave one out. {UNSPENT}"
        )
    if prompt is None and file is None:
        raise UsageError(
            "PROMPT is missing: say what the video shows, in quotes, or name a file that holds "
            f"the prompt with --prompt-file. {UNSPENT}"
        )
    if STANDARD_INPUT in (prompt, file):
        return _read_standard_input()
    if file is not None:
        return _read_file(file)
    assert prompt is not None
    return _checked(prompt)


def _checked(prompt: str) -> str:
    """Return a prompt, unless it is the name of a file: that mistake would cost money."""
    name = prompt.removeprefix("@")
    if (prompt.startswith("@") and " " not in prompt) or (_is_file(name) and Path(name).suffix):
        raise UsageError(
            f"{prompt!r} names a file. To use its content as the prompt, write "
            f"--prompt-file {name}. {UNSPENT}"
        )
    return prompt


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        # A name cannot be as long as a prompt, and cannot contain a null character.
        return False


def _read_standard_input() -> str:
    if sys.stdin is None:
        raise UsageError(f"The prompt cannot be read: standard input is closed. {UNSPENT}")
    return _decoded(sys.stdin.buffer, "standard input")


def _read_file(name: str) -> str:
    try:
        with Path(name).open("rb") as file:
            return _decoded(file, name)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"The prompt cannot be read from {name}: {reason}. {UNSPENT}") from error


def _decoded(file: BinaryIO, name: str) -> str:
    content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise UsageError(
            f"The prompt cannot be read: {name} holds more than a prompt, over "
            f"{_MAX_BYTES:,} bytes. {UNSPENT}"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"The prompt cannot be read: {name} is not UTF-8. {UNSPENT}") from error
