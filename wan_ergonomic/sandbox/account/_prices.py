"""What a generation costs, and the same as the catalogue says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wan_ergonomic import _spec
from wan_ergonomic._generation import CREDITS_PER_USD

from .._jobs import DEFAULTS
from .._scenario import Body
from .._video import SECONDS


def credits_of(request: Mapping[str, Any], rates: Mapping[str, float]) -> int:
    """Return the price of a request, in credits.

    Args:
        request: The body, with the server's defaults.
        rates: US dollars for one second, by resolution.
    """
    return round(_rate(request["resolution"], rates) * SECONDS * CREDITS_PER_USD)


def pricing_of(rates: Mapping[str, float]) -> Body:
    """Return the catalogue's pricing of the model, for each resolution of the contract."""
    schema = _spec.request_schema()["properties"].get("resolution")
    if schema is None:
        # Requests have no resolution then, and the model's default is what they cost.
        return _variants([], [({}, _rate(DEFAULTS["resolution"], rates))])
    known = _spec.choices(schema) or rates
    return _variants(["resolution"], [({"resolution": each}, _rate(each, rates)) for each in known])


def _variants(dimensions: list[str], prices: list[tuple[Body, float]]) -> Body:
    variants = [
        {"when": when, "price": price, "unit": "second", "per": 1} for when, price in prices
    ]
    return {"kind": "variants", "dimensions": dimensions, "variants": variants}


def _rate(resolution: Any, rates: Mapping[str, float]) -> float:
    # A resolution that the contract gets later costs as much as the best one of today.
    return rates.get(str(resolution), max(rates.values()))
