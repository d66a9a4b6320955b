"""What an agent may spend: fixed when the server starts, counted by the ledger."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wan_ergonomic._errors import LedgerError, SpendLimitError

if TYPE_CHECKING:
    from wan_ergonomic.ledger import Ledger

HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What may be spent.

    Attributes:
        max_usd: The most that submissions may cost in any 24 hours, in US dollars; None is no cap,
            which only a sandbox may have.
        no_spend: Whether nothing may be submitted at all.
        sandbox: Whether a sandbox is called, so that nothing is billed.
    """

    max_usd: float | None = None
    no_spend: bool = False
    sandbox: bool = False

    def check(self) -> None:
        """Allow a submission, as far as that does not depend on its price.

        Raises:
            SpendLimitError: Nothing may be submitted.
        """
        if self.no_spend:
            raise SpendLimitError(
                "This server was started with --no-spend, so it submits nothing. Nothing was sent "
                "or spent.",
            )

    def as_data(self, ledger: Ledger, base_url: str) -> dict[str, Any]:
        """Return what may be spent, and what is spent of it, as JSON data."""
        spent = left = None
        # What is not known is null, and stops no other tool.
        with suppress(LedgerError):
            spent = round(ledger.spent(base_url, HOURS * 3600.0), 6)
        if self.no_spend:
            left = 0.0
        elif self.max_usd is not None and spent is not None:
            left = max(0.0, round(self.max_usd - spent, 6))
        return {
            "no_spend": self.no_spend,
            "max_usd": self.max_usd,
            "hours": HOURS,
            "spent_usd": spent,
            "left_usd": left,
            "sandbox": self.sandbox,
        }
