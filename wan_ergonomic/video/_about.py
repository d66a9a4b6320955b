"""What a video says of itself: the JSON object that is written into it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wan_ergonomic._generation import Generation
from wan_ergonomic._spec import contract, model
from wan_ergonomic.ledger import Job

FORMAT = 1
_NO_OPTIONS = frozenset({"model", "prompt"})


def about(generation: Generation, job: Job | None = None) -> dict[str, Any]:
    """Return what a finished video is to say of itself.

    What is not known is left out: of a generation that is known by its id alone, all but the
    id, the model and the date.

    Args:
        generation: What it is the video of. Its link is not mentioned.
        job: What the ledger knows of it.
    """
    request = dict(generation.request or (job.body if job else {}))
    usage = generation.usage or (job.usage if job else None)
    options = {name: value for name, value in request.items() if name not in _NO_OPTIONS}
    ended = job.ended if job and job.ended else datetime.now(UTC)
    known = {
        "format": FORMAT,
        "status": "done",
        "prompt": request.get("prompt"),
        "options": options if request else None,
        "request": request or None,
        "seed": request.get("seed"),
        "model": request.get("model") or model(),
        "generation_id": generation.id,
        "client_request_id": generation.client_request_id or (job and job.client_request_id),
        "usage": usage and {"credits": usage.credits, "usd": usage.in_usd},
        "usd": usage and usage.in_usd,
        "submitted": job and job.submitted.isoformat(timespec="seconds"),
        "ended": ended.isoformat(timespec="seconds"),
        "contract": contract()["info"].get("version"),
    }
    return {name: value for name, value in known.items() if value not in (None, "")}
