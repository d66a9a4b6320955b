"""Asks for the price and the usual time while a submission is under way, so that it never waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from wan_ergonomic import WanError
from wan_ergonomic.account import from_history

if TYPE_CHECKING:
    from wan_ergonomic import WanClient
    from wan_ergonomic._price import Price
    from wan_ergonomic.account import Durations
    from wan_ergonomic.ledger import Ledger

# How long asking may take, in seconds.
_ASKING_SECONDS = 10.0
# Once the submission is accepted, its price is waited for no longer than this.
_LATE_SECONDS = 1.0


class Ahead:
    """What is worth knowing of a submission, asked for in a thread with a client of its own."""

    def __init__(
        self, make: Callable[[], WanClient], options: Mapping[str, Any], ledger: Ledger | None
    ) -> None:
        self._make = make
        self._options = dict(options)
        self._ledger = ledger
        self._price: Price | None = None
        self._durations: Durations | None = None
        self._has_price = threading.Event()
        threading.Thread(target=self._run, name="ahead", daemon=True).start()

    def price(self) -> Price | None:
        """Return the price, if anybody says something about it soon."""
        self._has_price.wait(_LATE_SECONDS)
        return self._price if self._price and self._price.as_of else None

    def durations(self) -> Durations | None:
        """Return how long it usually takes, if that is known by now."""
        return self._durations

    def _run(self) -> None:
        # Whatever happens here, the submission goes on.
        try:
            with suppress(WanError), self._make() as client:
                self._price = client.price(timeout=_ASKING_SECONDS, **self._options)
                self._has_price.set()
                self._durations = self._vendors(client) or self._own(client.base_url)
        finally:
            self._has_price.set()

    def _vendors(self, client: WanClient) -> Durations | None:
        with suppress(WanError):
            return client.durations(timeout=_ASKING_SECONDS)
        return None

    def _own(self, base_url: str) -> Durations | None:
        jobs = self._ledger.recent(base_url) if self._ledger else []
        return from_history([each for job in jobs if (each := job.seconds)])
