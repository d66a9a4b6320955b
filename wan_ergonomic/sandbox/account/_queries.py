"""Reads the queries of the log and of the transactions, and rejects malformed ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from starlette.datastructures import QueryParams

from .._validation import InvalidRequestError
from ._times import read

DAY = 86400.0
_PERIODS = {"24h": DAY, "7d": 7 * DAY}
_MAX_WINDOW = 92 * DAY
_STATUSES = ("succeeded", "failed")
_LIMIT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuery:
    """What a request for the log selects.

    Attributes:
        start: Where the window begins, in seconds since 1970.
        end: Where it ends.
        models: The models; empty for all of them.
        statuses: The statuses; empty for all of them.
        limit: How many rows.
        offset: How many rows to pass over.
    """

    start: float
    end: float
    models: Sequence[str]
    statuses: Sequence[str]
    limit: int
    offset: int

    @classmethod
    def of(cls, query: QueryParams, now: float) -> LogQuery:
        """Read a query.

        Raises:
            InvalidRequestError: It is malformed.
        """
        start, end = _window(query, now)
        statuses = query.getlist("status")
        for status in statuses:
            if status not in _STATUSES:
                _reject("status", f"status must be {' or '.join(_STATUSES)}", status)
        return cls(
            start=start,
            end=end,
            models=query.getlist("model"),
            statuses=statuses,
            limit=limit_of(query),
            offset=_whole(query, "offset", default=0, least=0),
        )


def limit_of(query: QueryParams) -> int:
    """Return how many rows a query wants in one response.

    Raises:
        InvalidRequestError: It is not a number from 1 to 100.
    """
    return _whole(query, "limit", default=_LIMIT, least=1, most=100)


def _window(query: QueryParams, now: float) -> tuple[float, float]:
    period = query.get("period")
    if period is None:
        start, end = _moment(query, "start"), _moment(query, "end")
        if not start <= end <= start + _MAX_WINDOW:
            _reject("end", "end must be at most 92 days after start", query["end"])
        return start, end
    if "start" in query or "end" in query:
        _reject("period", "period cannot be combined with start and end", period)
    if period not in _PERIODS:
        _reject("period", f"period must be {' or '.join(_PERIODS)}", period)
    return now - _PERIODS[period], now


def _moment(query: QueryParams, name: str) -> float:
    text = query.get(name)
    if text is None:
        _reject(name, "either period, or start and end, must be sent", None)
    try:
        return read(text)
    except ValueError:
        _reject(name, f"{name} must be a time in ISO 8601", text)


def _whole(query: QueryParams, name: str, *, default: int, least: int, most: int = 10**9) -> int:
    text = query.get(name, str(default))
    # int() would take "1_0" and digits of other scripts, too.
    if not re.fullmatch(r"[0-9]{1,10}", text) or not least <= int(text) <= most:
        _reject(name, f"{name} must be a whole number from {least} to {most}", text)
    return int(text)


def _reject(name: str, message: str, received: str | None) -> NoReturn:
    issue = {"code": "custom", "path": [name], "message": message, "received": received}
    raise InvalidRequestError(f"Invalid query: {message}", [issue])
