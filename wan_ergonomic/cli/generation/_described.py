"""What a video file says of itself, or the JSON file beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from wan_ergonomic.video import FORMAT, read_metadata

# Many times a whole object with the longest prompt.
_MAX_BYTES = 1_000_000


class Described(NamedTuple):
    """What is said of a video, and where: ``metadata``, ``sidecar``, or nowhere."""

    about: dict[str, Any]
    source: str | None


def described(file: Path) -> Described:
    """Return what a video says of itself or, if it says nothing, what the file beside it says.

    Raises:
        VideoFileError: It is no video, or cannot be read.
    """
    about = read_metadata(file)
    if about is not None:
        return Described(about, "metadata")
    about = _sidecar(file)
    return Described(about or {}, "sidecar" if about else None)


def beside(file: Path) -> Path:
    """Return the name of the JSON file beside a video."""
    return file.with_suffix(".json")


def _sidecar(file: Path) -> dict[str, Any] | None:
    try:
        with beside(file).open("rb") as opened:
            found = json.loads(opened.read(_MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    # Any JSON file can have that name.
    is_ours = isinstance(found, dict) and found.get("format") == FORMAT
    return found if is_ours and found.get("file") in {None, file.name} else None
