"""The limits of the model, from the documentation of its maker.

The published contract has none of them, so the API accepts and charges for a request
that exceeds one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# Text beyond these lengths is cut silently.
_READ_CHARACTERS: Mapping[str, int] = {"prompt": 800, "negative_prompt": 500}
# A text of more than this many times that length is an error: most of it would be lost.
_MAX_FACTOR = 2
_MISSING_SIZES = frozenset({("480P", "4:3"), ("480P", "3:4")})
MAX_SEED = 2**31 - 1
# The length of each video.
SECONDS = 5.0
# Width and height in pixels.
SIZES: Mapping[tuple[str, str], tuple[int, int]] = {
    ("480P", "16:9"): (832, 480),
    ("480P", "9:16"): (480, 832),
    ("480P", "1:1"): (624, 624),
    ("1080P", "16:9"): (1920, 1080),
    ("1080P", "9:16"): (1080, 1920),
    ("1080P", "1:1"): (1440, 1440),
    ("1080P", "4:3"): (1632, 1248),
    ("1080P", "3:4"): (1248, 1632),
}


def size_of(body: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return the width and height in pixels of the video of a request; None if not known.

    Args:
        body: The request, with the defaults that the server adds.
    """
    return SIZES.get((str(body.get("resolution")), str(body.get("aspect_ratio"))))


def unsupported(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence about each part of a request that the model does not support.

    Args:
        body: The request, with the defaults that the server adds.
    """
    yield from _long_texts(body, too_long=True)
    size = (str(body.get("resolution")), str(body.get("aspect_ratio")))
    if size in _MISSING_SIZES:
        yield f"The model does not support {size[1]} at {size[0]}; at 1080P it does."
    seed = body.get("seed")
    if isinstance(seed, int | float) and not 0 <= seed <= MAX_SEED:
        yield f"seed is {seed}; the model accepts 0 to {MAX_SEED}."


def ignored(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence about each text of a request whose end the model ignores."""
    yield from _long_texts(body, too_long=False)


def _long_texts(body: Mapping[str, Any], *, too_long: bool) -> Iterator[str]:
    for name, limit in _READ_CHARACTERS.items():
        text = body.get(name)
        length = len(text) if isinstance(text, str) else 0
        if length > limit and (length > limit * _MAX_FACTOR) is too_long:
            yield (
                f"{name} has {length} characters; the model reads the first {limit} "
                f"and silently ignores the other {length - limit}."
            )
