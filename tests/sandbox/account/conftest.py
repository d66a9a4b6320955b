"""The account of a sandbox, spoken to in plain HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import LONG, Api
from wan_ergonomic import _spec
from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS, Account, AccountScenario

LOG, BALANCE, LEDGER = "/v2/logs", "/v2/billing", "/v2/billing/transactions"
CATALOGUE, METRICS = "/v1/models", "/models/metrics"


class AccountApi:
    """The account's operations, and what a test does before it calls them."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.http = api.http

    @property
    def account(self) -> Account:
        """The sandbox's own view of the account."""
        return self.api.sandbox.account

    def play(self, scenario: str | AccountScenario) -> None:
        """Put a scenario into play."""
        named = ACCOUNT_SCENARIOS[scenario] if isinstance(scenario, str) else scenario
        self.account.scenario = named

    def submit(self, prompt: str = "A boat", client_id: str | None = None, **options: Any) -> str:
        """Submit a generation, of 480P unless told otherwise, and return its id."""
        body = {"model": _spec.model(), "prompt": prompt, "resolution": "480P"} | options
        headers = {} if client_id is None else {"X-Client-Request-Id": client_id}
        response = self.http.post(_spec.path("create"), json=body, headers=headers)
        return str(response.json()["id"])

    def finish(self, *prompts: str) -> list[str]:
        """Submit some generations a second apart, wait for the last, and return their ids."""
        ids = []
        for prompt in prompts or ["A boat"]:
            ids.append(self.submit(prompt))
            self.pass_time(1)
        self.pass_time(LONG)
        return ids

    def pass_time(self, seconds: float) -> None:
        """Put the clock forward."""
        self.api.clock.time += seconds

    def get(self, path: str, **query: Any) -> httpx.Response:
        """Request one of the operations."""
        return self.http.get(path, params=query)

    def log(self, **query: Any) -> Any:
        """Return a page of the log, of the last 24 hours unless told otherwise."""
        window = {} if "start" in query or "period" in query else {"period": "24h"}
        response = self.get(LOG, **window, **query)
        assert response.status_code == 200
        return response.json()

    def rows(self, **query: Any) -> list[Any]:
        """Return the rows of such a page."""
        return list(self.log(**query)["data"])

    def ids(self, **query: Any) -> list[str]:
        """Return the ids of the generations in such a page."""
        return [row["inference_id"] for row in self.rows(**query)]

    def ledger(self, **query: Any) -> Any:
        """Return a page of transactions."""
        return self.get(LEDGER, **query).json()

    def pricing(self) -> Any:
        """Return what the catalogue says that the model costs."""
        (model,) = self.get(CATALOGUE, id=_spec.model(), include="pricing").json()["data"]
        return model["pricing"]


@pytest.fixture
def account(api) -> AccountApi:
    """The account of a running sandbox."""
    return AccountApi(api)
