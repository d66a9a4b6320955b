"""What a video says of itself in plain words, for the tags that players show."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

_TITLE_CHARACTERS = 80


def title(about: Mapping[str, Any]) -> str:
    """Return the prompt on one line, shortened; empty without a prompt."""
    words = " ".join(str(about.get("prompt") or "").split())
    if len(words) <= _TITLE_CHARACTERS:
        return words
    # A text without spaces is cut within its only word.
    short = textwrap.shorten(words, _TITLE_CHARACTERS, placeholder="…")
    return short if len(short) > 1 else f"{words[: _TITLE_CHARACTERS - 1]}…"


def comment(about: Mapping[str, Any]) -> str:
    """Return the prompt, the options and the origin of a video, one on each line."""
    options = about.get("options")
    named = {
        "Model": about.get("model"),
        **(options if isinstance(options, Mapping) else {}),
        "Seed": about.get("seed"),
        "Generation": about.get("generation_id"),
        "Date": date(about),
    }
    named.pop("seed", None)
    lines = (
        f"{name[:1].upper()}{name[1:].replace('_', ' ')}: {_value(value)}"
        for name, value in named.items()
        if value not in (None, "")
    )
    return "\n".join(filter(None, [str(about.get("prompt") or ""), *lines]))


def date(about: Mapping[str, Any]) -> str:
    """Return when a video was asked for or, if that is not known, when it was first seen."""
    return str(about.get("submitted") or about.get("ended") or "")


def _value(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
