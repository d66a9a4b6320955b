"""Whether an error response names a generation or a cost: in any object, under any known name."""

import json
from typing import Any

import pytest

from wan_ergonomic._parsing import parse_error

ID = "dabf0a77-d01c-4982-8857-0ad0fa233053"


def read(body: Any, **headers: str) -> Any:
    """Read an error response; the names of headers have underscores here."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return parse_error(
        429, {name.replace("_", "-"): text for name, text in headers.items()}, content
    )


@pytest.mark.parametrize(
    "body",
    [
        {"id": ID},
        {"id": ID, "status": 429},
        {"data": {"id": ID}},
        {"data": {"attributes": [{"generationId": ID}]}},
        {"generation": {"id": ID, "status": "queued"}},
        {"generation_id": ID},
        {"error": {"message": "busy", "task-id": ID}},
        {"output": {"task_id": ID, "task_status": "PENDING"}},
        {"INFERENCE_ID": ID},
        {"message": "busy", "result": {"job": {"uuid": ID}}},
        [{"id": ID}],
        [ID],
        ID,
        f'{{"id": "{ID}", "sta'.encode(),
        f" {ID}\n".encode(),
        f'data: {{"data": {{"id": "{ID}"}}}}\n\n'.encode(),
        f'event: queued\ndata: {{"id": "{ID}"}}\n\n'.encode(),
    ],
    ids=str,
)
def test_an_id_is_found_wherever_it_is(body):
    """Also in a list, as a text, in an event, and in a body that broke off."""
    error = read(body)
    assert (error.names_job, error.generation_id) == (True, ID)


def test_the_outermost_id_is_taken():
    """An object within the response may have an id of its own."""
    assert read({"video": {"id": "v"}, "id": 42}).generation_id == "42"


@pytest.mark.parametrize(
    "body",
    [
        {"status": "queued"},
        {"generation": {"status": "queued"}},
        {"jobs": [{"status": "queued"}]},
        {"video": {"url": "https://cdn.example/v.mp4"}},
        {"meta": {"usage": {"credits_used": 1050000}}},
        {"meta": {"usage": {"tokens_used": "5"}}},
        {"usd_spent": 0.5},
    ],
    ids=str,
)
def test_a_generation_without_an_id_or_a_cost_is_found_too(body):
    """It may be running, even if nobody can say which."""
    error = read(body)
    assert (error.names_job, error.generation_id) == (True, None)


@pytest.mark.parametrize(
    "name", ["x_aimlapi_credits_used", "x_aimlapi_usd_spent", "x_credits_used"]
)
def test_a_cost_in_a_header_is_found(name):
    """A rejection costs nothing, so its cost is 0 or absent."""
    assert read({}, **{name: "7"}).names_job
    assert not read({}, **{name: "0"}).names_job


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x_generation_id", ID),
        ("x_aimlapi_generation_id", ID),
        ("x_job_id", ID),
        ("task_id", ID),
        ("location", f"/v2/video/generations?generation_id={ID}"),
        ("content_location", f"https://api.example/jobs/{ID}/status"),
    ],
)
def test_an_id_in_a_header_is_found(name, value):
    """Under any known name, or in the address of a job."""
    error = read({}, **{name: value})
    assert (error.names_job, error.generation_id) == (True, ID)


@pytest.mark.parametrize("name", ["x_request_id", "x_trace_id", "x_id", "etag", "cf_ray"])
def test_other_headers_name_no_job(name):
    """Each response has an id of its own."""
    error = read({}, **{name: ID})
    assert (error.names_job, error.generation_id) == (False, None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"Too many requests",
        b'<html><script>{"id": "x"}</script></html>',
        b"[",
        {"requestId": ID, "statusCode": 429, "path": "/v2", "message": "Too many requests"},
        {"title": "T", "error": {"name": "E", "message": "m", "data": {"kind": "err_x"}}},
        {"error": {"data": [{"code": "too_big", "path": ["id"], "message": "too long"}]}},
        {"error": {"request": {"id": ID}, "user": {"id": 5}, "organization": {"id": "o"}}},
        {"id": None, "generation_id": " ", "generation": None, "jobs": [], "task": {}},
        {"meta": {"usage": {"credits_used": 0}}, "credits_used": None, "usd_spent": -1},
        {"status": "error"},
        {"status": 429, "user": {"status": "active"}},
        {"status": "busy", "ids": [], "trace_id": ID},
        {"message": [f"request {ID} was refused"]},
    ],
    ids=str,
)
def test_a_rejection_names_no_job(body):
    """The gateway's own formats, pages, and ids of other things."""
    error = read(body)
    assert (error.names_job, error.generation_id) == (False, None)


def test_a_body_that_is_nested_deep_is_read():
    """Without a limit of Python's own."""
    deep: Any = {"id": ID}
    for _ in range(400):
        deep = {"data": [deep]}
    assert read(deep).generation_id == ID
