"""What is checked, read and loaded before a command begins, while all is still free."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wan_ergonomic._errors import ConfigurationError
from wan_ergonomic._prompts import PromptDefaults, prepare
from wan_ergonomic._settings import KEY_VARIABLES, resolve_defaults
from wan_ergonomic.cli._options import Connection, Surroundings

from ._destination import UsageError

if TYPE_CHECKING:
    from wan_ergonomic.sandbox import Sandbox


class MissingKeyError(ConfigurationError):
    """There is no key in the environment."""


def check_connection(connection: Connection) -> None:
    """Check that there is something to connect to, and a key for it.

    Raises:
        UsageError: Two things are asked for at once.
        MissingKeyError: There is no key.
    """
    if connection.sandbox and connection.base_url:
        raise UsageError("--sandbox brings its own address; leave out --base-url.")
    if connection.sandbox or any(os.environ.get(name, "").strip() for name in KEY_VARIABLES):
        return
    names = f"{', '.join(KEY_VARIABLES[:-1])} or {KEY_VARIABLES[-1]}"
    raise MissingKeyError(
        f"There is no API key. Set {names} in the environment to your AIML API key. "
        "Nothing was sent."
    )


def check_prompt(prompt: str, options: Mapping[str, Any], surroundings: Surroundings) -> None:
    """Refuse what cannot be submitted, before anything else is done.

    Raises:
        PromptError: It is the prompt or an option.
        ConfigurationError: It is the preset or the configuration file.
    """
    prepare(prompt, resolved(surroundings), options)


def resolved(surroundings: Surroundings) -> PromptDefaults:
    """Return all defaults that a prompt meets.

    Raises:
        ConfigurationError: The preset does not exist, or the configuration file is wrong.
    """
    return resolve_defaults(own_defaults(surroundings), surroundings.preset)


def own_defaults(surroundings: Surroundings | None) -> PromptDefaults | None:
    """Return what the command line itself puts around a prompt."""
    if surroundings is None:
        return None
    return PromptDefaults(prefix=surroundings.prefix, suffix=surroundings.suffix)


def load_sandbox() -> type[Sandbox]:
    """Import the sandbox, which takes a moment.

    Raises:
        UsageError: It is not installed.
    """
    try:
        from wan_ergonomic.sandbox import Sandbox
    except ModuleNotFoundError as error:
        if str(error.name).startswith("wan_ergonomic"):
            raise
        raise UsageError("The sandbox needs: pip install 'wan-ergonomic[sandbox]'") from error
    return Sandbox


def read_prompt(prompt: str) -> str:
    """Return a prompt, from standard input if it is a dash.

    Raises:
        UsageError: Standard input is closed or holds no text.
    """
    if prompt != "-":
        return prompt
    if sys.stdin is None:
        raise UsageError("The prompt was to come from standard input, which is closed.")
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("Standard input holds no text in UTF-8.") from error
