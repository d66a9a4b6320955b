"""Turns values of numpy, pandas and polars into those of Python, without importing any of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def plain(value: Any) -> Any:
    """Return a value as plain Python: a numpy integer as int, NaN and other absent values as None.

    A date becomes its text, by ISO 8601. What JSON has no type for is returned as it is.
    """
    if is_absent(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    # Of numpy's scalars, some are subclasses of Python's, which JSON would write all the same.
    if callable(item := getattr(value, "item", None)):
        value = item()
    if callable(iso := getattr(value, "isoformat", None)):
        value = iso()
    return value


def is_absent(value: Any) -> bool:
    """Whether a value is None, NaN, or the absent value of pandas, which is not equal to itself."""
    try:
        return value is None or bool(value != value)  # noqa: PLR0124 - NaN alone is not
    except TypeError:
        # What pandas.NA raises, whatever it is compared with.
        return True
    except ValueError:
        # An array, with one answer for each element.
        return False
