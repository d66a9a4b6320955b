"""What network errors say: once, and whatever the exceptions of a transport look like."""

from __future__ import annotations

import httpx
import pytest

from tests.conftest import ClientKind
from wan_ergonomic import ConnectionFailedError, RetryPolicy

ONCE = RetryPolicy(attempts=1)


def failing(client_kind: ClientKind, fail: object) -> httpx.MockTransport:
    """Return a transport for a client, which calls ``fail`` with each request."""
    if client_kind.backend == "sync":
        return httpx.MockTransport(fail)  # type: ignore[arg-type]

    async def afail(request: httpx.Request) -> httpx.Response:
        return fail(request)  # type: ignore[operator,no-any-return]

    return httpx.MockTransport(afail)


def _its_own_cause(_: httpx.Request) -> httpx.Response:
    error = httpx.ConnectError("broken")
    raise error from error


def _causes_in_a_circle(_: httpx.Request) -> httpx.Response:
    error, other = httpx.ConnectError("broken"), OSError("of the other")
    other.__cause__ = error
    raise error from other


@pytest.mark.parametrize("fail", [_its_own_cause, _causes_in_a_circle])
def test_an_error_that_is_its_own_cause_is_translated_too(client_kind, server, fail):
    """Its causes are searched for a key once each."""
    transport = failing(client_kind, fail)
    with (
        client_kind.client(base_url=server.url, transport=transport, retrying=ONCE) as wan,
        pytest.raises(ConnectionFailedError, match="broken"),
    ):
        wan.submit("A boat")
