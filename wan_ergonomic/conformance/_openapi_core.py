"""The adapter to openapi-core: its requests, its responses, and its errors as violations.

Importing it takes half a second, so it is imported only for a check. Values are
shown shortened: openapi-core's own messages quote them whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, cast

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.validation.request.exceptions import (
    ParameterValidationError,
    SecurityValidationError,
)
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from werkzeug.datastructures import Headers, ImmutableMultiDict

from wan_ergonomic import _spec
from wan_ergonomic._json import pointer_to
from wan_ergonomic._spec import Role

from ._data import Part, Request, Response, Violation
from ._secrets import shown, without_likely_keys

Path = tuple[str | int, ...]


@dataclass(kw_only=True, slots=True)
class OpenAPIRequest:
    """A request as openapi-core takes it."""

    method: str
    path: str
    parameters: RequestParameters
    content_type: str
    body: bytes | None
    # The contract's server is "/" here, so any host matches.
    host_url: str = "http://any"

    @classmethod
    def of(
        cls,
        *,
        method: str,
        path: str,
        query: Iterable[tuple[str, str]],
        headers: Iterable[tuple[str, str]],
        body: bytes,
    ) -> OpenAPIRequest:
        """Make a request."""
        fields = Headers(headers)
        parameters = RequestParameters(query=ImmutableMultiDict(query), header=fields)
        return cls(
            method=method.lower(),
            path=path,
            parameters=parameters,
            content_type=_parsable(fields.get("content-type", "")),
            body=body or None,
        )


@dataclass(kw_only=True, slots=True)
class OpenAPIResponse:
    """A response as openapi-core takes it."""

    status_code: int
    headers: Headers
    content_type: str
    data: bytes | None


def _parsable(content_type: str) -> str:
    """Return a content type without broken parameters, at which openapi-core raises ValueError."""
    media_type, *parameters = (part.strip() for part in content_type.lower().split(";"))
    return "; ".join([media_type, *(each for each in parameters if each.count("=") == 1)])


class SchemaError(Protocol):
    """The attributes of a jsonschema error that are used here."""

    validator: str
    validator_value: Any
    absolute_path: Iterable[str | int]
    instance: Any
    message: str


def unmet(errors: Iterable[SchemaError]) -> dict[Path, SchemaError | None]:
    """Return one jsonschema error for each place, or None for a missing property.

    jsonschema can report one place twice: an unexpected null fails two keywords.
    """
    found: dict[Path, SchemaError | None] = {}
    for error in errors:
        path = tuple(error.absolute_path)
        if error.validator == "required":
            names = [name for name in error.validator_value if name not in error.instance]
            found |= {(*path, name): None for name in names}
        else:
            found[path] = error
    return found


class Checker:
    """Checks requests and responses with openapi-core."""

    def __init__(self) -> None:
        contract = {**_spec.contract(), "servers": [{"url": "/"}]}
        # openapi-core stops at missing credentials; a second contract without security finds the
        # rest.
        self._guarded = openapi_of(contract)
        self._open = openapi_of(_without_security(contract))

    def check_request(self, role: Role, request: Request) -> list[Violation]:
        """Return where a request departs from the contract."""
        adapted = OpenAPIRequest.of(
            method=request.method,
            path=request.path,
            query=request.query,
            headers={**(request.headers or {}), "content-type": request.content_type}.items(),
            body=request.body or b"",
        )
        found, errors = [], list(_errors(self._guarded.iter_apicall_request_errors(adapted)))
        if any(isinstance(error, SecurityValidationError) for error in errors):
            found = [_departure(role, "request", "security", _CREDENTIALS)]
            errors = list(_errors(self._open.iter_apicall_request_errors(adapted)))
        for error in errors:
            found += _departures(role, "request", "request", error)
        return found

    def check_response(self, role: Role, response: Response) -> list[Violation]:
        """Return where a response departs from the contract."""
        request = OpenAPIRequest.of(
            method=_spec.METHODS[role], path=_spec.path(role), query=(), headers=(), body=b""
        )
        adapted = OpenAPIResponse(
            status_code=response.status,
            headers=Headers(list(response.headers.items())),
            content_type=_parsable(response.content_type),
            data=response.body,
        )
        place = f"response/{_described(role, response.status)}"
        return [
            one
            for error in _errors(self._open.iter_apicall_response_errors(request, adapted))
            for one in _departures(role, "response", place, error)
        ]


def openapi_of(document: dict[str, Any]) -> OpenAPI:
    """Return openapi-core's object for the contract, which is known to be valid."""
    # None means "do not validate again"; openapi-core's types do not include it.
    return OpenAPI.from_dict(document, config=Config(spec_validator_cls=cast("Any", None)))


def _without_security(value: Any) -> Any:
    """Return a contract whose operations need no credentials."""
    paths = {
        path: {
            name: {key: part for key, part in operation.items() if key != "security"}
            if isinstance(operation, dict)
            else operation
            for name, operation in item.items()
        }
        for path, item in value["paths"].items()
    }
    return {key: part for key, part in value.items() if key != "security"} | {"paths": paths}


def _described(role: Role, status: int) -> str:
    """Return the name under which the contract describes a status, or the status itself."""
    named = (str(status), f"{status // 100}XX", "default")
    responses = _spec.operation(role)["responses"]
    return next((name for name in named if name in responses), str(status))


def _errors(errors: Iterator[Exception]) -> Iterator[Exception]:
    try:
        yield from errors
    except RecursionError as error:
        yield error


_CREDENTIALS = ("the credentials that the contract requires", "none that match")
_NOT_JSON = ("JSON", "something else")
_TOO_DEEP = ("JSON that can be parsed", "JSON nested too deeply")
_NO_BODY = ("a JSON body", "nothing")
_NO_VALUE = ("a value", "nothing")


def _departure(
    role: Role, part: Part, place: str, what: tuple[str, str], pointer: str | None = None
) -> Violation:
    expected, found = what
    return Violation(
        role=role,
        part=part,
        place=without_likely_keys(place),
        pointer=pointer and without_likely_keys(pointer),
        expected=expected,
        found=found,
    )


def _departures(role: Role, part: Part, place: str, error: Exception) -> Iterator[Violation]:
    """Yield the violations of one openapi-core error."""
    cause = error.__cause__
    if isinstance(error, ParameterValidationError):
        where = f"parameter/{error.location}/{error.name}"
        yield _departure(role, part, where, _about_parameter(cause))
    elif isinstance(cause, InvalidSchemaValue):
        errors = cast("Iterable[SchemaError]", cause.schema_errors)
        for path, wrong in unmet(errors).items():
            where = "/".join([place, *("[]" if isinstance(n, int) else n for n in path)])
            yield _departure(role, part, where, _about(wrong), pointer_to(path))
    elif isinstance(error, ResponseNotFound):
        documented = " or ".join(error.availableresponses)
        yield _departure(role, part, place, (f"status {documented}", error.http_status))
    elif isinstance(cause, MediaTypeNotFound):
        expected = " or ".join(cause.availableMimetypes)
        found = shown(cause.mimetype) if cause.mimetype else "no content type"
        yield _departure(role, part, place, (expected, found))
    elif isinstance(error, RecursionError):
        yield _departure(role, part, place, _TOO_DEEP, "")
    else:
        yield _departure(role, part, place, _NOT_JSON if cause else _NO_BODY, "")


def _about_parameter(cause: BaseException | None) -> tuple[str, str]:
    if isinstance(cause, InvalidSchemaValue):
        errors = unmet(cast("Iterable[SchemaError]", cause.schema_errors))
        return _about(next(iter(errors.values())))
    return _NO_VALUE


def _about(error: SchemaError | None) -> tuple[str, str]:
    """Return what was expected and what was found; None is a missing property."""
    if error is None:
        return "a required property", "nothing"
    value = error.validator_value
    match error.validator:
        case "type":
            expected = f"the type {value if isinstance(value, str) else ' or '.join(value)}"
        case "enum":
            expected = f"one of {', '.join(map(repr, value))}"
        case keyword if isinstance(value, dict | list):
            expected = f"what its {keyword} allows"
        case keyword:
            expected = f"{keyword} {value}"
    return expected, shown(error.instance)
