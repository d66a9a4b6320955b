"""Assertions that requests and responses honor the contract."""

from __future__ import annotations

import httpx
import pytest

from tests.support.first_contract import MODEL, PATHS
from wan_ergonomic.plugin import WanContract

pytestmark = pytest.mark.usefixtures("contract_as_it_was")
CREATE, POLL = PATHS["create"], PATHS["poll"]
BODY = {"model": MODEL, "prompt": "A boat"}
KEY = {"Authorization": "Bearer some-key"}


@pytest.fixture(scope="module")
def wan_contract() -> WanContract:
    """One for all tests here, as the plugin's fixture is one for a session."""
    return WanContract()


def response(json, status: int = 200, request: httpx.Request | None = None) -> httpx.Response:
    """Return a response of httpx, with its request."""
    request = request or httpx.Request("POST", f"https://x{CREATE}", json=BODY, headers=KEY)
    return httpx.Response(status, json=json, request=request)


def test_good_requests_pass(wan_contract):
    """A URL or a path, a query in the URL or beside it, and a method in any case are accepted."""
    wan_contract.check_request("post", CREATE, json=BODY)
    wan_contract.check_request("POST", f"https://any.host:8080{CREATE}", json=BODY, headers=KEY)
    wan_contract.check_request("GET", POLL, query={"generation_id": 7})
    wan_contract.check_request("GET", f"{POLL}?generation_id=7", headers=KEY)


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (("POST", CREATE, {"json": BODY | {"prompt": 7}}), r"/prompt: .* type string, found 7$"),
        (("POST", CREATE, {"json": None}), "the body: expected the type object, found nothing"),
        (("POST", CREATE, {}), "the body: expected a JSON body, found nothing"),
        (("POST", CREATE, {"json": BODY, "headers": {}}), "security: expected the credentials"),
        (
            ("POST", CREATE, {"json": BODY, "headers": {**KEY, "content-type": "text/plain"}}),
            "expected application/json, found 'text/plain'",
        ),
        (("GET", POLL, {}), "parameter/query/generation_id: expected a value, found nothing"),
        (("PUT", POLL, {}), "The contract has no PUT .*; it has POST .* and GET "),
    ],
)
def test_bad_requests_are_assertion_errors(wan_contract, request_, sentence):
    """The message names the operation, the place, and what was expected and found."""
    method, url, parts = request_
    with pytest.raises(AssertionError, match=sentence):
        wan_contract.check_request(method, url, **parts)


def test_good_responses_pass(wan_contract):
    """A response is checked for an operation or for a request; error responses pass as well."""
    poll = httpx.Request("GET", f"https://x{POLL}?generation_id=7")
    wan_contract.check_response("create", 200, json={"id": "a", "status": "queued"})
    wan_contract.check_response(poll, 404, json={"message": "no"}, headers={"X-Any": "thing"})


def test_each_violation_is_one_sentence(wan_contract):
    """One error lists all of them."""
    with pytest.raises(AssertionError) as caught:
        wan_contract.check_response("poll", 200, json={"id": 7})
    first, second = str(caught.value).splitlines()
    assert first.startswith("poll response, /id: expected the type string, found 7 (")
    assert second.startswith("poll response, /status: expected a required property, found nothing")


def test_links_are_shortened(wan_contract):
    """The output of a failed test must not hold a signature."""
    link = "https://cdn.example/a.mp4?Signature=secret"
    with pytest.raises(AssertionError, match=r"a\.mp4\?…") as caught:
        wan_contract.check_response("poll", 200, json={"id": "a", "status": "error", "video": link})
    assert "secret" not in str(caught.value)


def test_a_response_of_httpx_is_checked_with_its_request(wan_contract):
    """One call checks both."""
    good = {"id": "a", "status": "queued"}
    wan_contract.check(response(good))
    wan_contract.check(response(good).request)
    bad = httpx.Request("POST", f"https://x{CREATE}", json={}, headers=KEY)
    with pytest.raises(AssertionError) as caught:
        wan_contract.check(response({"id": "a"}, request=bad))
    places = [line.partition(":")[0] for line in str(caught.value).splitlines()]
    assert places == [
        "create request, /model",
        "create request, /prompt",
        "create response, /status",
    ]
