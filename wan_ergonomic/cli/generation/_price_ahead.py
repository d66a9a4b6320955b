"""Asks for the price while a submission is under way, so that nothing waits for it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from wan_ergonomic import WanError

if TYPE_CHECKING:
    from wan_ergonomic import WanClient
    from wan_ergonomic._price import Price

_SECONDS = 15.0


class PriceAhead:
    """The price of a submission, once it is known."""

    def __init__(self, client: WanClient, options: Mapping[str, Any]) -> None:
        self._client = client
        self._options = dict(options)
        self._price: Price | None = None
        threading.Thread(target=self._ask, name="price", daemon=True).start()

    def known(self) -> Price | None:
        """Return the price if it is known by now."""
        return self._price

    def _ask(self) -> None:
        # Whatever happens here, the submission goes on; a closed client is a WanError, too.
        with suppress(WanError, RuntimeError):
            self._price = self._client.price(timeout=_SECONDS, **self._options)
