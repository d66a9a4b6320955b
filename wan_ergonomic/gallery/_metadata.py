"""What a video's own metadata says of how it was made: the one place that asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wan_ergonomic._errors import WanError
from wan_ergonomic.video import read_metadata


def recorded_in(path: Path) -> Mapping[str, Any]:
    """Return the object that a video carries in its metadata; empty if it carries none."""
    try:
        return read_metadata(path) or {}
    except (OSError, WanError):
        return {}
