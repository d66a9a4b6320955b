"""The wrapper fits the contract: it reads every response that the contract promises."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator, OAS31Validator

from tests.support.contract import ROLES, check_response
from tests.support.options import values_of
from wan_ergonomic import Failure, Video, _spec
from wan_ergonomic._parsing import parse_generation
from wan_ergonomic._spec import Role
from wan_ergonomic.sandbox._spec import body_of, usage_field

Validator = OAS30Validator if _spec.contract()["openapi"].startswith("3.0") else OAS31Validator
LINK = "https://cdn.example/v.mp4"

# Shapes of an error, with how each is read. A test takes the first that the contract allows.
ERRORS: list[tuple[Any, Failure | None]] = [
    ({"name": "n", "message": "m"}, Failure(name="n", message="m")),
    ("m", Failure(name="error", message="m")),
    (["m"], Failure(name="error", message="m")),
]


def statuses(role: Role) -> list[str]:
    """Return the statuses that the contract promises for an operation."""
    status = _spec.response_schema(role)["properties"]["status"]
    return _spec.choices(status) or ["queued", "completed", "error"]


def smallest(role: Role) -> dict[str, Any]:
    """Return a response with an id, and with all else that is required."""
    schema = _spec.response_schema(role)
    found = {
        name: values_of(schema["properties"].get(name, {}))
        for name in ("id", *schema.get("required", ()))
    }
    return {name: values[0] for name, values in found.items() if values}


def allowed(role: Role, name: str, values: list[Any]) -> Any:
    """Return the first value that the contract allows for a property; None if it allows none."""
    part = _spec.response_schema(role)["properties"].get(name)
    checker = Validator(part if part is not None else {"enum": []})
    return next((value for value in values if checker.is_valid(value)), None)


def fullest(role: Role) -> dict[str, Any]:
    """Return a response with every property that the wrapper reads and the contract has."""
    parts = {
        "video": LINK if "video" in _spec.response_schema(role)["properties"] else None,
        "error": allowed(role, "error", [value for value, _ in ERRORS]),
    }
    return body_of(role, {name: part for name, part in parts.items() if part is not None}, usage=5)


def emptied(role: Role, full: dict[str, Any]) -> dict[str, Any]:
    """Return the same with null wherever the contract allows it."""
    properties = _spec.response_schema(role)["properties"]
    return {name: None for name in full if "null" in (_spec.types(properties[name]) or ["null"])}


@pytest.mark.parametrize("role", ROLES)
def test_each_promised_response_is_read_without_drift(role):
    """For each status, the smallest response, the fullest, and the fullest with nulls."""
    full, least = fullest(role), smallest(role)
    for word in statuses(role):
        for more in ({}, emptied(role, full), full):
            body = {**least, **more, "status": word}
            check_response(role, body)
            generation = parse_generation(json.dumps(body).encode(), {}, role)
            assert (generation.status, generation.drift) == (word, ())
    assert generation.video == (Video(url=LINK) if "video" in full else None)
    assert generation.error == next((e for value, e in ERRORS if value == full.get("error")), None)
    spent = 5 if usage_field(role) else None
    # Dollars may stand beside the credits.
    assert (generation.usage.credits if generation.usage else None) == spent


@pytest.mark.parametrize(
    ("role", "code"),
    [
        (role, code)
        for role in ROLES
        for code in (400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504, 520, 524)
        # For a status that the vendor documents, the vendor's own schema applies.
        if str(code) not in _spec.operation(role)["responses"]
    ],
)
def test_the_contract_promises_an_object_for_each_error_status(role, code):
    """Bodies of both generations of the gateway are valid."""
    check_response(role, {"requestId": "r", "statusCode": str(code), "message": ["no"]}, code)
    check_response(role, {"title": "t", "status": code, "error": {"data": {"kind": "k"}}}, code)


# By the type that a schema names; None for a schema without one.
_BY_TYPE: dict[str | None, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "null": st.none(),
    "number": st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    "string": st.sampled_from(["a", "-abc", "a:b/c", "ümläut"]),
    None: st.none() | st.text() | st.lists(st.text()) | st.just({"detail": []}),
}


# Keywords that leave few values.
_DEFINING = {"const", "enum", "format", "maxLength", "minLength", "pattern"}


def valid_values(schema: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for the values that a schema of the contract's responses allows."""
    kinds: list[str | None] = [*sorted(_spec.types(schema))] or [None]
    if branches := schema.get("oneOf") or schema.get("anyOf"):
        each = st.one_of([valid_values(branch) for branch in branches])
        return each.filter(Validator(schema).is_valid)
    values: st.SearchStrategy[Any] = st.one_of([_values_of_type(kind, schema) for kind in kinds])
    return values


def _values_of_type(kind: str | None, schema: Any) -> st.SearchStrategy[Any]:
    match kind:
        case "integer":
            return st.integers(schema.get("minimum"), schema.get("maximum"))
        case "object":
            parts = {
                name: valid_values(part) for name, part in schema.get("properties", {}).items()
            }
            required = {name: parts.pop(name) for name in schema.get("required", ())}
            return st.fixed_dictionaries(required, optional=parts)
        case "array":
            return st.lists(valid_values(schema.get("items", {})), max_size=3)
        case "string" if schema.get("format") == "uri":
            return st.sampled_from(["https://cdn.example/v.mp4?Expires=1", "http://example.com"])
        case "string" | None if schema.keys() & _DEFINING:
            return st.sampled_from(values_of(schema) or [None])
        case _:
            return _BY_TYPE[kind]


@pytest.mark.parametrize("role", ROLES)
@settings(max_examples=100, derandomize=True, deadline=None, database=None)
@given(st.data())
def test_any_valid_response_is_read_without_drift(role, data):
    """Whatever values it has, within its schema."""
    schema = _spec.response_schema(role)
    body = data.draw(valid_values(schema))
    Validator(schema).validate(body)
    generation = parse_generation(json.dumps(body).encode(), {}, role)
    status = body["status"]
    known = status if isinstance(status, str) and status.strip() else "unknown"
    assert (generation.id, generation.status) == (str(body["id"]), known)
    assert (generation.drift, generation.raw) == ((), body)
