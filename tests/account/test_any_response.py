"""Whatever the account's operations return: it is read, or it is a ``WanError``."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import FakeClock
from tests.flows.stage import context, play
from wan_ergonomic import Generation, UnreadableResponseError
from wan_ergonomic._flows import ApiResponse
from wan_ergonomic.account import Catalogue, Lost, Pricing, balance, durations, recover
from wan_ergonomic.account._log import LoggedRequest, read_rows
from wan_ergonomic.account._price import MOST_USD, highest, quote

NAMES = st.sampled_from(
    ["data", "models", "id", "aliases", "pricing", "kind", "units", "variants", "when", "price",
     "unit", "per", "name", "measure", "alias", "metrics", "duration_ms", "p50", "p90", "created",
     "status", "cost", "usd", "credits", "inference_id", "client_request_id", "pagination",
     "has_more", "resolution", "current_balance", "currency", "generated_at"]
)  # fmt: skip
WORDS = st.sampled_from(
    ["fixed", "variants", "variable", "second", "video", "480p", "m", "mine", "failed", "succeeded",
     "2026-11-03T14:05:00Z", "0001-01-01T00:00+23:59", "1e400", "nan", "-1", "0.02", ""]
)  # fmt: skip
ATOMS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | WORDS
ANYTHING = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=20,
)
ROW = st.dictionaries(NAMES, ANYTHING, max_size=8)
LISTED = st.fixed_dictionaries({"data": st.lists(ROW | ANYTHING, max_size=4)})
VARIANT = st.fixed_dictionaries(
    {},
    optional={
        "when": st.dictionaries(st.sampled_from(["resolution", "x"]), ANYTHING) | ANYTHING,
        "price": ATOMS,
        "unit": WORDS | ATOMS,
        "per": ATOMS,
        "measure": ATOMS,
    },
)
PRICING = ANYTHING | st.fixed_dictionaries(
    {"kind": st.sampled_from(["fixed", "variants"])},
    optional={name: st.lists(VARIANT | ANYTHING, max_size=3) for name in ("units", "variants")},
)
SOME = settings(max_examples=150, deadline=None)


@SOME
@given(body=LISTED | st.dictionaries(NAMES, ANYTHING))
def test_any_rows_are_read_or_an_error(body):
    """No other exception."""
    try:
        rows = read_rows(body)
    except UnreadableResponseError:
        return
    assert all(isinstance(row, LoggedRequest) for row in rows)


@SOME
@given(pricing=PRICING)
def test_any_pricing_is_quoted_or_has_a_reason(pricing):
    """And no price is absurd."""
    found = quote(pricing, {"resolution": "480P"})
    most = highest(pricing)
    assert (found.usd is None) == bool(found.reason)
    assert found.usd is None or 0 < found.usd <= MOST_USD
    assert most is None or 0 < most <= MOST_USD
    assert found.usd is None or (most is not None and most >= found.usd)


@SOME
@given(body=LISTED | ANYTHING, role=st.sampled_from(["durations", "balance", "price"]))
def test_any_response_is_read_or_an_error(body, role):
    """``play`` lets every exception but a ``WanError`` through."""
    clock = FakeClock()
    steps: dict[str, Any] = {
        "durations": durations("m", context(clock)),
        "balance": balance(context(clock)),
        "price": Pricing(Catalogue("m", "https://api.example"), has_key=False).price(
            {"model": "m"}, context(clock)
        ),
    }
    response = ApiResponse(content=json.dumps(body).encode(), headers={"etag": "x"})
    played = play(steps[role], clock, response)
    assert played.error is None or played.result is None
    assert role != "price" or played.error is None


@SOME
@given(body=LISTED, poll=ANYTHING)
def test_any_log_ends_a_search_with_a_generation_or_an_error(body, poll):
    """Nothing is believed that a poll does not confirm."""
    clock = FakeClock()
    row = {"client_request_id": "mine", "status": "succeeded", "inference_id": "gen-9"}
    content = json.dumps({"data": [*body["data"], row], "pagination": {"has_more": False}})
    log = ApiResponse(content=content.encode(), headers={})
    polled = ApiResponse(content=json.dumps(poll).encode(), headers={})
    played = play(
        recover(Lost(client_request_id="mine"), context(clock, 1.0)), clock, log, polled, polled
    )
    assert played.error or isinstance(played.result, Generation)
