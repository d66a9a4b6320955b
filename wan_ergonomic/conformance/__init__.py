"""Whether one request or response honors the contract; recordings of traffic.

Needs openapi-core, which is imported only for a check: its names are loaded lazily.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._check import Conformance, role_of
from ._data import Request, Response, Violation
from ._verify import Verification, verify

if TYPE_CHECKING:
    from ._openapi_core import Checker, OpenAPIRequest, SchemaError, openapi_of, unmet

__all__ = [
    "Checker",
    "Conformance",
    "OpenAPIRequest",
    "Request",
    "Response",
    "SchemaError",
    "Verification",
    "Violation",
    "openapi_of",
    "role_of",
    "unmet",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("._openapi_core", __name__), name)
