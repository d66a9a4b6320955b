"""The checks of ``pytest --wan-live``: some that spend nothing, and one that makes a video.

The paid check exists only if the caller allows an amount of money, and it submits at
most once. The clients interpret the responses; a check compares the outcome with what
the contract and the vendor's documentation say.
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
    SubmissionInDoubtError,
    WanError,
)
from wan_ergonomic._flows import RetryPolicy
from wan_ergonomic._generation import Generation, Usage, dollars
from wan_ergonomic._prompts import PRESETS

# Alibaba's list price: five seconds at 480P, 0.02 US dollars each. The response to the
# submission gives the API's own price.
EXPECTED_USD = 0.10

_UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
_WRONG_KEY = "wan-live-wrong-key"
_UNKNOWN_ID_STATUSES = frozenset({400, 404, 410, 422})
_TIMEOUT = 30.0
_ONCE = RetryPolicy(attempts=1)


class CheckFailedError(Exception):
    """The API or its published contract is not as expected."""


class CheckSkippedError(Exception):
    """A check cannot be made here; it is skipped."""


@dataclass(slots=True, kw_only=True)
class Spending:
    """The money that the checks spent.

    Attributes:
        summary: One sentence, kept true at every moment.
        has_submitted: Whether a submission was sent; there is no second one.
    """

    summary: str = "Nothing was spent."
    has_submitted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSettings:
    """The API to check and the money allowed.

    Attributes:
        base_url: The API's URL; None for that of the environment, or else the contract's.
        allowed: The US dollars that may be spent; None for none.
        sources: Where the contract is published; empty for where it was vendored from.
        spending: The money spent so far.
        clock: The clock of the clients.
    """

    base_url: str | None = None
    allowed: float | None = None
    sources: tuple[str, ...] = ()
    spending: Spending = field(default_factory=Spending)
    clock: Clock = field(default_factory=Clock)

    def client(self, key: str | None = None, retrying: RetryPolicy | None = None) -> WanClient:
        """Return a client with this key, or with the caller's own.

        Raises:
            CheckSkippedError: The caller has no key, or a broken configuration file.
        """
        try:
            return WanClient(key, base_url=self.base_url, retrying=retrying, clock=self.clock)
        except ConfigurationError as error:
            raise CheckSkippedError(str(error)) from error


def unknown_id(live: LiveSettings) -> None:
    """Check that the response to an unknown id is the contract's error response."""
    with live.client(retrying=_ONCE) as client:
        try:
            generation = client.status(_UNKNOWN_ID, timeout=_TIMEOUT)
        except ApiError as error:
            if error.status_code in _UNKNOWN_ID_STATUSES and isinstance(error.body, dict):
                return
            raise CheckFailedError(
                f"An unknown id should get 404 and a JSON object: {error}"
            ) from error
        except WanError as error:
            raise CheckFailedError(f"The check could not be made: {error}") from error
    raise CheckFailedError(f"The API accepted an unknown id, with status {generation.status!r}.")


def wrong_key(live: LiveSettings) -> None:
    """Check that a wrong key gets 401."""
    with live.client(_WRONG_KEY, retrying=_ONCE) as client:
        try:
            client.status(_UNKNOWN_ID, timeout=_TIMEOUT)
        except AuthenticationError:
            return
        except WanError as error:
            raise CheckFailedError(f"A wrong key should get 401: {error}") from error
    raise CheckFailedError("The API accepted a wrong key.")


def one_generation(live: LiveSettings) -> None:
    """Make one video; check that its cost is allowed and its responses honor the contract."""
    if live.allowed is None or live.allowed < EXPECTED_USD:
        raise CheckSkippedError(
            f"One generation costs about {_dollars(EXPECTED_USD)}; --wan-spend allows less."
        )
    if live.spending.has_submitted:
        raise CheckSkippedError("One generation was submitted before; there is no second one.")
    pending = _submit(live)
    with live.client() as client:
        try:
            done = client.wait(pending)
        except WanError as error:
            raise CheckFailedError(str(error)) from error
    drift = [str(one) for one in (*pending.drift, *done.drift)]
    if drift:
        raise CheckFailedError("\n".join(drift))
    cost = _cost(pending.usage)
    if cost is not None and cost > live.allowed:
        raise CheckFailedError(
            f"One generation cost {_dollars(cost)}, more than the {_dollars(live.allowed)} allowed."
        )


def _submit(live: LiveSettings) -> Generation:
    spending = live.spending
    with live.client(retrying=_ONCE) as client:
        before, spending.has_submitted = spending.summary, True
        spending.summary = "One generation was submitted; whether it was accepted is unknown."
        try:
            # The resolution decides the price. If the contract lacks that of a draft, the client
            # raises an error before it sends anything.
            pending = client.submit("A paper boat drifts across a puddle", **PRESETS["draft"])
        except WanError as error:
            if not isinstance(error, SubmissionInDoubtError):
                spending.summary = before
            raise CheckFailedError(f"The submission failed: {error}") from error
    cost = _cost(pending.usage)
    amount = "an amount that the API did not report" if cost is None else _dollars(cost)
    spending.summary = f"Spent: {amount}, for one generation, {pending.id}."
    return pending


def _cost(usage: Usage | None) -> float | None:
    """Return the cost in US dollars, or None if the API did not report it."""
    if usage is None or usage.usd is not None:
        return usage.usd if usage else None
    return None if usage.credits is None else dollars(usage.credits)


def _dollars(amount: float) -> str:
    return f"{amount:.2f} USD"


def published_page(live: LiveSettings) -> None:
    """Check that the published contract equals the vendored one, except for descriptions."""
    try:
        from wan_ergonomic.contract import watch_published

        result = watch_published(live.sources)
    except ModuleNotFoundError as error:
        if str(error.name).startswith("wan_ergonomic"):
            raise
        raise CheckSkippedError("This needs: pip install 'wan-ergonomic[contract]'") from error
    except ContractError as error:
        raise CheckFailedError(f"The check could not be made: {error}") from error
    changes = [one for one in result.findings if one.severity != "docs"]
    problems = [f"{change.severity}: {change.message}" for change in changes]
    problems += [f"The check could not be made: {source.error}" for source in result.unread]
    problems += [result.obstacle] if result.obstacle else []
    if problems:
        raise CheckFailedError("\n".join(problems))


FREE_CHECKS: Mapping[str, Callable[[LiveSettings], None]] = {
    "unknown id": unknown_id,
    "wrong key": wrong_key,
    "published page unchanged": published_page,
}
PAID_CHECKS: Mapping[str, Callable[[LiveSettings], None]] = {"one generation": one_generation}
