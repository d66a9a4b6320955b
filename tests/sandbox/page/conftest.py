"""The sandbox's page, spoken to in plain HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import Api

EVERYTHING = {"jobs": 1000, "requests": 1000, "entries": 1000}


class PageApi:
    """What the page requests of its sandbox, and the API beside it."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.http = api.http
        self.path = api.sandbox.page.removeprefix(api.sandbox.url)

    def get(self, rest: str, **options: Any) -> httpx.Response:
        """Request something below the page."""
        return self.http.get(f"{self.path}/{rest}", **options)

    def post(self, rest: str, body: Any = None, **headers: str) -> httpx.Response:
        """Change something."""
        return self.http.post(
            f"{self.path}/{rest}", json={} if body is None else body, headers=headers
        )

    def state(self, **query: Any) -> Any:
        """Return the state, with all of each list unless told otherwise."""
        response = self.get("state", params=EVERYTHING | query)
        assert response.status_code == 200
        return response.json()

    def jobs(self) -> list[Any]:
        """Return the jobs that the page shows."""
        return list(self.state()["jobs"]["shown"])

    def request(self, number: int) -> Any:
        """Return one request in full."""
        return self.get(f"requests/{number}").json()


@pytest.fixture
def page(api: Api) -> PageApi:
    """The page of a running sandbox."""
    return PageApi(api)
