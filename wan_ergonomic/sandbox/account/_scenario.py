"""The fields of an account's scenario: the ways in which its operations can differ.

The scenarios themselves are in `_named_scenarios`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from .._scenario import Body, Run, Trouble
from ._paths import Operation

AccountStage = Literal["account", "catalogue", "metrics", "log", "billing"]
# What the scenarios of each stage are about, as they are listed.
ACCOUNT_STAGES: Mapping[AccountStage, str] = {
    "account": "All of them",
    "catalogue": "The catalogue of models and prices",
    "metrics": "The metrics of models",
    "log": "The log of requests",
    "billing": "The balance and the transactions",
}


def _unchanged(body: Body) -> Body:
    return body


def _one(row: Body) -> Sequence[Body]:
    return (row,)


def _rates() -> Mapping[str, float]:
    return {"480P": 0.02, "1080P": 0.1}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountScenario:
    """How the account's operations respond, and what a generation costs.

    Attributes:
        name: Its name, for the command line.
        stage: What it is about.
        summary: One line for the list of scenarios.
        failures: Failures of an operation's first requests, by the operation's name.
        response_delay: Seconds, in real time, before each response of these operations.
        opening_usd: US dollars on the account at first. A lower balance rejects nothing.
        rates: US dollars for one second of video, by resolution: what is charged, and what the
            catalogue says unless ``pricing`` changes it.
        pricing: Changes the model's pricing in the catalogue, and not what is charged; None
            leaves it out.
        in_catalogue: Whether the catalogue lists the model.
        etag: Whether the catalogue has an ETag and knows If-None-Match.
        in_metrics: Whether the metrics list the model.
        requests_per_minute: Requests for the log in one minute, before they get 429.
        row_delay: Seconds, at speed 1, from the end of a job to its row in the log and its
            transactions.
        created_at_end: Whether a row's ``created`` is the end of its job, not its submission.
        rows: Returns the rows of the log in place of one row.
        overlap: How many rows of the page before each page of the log repeats.
        log: Changes the body of each page of the log.
        transactions: Changes the body of each page of transactions.
    """

    name: str = "ordinary"
    stage: AccountStage = "account"
    summary: str = "Each operation works as it is documented."
    failures: Mapping[Operation, Run[Trouble]] = field(default_factory=dict)
    response_delay: float = 0.0
    opening_usd: float = 100.0
    rates: Mapping[str, float] = field(default_factory=_rates)
    pricing: Callable[[Body], Body | None] = _unchanged
    in_catalogue: bool = True
    etag: bool = True
    in_metrics: bool = True
    requests_per_minute: int = 200
    row_delay: float = 0.0
    created_at_end: bool = False
    rows: Callable[[Body], Sequence[Body]] = _one
    overlap: int = 0
    log: Callable[[Body], Body] = _unchanged
    transactions: Callable[[Body], Body] = _unchanged
