"""The account's scenario in play, and how often each operation was requested under it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from .._scenario import Run, Trouble
from ._paths import Operation
from ._prices import credits_of
from ._scenario import AccountScenario

_NO_FAILURES: Run[Trouble] = Run()


class InPlay:
    """Holds the scenario; any thread may put another one into play."""

    def __init__(self, scenario: AccountScenario | None = None) -> None:
        self.put(scenario or AccountScenario())

    @property
    def scenario(self) -> AccountScenario:
        """The scenario."""
        return self._playing[0]

    def put(self, scenario: AccountScenario) -> None:
        """Put a scenario into play; its failures begin anew."""
        # One assignment, so that a request in the server's thread sees both or neither.
        requests: Counter[Operation] = Counter()
        self._playing = (scenario, requests)

    def failure(self, operation: Operation) -> Trouble | None:
        """Return the failure of this request for an operation, or None."""
        scenario, requests = self._playing
        trouble = scenario.failures.get(operation, _NO_FAILURES).at(requests[operation])
        requests[operation] += 1
        return trouble

    def price(self, request: Mapping[str, Any]) -> int:
        """Return what a generation costs now, in credits."""
        return credits_of(request, self.scenario.rates)
