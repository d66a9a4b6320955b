"""The account's request log: its rows, and its pages."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from wan_ergonomic._errors import ConnectionFailedError
from wan_ergonomic._flows import CallContext, Sleep, Steps
from wan_ergonomic._generation import dollars
from wan_ergonomic._parsing import member, read_id, read_number

from ._ask import ask, read_object, rows_of

PAGE = 100
# The longest window that the API takes.
LONGEST_WINDOW = timedelta(days=92)
# No listing needs more pages; a log that is paged wrongly could have no end.
MOST_PAGES = 1000
# The periods that the API knows, each with the age up to which it is sure to hold a request.
_PERIODS = {"24h": timedelta(hours=20), "7d": timedelta(days=6, hours=12)}
# How wrong this machine's clock may be.
_CLOCKS_APART = timedelta(hours=2)
# The API answers this many requests a minute for an account; we stay below it.
_A_MINUTE = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRequest:
    """One request in the account's log.

    Attributes:
        created: When it was made; None if the log does not say.
        status: ``succeeded`` or ``failed``, or another word of the vendor's.
        model: The model.
        usd: What it cost in US dollars; 0 for a failed one; None if the log does not say.
        inference_id: For a video, the id of the generation.
        client_request_id: The ``X-Client-Request-Id`` that it was sent with.
        request_id: The gateway's id of the request.
        origin: ``api`` or ``playground``.
    """

    created: datetime | None
    status: str
    model: str
    usd: float | None
    inference_id: str | None
    client_request_id: str | None
    request_id: str | None
    origin: str

    @property
    def failed(self) -> bool:
        """Whether it failed, and so was not charged."""
        return self.status.lower() == "failed"


def read_rows(body: Mapping[str, Any]) -> list[LoggedRequest]:
    """Return the rows of one response; what cannot be read of a row is None or empty.

    Raises:
        UnreadableResponseError: It has no list of rows.
    """
    return [_row(row) for row in rows_of(body, "logs", "rows", "requests")]


def window_since(moment: datetime, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield the windows from a moment until now, the newest first.

    A recent one is left to the API's own clock, because ours may be wrong.
    """
    age = now - moment
    for period, longest in _PERIODS.items():
        if age < longest:
            yield {"period": period}
            return
    end = now + _CLOCKS_APART
    while end > moment:
        start = max(moment - _CLOCKS_APART, end - LONGEST_WINDOW)
        yield {"start": start, "end": end}
        end = start if start > moment else moment


def read_log(
    windows: Iterable[Mapping[str, Any]],
    context: CallContext,
    take: Callable[[list[LoggedRequest]], bool],
    **filters: Any,
) -> Steps[None]:
    """Read rows, the newest first.

    Args:
        windows: The windows to read.
        context: Says how long it may take.
        take: Called with the rows of each page; returns whether more are wanted.
        **filters: Other parameters of the operation.

    Raises:
        WanError: A page cannot be read.
    """
    for window in windows:
        offset = 0
        for _ in range(MOST_PAGES):
            while wait := RATE.wait(context.now()):
                if wait >= context.left():
                    raise ConnectionFailedError(
                        "This process has read the request log as often as the API allows in a "
                        "minute."
                    )
                yield Sleep(wait)
            parameters = {**window, **filters, "limit": PAGE, "offset": offset}
            body = read_object((yield from ask("list_requests", parameters, context)))
            rows = read_rows(body)
            if not take(rows):
                return
            if not rows or not _has_more(body, len(rows)):
                break
            offset += len(rows)


def _has_more(body: Mapping[str, Any], rows: int) -> bool:
    more = member(body.get("pagination"), "has_more")
    return more if isinstance(more, bool) else rows >= PAGE


def _row(row: Mapping[str, Any]) -> LoggedRequest:
    cost = row.get("cost")
    usd, spent = read_number(member(cost, "usd")), read_number(member(cost, "credits"))
    if usd is None and spent is not None:
        usd = dollars(spent)
    return LoggedRequest(
        created=read_moment(row.get("created")),
        status=_text(row.get("status")) or "",
        model=_text(row.get("model")) or "",
        usd=usd,
        inference_id=read_id(row.get("inference_id")),
        request_id=read_id(row.get("request_id")),
        client_request_id=_text(row.get("client_request_id")),
        origin=_text(row.get("origin")) or "",
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def read_moment(value: Any) -> datetime | None:
    """Return an ISO 8601 date and time, in UTC if it has no offset; None if it is not one."""
    if not isinstance(value, str):
        return None
    with suppress(ValueError, OverflowError):
        from dateutil.parser import isoparse

        moment = isoparse(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


class Rate:
    """Holds this process below a number of requests a minute."""

    def __init__(self, most: int, seconds: float = 60.0) -> None:
        self._most, self._seconds = most, seconds
        self._sent: deque[float] = deque()
        self._lock = threading.Lock()

    def wait(self, now: float) -> float:
        """Return 0 and count a request, or the seconds until one may be sent."""
        with self._lock:
            while self._sent and self._sent[0] <= now - self._seconds:
                self._sent.popleft()
            if len(self._sent) < self._most:
                self._sent.append(now)
                return 0.0
            return self._sent[0] + self._seconds - now


RATE = Rate(_A_MINUTE)
