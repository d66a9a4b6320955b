"""Violations of the contract in single exchanges."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.support.first_contract import MODEL, PATHS, SERVER
from wan_ergonomic import _spec
from wan_ergonomic._spec import Role

from .traffic import as_lines, check, exchange, found

pytestmark = pytest.mark.usefixtures("contract_as_it_was")
POLL = f"{SERVER}{PATHS['poll']}"


@pytest.mark.parametrize(
    ("entry", "violation"),
    [
        (
            exchange(body={"model": "another", "prompt": "x"}),
            ("/model", f"one of {MODEL!r}", "'another'"),
        ),
        (
            exchange(body={"model": MODEL, "prompt": 7}),
            ("/prompt", "the type string", "7"),
        ),
        (
            exchange(body={"model": MODEL, "prompt": None}),
            ("/prompt", "the type string", "nothing"),
        ),
        (exchange(body={"model": MODEL}), ("/prompt", "a required property", "nothing")),
        (exchange(body=""), ("", "a JSON body", "nothing")),
        (exchange(body="{prompt: x}"), ("", "JSON", "something else")),
        (
            exchange(body="[" * 200_000 + "]" * 200_000),
            ("", "JSON that can be parsed", "JSON nested too deeply"),
        ),
        (
            exchange(headers={"Content-Type": "text/plain"}),
            (None, "application/json", "'text/plain'"),
        ),
        (
            exchange(headers={}),
            (None, "application/json", "no content type"),
        ),
        (
            exchange("poll", url=POLL),
            (None, "a value", "nothing"),
        ),
        (exchange(returned={"id": 7, "status": "queued"}), ("/id", "the type string", "7")),
        (
            exchange("poll", returned={"id": "a", "status": "active"}),
            ("/status", "one of 'queued', 'generating', 'completed', 'error'", "'active'"),
        ),
        (
            exchange("poll", returned={"id": "a", "status": "completed", "video": ["https://x"]}),
            ("/video", "the type object", "a list of 1"),
        ),
        (
            exchange("poll", returned={"id": "a", "status": "queued", "meta": {"usage": {}}}),
            ("/meta/usage/tokens_used", "a required property", "nothing"),
        ),
        (exchange(status=201), (None, "status 200 or 4XX or 5XX", "201")),
        (exchange(status=302, returned=""), (None, "status 200 or 4XX or 5XX", "302")),
        (exchange(status=404, returned=["no"]), ("", "the type object", "a list of 1")),
        (exchange(returned=""), ("", "a JSON body", "nothing")),
    ],
)
def test_each_departure_is_found_once(entry, violation):
    """With its place, and with what the contract requires there."""
    assert found(exchange(), entry) == [violation]


def typed(status, content_type, body, role: Role = "poll"):
    """Return an exchange whose response has a status, a content type and a body."""
    entry = exchange(role, status, body)
    entry["response"]["headers"] = {"Content-Type": content_type}
    return entry


@pytest.mark.parametrize(
    ("status", "content_type", "body"),
    [
        (400, "text/html", "<html>"),
        (502, "application/json", "Bad gateway"),
        (503, "image/png", "x"),
        (504, "TEXT/html; charset=UTF-8", ""),
        (527, "", ""),
        (530, "", ""),
        (500, "application/json", "\n<!DOCTYPE html>"),
        (403, "text/plain; charset=UTF-8", "error code: 1020"),
        (429, "", "<html>"),
        (520, "", ""),
        (403, "application/xml", "<Error/>"),
        (404, "", "<Error/>"),
    ],
)
def test_an_error_page_of_a_gateway_is_no_violation(status, content_type, body):
    """It is not the API's own response. The request is checked nevertheless."""
    result = check(as_lines(exchange(), typed(status, content_type, body)))
    assert (result.verdict, list(result.gateway), result.unclear) == ("honoured", [2], {})
    assert list(result.violations) == []
    lost = typed(status, content_type, body)
    lost["response"]["content"] = {"size": -1, "mimeType": content_type}
    known = status > 500 or content_type.lower().startswith("text/")
    assert list(check(as_lines(lost)).unclear) == ([] if known else [1])
    bad = typed(status, content_type, body, "create")
    bad["request"]["body"] = {"model": _spec.model()}
    assert [one.pointer for one in check(as_lines(bad)).violations] == ["/prompt"]


@pytest.mark.parametrize(
    ("status", "content_type", "body"),
    [
        (200, "text/html", "<html>"),
        (502, "text/html", {"message": "no"}),
        (500, "application/json", "no"),
        (400, "application/json", ""),
        (404, "", "gone"),
        (302, "text/html", "<html>"),
        (500, "image/png", "x"),
        (505, "", ""),
        (528, "", ""),
        (531, "", ""),
    ],
)
def test_any_other_response_that_is_not_json_is_a_violation(status, content_type, body):
    """A success, a redirect, or an error that the API itself may have sent."""
    result = check(as_lines(typed(status, content_type, body)))
    assert (len(result.violations), list(result.gateway)) == (1, [])


@pytest.mark.parametrize(
    "rest", ["; utf-8", ";", "; charset", "; a=b=c", '; a="x=y"', ";;=", "; x=y"]
)
def test_broken_parameters_of_a_content_type_are_ignored(rest):
    """Servers and programs send many; the media type counts."""
    entry = exchange(headers={"Content-Type": f"application/json{rest}"})
    entry["response"]["headers"] = {"Content-Type": f"Application/JSON {rest}"}
    assert found(entry) == []
    entry["response"]["headers"] = {"Content-Type": f"image/png{rest}"}
    assert len(found(entry)) == 1


@pytest.mark.parametrize(
    ("entry", "note"),
    [
        (exchange(status=201), "this package can use the response all the same"),
        (
            exchange("poll", returned={"id": "a", "status": "active"}),
            "this package can use the response all the same",
        ),
        (
            exchange("poll", returned={"id": "a", "status": "dancing"}),
            "this package uses the response and reports this as drift",
        ),
        (exchange(returned={"status": "queued"}), "this package cannot use such a response"),
        (exchange(status=302), None),
        (exchange(body={"model": MODEL}), None),
    ],
)
def test_a_violation_notes_whether_this_package_can_use_the_response(entry, note):
    """It is a violation nevertheless."""
    (violation,) = check(as_lines(entry)).violations
    assert violation.note == note
    assert str(violation).endswith(f" ({note})" if note else violation.found)


def test_places_are_named_as_in_a_comparison():
    """A violation and a finding about one place can be matched."""
    entries = [
        exchange(body={"model": MODEL}),
        exchange("poll", url=POLL),
        exchange("poll", returned={"id": "a", "status": "queued", "video": {}}),
        exchange(status=404, returned=[]),
        exchange(status=302),
    ]
    assert [one.place for one in check(as_lines(*entries)).violations] == [
        "request/prompt",
        "parameter/query/generation_id",
        "response/200/video/url",
        "response/4XX",
        "response/302",
    ]


@pytest.fixture
def another_contract(monkeypatch) -> dict[str, Any]:
    """A contract that a test may change, instead of the vendored one."""
    changed = copy.deepcopy(dict(_spec.contract()))
    monkeypatch.setattr(_spec, "contract", lambda: changed)
    return changed


def test_other_keywords_are_named_in_a_violation(another_contract):
    """The vendored contract uses only a few."""
    properties = _spec.request_schema()["properties"]
    properties["seed"] = {"type": "integer", "minimum": 0}
    properties["negative_prompt"] = {"type": "string", "oneOf": [{"maxLength": 3}]}
    body = {"model": MODEL, "prompt": "x", "seed": -1, "negative_prompt": "blurred"}
    assert another_contract["openapi"] == "3.0.0"
    assert sorted(found(exchange(body=body))) == [
        ("/negative_prompt", "what its oneOf allows", "'blurred'"),
        ("/seed", "minimum 0", "-1"),
    ]


def test_an_operation_may_have_a_path_template(another_contract):
    """A parameter in the path is checked like one in the query."""
    (path,) = [path for path, item in another_contract["paths"].items() if "get" in item]
    item = another_contract["paths"].pop(path)
    schema = {"type": "integer", "maximum": 9}
    item["get"]["parameters"] = [{"in": "path", "name": "n", "required": True, "schema": schema}]
    another_contract["paths"]["/jobs/{n}.json"] = item
    entries = [exchange("poll", url=f"{SERVER}/jobs/{n}") for n in ("7.json", "12.json", "7xx")]
    verification = check(as_lines(*entries))
    (violation,) = verification.violations
    assert (violation.entry, violation.place) == (2, "parameter/path/n")
    assert (violation.expected, violation.found) == ("maximum 9", "12")
    assert verification.others == 1
