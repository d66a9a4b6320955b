"""Text of others as it can be shown: without secrets, and unable to change what is around it."""

from __future__ import annotations

import html
import os
from contextlib import suppress
from pathlib import Path

from wan_ergonomic._redaction import without_secrets

# Joins letters and emoji; no other invisible character may come from a text of others. Those that
# change the direction of writing could show a text as another one.
_JOINERS = "\u200c\u200d"


def clean(value: object, *, lines: bool = False) -> str:
    """Return a value as text, with keys masked, links shortened and control characters replaced.

    Args:
        value: Anything.
        lines: Whether line breaks stay; otherwise they become spaces.
    """
    kept = f"{_JOINERS}\n" if lines else _JOINERS
    return "".join(
        c if c.isprintable() or c in kept else " " if c.isspace() else "\ufffd"
        for c in without_secrets(str(value))
    )


def escape(value: object, *, lines: bool = False) -> str:
    """Return a value as ``clean`` does, for HTML: as text, or as an attribute within quotes."""
    return html.escape(clean(value, lines=lines))


def short_path(path: Path) -> str:
    """Return a path from the current folder on, or else from the home folder on, or else whole.

    A notebook is passed on; the folders above say more of a person than of a video.
    """
    with suppress(ValueError, OSError):
        return str(path.relative_to(Path.cwd()))
    with suppress(ValueError, RuntimeError):
        return os.path.join("~", path.relative_to(Path.home()))
    return str(path)
