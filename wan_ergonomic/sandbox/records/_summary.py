"""What a response meant, in a few words."""

from __future__ import annotations

import json
from typing import Any

from ._received import Received

# As many characters of an id tell the jobs of a sandbox apart.
_SHORT = 8
_LONGEST = 80


def summary_of(
    received: Received, *, status: int | None, kind: str, text: str | None, size: int
) -> str:
    """Return what the response to a request meant.

    Args:
        received: The request.
        status: The HTTP status; None if nothing was sent.
        kind: The media type.
        text: The whole body, if it is text.
        size: How many bytes of the body were sent.
    """
    said = "no response" if status is None else _said(kind, text, size)
    found = received.generation_id
    paid = received.charged_usd
    parts = [said, found and _short(found), None if paid is None else f"${paid:.2f}"]
    return "  ".join(part for part in parts if part)


def _said(kind: str, text: str | None, size: int) -> str:
    if not size:
        return "empty"
    body = _json(text) if kind == "application/json" else None
    if isinstance(body, dict):
        return _in_words(body)
    return "an HTML page" if kind == "text/html" else f"{size:,} bytes of {kind}"


def _in_words(body: dict[str, Any]) -> str:
    """Return what a body of the API says: a message, a status, a balance, or how many rows."""
    for name in ("message", "status"):
        said = body.get(name)
        if isinstance(said, list):
            said = "; ".join(map(str, said))
        if isinstance(said, str):
            return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"
    if "current_balance" in body:
        return f"${body['current_balance']:.2f} left"
    rows = body.get("data", body.get("models"))
    if not isinstance(rows, list):
        return ""
    return "1 row" if len(rows) == 1 else f"{len(rows)} rows"


def _json(text: str | None) -> Any:
    return json.loads(text or "null")


def _short(generation_id: str) -> str:
    return generation_id[:_SHORT]
