"""What a generation command prints on standard output when it succeeds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wan_ergonomic import Generation
from wan_ergonomic.cli._options import Reporting
from wan_ergonomic.cli._streams import put, put_json

from ._opened import open_if_wanted
from ._options import Destination


def put_result(
    generation: Generation, reporting: Reporting, text: str, file: Path | None = None
) -> None:
    """Print a text, or with ``--json`` all that is known of a generation."""
    if reporting.as_json:
        put_json(_as_data(generation, file))
    else:
        put(text)


def put_file(
    generation: Generation, destination: Destination, reporting: Reporting, file: Path | None
) -> None:
    """Print the path of the video, unless the video itself went to standard output."""
    if destination.output != "-":
        put_result(generation, reporting, str(file), file)


def put_and_open(
    generation: Generation, destination: Destination, reporting: Reporting, file: Path | None
) -> None:
    """Print the path of the only video, and open it if that is wanted."""
    put_file(generation, destination, reporting, file)
    open_if_wanted(destination, file)


def _as_data(generation: Generation, file: Path | None) -> dict[str, Any]:
    """Return a generation as JSON data: the only output that holds the whole signed link."""
    video, usage, error = generation.video, generation.usage, generation.error
    expires_at = video.expires_at if video else None
    return {
        "id": generation.id,
        "status": generation.status,
        "video": video
        and {
            "url": video.url,
            "expires_at": expires_at and expires_at.isoformat(),
            "duration": video.duration,
        },
        "usage": usage and {"credits": usage.credits, "usd": usage.usd},
        "error": error and {"name": error.name, "message": error.message},
        "file": file and str(file),
        "client_request_id": generation.client_request_id,
        "request_id": generation.request_id,
        "inference_id": generation.inference_id,
    }
