"""What one video costs: data, and how an amount of money is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

PriceSource = Literal["catalogue", "ledger", "charges"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one video costs, as far as it is known.

    Attributes:
        usd: US dollars; None if the price is not known.
        source: Who says so: the vendor's ``catalogue``, or the last charge for such a request in
            the ``ledger`` or among the account's ``charges``.
        as_of: When the source said so; None if none did.
        reason: Why the price is not known, or why it is not from the catalogue.
    """

    usd: float | None
    source: PriceSource
    as_of: datetime | None
    reason: str = ""

    @property
    def exact(self) -> bool:
        """Whether it is the price of this request in the catalogue, and no older charge."""
        return self.usd is not None and self.source == "catalogue" and not self.reason

    def as_json(self) -> dict[str, object]:
        """Return it as values that JSON has."""
        as_of = self.as_of.isoformat() if self.as_of else None
        return {"usd": self.usd, "source": self.source, "as_of": as_of, "reason": self.reason}

    def __str__(self) -> str:
        if self.usd is None:
            return f"price unknown: {self.reason}"
        where = {
            "catalogue": "the catalogue",
            "ledger": "the last charge in the ledger",
            "charges": "the account's last charges",
        }[self.source]
        when = f", {self.as_of:%Y-%m-%d %H:%M} UTC" if self.as_of else ""
        return f"{show_usd(self.usd)} ({where}{when})"


def show_usd(amount: float) -> str:
    """Return an amount of US dollars as text, with at least two decimals."""
    return (
        f"${amount:.2f}" if round(amount, 2) == round(amount, 6) else f"${amount:.6f}".rstrip("0")
    )
