"""What the vendor promises: reading it, comparing it, correcting it, building the client from it.

Needs the ``contract`` extra. Each name is loaded when it is first used, since a
comparison needs little of what building needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .._errors import ContractError

if TYPE_CHECKING:
    from ._compare import compare
    from ._conformance import Violation
    from ._findings import Finding
    from ._recordings import Verification, verify
    from ._regenerate import Provenance, check, regenerate
    from ._siblings import make_sibling
    from ._sources import Document, SourceGoneError, read_source
    from ._watch import Watched, watch

_HOMES = {
    "Document": "_sources",
    "Finding": "_findings",
    "Provenance": "_regenerate",
    "SourceGoneError": "_sources",
    "Verification": "_recordings",
    "Violation": "_conformance",
    "Watched": "_watch",
    "check": "_regenerate",
    "compare": "_compare",
    "make_sibling": "_siblings",
    "read_source": "_sources",
    "regenerate": "_regenerate",
    "verify": "_recordings",
    "watch": "_watch",
}

__all__ = [
    "ContractError",
    "Document",
    "Finding",
    "Provenance",
    "SourceGoneError",
    "Verification",
    "Violation",
    "Watched",
    "check",
    "compare",
    "make_sibling",
    "read_source",
    "regenerate",
    "verify",
    "watch",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
