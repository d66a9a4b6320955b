"""Asks one of the account operations, again if that can help; asking costs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wan_ergonomic._errors import NotFoundError, UnreadableResponseError, WanError
from wan_ergonomic._flows import (
    ApiResponse,
    CallContext,
    Query,
    Sleep,
    Steps,
    after_poll,
    delay_if_allowed,
)
from wan_ergonomic._parsing import parse_json

# A response that takes longer than this is not worth waiting for.
SECONDS = 20.0


def ask(
    operation: str,
    parameters: Mapping[str, Any],
    context: CallContext,
    headers: Mapping[str, str] | None = None,
) -> Steps[ApiResponse]:
    """Return the response of one operation.

    Args:
        operation: Its id.
        parameters: By their names in generated code.
        context: Says how often and how long.
        headers: Beside those of the context.

    Raises:
        WanError: It was not answered in time, or with an error that time cannot change.
    """
    attempt = 1
    while True:
        try:
            response: ApiResponse = yield Query(
                operation=operation,
                parameters=parameters,
                timeout=min(SECONDS, context.left()),
                headers={**context.extra_headers, **(headers or {})},
            )
        except WanError as error:
            delay = delay_if_allowed(context.retrying, attempt, error, context.left())
            # Here, 404 is an operation that the API does not have.
            final = isinstance(error, NotFoundError) or after_poll(error) == "final"
            if final or delay is None:
                raise
        else:
            return response
        yield Sleep(delay)
        attempt += 1


def read_object(response: ApiResponse) -> dict[str, Any]:
    """Return a response's JSON object.

    Raises:
        UnreadableResponseError: It is not one.
    """
    body = parse_json(response.content)
    if not isinstance(body, dict):
        raise UnreadableResponseError(
            "The API's response is not a JSON object.",
            body=response.content[:500].decode("utf-8", errors="replace"),
        )
    return body


def rows_of(body: Mapping[str, Any], *names: str) -> list[dict[str, Any]]:
    """Return the objects of the first list that an object has under one of these names.

    Raises:
        UnreadableResponseError: It has none: an empty list says that there is nothing; no list
            says nothing.
    """
    lists = (body.get(name) for name in ("data", *names, "items"))
    found = next((each for each in lists if isinstance(each, list)), None)
    if found is None:
        raise UnreadableResponseError("The API's response has no list.", body=str(body)[:500])
    return [each for each in found if isinstance(each, dict)]
