"""What a call takes and sends: ids, headers, timeouts; and what is rejected before it is sent."""

from __future__ import annotations

import re
from inspect import Parameter, Signature

import pytest

from tests.support.actions import response
from tests.support.operations import polled_id
from tests.support.responses import ID, PROMPT, accepted, completed, poll_response
from wan_ergonomic import ConfigurationError, NotFoundError
from wan_ergonomic._spec import id_parameter, path
from wan_ergonomic.generated_client.api.generations import fetch_generation

GENERATING = poll_response("generating")


def test_a_completed_generation_has_what_its_submission_returned(wan, server):
    """Price, request, and the ids to give to the vendor are kept through the polls."""
    headers = {"X-Inference-Id": "inf-1", "X-Aimlapi-Usd-Spent": "0.6"}
    server.script("submit", response(200, {"id": ID, "status": "queued"}, headers))
    server.script("poll", completed(server))
    generation = wan.generate(PROMPT)
    posted = server.received("submit")[0]
    assert (generation.usage.usd, generation.inference_id) == (0.6, "inf-1")
    assert generation.request == posted.json
    assert generation.client_request_id == posted.headers["x-client-request-id"]
    assert generation.raw["status"] == "completed"


def test_extra_headers_are_sent_with_each_request_to_the_api(wan, server):
    """An ``X-Client-Request-Id`` among them is the submission's."""
    server.script("submit", accepted())
    server.script("poll", GENERATING, completed(server))
    wan.generate(PROMPT, extra_headers={"X-Team": "blue", "x-client-request-id": "mine-1"})
    assert [request.headers["x-team"] for request in server.requests] == ["blue"] * 3
    assert server.requests[0].headers["x-client-request-id"] == "mine-1"


@pytest.mark.parametrize("name", ["Authorization", "authorization", "Host", "Content-Length"])
def test_a_header_that_the_client_sets_is_rejected(wan, server, name):
    """A call can replace neither the key nor HTTP's framing."""
    with pytest.raises(ConfigurationError, match="set by the client itself"):
        wan.submit(PROMPT, extra_headers={name: "mine"})
    assert server.requests == []


def test_an_id_is_one_encoded_parameter(wan, server):
    """Any text can be an id, and no part of it is read as a part of the URL."""
    server.script("poll", response(200, {"status": "generating"}))
    identities = ["-x_", "a:b/c d&e=f?#%2F+", "é", "7"]
    for identity in identities:
        assert wan.status(identity).id == identity
    targets = [request.target for request in server.requests]
    assert [polled_id(target) for target in targets] == identities
    assert {target.count("/") for target in targets} == {path("poll").count("/")}
    assert all(re.fullmatch("[!-~]+", target) for target in targets)


@pytest.mark.parametrize("identity", ["", "  ", "\ud800", 7, None])
def test_a_value_that_cannot_be_an_id_is_rejected(wan, server, identity):
    """Nothing is requested for it."""
    for method in (wan.status, wan.wait, wan.watch):
        with pytest.raises(ConfigurationError, match="neither a generation nor an id"):
            [*method(identity)]
    assert server.requests == []


def test_an_id_too_long_for_a_url_is_rejected_at_once(client_kind, server, clock):
    """Time cannot change it, so it is not retried."""
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(ConfigurationError, match="The request URL is invalid"),
    ):
        wan.wait("a" * 70_000)
    assert (server.requests, clock.sleeps) == ([], [])


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), "5"])
def test_a_timeout_that_is_not_a_positive_number_is_rejected(wan, server, timeout):
    """It is rejected before anything is sent."""
    with pytest.raises(ConfigurationError, match="positive number of seconds"):
        wan.submit(PROMPT, timeout=timeout)
    assert server.requests == []


@pytest.mark.parametrize("method", ["submit", "status", "wait", "generate", "watch"])
def test_a_closed_client_raises_an_error_that_says_so(client_kind, server, method):
    """It cannot be used again, and sends nothing."""
    with client_kind.client(base_url=server.url) as wan:
        wan.close()
        with pytest.raises(ConfigurationError, match="was closed"):
            [*getattr(wan, method)("a prompt, or an id")]
    assert server.requests == []


def test_a_404_of_a_submission_does_not_speak_of_an_id(wan, server):
    """There is none yet; the address is wrong."""
    server.script("submit", response(404))
    with pytest.raises(NotFoundError, match="no such API at this address: check base_url"):
        wan.submit(PROMPT)


@pytest.mark.parametrize("identity", [".", ".."])
def test_dots_are_no_id_in_a_path(wan, server, monkeypatch, identity):
    """In a URL they mean a folder, so another path would be requested."""

    def describe(job: str) -> dict[str, str]:
        return {"method": "get", "url": f"/v3/jobs/{job}"}

    monkeypatch.setattr(fetch_generation, "_get_kwargs", describe)
    with pytest.raises(ConfigurationError, match="no place for the id"):
        wan.status(identity)
    assert server.requests == []


def test_an_optional_parameter_of_a_poll_is_not_set(wan, server, monkeypatch):
    """The id is the one that is required."""

    def describe(*, verbose: bool | None = None, task: str) -> dict[str, object]:
        return {"method": "get", "url": "/v3", "params": {"task": task, "verbose": verbose is None}}

    monkeypatch.setattr(fetch_generation, "_get_kwargs", describe)
    server.script("download", poll_response("queued"))
    wan.status(ID)
    assert server.requests[0].target == f"/v3?task={ID}&verbose=true"


def test_an_id_that_the_document_does_not_require_is_found_by_its_name(wan, server, monkeypatch):
    """Neither argument of the endpoint is required then."""

    def describe(**given: str) -> dict[str, object]:
        return {"method": "get", "url": "/v3", "params": given}

    parameters = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=None)
        for name in ("verbose", id_parameter()[1])
    ]
    describe.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    monkeypatch.setattr(fetch_generation, "_get_kwargs", describe)
    server.script("download", poll_response("queued"))
    wan.status(ID)
    assert server.requests[0].target == f"/v3?{id_parameter()[1]}={ID}"
