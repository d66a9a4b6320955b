"""Explains names that do not exist: why there is no such option, or which name is similar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ._spec import model

# Options of a client, not of a call.
_OF_CLIENTS = (
    "allow_private_links",
    "api_key",
    "base_url",
    "defaults",
    "ledger",
    "on_drift",
    "polling",
    "preset",
    "retrying",
    "transport",
)
_OF_DEFAULTS = ("prefix", "suffix")

# Options that exist elsewhere, and why a request has none of them.
_REASONS: Mapping[str, str] = {
    **{name: f"it is an option of the client: WanClient({name}=…)" for name in _OF_CLIENTS},
    **{
        name: f"it is an option of the client: WanClient(defaults=PromptDefaults({name}=…))"
        for name in _OF_DEFAULTS
    },
    "duration": "every video of this model is five seconds long",
}


def why_absent(name: str) -> str:
    """Return why a request has no such option; empty if no reason is known."""
    if name == "model":
        return f"this client is for one model, {model()}"
    return _REASONS.get(name, "")


def did_you_mean(name: str, choices: Iterable[Any]) -> str:
    """Return " Did you mean …?" with the most similar choice; empty if none is similar."""
    # Needed only after a mistake.
    from difflib import get_close_matches

    by_text = {str(choice).lower(): choice for choice in choices}
    match = get_close_matches(name.lower(), by_text, n=1)
    return f" Did you mean {str(by_text[match[0]])!r}?" if match else ""
