"""What is wrong with a video, for what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wan_ergonomic._limits import SECONDS, size_of
from wan_ergonomic._spec import model, server_defaults

from ._inspect import Inspection

# Sides are multiples of 8 or 16 pixels, so those of a ratio are approximate.
_SIZE_TOLERANCE = 0.04
# Seconds.
_LENGTH_TOLERANCE = 0.5


def problems(inspection: Inspection, request: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a video, in a few words each; what is not known is not judged.

    Args:
        inspection: What was seen in it.
        request: The body that it was requested with; of another model, or empty, only what is
            wrong with any video is reported.
    """
    found = []
    if inspection.black:
        found.append("black")
    elif inspection.frozen:
        found.append("frozen")
    if not inspection.complete:
        found.append(f"damaged: only {inspection.frames} frames can be decoded without an error")
    if request.get("model") == model():
        found += [*_wrong_size(inspection, request), *_wrong_length(inspection)]
    return found


def _wrong_size(inspection: Inspection, request: Mapping[str, Any]) -> list[str]:
    expected = size_of({**server_defaults(), **request})
    size = inspection.width, inspection.height
    if expected is None or all(
        abs(side - meant) <= _SIZE_TOLERANCE * meant
        for side, meant in zip(size, expected, strict=True)
    ):
        return []
    return [f"wrong size: {size[0]}x{size[1]} instead of {expected[0]}x{expected[1]}"]


def _wrong_length(inspection: Inspection) -> list[str]:
    if abs(inspection.seconds - SECONDS) <= _LENGTH_TOLERANCE:
        return []
    return [f"wrong length: {inspection.seconds:.3g} s instead of {SECONDS:g} s"]
