"""What ``pytest --wan-live`` asks the real API: checks that spend nothing, and one that does.

The one that does is there only with an amount of money, and submits at most
once. What an answer means is for the clients to say; here it is only said
whether that is what it should be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wan_ergonomic._client import WanClient
from wan_ergonomic._clock import Clock
from wan_ergonomic._errors import (
    ApiError,
    AuthenticationError,
    ConfigurationError,
    ContractError,
    ServerError,
    SubmissionInDoubtError,
    WanError,
)
from wan_ergonomic._flows import RetryPolicy
from wan_ergonomic._generation import Generation, Usage
from wan_ergonomic._settings import find_key

# What the model's maker lists for five seconds at 480P, at 0.02 US dollars each. What the API
# takes is known once it has answered.
EXPECTED_USD = 0.10
_CREDITS_PER_USD = 2_000_000

_UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
_WRONG_KEY = "wan-live-wrong-key"
_NO_SUCH_ID = frozenset({400, 404, 410, 422})
_SECONDS = 30.0
_ONCE = RetryPolicy(attempts=1)


class CanaryError(Exception):
    """Something is not as it was, or as it should be."""


class CannotTellError(Exception):
    """A check cannot be made here; not a failure."""


@dataclass(slots=True, kw_only=True)
class Ledger:
    """What was spent.

    Attributes:
        entry: It, in a sentence that is true at every moment.
        is_closed: Whether a submission was tried, so that there will be no second one.
    """

    entry: str = "Nothing was spent."
    is_closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """Where the checks are made, and what they may cost.

    Attributes:
        base_url: The API's address; None for the contract's own.
        allowed: US dollars that may be spent; None for nothing.
        sources: Where the contract is published; by default where it came from.
        ledger: What was spent.
        clock: The time to go by.
    """

    base_url: str | None = None
    allowed: float | None = None
    sources: tuple[str, ...] = ()
    ledger: Ledger = field(default_factory=Ledger)
    clock: Clock = field(default_factory=Clock)

    def client(self, key: str | None = None, retrying: RetryPolicy | None = None) -> WanClient:
        """Return a client with a key, or the caller's own.

        Raises:
            CannotTellError: The caller has none, or a configuration file that is broken.
        """
        try:
            key = find_key(key)
            return WanClient(key, base_url=self.base_url, retrying=retrying, clock=self.clock)
        except ConfigurationError as error:
            raise CannotTellError(str(error)) from error


def unknown_id(live: Live) -> None:
    """An id that nobody has is refused as the contract says."""
    with live.client(retrying=_ONCE) as client:
        try:
            generation = client.status(_UNKNOWN_ID, timeout=_SECONDS)
        except ApiError as error:
            if error.status_code in _NO_SUCH_ID and isinstance(error.body, dict):
                return
            raise CanaryError(
                f"An unknown id should be refused with 404 and a JSON object: {error}"
            ) from error
        except WanError as error:
            raise CanaryError(f"Could not tell: {error}") from error
    raise CanaryError(f"The API knows an id that nobody has: it is {generation.status!r}.")


def wrong_key(live: Live) -> None:
    """A key that nobody has is refused with 401."""
    with live.client(_WRONG_KEY, retrying=_ONCE) as client:
        try:
            client.status(_UNKNOWN_ID, timeout=_SECONDS)
        except AuthenticationError:
            return
        except WanError as error:
            raise CanaryError(f"A wrong key should be refused with 401: {error}") from error
    raise CanaryError("The API accepted a key that nobody has.")


def one_generation(live: Live) -> None:
    """One video is made, for no more than was allowed, and the answers honour the contract."""
    if live.allowed is None or live.allowed < EXPECTED_USD:
        raise CannotTellError(
            f"One generation costs about {_dollars(EXPECTED_USD)}; --wan-spend allows less."
        )
    if live.ledger.is_closed:
        raise CannotTellError("One submission was made already.")
    pending = _submitted(live)
    with live.client() as client:
        try:
            done = client.wait(pending)
        except WanError as error:
            raise CanaryError(str(error)) from error
    drift = [str(one) for one in (*pending.drift, *done.drift)]
    if drift:
        raise CanaryError("\n".join(drift))
    cost = _cost(pending.usage)
    if cost is not None and cost > live.allowed:
        raise CanaryError(
            f"One generation cost {_dollars(cost)}, more than the {_dollars(live.allowed)} allowed."
        )


def _submitted(live: Live) -> Generation:
    ledger = live.ledger
    with live.client(retrying=_ONCE) as client:
        before, ledger.is_closed = ledger.entry, True
        ledger.entry = "One generation was submitted; whether it was accepted is unknown."
        try:
            # The size is the price: without it, this is refused and nothing is sent.
            pending = client.submit("A paper boat drifts across a puddle", resolution="480P")
        except WanError as error:
            if not isinstance(error, SubmissionInDoubtError | ServerError):
                ledger.entry = before
            raise CanaryError(f"The submission failed: {error}") from error
    cost = _cost(pending.usage)
    amount = "an amount that the API did not name" if cost is None else _dollars(cost)
    ledger.entry = f"Spent: {amount}, for one generation, {pending.id}."
    return pending


def _cost(usage: Usage | None) -> float | None:
    if usage is None or usage.usd is not None:
        return usage.usd if usage else None
    return None if usage.credits is None else usage.credits / _CREDITS_PER_USD


def _dollars(amount: float) -> str:
    return f"{amount:.2f} USD"


def published_page(live: Live) -> None:
    """What is published is what is vendored here; a reworded description is no change."""
    try:
        from wan_ergonomic.contract import watch_published

        result = watch_published(live.sources)
    except ModuleNotFoundError as error:
        if str(error.name).startswith("wan_ergonomic"):
            raise
        raise CannotTellError("This needs: pip install 'wan-ergonomic[contract]'") from error
    except ContractError as error:
        raise CanaryError(f"Could not tell: {error}") from error
    said = [f"{one.severity}: {one.message}" for one in result.findings if one.severity != "docs"]
    said += [f"Could not tell: {source.error}" for source in result.unread]
    said += [result.obstacle] if result.obstacle else []
    if said:
        raise CanaryError("\n".join(said))


FREE: Mapping[str, Callable[[Live], None]] = {
    "unknown id": unknown_id,
    "wrong key": wrong_key,
    "published page unchanged": published_page,
}
SPENDING: Mapping[str, Callable[[Live], None]] = {"one generation": one_generation}
