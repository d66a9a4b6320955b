"""What one video costs by a pricing of the catalogue: exactly, or it is not known."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from typing import Any

import pytest

from wan_ergonomic.account import Price, show_usd
from wan_ergonomic.account._price import highest, quote

OPTIONS = {"resolution": "480P", "aspect_ratio": "16:9", "watermark": False}


def variant(price: Any, **more: Any) -> dict[str, Any]:
    """Return a variant for 480P at a price for a second."""
    return {"when": {"resolution": "480p"}, "price": price, "unit": "second", "per": 1, **more}


def variants(*listed: Any) -> dict[str, Any]:
    """Return a pricing by variants."""
    return {"kind": "variants", "dimensions": ["resolution"], "variants": list(listed)}


def fixed(*units: Any) -> dict[str, Any]:
    """Return a pricing by units."""
    return {"kind": "fixed", "units": list(units)}


@pytest.mark.parametrize(
    ("pricing", "usd"),
    [
        (variants(variant(0.02)), 0.1),
        (variants(variant(0.02, per=2)), 0.05),
        (variants(variant("0.02")), 0.1),
        (variants(variant(0.02, per=None)), 0.1),
        (variants(variant(0.5, unit="video")), 0.5),
        (variants(variant(0.5, unit="Videos")), 0.5),
        (variants(variant(1.2, unit="minute")), 0.1),
        (variants(variant(0.02), variant(9, when={"resolution": "1080p"})), 0.1),
        (variants(variant(0.02, when={"Resolution": ["480P", "720P"]})), 0.1),
        (variants(variant(0.02, when={"resolution": 480})), None),
        (variants(variant(0.02, when={"resolution": "480p", "duration": 5})), 0.1),
        (variants(variant(0.02, when={"resolution": "480p", "duration": 10})), None),
        (variants(variant(0.02, when={"aspectRatio": "16:9"})), 0.1),
        (variants(variant(0.02, when={})), 0.1),
        (variants(variant(0.02, when=None)), 0.1),
        (variants(variant(0.02), variant(0.02)), 0.1),
        (variants(variant(0.02, when=["480p"])), None),
        (variants(variant(0.02, when="720p")), None),
        (fixed({"name": "video", "measure": "generation", "price": 0.5, "per": 1}), 0.5),
        (fixed({"name": "output", "measure": "seconds", "price": 20, "per": 1000}), 0.1),
    ],
)
def test_a_price_is_for_one_video(pricing, usd):
    """Of five seconds, and by the options that the pricing names."""
    found = quote(pricing, OPTIONS).usd
    assert found == (usd if usd is None else pytest.approx(usd))


@pytest.mark.parametrize(
    ("pricing", "reason"),
    [
        (None, "has no price for the model"),
        ("free", "has no price for the model"),
        ({}, "has no price for the model"),
        ({"kind": "auction"}, "has no price for the model"),
        ({"kind": "variable"}, "the price varies"),
        (fixed(), "has no price for the model"),
        ({"kind": "fixed", "units": {"price": 1}}, "has no price for the model"),
        (variants(variant(0.1, when={"resolution": "720p"})), "only for resolution 720p"),
        (variants("x"), "not for a video or a second"),
        (variants(variant(0.1), variant(0.2)), "more than one price"),
        (variants(variant(0.1, unit="token")), "is for token, not for a video or a second"),
        (fixed({"name": "video", "measure": "token", "price": 0.1}), "is for token"),
        (variants(variant(0.1, unit="megapixel", name="video")), "is for megapixel"),
        (fixed(*2 * [{"measure": "video", "price": 0.1}]), "more than one price for a video"),
        (variants({"price": 0.1}), "is for nothing that is known"),
        (variants(variant(None)), "is not a number"),
        (variants(variant(price=True)), "is not a number"),
        (variants(variant("much")), "is not a number"),
        (variants(variant(0.1, per=0)), "is not a number"),
        (variants(variant(0.1, per=-1)), "is not a number"),
        (variants(variant(0.1, per="many")), "is not a number"),
        (variants(variant(0)), "cannot be right: 0 USD"),
        (variants(variant(-0.1)), "cannot be right: -0.5 USD"),
        (variants(variant(1e9)), "cannot be right: 5e+09 USD"),
        (variants(variant(float("nan"))), "is not a number"),
        (variants(variant(0.1, currency="EUR")), "is in EUR, not in US dollars"),
        (fixed({"name": "video", "price": 1}) | {"currency": "CNY"}, "is in CNY"),
    ],
)
def test_a_price_that_cannot_be_quoted_is_not_known(pricing, reason):
    """It is never guessed, and never zero; the reason is said."""
    found = quote(pricing, OPTIONS)
    assert found.usd is None
    assert reason in found.reason


def test_the_highest_price_is_that_of_any_option():
    """What cannot be read does not count."""
    assert highest(variants(variant(0.1), variant(0.2, when={"x": 1}), variant(-5))) == 1.0
    assert highest(fixed({"name": "video", "price": 2})) == 2.0
    assert highest(variants(variant(0.1, currency="usd"), variant(9, currency="EUR"))) == 0.5
    assert highest({"kind": "variable"}) is None
    assert highest(None) is None


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0.5, "$0.50"), (12.0, "$12.00"), (0.0125, "$0.0125"), (0.123456, "$0.123456")],
)
def test_an_amount_has_as_many_decimals_as_it_needs(amount, text):
    """At least two."""
    assert show_usd(amount) == text


def test_a_price_says_where_it_is_from_and_how_old_it_is():
    """Or why it is not known."""
    moment = datetime(2026, 11, 3, 14, 5, tzinfo=UTC)
    price = Price(usd=0.5, source="catalogue", as_of=moment)
    assert str(price) == "$0.50 (the catalogue, 2026-11-03 14:05 UTC)"
    assert (
        str(Price(usd=0.5, source="ledger", as_of=None)) == "$0.50 (the last charge in the ledger)"
    )
    unknown = Price(usd=None, source="catalogue", as_of=moment, reason="it varies")
    assert str(unknown) == "price unknown: it varies"
    assert (price.exact, unknown.exact) == (True, False)
    assert pickle.loads(pickle.dumps(price)) == price  # noqa: S301 - written here


def test_a_price_as_json_has_a_date_as_text():
    """None stays None."""
    moment = datetime(2026, 11, 3, 14, 5, tzinfo=UTC)
    as_json = Price(usd=0.5, source="charges", as_of=moment, reason="r").as_json()
    assert as_json == {
        "usd": 0.5,
        "source": "charges",
        "as_of": "2026-11-03T14:05:00+00:00",
        "reason": "r",
    }
    assert Price(usd=None, source="catalogue", as_of=None).as_json()["as_of"] is None
