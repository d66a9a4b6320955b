"""The gateway's responses: errors in three formats, and no response at all."""

from __future__ import annotations

import asyncio
import http
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from starlette.responses import HTMLResponse, JSONResponse, Response

from ._scenario import Reply, Silence, Trouble

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

# The name, in the ASGI scope's extensions, of the function that closes the connection.
HANG_UP = "wan_ergonomic.hang_up"

# Seconds after which a connection that hangs is dropped.
MAX_HANG = 60.0

_RETRY_AFTER = 1
_CLIENT_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def request_headers(request: Request) -> dict[str, str]:
    """Return the headers of every response to a request."""
    headers = {"x-request-id": request_id(request)}
    sent = client_request_id(request)
    return headers if sent is None else headers | {"x-client-request-id": sent}


def request_id(request: Request) -> str:
    """Return the id that the gateway gives to a request, the same one each time."""
    if not hasattr(request.state, "id"):
        request.state.id = str(uuid4())
    return str(request.state.id)


def client_request_id(request: Request) -> str | None:
    """Return the client's own id of a request; None if it has none, or not a valid one."""
    sent = request.headers.get("x-client-request-id", "")
    return sent if _CLIENT_REQUEST_ID.fullmatch(sent) else None


def error(
    request: Request,
    status: int,
    message: str,
    data: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return an error in the gateway's newest format."""
    base = request_headers(request)
    title = _title(status)
    body = {
        "title": title,
        "status": status,
        "message": message,
        "instance": request.scope["path"],
        "timestamp": _now(),
        "requestId": base["x-request-id"],
        "error": {"name": f"{title.replace(' ', '')}Exception", "message": message, "data": data},
    }
    return JSONResponse(body, status, base | dict(headers or {}))


def failure(request: Request, trouble: Trouble) -> Response:
    """Return the response of a scenario's failure."""
    if isinstance(trouble, Silence):
        return NoResponse(hangs=trouble is Silence.HANGING)
    headers = _retry_after(trouble)
    if trouble.shape == "page":
        return page(trouble.status, headers)
    if trouble.shape == "oldest":
        return _oldest_error(request, trouble)
    return error(request, trouble.status, str(trouble.message), trouble.data, headers)


def page(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Return the HTML page of a proxy in front of the gateway."""
    text = f"<html><head><title>{status} {_title(status)}</title></head><body>proxy</body></html>"
    return HTMLResponse(text, status, headers)


class NoResponse(Response):
    """Sends nothing: drops the connection, at once or after a minute."""

    def __init__(self, *, hangs: bool) -> None:
        super().__init__()
        self._hangs = hangs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        if self._hangs and await has_gone(receive, MAX_HANG):
            return
        await hang_up(scope, receive)


async def hang_up(scope: Scope, receive: Receive) -> None:
    """Close the connection, whatever has been sent so far.

    Raises:
        ConnectionResetError: The server is not the sandbox's own and cannot close it.
    """
    close = scope.get("extensions", {}).get(HANG_UP)
    if close is None:
        raise ConnectionResetError("the sandbox dropped this connection")
    close()
    await _gone(receive)


async def has_gone(receive: Receive, within: float) -> bool:
    """Wait until the client disconnects, at most ``within`` seconds; return whether it has."""
    with suppress(TimeoutError):
        await asyncio.wait_for(_gone(receive), within)
        return True
    return False


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _oldest_error(request: Request, reply: Reply) -> Response:
    headers = request_headers(request)
    body = {
        "requestId": headers["x-request-id"],
        "statusCode": str(reply.status),
        "timestamp": _now(),
        "path": request.scope["path"],
        "message": list(reply.message),
    }
    return JSONResponse(body, reply.status, headers)


def _retry_after(reply: Reply) -> dict[str, str]:
    match reply.retry_after:
        case "seconds":
            return {"retry-after": str(_RETRY_AFTER)}
        case "date":
            then = datetime.now(UTC) + timedelta(seconds=_RETRY_AFTER)
            return {"retry-after": format_datetime(then, usegmt=True)}
        case _:
            return {}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _title(status: int) -> str:
    # The standard library does not know the 52x statuses of proxies.
    known = {s.value: s.phrase for s in http.HTTPStatus}
    return known.get(status, "A timeout occurred")
