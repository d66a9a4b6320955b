"""Asks for the price while a submission is under way, so that no submission waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from wan_ergonomic import WanError

if TYPE_CHECKING:
    from wan_ergonomic import WanClient
    from wan_ergonomic._price import Price

# Asking is given up after so many seconds.
_ASKING_SECONDS = 10.0
# Once the submission is accepted, its price is waited for no longer than this.
_LATE_SECONDS = 1.0


class PriceAhead:
    """The price of a submission, asked for in a thread with a client of its own."""

    def __init__(self, make: Callable[[], WanClient], options: Mapping[str, Any]) -> None:
        self._make = make
        self._options = dict(options)
        self._price: Price | None = None
        self._thread = threading.Thread(target=self._ask, name="price", daemon=True)
        self._thread.start()

    def told(self) -> Price | None:
        """Return the price, if anybody says something about it soon."""
        self._thread.join(_LATE_SECONDS)
        return self._price if self._price and self._price.as_of else None

    def _ask(self) -> None:
        # Whatever happens here, the submission goes on.
        with suppress(WanError), self._make() as client:
            self._price = client.price(timeout=_ASKING_SECONDS, **self._options)
