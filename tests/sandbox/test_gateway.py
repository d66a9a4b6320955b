"""Submissions and polls that go well, and the plain rejections."""

from itertools import groupby

import pytest

from tests.support.first_contract import PATHS, first_contract
from wan_ergonomic import _spec
from wan_ergonomic.sandbox import SCENARIOS, Sandbox
from wan_ergonomic.sandbox._form import url_of, video_of
from wan_ergonomic.sandbox._spec import body_of, status_of

from .conftest import LONG, contract_errors


@pytest.fixture(autouse=True)
def first_instead():
    """Today's contract: the sandbox acts by it."""


def test_a_submission_returns_what_the_contract_describes(api):
    """The response has an id, the status queued and the cost, and conforms."""
    response = api.submit()
    body = response.json()
    usage = 200_000 if api.small else 1_000_000
    expected = body_of("create", {"id": body["id"], "status": "queued"}, usage=usage)
    assert (response.status_code, body) == (status_of("create"), expected)
    assert contract_errors(response) == []


def test_a_job_goes_through_the_vendors_own_recorded_run(api, clock):
    """Polled at once and every ten seconds: queued, 37 times generating, completed."""
    generation_id = api.submit().json()["id"]
    seen: list[str] = []
    while "completed" not in seen:
        assert len(seen) < 100
        seen.append(api.poll(generation_id).json()["status"])
        clock.time += 10
    runs = [(status, len(list(group))) for status, group in groupby(seen)]
    assert runs == [("queued", 1), ("generating", 37), ("completed", 1)]


def test_every_poll_of_an_ordinary_job_conforms_to_the_contract(api, clock):
    """Queued, generating and completed are all told in the contract's shape."""
    generation_id = api.submit().json()["id"]
    for _ in range(3):
        assert contract_errors(api.poll(generation_id)) == []
        clock.time += 200


def test_a_completed_job_says_no_more_than_the_vendor_prints(api):
    """The completed body is id, status and the video's URL, and what the contract requires."""
    body, schema = api.finished(), _spec.response_schema("poll")
    assert body.keys() == {"id", "status", "video", *schema.get("required", ())}
    assert body["video"] == video_of(url_of(body["video"]), schema["properties"]["video"])


def test_speed_divides_a_jobs_time(clock):
    """At speed 100 an hour's worth of a job passes in 36 seconds."""
    with Sandbox(clock=clock.now, speed=100) as sandbox:
        jobs = sandbox._vendor.jobs
        job = jobs.accept({"resolution": "480P"}, SCENARIOS["completes"])
        clock.time += LONG / 100
        assert jobs.status(job)[0] == "completed"


@pytest.mark.usefixtures("contract_as_it_was")
@pytest.mark.parametrize(
    ("resolution", "credits_used", "usd"), [("480P", "200000", "0.1"), ("1080P", "1000000", "0.5")]
)
def test_the_cost_is_in_the_headers_by_resolution(api, resolution, credits_used, usd):
    """Credits and dollars are told beside each other, 2,000,000 to 1."""
    headers = api.submit(resolution=resolution).headers
    assert headers["x-aimlapi-credits-used"] == credits_used
    assert headers["x-aimlapi-usd-spent"] == usd


def test_ids_of_requests_and_jobs_are_in_the_headers(api):
    """The gateway names the request and the job, and repeats the caller's own id."""
    response = api.http.post(
        _spec.path("create"),
        json={"model": _spec.model(), "prompt": "A boat"},
        headers={"X-Client-Request-Id": "a.B:1_2-3"},
    )
    assert response.headers["x-inference-id"] == response.json()["id"]
    assert response.headers["x-client-request-id"] == "a.B:1_2-3"
    assert response.headers["x-request-id"]


@pytest.mark.parametrize("sent", ["a b", "x" * 129, "ü"])
def test_a_clients_request_id_is_repeated_only_if_it_is_a_good_one(api, sent):
    """1 to 128 of A-Z a-z 0-9 . _ : - and nothing else."""
    response = api.http.get("/nowhere", headers=[("X-Client-Request-Id", sent.encode())])
    assert "x-client-request-id" not in response.headers


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "sandbox-key", "Basic x"])
def test_without_the_right_key_nothing_is_done(api, authorization):
    """No key and a wrong one are 401, before the body is looked at."""
    api.http.headers.pop("authorization")
    headers = {} if authorization is None else {"Authorization": authorization}
    response = api.http.post(_spec.path("create"), content=b"{", headers=headers)
    assert response.status_code == 401
    assert response.json()["error"]["name"] == "UnauthorizedException"
    assert api.sandbox.billed == 0


@pytest.mark.parametrize("generation_id", ["nobody", "", "-", "a/b:c d"])
def test_an_unknown_id_is_not_found(api, generation_id):
    """An id that nobody has is a 404 in the gateway's words."""
    response = api.poll(generation_id)
    assert (response.status_code, response.json()["message"]) == (404, "Inference not found")
    # In a path, openapi-core takes an escaped slash for the end of the id.
    if _spec.id_parameter()[0] != "path" or "/" not in generation_id:
        assert contract_errors(response) == []


@pytest.mark.parametrize("method", ["DELETE", "HEAD", "OPTIONS", "PATCH", "PUT"])
@pytest.mark.parametrize("role", _spec.METHODS)
def test_another_method_is_rejected_and_the_right_ones_named(api, method, role):
    """405 comes with Allow, for each operation; both may have one path."""
    path = _spec.path(role)
    response = api.http.request(method, path)
    allowed = {word.upper() for other, word in _spec.METHODS.items() if _spec.path(other) == path}
    assert response.status_code == 405
    assert {*response.headers["allow"].split(", ")} == allowed


@pytest.mark.parametrize("path", ["/nowhere", f"{_spec.path('create')}/", "/videos/x.avi"])
def test_an_unknown_path_is_not_found_and_never_redirected(api, path):
    """404 in the gateway's shape, with the path that was requested."""
    response = api.http.get(path)
    assert (response.status_code, response.json()["instance"]) == (404, path)
    # Where the id ends the path, a path without an id is that of an unknown generation.
    assert response.json()["message"] in {f"Cannot GET {path}", "Inference not found"}
    assert response.headers["x-request-id"] == response.json()["requestId"]


def test_what_was_received_is_kept_in_order_without_the_key(api):
    """Records say what was sent, and of the key only whether it was right."""
    api.submit("A boat", seed=0)
    api.http.get("/nowhere?a=1", headers={"Authorization": "Bearer guess"})
    first, second = api.sandbox.received
    assert (first.method, first.path, first.body["seed"]) == ("POST", _spec.path("create"), 0)
    assert (first.headers["authorization"], first.has_right_key) == ("right key", True)
    assert (second.query, second.headers["authorization"]) == ({"a": "1"}, "wrong key")
    assert (second.body, second.has_right_key) == (None, False)
    assert api.sandbox.key not in repr(api.sandbox.received)


def test_a_request_without_a_key_is_recorded_without_one(api, get):
    """An absent Authorization header stays absent in the record."""
    get(f"{api.sandbox.url}/nowhere")
    assert "authorization" not in api.sandbox.received[0].headers


def test_each_acceptance_is_billed_and_nothing_else(api):
    """Refused submissions and polls cost nothing."""
    api.submit()
    api.submit()
    api.submit(model="another")
    api.poll("nobody")
    assert api.sandbox.billed == 2


def test_without_a_seed_each_job_gets_its_own(api):
    """The server chooses a seed within the model's range, another for each job."""
    jobs = api.sandbox._vendor.jobs
    seeds = {jobs.get(api.submit().json()["id"]).request["seed"] for _ in range(3)}
    assert len(seeds) == 3
    assert all(0 <= seed < 2**31 for seed in seeds)


@pytest.mark.usefixtures("contract_as_it_was")
@pytest.mark.parametrize("seed", [-1, 2**31, 10**30])
def test_a_seed_beyond_the_models_is_a_job_that_fails(api, seed):
    """The contract allows any integer; the model does not, and says so by name."""
    body = api.finished(seed=seed)
    assert (body["status"], body["error"]["name"]) == ("error", "InvalidParameter")
    assert str(2**31 - 1) in body["error"]["message"]


@pytest.mark.usefixtures("contract_as_it_was")
@pytest.mark.parametrize("ratio", ["4:3", "3:4"])
def test_a_size_that_the_model_lacks_is_a_job_that_fails(api, ratio):
    """4:3 and 3:4 do not exist at 480P, which the contract does not know."""
    body = api.finished(aspect_ratio=ratio)
    assert body["status"] == "error"
    assert body["error"] == {
        "name": "InvalidParameter",
        "message": f"The model does not support {ratio} at 480P.",
    }


def test_a_poll_without_an_id_that_is_not_required_is_404(get, clock, monkeypatch):
    """The contract may not say that it is required; there is no such job all the same."""
    document = first_contract()
    (parameter,) = document["paths"][PATHS["poll"]]["get"]["parameters"]
    parameter["required"] = False
    monkeypatch.setattr(_spec, "contract", lambda: document)
    with Sandbox(clock=clock.now) as sandbox:
        headers = {"Authorization": f"Bearer {sandbox.key}"}
        response = get(f"{sandbox.url}{PATHS['poll']}", headers=headers)
    assert (response.status_code, response.json()["message"]) == (404, "Inference not found")


def test_the_front_page_says_what_this_is(api, get):
    """The address, the key and each scenario are there for whoever opens it in a browser."""
    text = get(api.sandbox.url).text
    assert api.sandbox.url in text
    assert api.sandbox.key in text
    assert "lost-connection" in text


def test_the_contract_is_served_with_the_sandboxs_own_address(api, get):
    """/openapi.json is the vendored contract, only the server is another."""
    served = get(f"{api.sandbox.url}/openapi.json").json()
    assert served == {**_spec.contract(), "servers": [{"url": api.sandbox.url}]}
