"""Imports that need an optional dependency, with a message that names the extra to install."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ._exits import UsageError
from ._outcome import UNSPENT

if TYPE_CHECKING:
    from wan_ergonomic.sandbox import Sandbox


@contextmanager
def needs_extra(extra: str, feature: str) -> Iterator[None]:
    """Report a module that is not installed as an extra that is missing.

    Raises:
        UsageError: The extra is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        # A missing module of our own is a defect, and keeps its traceback.
        if str(error.name).startswith("wan_ergonomic"):
            raise
        raise UsageError(
            f"{feature} needs more than is installed. {UNSPENT} "
            f"Install it with: pip install 'wan-ergonomic[{extra}]'"
        ) from error


def load_sandbox() -> type[Sandbox]:
    """Import the sandbox, which takes several tenths of a second.

    Raises:
        UsageError: The ``sandbox`` extra is not installed.
    """
    with needs_extra("sandbox", "The sandbox"):
        from wan_ergonomic.sandbox import Sandbox
    return Sandbox
