"""API responses to data: a Generation, a typed error, and departures from the contract."""

from ._drift import show
from ._error_response import parse_error
from ._response import member, other_id, parse_generation, parse_json, read_id, read_number
from ._retry_after import parse_retry_after

__all__ = [
    "member",
    "other_id",
    "parse_error",
    "parse_generation",
    "parse_json",
    "parse_retry_after",
    "read_id",
    "read_number",
    "show",
]
