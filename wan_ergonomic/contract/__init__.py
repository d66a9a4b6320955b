"""What the vendor promises: reading it, comparing it, correcting it, building the client from it.

Needs the ``contract`` extra. Each name is loaded when it is first used, since a
comparison needs little of what building needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wan_ergonomic._errors import ContractError

if TYPE_CHECKING:
    from wan_ergonomic.conformance import Verification, Violation, verify
    from wan_ergonomic.contract.build._lock import Provenance
    from wan_ergonomic.contract.build._regenerate import check, regenerate
    from wan_ergonomic.contract.diff._findings import Finding
    from wan_ergonomic.contract.document._document import Document
    from wan_ergonomic.contract.other_models._make import make_other_model
    from wan_ergonomic.contract.source._fetch import SourceGoneError
    from wan_ergonomic.contract.source._read import read_source
    from wan_ergonomic.contract.watch._watch import Watched, watch

    from .changes import compare

_HOMES = {
    "Document": "wan_ergonomic.contract.document._document",
    "Finding": "wan_ergonomic.contract.diff._findings",
    "Provenance": "wan_ergonomic.contract.build._lock",
    "SourceGoneError": "wan_ergonomic.contract.source._fetch",
    "Verification": "wan_ergonomic.conformance",
    "Violation": "wan_ergonomic.conformance",
    "Watched": "wan_ergonomic.contract.watch._watch",
    "check": "wan_ergonomic.contract.build._regenerate",
    "compare": "wan_ergonomic.contract.changes",
    "make_other_model": "wan_ergonomic.contract.other_models._make",
    "read_source": "wan_ergonomic.contract.source._read",
    "regenerate": "wan_ergonomic.contract.build._regenerate",
    "verify": "wan_ergonomic.conformance",
    "watch": "wan_ergonomic.contract.watch._watch",
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
    "make_other_model",
    "read_source",
    "regenerate",
    "verify",
    "watch",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
