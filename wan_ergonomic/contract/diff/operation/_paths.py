"""Paths with parameters, such as ``/operations/{id}:wait``."""

from __future__ import annotations

import re

VARIABLE = re.compile(r"\{([^{}]*)\}")


def template(path: str) -> str:
    """Return a path without the names of its parameters."""
    return VARIABLE.sub("{}", path)


def position(path: str, name: str) -> int | None:
    """Return which of a path's parameters has a name, from 0; None if it has no such parameter."""
    names: list[str] = VARIABLE.findall(path)
    return names.index(name) if name in names else None
