"""What may come in: a request is checked against the contract, and against what JSON leaves open.

openapi-core decides what the contract allows. Before it looks, bodies that
parsers disagree about (duplicate keys, NaN, half a surrogate pair, endless
nesting) are refused, because no client should depend on how one vendor's
parser happens to read them. Nothing here answers; it raises `RefusedError`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NoReturn, cast

from openapi_core.deserializing.styles.exceptions import EmptyQueryParameterValue
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.validation.request.exceptions import ParameterValidationError
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue

from wan_ergonomic.conformance import OpenAPIRequest, SchemaError, openapi_of, unmet

from . import _spec

_MAX_DEPTH = 64
_HALF_PAIR = re.compile("[\ud800-\udfff]")

Issue = dict[str, Any]


class RefusedError(Exception):
    """A request the gateway turns away, with the issues it names."""

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
            RefusedError: The request is outside the contract.
        """
        body: dict[str, Any] = self._checked(request).body
        return body

    def id_of(self, request: OpenAPIRequest) -> str:
        """Return the id that a poll asks about.

        Raises:
            RefusedError: The request is outside the contract.
        """
        location, name = _spec.id_parameter()
        return str(getattr(self._checked(request).parameters, location)[name])

    def _checked(self, request: OpenAPIRequest) -> Any:
        result = self._openapi.unmarshal_request(request)
        for error in result.errors:
            _refuse(error)
        return result


def parse(body: bytes) -> Any:
    """Return what a JSON body says.

    Raises:
        RefusedError: It is not JSON that every parser reads alike.
    """
    try:
        value = json.loads(
            body.decode(),
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"Body is not valid JSON: {error or 'nested too deep'}") from error
    for text in _texts(value):
        if _HALF_PAIR.search(text):
            raise RefusedError("Body is not valid JSON: half of a surrogate pair")
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key occurs twice")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large")
    return number


def _texts(value: Any) -> Iterator[str]:
    """Yield every string inside; walks without recursion, so depth cannot break it."""
    level = [value]
    for _ in range(_MAX_DEPTH):
        yield from (item for item in level if isinstance(item, str))
        dicts = [item for item in level if isinstance(item, dict)]
        lists = [item for item in level if isinstance(item, list)]
        level = [part for d in dicts for pair in d.items() for part in pair]
        level += [part for items in lists for part in items]
    if level:
        raise RefusedError("Body is not valid JSON: nested too deep")


def _refuse(error: Exception) -> NoReturn:
    """Turn what openapi-core found into what the gateway says."""
    cause = error.__cause__
    if isinstance(cause, EmptyQueryParameterValue):
        # The contract asks for a string, and an empty one is one: an id nobody has.
        raise RefusedError("Inference not found", status=404)
    if isinstance(cause, MediaTypeNotFound):
        message = f"Content type must be {' or '.join(cause.availableMimetypes)}"
        raise RefusedError(message, status=415)
    if isinstance(cause, InvalidSchemaValue):
        raise RefusedError("Invalid payload", _issues(cause))
    if isinstance(error, ParameterValidationError):
        raise RefusedError("Invalid query", [_missing(error.name)])
    raise RefusedError(str(error))


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
