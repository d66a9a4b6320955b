"""Reading error responses: of each generation of the gateway, of its CDN, and empty ones."""

import json
from typing import Any

import pytest

from wan_ergonomic import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    InsufficientCreditsError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)
from wan_ergonomic._parsing import parse_error

FIRST = {
    "requestId": "8b1f",
    "statusCode": 400,
    "timestamp": "2025-08-04T08:22:27.000Z",
    "path": "/v2/video/generations",
    "message": "Prompt is required",
}
ISSUES = [
    {
        "code": "invalid_enum_value",
        "path": ["resolution"],
        "message": "Invalid enum value",
        "options": ["480P", "1080P"],
        "received": "720P",
    },
    {"code": "invalid_type", "path": ["seed"], "message": "Expected number"},
]
SECOND = {
    "title": "Bad Request",
    "status": 400,
    "message": "Validation failed",
    "instance": "/v2/video/generations",
    "timestamp": "2025-11-04T08:22:27.000Z",
    "requestId": "9c2e",
    "error": {"name": "BadRequestException", "message": "Invalid payload", "data": ISSUES},
}
NO_CREDITS: dict[str, Any] = {
    "title": "Forbidden",
    "status": 403,
    "message": "Forbidden",
    "instance": "/v2/video/generations",
    "timestamp": "2025-11-04T08:22:27.000Z",
    "error": {
        "name": "ForbiddenException",
        "message": "You've run out of credits.",
        "data": {"kind": "err_insufficent_credits"},
    },
}


def read(code, body="", **headers):
    """Read an error response; the names of headers have underscores here."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return parse_error(code, named, content)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        *((code, BadRequestError) for code in (400, 422)),
        (401, AuthenticationError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (429, RateLimitError),
        *((code, ServerError) for code in (500, 501, 502, 503, 504, 520, 524, 527, 529, 599)),
        *((code, ApiError) for code in (100, 302, 304, 402, 405, 409, 413, 418, 451, 499)),
    ],
)
def test_each_status_has_its_error(code, expected):
    """Also a status that HTTP does not define."""
    error = read(code)
    assert type(error) is expected
    assert error.status_code == code
    assert str(error).startswith(f"The API returned {code}")


def test_the_first_generation_of_bodies_is_read():
    """{requestId, statusCode, timestamp, path, message}."""
    error = read(400, FIRST)
    assert (error.message, error.request_id, error.issues, error.kind) == (
        "Prompt is required",
        "8b1f",
        (),
        None,
    )
    assert error.body == FIRST
    assert str(error) == "The API returned 400 Bad Request: Prompt is required."


def test_a_message_may_be_a_list_and_a_status_a_text():
    """Older gateways send both."""
    message = ["prompt must be a string", "seed must be an integer"]
    error = read(400, {**FIRST, "statusCode": "400", "message": message})
    assert error.message == "prompt must be a string; seed must be an integer"
    assert error.status_code == 400


def test_the_second_generation_of_bodies_is_read():
    """{title, status, message, instance, …, error: {name, message, data: [issues]}}."""
    error = read(400, SECOND)
    assert error.issues == tuple(ISSUES)
    assert error.message == "resolution: Invalid enum value; seed: Expected number"
    assert error.request_id == "9c2e"


def test_without_issues_the_most_precise_message_is_used():
    """The error's own, then the body's, then the title."""
    detail = {"name": "BadRequestException", "message": "Invalid payload", "data": []}
    assert read(400, {**SECOND, "error": detail}).message == "Invalid payload"
    assert read(400, {**SECOND, "error": {"message": " "}}).message == "Validation failed"
    assert read(400, {**SECOND, "error": "Oh no"}).message == "Oh no"
    assert read(400, {**SECOND, "error": None, "message": ""}).message == "Bad Request"
    assert read(400, {"status": 400}).message == ""


@pytest.mark.parametrize("spelled", ["err_insufficent_credits", "err_insufficient_credits"])
def test_an_empty_account_has_an_error_of_its_own(spelled):
    """Both spellings of its kind are known; the message says where to top up."""
    detail = {**NO_CREDITS["error"], "data": {"kind": spelled}}
    error = read(403, {**NO_CREDITS, "error": detail})
    assert type(error) is InsufficientCreditsError
    assert error.kind == spelled
    assert str(error) == (
        "The API returned 403 Forbidden: You've run out of credits. "
        "Open https://aimlapi.com/app/billing to top up."
    )


def test_any_other_403_names_the_likely_causes():
    """Lack of credits, or an unverified account; the message has the page to check."""
    error = read(403, {**NO_CREDITS, "error": {"data": {"kind": "err_unverified"}}})
    assert type(error) is PermissionDeniedError
    assert error.kind == "err_unverified"
    assert "nearly always missing credits or an unverified account" in str(error)
    assert "https://aimlapi.com/app/billing" in str(error)


def test_only_a_403_is_about_credits():
    """The same kind with another status is another error."""
    assert type(read(400, NO_CREDITS)) is BadRequestError


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (401, "Check that it is an AIML API key"),
        (404, "Check the id, "),
        (402, "Open https"),
        (307, "check base_url"),
    ],
)
def test_an_error_response_says_what_to_do(code, advice):
    """If there is a likely cause, the message names it."""
    assert advice in str(read(code, {"message": "Inference not found"}))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html><head><title>502 Bad\n Gateway</title></head></html>", "502 Bad Gateway"),
        (b"<!DOCTYPE html><TITLE lang=en>aimlapi.com | 524</TITLE>", "aimlapi.com | 524"),
        (b"<html><body>no title", "an HTML page"),
        (b"  upstream connect error\nor disconnect ", "upstream connect error or disconnect"),
        (b"error code: 502", "error code: 502"),
        (b"a" * 5000, "a" * 200),
        (b"<title>" + b"a" * 5000 + b"</title>", "a" * 200),
        (b'"just text"', "just text"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"", ""),
        (b" \n ", ""),
        (b"[]", ""),
        (b"null", ""),
        (b"17", ""),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_body_that_is_not_an_object_is_one_line_of_text(body, message):
    """HTML is its title, text its beginning."""
    error = read(502, body)
    assert error.message == message
    assert "\n" not in str(error)


def test_a_nonstandard_status_has_no_phrase():
    """Cloudflare's own statuses are shown by their number."""
    assert str(read(524, b"")) == "The API returned 524."


def test_the_ids_for_the_vendors_support_are_kept():
    """The request id of the headers wins over that of the body."""
    error = read(400, FIRST, x_request_id="r-1", x_inference_id="i-1")
    assert (error.request_id, error.inference_id) == ("r-1", "i-1")
    assert read(400, {**FIRST, "requestId": None}).request_id is None
    assert read(400, b"text").request_id is None


def test_retry_after_is_kept():
    """In seconds."""
    assert read(429, "slow down", retry_after="7").retry_after == 7
    assert read(429, "slow down").retry_after is None


@pytest.mark.parametrize("data", ["text", 5, None, ["text", 5], {"kind": None}, {"kind": {}}])
def test_data_of_another_shape_is_ignored(data):
    """Only objects are issues, and only text is a kind."""
    error = read(400, {**SECOND, "error": {"message": "no", "data": data}})
    assert (error.issues, error.kind, error.message) == ((), None, "no")


def test_a_404_speaks_of_an_id_only_if_there_was_one():
    """A submission has none."""
    assert "Check the id" in str(read(404))
    error = str(parse_error(404, {}, b"", with_id=False))
    assert error == (
        "The API returned 404 Not Found. There is no such API at this address: check base_url."
    )
