"""What time it is at the API: the cheapest question that shows whether it can be reached."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from wan_ergonomic._flows import CallContext, Steps
from wan_ergonomic._spec import model

from ._ask import ask


def server_time(context: CallContext) -> Steps[datetime | None]:
    """Return the time of a response's ``Date``; None if it has none. No key is needed.

    Raises:
        WanError: The API cannot be reached, or answers with an error.
    """
    response = yield from ask("list_models", {"id": model(), "include": "pricing"}, context)
    try:
        moment = parsedate_to_datetime(response.headers.get("date", ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return moment.astimezone(UTC)
