"""Times in responses and queries, as ISO 8601."""

from __future__ import annotations

from datetime import UTC, datetime


def written(seconds: float) -> str:
    """Return a time, given in seconds since 1970, in milliseconds and UTC."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read(text: str) -> float:
    """Return a time in seconds since 1970; it is in UTC if it has no offset.

    Raises:
        ValueError: It is not ISO 8601.
    """
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
