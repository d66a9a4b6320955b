"""API responses to data: a Generation, a typed error, and departures from the contract."""

from ._drift import show
from ._error_response import parse_error
from ._response import other_id, parse_generation
from ._retry_after import parse_retry_after

__all__ = ["other_id", "parse_error", "parse_generation", "parse_retry_after", "show"]
