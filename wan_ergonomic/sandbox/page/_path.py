"""Where the page is: at a path that the API does not have."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count


def free_path(paths: Iterable[str]) -> str:
    """Return ``/sandbox``, or the first of ``/sandbox-2``, … that no path of the API begins with.

    A path of the API that begins with a parameter takes every text. The page is found first then,
    and no id is lost: the sandbox makes the ids itself, and none is the page's name.
    """
    taken = {path.split("/")[1] for path in paths}
    names = ("sandbox" if number == 1 else f"sandbox-{number}" for number in count(1))
    return f"/{next(name for name in names if name not in taken)}"
