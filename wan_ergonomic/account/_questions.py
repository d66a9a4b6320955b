"""What both clients ask about the account: prices, the balance, paid requests, durations.

Asking costs nothing. Each method is written once, as in the clients, and imports what it
needs when it is called, because most programs ask nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar, Unpack

from wan_ergonomic._errors import ConfigurationError
from wan_ergonomic._flows import CallContext, Steps
from wan_ergonomic._options import Options
from wan_ergonomic._prompts import Preview
from wan_ergonomic._spec import model as model_id

if TYPE_CHECKING:
    from ._log import LoggedRequest
    from ._pricing import Pricing

Priced = TypeVar("Priced")
Left = TypeVar("Left")
Used = TypeVar("Used")
Took = TypeVar("Took")

QUESTION_SECONDS = 60.0
WEEK = timedelta(days=7)
# Before the log has anything. Further back, there would be too many windows to read.
_EARLIEST = datetime(2022, 1, 1, tzinfo=UTC)


class Questions(ABC, Generic[Priced, Left, Used, Took]):
    """The questions; the type variables are their answers, or coroutines that return them."""

    @property
    @abstractmethod
    def _pricing(self) -> Pricing:
        """What requests cost, as this client knows it."""

    @abstractmethod
    def _context(
        self, timeout: float | None, default: float, extra_headers: Mapping[str, str] | None
    ) -> CallContext:
        """Return the context of one call."""

    @abstractmethod
    def _prepare(
        self, prompt: str, options: Mapping[str, Any], *, allow_unsupported: bool | None
    ) -> Preview:
        """Return the request for a prompt."""

    @abstractmethod
    def _ask(self, steps: Steps[Any]) -> Any:
        """Run steps to their end and return their result."""

    def price(self, *, timeout: float | None = None, **options: Unpack[Options]) -> Priced:
        """Return what one video costs with these options, by the vendor's catalogue.

        No key is sent. Where the catalogue cannot be read, the last price that is known is
        returned, with its date. A price that is not known has ``usd`` None and a reason.

        Args:
            timeout: Seconds that this may take; 60 by default.
            **options: Those of the video, as the vendor describes them:
                aspect_ratio: The aspect ratio of the generated video. One of 16:9, 9:16, 1:1, 4:3,
                    3:4. By default 16:9.
                enhance_prompt: Whether to enable prompt expansion. By default True.
                negative_prompt: The description of elements to avoid in the generated video.
                resolution: An enumeration where the short side of the video frame determines the
                    resolution. One of 480P, 1080P. By default 1080P.
                seed: Varying the seed integer is a way to get different results for the same other
                    request parameters. Using the same value for an identical request will produce
                    similar results. If unspecified, a random number is chosen.
                watermark: Whether the video contains a watermark. By default False.

        Raises:
            PromptError: An option is invalid.
        """
        body = self._prepare("any", options, allow_unsupported=None).body
        context = self._context(timeout, QUESTION_SECONDS, None)
        answer: Priced = self._ask(self._pricing.price(body, context))
        return answer

    def balance(self, *, timeout: float | None = None) -> Left:
        """Return what is left on the account.

        Args:
            timeout: Seconds that this may take; 60 by default.

        Raises:
            WanError: The API does not say.
        """
        from ._balance import balance

        left: Left = self._ask(balance(self._context(timeout, QUESTION_SECONDS, None)))
        return left

    def usage(
        self,
        since: datetime | timedelta = WEEK,
        *,
        status: str | None = None,
        model: str | None = None,
        timeout: float | None = None,
    ) -> Used:
        """Return the account's requests, the newest first; a video appears once its job has ended.

        Args:
            since: The first moment, or how far back from now; a week by default.
            status: Only ``succeeded`` or only ``failed`` ones.
            model: Only those of one model.
            timeout: Seconds that this may take; 60 by default.

        Raises:
            ConfigurationError: ``since`` is neither.
            WanError: The log cannot be read.
        """
        now = datetime.now(UTC)
        start = _start(since, now)
        filters = {"status": status, "model": model}
        wanted = {name: [value] for name, value in filters.items() if value is not None}
        context = self._context(timeout, QUESTION_SECONDS, None)
        rows: Used = self._ask(_rows_since(start, now, context, wanted))
        return rows

    def durations(self, *, timeout: float | None = None) -> Took:
        """Return how long recent jobs took; None if the vendor has no figures.

        Args:
            timeout: Seconds that this may take; 60 by default.

        Raises:
            WanError: They cannot be read.
        """
        from ._durations import durations

        context = self._context(timeout, QUESTION_SECONDS, None)
        took: Took = self._ask(durations(model_id(), context))
        return took


def _start(since: datetime | timedelta, now: datetime) -> datetime:
    """Return the first moment, but none from before the log has anything."""
    try:
        if isinstance(since, timedelta):
            return now - min(since, now - _EARLIEST)
        return _EARLIEST if since.year < _EARLIEST.year else since.astimezone(UTC)
    except (AttributeError, TypeError, ValueError, OverflowError) as error:
        raise ConfigurationError(
            f"since must be a moment or a time span, not {since!r:.60}. Nothing was sent."
        ) from error


def _rows_since(
    start: datetime, now: datetime, context: CallContext, filters: Mapping[str, Any]
) -> Steps[list[LoggedRequest]]:
    found: dict[object, LoggedRequest] = {}

    def take(rows: list[LoggedRequest]) -> bool:
        # New requests move the others to later pages, so one may come twice.
        found.update((row.inference_id or row.request_id or row, row) for row in rows)
        return True

    from ._log import read_log, window_since

    yield from read_log(window_since(start, now), context, take, **filters)
    return [row for row in found.values() if row.created is None or row.created >= start]
