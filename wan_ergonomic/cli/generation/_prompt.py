"""The prompt of a command: read from its source, and checked before anything is sent."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from wan_ergonomic import Preview, PromptDefaults
from wan_ergonomic._prompts import prepare
from wan_ergonomic._settings import resolve_defaults
from wan_ergonomic.cli._exits import UsageError
from wan_ergonomic.cli._outcome import UNSPENT

from ._options import PromptSettings


def check_prompt(prompt: str, options: Mapping[str, Any], settings: PromptSettings) -> Preview:
    """Return what would be submitted, before anything else is done.

    Raises:
        PromptError: The prompt or an option is invalid, or not supported.
        ConfigurationError: A preset does not exist, or the configuration file is invalid.
    """
    defaults = resolve_defaults(own_defaults(settings), settings.preset)
    return prepare(prompt, defaults, options, allow_unsupported=settings.allow_unsupported)


def own_defaults(settings: PromptSettings) -> PromptDefaults:
    """Return the prefix and suffix of the command line."""
    return PromptDefaults(prefix=settings.prefix, suffix=settings.suffix)


def read_prompt(prompt: str) -> str:
    """Return a prompt; ``-`` reads it from standard input.

    Raises:
        UsageError: Standard input is closed or is not UTF-8.
    """
    if prompt != "-":
        return prompt
    if sys.stdin is None:
        raise UsageError(f"The prompt cannot be read: standard input is closed. {UNSPENT}")
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"The prompt cannot be read: standard input is not UTF-8. {UNSPENT}"
        ) from error
