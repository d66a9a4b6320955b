"""The account's scenarios by name.

Data only: a new scenario is one more entry of a table. `_scenario` defines the fields.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from .._scenario import Body, Reply, Run, Silence, Trouble
from .._video import SECONDS
from ._paths import Operation
from ._scenario import AccountScenario, AccountStage

_AWAY = Reply(status=503, message="Service is unavailable")
_TOO_MANY = Reply(status=429, message="Too many requests")
_TOO_MANY_UNTIL = Reply(status=429, message="Too many requests", retry_after="seconds")


def _fails(
    name: str,
    stage: AccountStage,
    summary: str,
    operation: Operation,
    *each: Trouble,
    endless: bool = False,
) -> AccountScenario:
    failures = {operation: Run(each, endless)}
    return AccountScenario(name=name, stage=stage, summary=summary, failures=failures)


_ACCOUNT = (
    AccountScenario(),
    AccountScenario(
        name="account-slow",
        summary="Each response takes two seconds.",
        response_delay=2.0,
    ),
)


def _priced(
    name: str, summary: str, pricing: Callable[[Body], Body | None], **changes: Any
) -> AccountScenario:
    return AccountScenario(
        name=name, stage="catalogue", summary=summary, pricing=pricing, **changes
    )


def _variants(change: Callable[[Body], Body]) -> Callable[[Body], Body]:
    """Return a function that changes each variant of a pricing."""

    def rewrite(pricing: Body) -> Body:
        return pricing | {"variants": [one | change(one) for one in pricing["variants"]]}

    return rewrite


def _lower(variant: Body) -> Body:
    return {"when": {name: str(value).lower() for name, value in variant["when"].items()}}


def _fixed(pricing: Body) -> Body:
    price = max(variant["price"] for variant in pricing["variants"])
    unit = {"name": "video", "measure": "second", "price": price, "per": 1}
    return {"kind": "fixed", "units": [unit]}


_CATALOGUE = (
    _fails(
        "catalogue-away",
        "catalogue",
        "Each request gets 503.",
        "list_models",
        _AWAY,
        endless=True,
    ),
    AccountScenario(
        name="no-model",
        stage="catalogue",
        summary="The model is not listed.",
        in_catalogue=False,
    ),
    AccountScenario(
        name="no-etag",
        stage="catalogue",
        summary="There is no ETag, and never a 304.",
        etag=False,
    ),
    _priced("no-pricing", "The model has no pricing.", lambda _: None),
    _priced("lower-case", "Resolutions are in lower case, as 480p.", _variants(_lower)),
    _priced(
        "unit-video",
        "Prices are for a video.",
        _variants(lambda one: {"unit": "video", "price": one["price"] * SECONDS}),
    ),
    _priced(
        "unit-unknown",
        "Prices are for a megapixel.",
        _variants(lambda _: {"unit": "megapixel"}),
    ),
    _priced(
        "per-ten",
        "Prices are for ten seconds.",
        _variants(lambda one: {"price": one["price"] * 10, "per": 10}),
    ),
    _priced(
        "fixed",
        "Each resolution has the same price, of kind fixed.",
        _fixed,
        rates={"480P": 0.06, "1080P": 0.06},
    ),
    _priced("variable", "The pricing is of kind variable.", lambda _: {"kind": "variable"}),
    _priced(
        "price-negative", "Prices are below zero.", _variants(lambda one: {"price": -one["price"]})
    ),
    _priced("price-absurd", "Prices are 1e300.", _variants(lambda _: {"price": 1e300})),
)

_METRICS = (
    _fails(
        "metrics-away",
        "metrics",
        "Each request gets 503.",
        "model_metrics",
        _AWAY,
        endless=True,
    ),
    AccountScenario(
        name="no-metrics",
        stage="metrics",
        summary="The model is not listed.",
        in_metrics=False,
    ),
)


def _log(name: str, summary: str, *each: Trouble, endless: bool = False) -> AccountScenario:
    return _fails(name, "log", summary, "list_requests", *each, endless=endless)


def _rows(name: str, summary: str, **changes: Any) -> AccountScenario:
    return AccountScenario(name=name, stage="log", summary=summary, **changes)


def _twice(row: Body) -> Sequence[Body]:
    # Derived, so that a row has the same ids on each page that is read.
    other = str(uuid5(NAMESPACE_OID, row["inference_id"]))
    return row, row | {"inference_id": other, "request_id": other}


def _has_more(page: Body) -> Body:
    return page | {"pagination": page["pagination"] | {"has_more": True}}


_LOG = (
    _log("log-503", "The first three requests get 503.", *3 * (_AWAY,)),
    _log("log-away", "Each request gets 503.", _AWAY, endless=True),
    _log(
        "log-429",
        "The first two requests get 429 with Retry-After: 1.",
        *2 * (_TOO_MANY_UNTIL,),
    ),
    _log("log-429-bare", "The first two requests get 429 without it.", *2 * (_TOO_MANY,)),
    _log(
        "log-missing",
        "Each request gets 404: there is no log.",
        Reply(status=404, message="Cannot GET /v2/logs"),
        endless=True,
    ),
    _log("log-page", "The first two requests get HTML.", *2 * (Reply(status=200, shape="page"),)),
    _log("log-dropped", "The first two requests lose their connection.", *2 * (Silence.DROPPED,)),
    _log("log-hangs", "The first request gets no response for a minute.", Silence.HANGING),
    _rows("rows-late", "Rows appear ten minutes after the job has ended.", row_delay=600.0),
    _rows("rows-never", "No row ever appears.", row_delay=math.inf),
    _rows("rows-end", "Rows have the time of the job's end.", created_at_end=True),
    _rows(
        "rows-no-request",
        "Rows have no request_id.",
        rows=lambda row: [row | {"request_id": None}],
    ),
    _rows(
        "rows-no-client",
        "Rows have no client_request_id.",
        rows=lambda row: [row | {"client_request_id": None}],
    ),
    _rows("rows-twice", "Each client_request_id has two rows, of two jobs.", rows=_twice),
    _rows("pages-overlap", "Each page repeats a row of the page before.", overlap=1),
    _rows("pages-endless", "There is always another page, which can be empty.", log=_has_more),
)


def _unsigned(page: Body) -> Body:
    rows = [
        row | {"amount": {name: abs(amount) for name, amount in row["amount"].items()}}
        for row in page["data"]
    ]
    return page | {"data": rows}


_BILLING = (
    _fails("balance-away", "billing", "The balance gets 503.", "get_balance", _AWAY, endless=True),
    _fails(
        "ledger-away",
        "billing",
        "The transactions get 503.",
        "list_transactions",
        _AWAY,
        endless=True,
    ),
    AccountScenario(
        name="unsigned",
        stage="billing",
        summary="Amounts of charges are above zero, too.",
        transactions=_unsigned,
    ),
)

ACCOUNT_SCENARIOS: Mapping[str, AccountScenario] = MappingProxyType(
    {scenario.name: scenario for scenario in (*_ACCOUNT, *_CATALOGUE, *_METRICS, *_LOG, *_BILLING)}
)
