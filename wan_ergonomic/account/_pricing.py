"""What requests cost, as one client knows it: from the catalogue, or else from what was charged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from wan_ergonomic._errors import WanError
from wan_ergonomic._flows import CallContext, FileWork, Steps
from wan_ergonomic._price import Price
from wan_ergonomic._spec import server_defaults

from ._ask import ask, read_object
from ._catalogue import Catalogue, Entry
from ._log import read_rows
from ._price import highest, quote

# So many of the account's last requests are looked at for a charge.
_ROWS = 100


class Charge(Protocol):
    """What was paid for one request."""

    @property
    def body(self) -> Mapping[str, Any]:
        """The request's body."""

    @property
    def submitted(self) -> datetime:
        """When it was sent."""

    @property
    def usd(self) -> float | None:
        """What the API said that it cost."""


class Charges(Protocol):
    """Where what was paid is recorded; may block, and does not fail."""

    def charges(self) -> Sequence[Charge]:
        """Return the last charges of this API, the newest first."""


class Pricing:
    """What requests cost, for any number of threads."""

    def __init__(
        self, catalogue: Catalogue, recorded: Charges | None = None, *, has_key: bool = True
    ) -> None:
        self._catalogue = catalogue
        self._recorded = recorded
        self._has_key = has_key

    def last_read(self, body: Mapping[str, Any]) -> Price | None:
        """Return the price by the catalogue as this client last read it; asks nobody."""
        entry = self._catalogue.entry
        return _quoted(entry, body) if entry else None

    def known(self, body: Mapping[str, Any], context: CallContext) -> Steps[Price | None]:
        """Return what ``last_read`` does, with the arguments of ``ceiling``."""
        del context
        yield from ()
        return self.last_read(body)

    def price(self, body: Mapping[str, Any], context: CallContext) -> Steps[Price]:
        """Return the price of a request; one that is not known has ``usd`` None and a reason."""
        try:
            entry = yield from self._catalogue.latest(context)
            return _quoted(entry, body)
        except WanError as error:
            reason = f"the catalogue cannot be read: {error}"
        kept = yield from self._catalogue.last_known()
        if kept and (price := _quoted(kept, body, reason)).usd is not None:
            return price
        recorded = yield from self._charges()
        for charge in recorded:
            if charge.usd and _priced(charge.body) == _priced(body):
                return Price(usd=charge.usd, source="ledger", as_of=charge.submitted, reason=reason)
        logged = yield from self._logged(body, context)
        if len({row.usd for row in logged}) == 1:
            return Price(
                usd=logged[0].usd, source="charges", as_of=logged[0].created, reason=reason
            )
        return Price(usd=None, source="catalogue", as_of=None, reason=reason)

    def ceiling(self, body: Mapping[str, Any], context: CallContext) -> Steps[Price]:
        """Return what to reserve for a request: its price, or the highest known for the model.

        The last charge for the same options counts if it is higher than the price. What the log
        shows does not count, because it does not name the options.
        """
        price = yield from self.price(body, context)
        recorded = yield from self._charges()
        if price.usd is not None and price.source != "charges":
            alike = (each for each in recorded if _priced(each.body) == _priced(body))
            last = next((each for each in alike if each.usd), None)
            if last is None or (last.usd or 0.0) <= price.usd:
                return price
            return replace(price, usd=last.usd, source="ledger", as_of=last.submitted)
        entry = yield from self._catalogue.last_known()
        known = [highest(entry.pricing) if entry else None, *(charge.usd for charge in recorded)]
        usd = max((each for each in known if each), default=None)
        reason = f"{price.reason}; this is the highest price known for the model"
        return replace(price, usd=usd, reason=reason if usd else price.reason)

    def _charges(self) -> Steps[Sequence[Charge]]:
        if self._recorded is None:
            return []
        found: Sequence[Charge] = yield FileWork(self._recorded.charges)
        return found

    def _logged(self, body: Mapping[str, Any], context: CallContext) -> Steps[list[Any]]:
        """Return the account's last paid requests for the model."""
        if not self._has_key:
            return []
        model = body.get("model")
        parameters = {"period": "7d", "model": [model], "status": ["succeeded"], "limit": _ROWS}
        try:
            response = yield from ask("list_requests", parameters, context)
            return [row for row in read_rows(read_object(response)) if row.usd]
        except WanError:
            return []


def _quoted(entry: Entry, body: Mapping[str, Any], reason: str = "") -> Price:
    if not entry.listed:
        missing = "the catalogue does not list the model"
        return Price(usd=None, source="catalogue", as_of=entry.as_of, reason=missing)
    found = quote(entry.pricing, _priced(body))
    return Price(
        usd=found.usd, source="catalogue", as_of=entry.as_of, reason=found.reason or reason
    )


def _priced(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that a price can depend on, with the server's defaults."""
    options = {**server_defaults(), **body}
    return {
        name: value
        for name, value in options.items()
        if name not in {"prompt", "negative_prompt", "seed"} and value is not None
    }
