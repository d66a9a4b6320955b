"""What is left on the account."""

from __future__ import annotations

from dataclasses import dataclass

from wan_ergonomic._errors import UnreadableResponseError
from wan_ergonomic._flows import CallContext, Steps
from wan_ergonomic._parsing import read_number

from ._ask import ask, read_object


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What is left on the account.

    Attributes:
        amount: In ``currency``.
        currency: ``USD``, unless the API says otherwise.
    """

    amount: float
    currency: str = "USD"

    def __str__(self) -> str:
        return f"{self.amount:,.2f} {self.currency}"


def balance(context: CallContext) -> Steps[Balance]:
    """Return what is left on the account.

    Raises:
        WanError: The API does not say.
    """
    body = read_object((yield from ask("get_balance", {}, context)))
    amount, currency = read_number(body.get("current_balance")), body.get("currency")
    if amount is None:
        raise UnreadableResponseError("The API's response has no balance.", body=str(body)[:500])
    named = currency if isinstance(currency, str) and currency.strip() else "USD"
    return Balance(amount=amount, currency=named.upper())
