"""What a video's own metadata says of how it was made: the one place that asks for it."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wan_ergonomic._errors import WanError

_READER = "wan_ergonomic.video"


def recorded_in(path: Path) -> Mapping[str, Any]:
    """Return the object that a video carries in its metadata; empty if it carries none."""
    try:
        reader = importlib.import_module(_READER)
    except ModuleNotFoundError:
        # A version of this package without it: a page shows the video all the same.
        return {}
    try:
        return reader.read_metadata(path) or {}
    except (OSError, WanError):
        return {}
