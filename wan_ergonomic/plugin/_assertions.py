"""Assertions that what a suite recorded honours the vendored contract.

Takes requests and answers apart and has them checked; a departure is an
AssertionError with one sentence for each violation.
"""

from __future__ import annotations

import json as json_module
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from wan_ergonomic import _spec
from wan_ergonomic._spec import Role
from wan_ergonomic.conformance._check import Answered, Conformance, Sent, Violation, role_of

if TYPE_CHECKING:
    import httpx

    from wan_ergonomic.sandbox import Received

_NOT_GIVEN: Any = object()


class WanContract:
    """Checks requests and answers of a test against the contract."""

    def __init__(self) -> None:
        self._conformance = Conformance()

    def check(self, message: httpx.Request | httpx.Response | Received) -> None:
        """Check what httpx sent or received, or what a sandbox did.

        Of an answer, the request that it belongs to is checked as well.

        Raises:
            AssertionError: It departs from the contract, or is not for this API.
        """
        __tracebackhide__ = True
        import httpx

        found = []
        if isinstance(message, httpx.Response):
            sent = _from_httpx(message.request)
            answered = _answered(message.status_code, message.headers, message.content)
            found = self._conformance.of_answer(_role(sent), answered)
        elif isinstance(message, httpx.Request):
            sent = _from_httpx(message)
        else:
            sent = _from_sandbox(message)
        _fail([*self._conformance.of_request(_role(sent), sent), *found])

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
            url: Its address, or the path alone.
            query: The query's parameters, beside those in the address.
            json: The body, parsed.
            headers: What was sent; without them, credentials are not asked for.

        Raises:
            AssertionError: It departs from the contract, or is not for this API.
        """
        __tracebackhide__ = True
        address = urlsplit(url)
        given = ((name, str(value)) for name, value in (query or {}).items())
        fields = None if headers is None else _lower(headers.items())
        sent = Sent(
            method=method.upper(),
            path=address.path,
            query=(*parse_qsl(address.query, keep_blank_values=True), *given),
            headers=fields,
            content_type=(fields or {}).get("content-type", "application/json"),
            body=_encoded(json),
        )
        _fail(self._conformance.of_request(_role(sent), sent))

    def check_response(
        self,
        to: Role | httpx.Request,
        status: int,
        *,
        json: Any = _NOT_GIVEN,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Check an answer.

        Args:
            to: What it answers: ``create``, ``poll``, or the request.
            status: The HTTP status.
            json: The body, parsed.
            headers: What came; without a content type, JSON is assumed.

        Raises:
            AssertionError: It departs from the contract.
        """
        __tracebackhide__ = True
        role = to if isinstance(to, str) else _role(_from_httpx(to))
        fields = {"content-type": "application/json", **_lower((headers or {}).items())}
        _fail(self._conformance.of_answer(role, _answered(status, fields, _encoded(json))))


def _fail(violations: list[Violation]) -> None:
    __tracebackhide__ = True
    if violations:
        raise AssertionError("\n".join(map(str, violations)))


def _role(sent: Sent) -> Role:
    __tracebackhide__ = True
    role = role_of(sent.method, sent.path)
    if role is None:
        known = (f"{_spec.METHODS[one].upper()} {_spec.path(one)}" for one in _spec.METHODS)
        raise AssertionError(
            f"The contract has no {sent.method} {sent.path}; it has {' and '.join(known)}"
        )
    return role


def _from_httpx(request: httpx.Request) -> Sent:
    headers = _lower(request.headers.items())
    return Sent(
        method=request.method,
        path=request.url.path,
        query=tuple(request.url.params.multi_items()),
        headers=headers,
        content_type=headers.get("content-type", ""),
        body=request.content,
    )


def _from_sandbox(received: Received) -> Sent:
    headers = dict(received.headers)
    if "authorization" in headers:
        # The sandbox keeps whether the key was right, not the key.
        headers["authorization"] = "Bearer ***"
    return Sent(
        method=received.method,
        path=received.path,
        query=tuple(received.query.items()),
        headers=headers,
        content_type=headers.get("content-type", ""),
        body=b"" if received.body is None else _encoded(received.body),
    )


def _answered(status: int, headers: Mapping[str, str], body: bytes) -> Answered:
    fields = _lower(headers.items())
    content_type = fields.get("content-type", "")
    return Answered(status=status, headers=fields, content_type=content_type, body=body)


def _lower(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def _encoded(json: Any) -> bytes:
    return b"" if json is _NOT_GIVEN else json_module.dumps(json).encode()
