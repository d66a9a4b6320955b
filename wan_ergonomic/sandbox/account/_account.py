"""The account as a test sees it: its scenario, and its books."""

from __future__ import annotations

from wan_ergonomic._generation import dollars

from ._books import Books, Transaction
from ._in_play import InPlay
from ._scenario import AccountScenario


class Account:
    """The account that a sandbox charges."""

    def __init__(self, *, in_play: InPlay, books: Books) -> None:
        self._in_play = in_play
        self._books = books

    @property
    def scenario(self) -> AccountScenario:
        """How the account's operations respond; another one can be set at any time."""
        return self._in_play.scenario

    @scenario.setter
    def scenario(self, scenario: AccountScenario) -> None:
        self._in_play.put(scenario)

    @property
    def charged_usd(self) -> float:
        """US dollars charged so far and not refunded."""
        return dollars(self._books.charged()[-1])

    @property
    def highest_charged_usd(self) -> float:
        """The most that ``charged_usd`` has been at any instant, read or not."""
        return dollars(max(self._books.charged()))

    @property
    def transactions(self) -> tuple[Transaction, ...]:
        """Every top-up, charge and refund so far, the oldest first."""
        return tuple(self._books.transactions())

    def __repr__(self) -> str:
        return f"<Account charged {self.charged_usd:g} USD, scenario {self.scenario.name}>"
