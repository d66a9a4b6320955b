"""What a row's video is described by: all that is needed to make it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from wan_ergonomic._spec import contract
from wan_ergonomic.video import FORMAT

from ..store import BatchRow, Submission


def describe(batch: str, row: BatchRow, known: Submission | None, **more: object) -> dict[str, Any]:
    """Return what is known of a row, as JSON; what is not known is left out.

    Args:
        batch: The batch's name.
        row: The row.
        known: Its last submission.
        **more: Further fields, or other values of the fields.
    """
    usage = known.usage if known else None
    fields = {
        "format": FORMAT,
        "batch": batch,
        "row": row.n,
        "line": row.line,
        "name": row.name,
        "status": "waiting" if row.state in _WAITING else row.state,
        "reason": row.reason,
        "prompt": row.prompt,
        "variables": row.variables or None,
        "options": row.options,
        "request": row.body or None,
        "seed": row.seed,
        "model": row.body.get("model"),
        "generation_id": known and known.generation_id,
        "client_request_id": known and known.client_request_id,
        "usage": usage and {"credits": usage.credits, "usd": usage.in_usd},
        "usd": usage and usage.in_usd,
        "submitted": known and _moment(known.submitted),
        "ended": known and known.ended and _moment(known.ended),
        "contract": contract()["info"].get("version"),
        "file": row.file,
        "sha256": known and known.sha256,
        **(row.video or {}),
        **more,
    }
    return {name: value for name, value in fields.items() if value is not None}


_WAITING = frozenset({"waiting", "held", "submitting", "accepted"})


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def without(about: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return a description without some fields."""
    return {name: value for name, value in about.items() if name not in names}
