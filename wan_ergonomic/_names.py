"""What to say of a name that does not exist: the nearest one that does, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from ._spec import model

# Options of a client, not of a call.
_OF_CLIENTS = (
    "allow_private_links",
    "api_key",
    "base_url",
    "defaults",
    "on_drift",
    "polling",
    "preset",
    "retrying",
    "transport",
)
_OF_DEFAULTS = ("prefix", "suffix")

# Options of other models and of other clients, and what is so here.
_REASONS: Mapping[str, str] = {
    **{name: f"it is an option of the client: WanClient({name}=…)" for name in _OF_CLIENTS},
    **{
        name: f"it is an option of the client: WanClient(defaults=PromptDefaults({name}=…))"
        for name in _OF_DEFAULTS
    },
    "duration": "every video of this model is five seconds long",
}


def why_absent(name: str) -> str:
    """Return why a request has no option of a name; empty if there is nothing to say."""
    if name == "model":
        return f"this client is for one model, {model()}"
    return _REASONS.get(name, "")


def nearest(name: str, choices: Iterable[Any]) -> str:
    """Return a sentence, with a space before it, that names a similar choice if there is one."""
    by_text = {str(choice).lower(): choice for choice in choices}
    match = get_close_matches(name.lower(), by_text, n=1)
    return f" Did you mean {str(by_text[match[0]])!r}?" if match else ""
