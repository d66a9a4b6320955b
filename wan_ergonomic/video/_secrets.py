"""Keeps keys and signed links out of what is written into a video."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wan_ergonomic import _redaction


def without_secrets(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same with keys in use masked and links that grant access shortened."""
    return {str(name): _clean(value) for name, value in about.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _redaction.without_secrets(value)
    if isinstance(value, Mapping):
        return without_secrets(value)
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    return value
