"""Assertions that requests and responses of a test honor the vendored contract.

An AssertionError has one sentence for each violation.
"""

from __future__ import annotations

import json as json_module
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from wan_ergonomic import _spec
from wan_ergonomic._spec import Role
from wan_ergonomic.conformance import Conformance, Request, Response, Violation, role_of

if TYPE_CHECKING:
    import httpx

    from wan_ergonomic.sandbox import Received

_NOT_GIVEN: Any = object()


class WanContract:
    """Checks requests and responses of a test against the contract."""

    def __init__(self) -> None:
        self._conformance = Conformance()

    def check(self, message: httpx.Request | httpx.Response | Received) -> None:
        """Check a request or response of httpx, or a request that a sandbox received.

        For a response, its request is checked as well.

        Raises:
            AssertionError: The message departs from the contract, or is not for this API.
        """
        __tracebackhide__ = True
        import httpx

        found = []
        if isinstance(message, httpx.Response):
            request = _from_httpx(message.request)
            response = _response(message.status_code, message.headers, message.content)
            found = self._conformance.check_response(_role(request), response)
        elif isinstance(message, httpx.Request):
            request = _from_httpx(message)
        else:
            request = _from_sandbox(message)
        _fail([*self._conformance.check_request(_role(request), request), *found])

    def check_request(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = _NOT_GIVEN,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Check a request.

        Args:
            method: GET, POST, …
            url: The URL or the path.
            query: Query parameters besides those in the URL.
            json: The body, parsed.
            headers: If None, credentials are not checked.

        Raises:
            AssertionError: The request departs from the contract, or is not for this API.
        """
        __tracebackhide__ = True
        parts = urlsplit(url)
        parameters = parse_qsl(parts.query, keep_blank_values=True)
        parameters += [(name, str(value)) for name, value in (query or {}).items()]
        known = None if headers is None else _lower(headers.items())
        request = Request(
            method=method.upper(),
            path=parts.path,
            query=tuple(parameters),
            headers=known,
            content_type=(known or {}).get("content-type", "application/json"),
            body=_encoded(json),
        )
        _fail(self._conformance.check_request(_role(request), request))

    def check_response(
        self,
        to: Role | httpx.Request,
        status: int,
        *,
        json: Any = _NOT_GIVEN,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Check a response.

        Args:
            to: The operation, ``create`` or ``poll``, or the request.
            status: The HTTP status.
            json: The body, parsed.
            headers: The headers; without a content type, JSON is assumed.

        Raises:
            AssertionError: The response departs from the contract.
        """
        __tracebackhide__ = True
        role = to if isinstance(to, str) else _role(_from_httpx(to))
        fields = {"content-type": "application/json", **_lower((headers or {}).items())}
        _fail(self._conformance.check_response(role, _response(status, fields, _encoded(json))))


def _fail(violations: list[Violation]) -> None:
    __tracebackhide__ = True
    if violations:
        raise AssertionError("\n".join(map(str, violations)))


def _role(request: Request) -> Role:
    __tracebackhide__ = True
    role = role_of(request.method, request.path)
    if role is None:
        known = (f"{_spec.METHODS[one].upper()} {_spec.path(one)}" for one in _spec.METHODS)
        raise AssertionError(
            f"The contract has no {request.method} {request.path}; it has {' and '.join(known)}"
        )
    return role


def _from_httpx(request: httpx.Request) -> Request:
    headers = _lower(request.headers.items())
    return Request(
        method=request.method,
        path=request.url.path,
        query=tuple(request.url.params.multi_items()),
        headers=headers,
        content_type=headers.get("content-type", ""),
        body=request.content,
    )


def _from_sandbox(received: Received) -> Request:
    headers = dict(received.headers)
    if "authorization" in headers:
        # The sandbox records whether the key was correct, not the key.
        headers["authorization"] = "Bearer ***"
    return Request(
        method=received.method,
        path=received.path,
        query=tuple(received.query.items()),
        headers=headers,
        content_type=headers.get("content-type", ""),
        body=b"" if received.body is None else _encoded(received.body),
    )


def _response(status: int, headers: Mapping[str, str], body: bytes) -> Response:
    fields = _lower(headers.items())
    content_type = fields.get("content-type", "")
    return Response(status=status, headers=fields, content_type=content_type, body=body)


def _lower(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def _encoded(json: Any) -> bytes:
    return b"" if json is _NOT_GIVEN else json_module.dumps(json).encode()
