"""Today's contract, as openapi-core validates with it, and values for each of its options."""

from __future__ import annotations

import json
from typing import Any, get_args

import httpx
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from tests.support.options import values_of
from wan_ergonomic import _spec
from wan_ergonomic._spec import Role
from wan_ergonomic.sandbox._spec import status_of

ROLES: tuple[Role, ...] = get_args(Role)
METHODS: dict[Role, str] = {"create": "post", "poll": "get"}

# Values for each option of the contract, as far as some are found.
VALUES_OF: dict[str, list[Any]] = {
    name: values
    for name, schema in _spec.request_schema()["properties"].items()
    if name not in {"model", "prompt"} and (values := values_of(schema))
}
_OPENAPI = OpenAPI.from_dict(dict(_spec.contract()))


def check_requests(requests: list[httpx.Request]) -> None:
    """Raise unless the contract allows each request, its key included."""
    for request in requests:
        _OPENAPI.validate_request(
            MockRequest(
                f"{request.url.scheme}://{request.url.host}",
                request.method,
                request.url.raw_path.decode().partition("?")[0],
                args=dict(request.url.params),
                headers=dict(request.headers),
                data=request.content,
                content_type=request.headers.get("content-type", ""),
            )
        )


def check_response(role: Role, body: Any, status_code: int | None = None) -> None:
    """Raise unless the contract promises a response with this body; by default, a success."""
    status_code = status_code or status_of(role)
    request = MockRequest(_spec.server_url(), METHODS[role], _spec.path(role))
    _OPENAPI.validate_response(request, MockResponse(json.dumps(body).encode(), status_code))
