"""Violations of the contract in single exchanges."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from wan_ergonomic import _spec
from wan_ergonomic.sandbox._spec import usage_field

from .traffic import as_lines, check, exchange, found


@pytest.mark.parametrize(
    ("entry", "violation"),
    [
        (
            exchange(body={"model": "another", "prompt": "x"}),
            ("/model", f"one of {_spec.model()!r}", "'another'"),
        ),
        (
            exchange(body={"model": _spec.model(), "prompt": 7}),
            ("/prompt", "the type string", "7"),
        ),
        (
            exchange(body={"model": _spec.model(), "prompt": None}),
            ("/prompt", "the type string", "nothing"),
        ),
        (exchange(body={"model": _spec.model()}), ("/prompt", "a required property", "nothing")),
        (exchange(body=""), ("", "a JSON body", "nothing")),
        (exchange(body="{prompt: x}"), ("", "JSON", "something else")),
        (exchange(body="[" * 200_000), ("", "JSON that can be parsed", "JSON nested too deeply")),
        (
            exchange(headers={"Content-Type": "text/plain"}),
            (None, "application/json", "'text/plain'"),
        ),
        (
            exchange(headers={}),
            (None, "application/json", "no content type"),
        ),
        (
            exchange("poll", url=_spec.server_url() + _spec.path("poll")),
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
            (f"/meta/usage/{usage_field('poll')}", "a required property", "nothing"),
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


def test_an_html_page_in_place_of_a_response_is_a_violation():
    """This package can handle a proxy's page, but the contract does not describe it."""
    entry = exchange("poll", 502, "<html>")
    entry["response"]["headers"] = {"Content-Type": "text/html"}
    (violation,) = check(as_lines(entry)).violations
    assert (violation.expected, violation.found) == ("application/json", "'text/html'")
    assert violation.note == "this package can use the response all the same"


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
        (exchange(body={"model": _spec.model()}), None),
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
        exchange(body={"model": _spec.model()}),
        exchange("poll", url=_spec.server_url() + _spec.path("poll")),
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
    body = {"model": _spec.model(), "prompt": "x", "seed": -1, "negative_prompt": "blurred"}
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
    entries = [
        exchange("poll", url=f"{_spec.server_url()}/jobs/{n}") for n in ("7.json", "12.json", "7xx")
    ]
    verification = check(as_lines(*entries))
    (violation,) = verification.violations
    assert (violation.entry, violation.place) == (2, "parameter/path/n")
    assert (violation.expected, violation.found) == ("maximum 9", "12")
    assert verification.others == 1
