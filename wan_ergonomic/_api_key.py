"""Finds the API key, and recognises common mistakes with one.

No message shows the key.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ._errors import ConfigurationError, MissingKeyError

# In this order: the most common name, the name in the vendor's SDK, and an older name.
KEY_VARIABLES = ("AIMLAPI_API_KEY", "AIML_API_KEY", "AIMLAPI_KEY")
# Another server, and the key for that server only.
URL_VARIABLE = "WAN_BASE_URL"
URL_KEY_VARIABLE = "WAN_API_KEY"
KEY_PAGE = "https://aimlapi.com/app/keys"

_PLACEHOLDER = re.compile(
    r"""  <.*> | \[.*\] | \{.*\} | \$\{?\w+\}? | %\w+%   # <key>, {{ key }}, ${KEY}, %KEY%
        | .*(\.{3}|…).* | (\w+-)*[x*•]{3,}(-[x*•]+)*  # sk-..., xxx, sk-xxxx-xxxx
        | (sk-)?(your|insert|paste|enter|put|replace)[-_\ ].* | .*[-_\ ]here
        | (my[-_\ ])?(aiml(api)?[-_\ ]?)?api[-_\ ]?key
        | change[-_\ ]?me | placeholder | todo | none | null | undefined
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ASSIGNMENT = re.compile(r"(export |set |\$env:)?\w*API_KEY\s*=", re.IGNORECASE)
_VISIBLE = re.compile(r"[!-~]+")
# Straight quotes, and the curly ones that a word processor makes of them.
_QUOTES = "\"'`\u2018\u2019\u201c\u201d\u201e"
_NEAR = re.compile(r"(AIML|^WAN_).*(KEY|TOKEN)")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key.

    Attributes:
        text: The key itself.
        source: The environment variable that holds it, or "api_key" for the argument.
    """

    text: str = field(repr=False)
    source: str


def find_key(api_key: str | None, *, base_url: str | None = None) -> ApiKey:
    """Return the key to use: the argument, or the first one in the environment.

    Args:
        api_key: The caller's key.
        base_url: The caller's base URL. If it is None and ``WAN_BASE_URL`` is set,
            ``WAN_API_KEY`` is read first.

    Raises:
        MissingKeyError: There is no key.
        ConfigurationError: The key cannot be valid.
    """
    source = "api_key"
    if api_key is None:
        names = variables(base_url)
        source = next((name for name in names if os.environ.get(name, "").strip()), "")
        api_key = os.environ.get(source, "") if source else ""
    if not isinstance(api_key, str):
        raise ConfigurationError("api_key must be text.")
    key = api_key.strip()
    if not key:
        raise MissingKeyError(_missing())
    if mistake := _mistake(key):
        raise ConfigurationError(f"{source} {mistake} Nothing was sent.")
    return ApiKey(key, source)


def variables(base_url: str | None) -> tuple[str, ...]:
    """Return the environment variables that may hold the key for a base URL, in order."""
    other = base_url is None and os.environ.get(URL_VARIABLE, "").strip()
    return (URL_KEY_VARIABLE, *KEY_VARIABLES) if other else KEY_VARIABLES


def _mistake(key: str) -> str | None:
    """Return what is wrong with a key and how to correct it, as the rest of a sentence."""
    if key[0] in _QUOTES or key[-1] in _QUOTES:
        return "holds quotes around the key, which some readers of env files keep. Remove them."
    if key.lower().startswith("bearer "):
        return "begins with 'Bearer'. Leave that word out; the client adds it."
    if _ASSIGNMENT.match(key):
        return "holds a whole line NAME=KEY. Leave only the key, after the equals sign."
    if _PLACEHOLDER.fullmatch(key):
        return f"holds a placeholder, not a key. Put your own AIML API key there: {KEY_PAGE}."
    if not _VISIBLE.fullmatch(key):
        return (
            "is not a valid key: it contains a line break, a space, or a character outside ASCII. "
            "Check that only the key was copied."
        )
    return None


def _missing() -> str:
    names = f"{', '.join(KEY_VARIABLES[:-1])} or {KEY_VARIABLES[-1]}"
    return " ".join(
        [
            f"There is no API key. Set {names} in the environment to your AIML API key "
            f"({KEY_PAGE}).",
            *_noticed(),
            "Nothing was sent or spent.",
        ]
    )


def _noticed() -> Iterator[str]:
    """Yield a sentence about the variable that was probably meant to hold the key."""
    for name, value in os.environ.items():
        if name in KEY_VARIABLES:
            yield f"{name} is set, but blank."
            return
        if value.strip() and _is_near(name.upper()):
            yield f"{name} is set, but is not read for this: rename it to {KEY_VARIABLES[0]}."
            return
    if os.environ.get("OPENAI_API_KEY", "").strip():
        yield (
            "OPENAI_API_KEY is set, but is not read: if it holds your AIML API key, set "
            f"{KEY_VARIABLES[0]} to it."
        )


def _is_near(name: str) -> bool:
    # Needed only where there is no key.
    from difflib import get_close_matches

    return bool(_NEAR.search(name) or get_close_matches(name, KEY_VARIABLES, n=1, cutoff=0.85))
