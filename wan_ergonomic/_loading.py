"""Imports that wait until something is used.

Names of a package are imported when they are first asked for, and ``_http`` (and httpx)
without blocking an event loop for tenths of a second.
"""

from __future__ import annotations

import sys
from importlib import import_module

# As in typing, whose import would take as long as all the rest; type checkers know the name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from typing import Any

_HTTP = f"{__package__}._http"


def lazily(
    package: str, names: Collection[str], homes: Sequence[str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a package whose names are imported when used.

    Args:
        package: Its full name.
        names: What it offers.
        homes: Its modules, searched in this order; those that are fast to import come first.
    """

    def imported(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        modules = (vars(import_module(f".{home}", package)) for home in homes)
        value = next(module[name] for module in modules if name in module)
        setattr(sys.modules[package], name, value)
        return value

    def listed() -> list[str]:
        return sorted({*vars(sys.modules[package]), *names})

    return imported, listed


def is_http_loaded() -> bool:
    """Whether the package that sends requests is imported already."""
    return _HTTP in sys.modules


async def load_http() -> None:
    """Import the package that sends requests, in a thread."""
    from anyio import to_thread

    await to_thread.run_sync(import_module, _HTTP, abandon_on_cancel=True)
