"""Checks requests against the contract, and rejects ambiguous JSON.

openapi-core checks the contract. Bodies that JSON parsers disagree about (duplicate
keys, NaN, unpaired surrogates, very deep nesting) are rejected before that, because
no client should depend on how one parser handles them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NoReturn, cast
from urllib.parse import unquote

from openapi_core.deserializing.styles.exceptions import EmptyQueryParameterValue
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.validation.request.exceptions import ParameterValidationError
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue

from wan_ergonomic._spec import id_parameter
from wan_ergonomic.conformance import OpenAPIRequest, SchemaError, openapi_of, unmet

from . import _spec

_MAX_DEPTH = 64
_SURROGATE = re.compile("[\ud800-\udfff]")

Issue = dict[str, Any]


class InvalidRequestError(Exception):
    """A request that the gateway rejects, with its issues."""

    def __init__(self, message: str, issues: Sequence[Issue] = (), *, status: int = 400) -> None:
        self.issues = list(issues)
        self.status = status
        super().__init__(message)


class Validator:
    """Checks requests against the vendored contract."""

    def __init__(self) -> None:
        self._openapi = openapi_of(_spec.served_at("/"))

    def body_of(self, request: OpenAPIRequest) -> dict[str, Any]:
        """Return the body with the server's defaults filled in.

        Raises:
            InvalidRequestError: The request violates the contract.
        """
        body: dict[str, Any] = self._checked(request).body
        return body

    def id_of(self, request: OpenAPIRequest) -> str:
        """Return the id of a poll.

        Raises:
            InvalidRequestError: The request violates the contract.
        """
        location, name = id_parameter()
        # The published document may say that an id is not required.
        sent = str(getattr(self._checked(request).parameters, location).get(name, ""))
        return unquote(sent) if location == "path" else sent

    def _checked(self, request: OpenAPIRequest) -> Any:
        result = self._openapi.unmarshal_request(request)
        for error in result.errors:
            _reject(error)
        return result


def parse(body: bytes) -> Any:
    """Return the value of a JSON body.

    Raises:
        InvalidRequestError: It is not JSON, or parsers disagree about its value.
    """
    try:
        value = json.loads(
            body.decode(),
            object_pairs_hook=_without_duplicates,
            parse_constant=_reject_constant,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError(
            f"Body is not valid JSON: {error or 'nested too deeply'}"
        ) from error
    for text in _texts(value):
        if _SURROGATE.search(text):
            raise InvalidRequestError("Body is not valid JSON: an unpaired surrogate")
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key occurs twice")
    return value


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large")
    return number


def _texts(value: Any) -> Iterator[str]:
    """Yield every string in a value; without recursion, so that any depth is handled."""
    level = [value]
    for _ in range(_MAX_DEPTH):
        yield from (item for item in level if isinstance(item, str))
        dicts = [item for item in level if isinstance(item, dict)]
        lists = [item for item in level if isinstance(item, list)]
        level = [part for d in dicts for pair in d.items() for part in pair]
        level += [part for items in lists for part in items]
    if level:
        raise InvalidRequestError("Body is not valid JSON: nested too deeply")


def _reject(error: Exception) -> NoReturn:
    """Raise the gateway's error for an error of openapi-core."""
    cause = error.__cause__
    if isinstance(cause, EmptyQueryParameterValue):
        # The contract allows any string; the empty one is an unknown id.
        raise InvalidRequestError("Inference not found", status=404)
    if isinstance(cause, MediaTypeNotFound):
        message = f"Content type must be {' or '.join(cause.availableMimetypes)}"
        raise InvalidRequestError(message, status=415)
    if isinstance(cause, InvalidSchemaValue):
        raise InvalidRequestError("Invalid payload", _issues(cause))
    if isinstance(error, ParameterValidationError):
        raise InvalidRequestError("Invalid query", [_missing(error.name)])
    raise InvalidRequestError(str(error))


def _issues(cause: InvalidSchemaValue) -> list[Issue]:
    errors = unmet(cast("Iterable[SchemaError]", cause.schema_errors))
    return [_issue(path, error) if error else _missing(*path) for path, error in errors.items()]


def _missing(*path: str | int) -> Issue:
    return {
        "code": "invalid_type",
        "path": list(path),
        "message": "Required",
        "received": "undefined",
    }


def _issue(path: Iterable[str | int], error: SchemaError) -> Issue:
    issue: Issue = {"code": "invalid_type", "path": list(path), "message": error.message}
    if error.validator == "enum":
        issue |= {"code": "invalid_enum_value", "options": error.validator_value}
    return issue | {"received": error.instance}
