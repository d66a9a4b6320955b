"""A cap on what submissions may cost."""

from __future__ import annotations

import math
from dataclasses import dataclass

from wan_ergonomic._errors import ConfigurationError, SpendLimitError
from wan_ergonomic._generation import Generation
from wan_ergonomic._price import show_usd

DAY = 86400.0
# Sums of floating-point numbers are not exact.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Cap:
    """What may be spent within a time.

    Attributes:
        usd: US dollars, charged and reserved.
        seconds: The time, up to now.
    """

    usd: float
    seconds: float = DAY

    def __post_init__(self) -> None:
        valid = isinstance(self.usd, int | float) and not isinstance(self.usd, bool)
        if not valid or not 0 <= self.usd < math.inf:
            raise ConfigurationError(
                f"max_usd must be a number of US dollars from 0 on, not {self.usd!r:.60}."
            )

    def check(self, spent: float, price: float | None) -> None:
        """Allow a submission at a price.

        Raises:
            SpendLimitError: Its price is not known, or with it more than the cap would be spent.
        """
        if price is None:
            raise SpendLimitError(
                "What the submission costs is not known, so a cap on spending cannot be kept.",
                max_usd=self.usd,
                spent_usd=spent,
            )
        if spent + price > self.usd + _ROUNDING:
            raise SpendLimitError(
                f"The submission costs {show_usd(price)}, but of the cap of {show_usd(self.usd)} "
                f"in 24 hours {show_usd(spent)} are charged or reserved.",
                max_usd=self.usd,
                spent_usd=spent,
                price_usd=price,
            )


def was_free(generation: Generation) -> bool:
    """Whether a generation has failed, and is said to have cost nothing.

    A cost of 0 of one that has not failed may only mean that it is not counted yet.
    """
    usage = generation.usage
    if usage is None or not generation.failed:
        return False
    return {usage.usd, usage.credits} in ({0}, {0, None})
