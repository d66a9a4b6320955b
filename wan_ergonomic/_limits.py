"""What the model does not do with a request, according to its maker: ignore a part, or all of it.

The gateway's contract knows none of these limits, so the API accepts such a request and
charges for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# Text beyond these lengths is cut silently.
_READ_CHARACTERS: Mapping[str, int] = {"prompt": 800, "negative_prompt": 500}
# Of a text that is longer than this many times the length, most would be lost.
_TOO_MANY_TIMES = 2
_MISSING_SIZES = frozenset({("480P", "4:3"), ("480P", "3:4")})
MAX_SEED = 2**31 - 1


def unsupported(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence about each part of a request that cannot succeed.

    Args:
        body: The request, with the defaults that the server adds.
    """
    yield from _long_texts(body, too_long=True)
    size = (body.get("resolution"), body.get("aspect_ratio"))
    if size in _MISSING_SIZES:
        yield f"The model does not support {size[1]} at {size[0]}; at 1080P it does."
    seed = body.get("seed", 0)
    if not 0 <= seed <= MAX_SEED:
        yield f"seed is {seed}; the model accepts 0 to {MAX_SEED}."


def ignored(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence about each text of a request whose end is not read."""
    yield from _long_texts(body, too_long=False)


def _long_texts(body: Mapping[str, Any], *, too_long: bool) -> Iterator[str]:
    for name, limit in _READ_CHARACTERS.items():
        length = len(body.get(name, ""))
        if length > limit and (length > limit * _TOO_MANY_TIMES) is too_long:
            yield (
                f"{name} has {length} characters; the model reads the first {limit} "
                f"and silently ignores the other {length - limit}."
            )
