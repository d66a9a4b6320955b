"""Replaces parts of a module for one module that imports it; all others keep the real ones.

The interpreter and pytest need the standard library too, so no test replaces
a part of it for the whole process.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest


def stand_in(patch: pytest.MonkeyPatch, user: Any, name: str, /, **parts: object) -> None:
    """Let ``user``, a module that imports module ``name``, see these parts in it instead."""
    real = getattr(user, name)
    seen = ModuleType(real.__name__)
    vars(seen).update(parts, __getattr__=lambda part: getattr(real, part))
    patch.setattr(user, name, seen)
