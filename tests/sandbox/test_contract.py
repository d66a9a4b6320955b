"""The sandbox follows the contract wherever the vendor takes it."""

from copy import deepcopy

import httpx
import pytest

from wan_ergonomic import _spec
from wan_ergonomic.sandbox import Sandbox
from wan_ergonomic.sandbox import _spec as _contract

from .conftest import Api


@pytest.fixture
def document(monkeypatch):
    """A copy of the contract that everything reads in place of the vendored one."""
    copy = deepcopy(_spec.contract())
    monkeypatch.setattr(_spec, "contract", lambda: copy)
    return copy


@pytest.fixture
def changed(document, clock):  # noqa: ARG001 - it serves what the test has made of the document
    """Return how to reach a sandbox of that copy, once a test has changed it."""
    running = []

    def start():
        sandbox = Sandbox(clock=clock.now).start()
        headers = {"Authorization": f"Bearer {sandbox.key}"}
        running.append((sandbox, httpx.Client(base_url=sandbox.url, headers=headers)))
        return Api(*running[-1], clock)

    yield start
    for sandbox, http in running:
        http.close()
        sandbox.stop()


def usage(role):
    """Return the schema of the usage that one operation tells, to be changed in place."""
    return _spec.response_schema(role)["properties"]["meta"]["properties"]["usage"]


@pytest.mark.parametrize("role", ["create", "poll"])
def test_an_operation_that_moves_is_found_at_its_new_path(document, changed, role):
    """The new path works and the old one is gone."""
    old = _spec.path(role)
    document["paths"]["/v9/elsewhere"] = document["paths"].pop(old)
    api = changed()
    assert api.finished()["status"] == "completed"
    assert api.http.request("POST" if role == "create" else "GET", old).status_code == 404


def test_both_operations_can_share_a_path(document, changed):
    """Each method then plays its own role, and a third one is told of both."""
    create, poll = _spec.path("create"), _spec.path("poll")
    document["paths"][poll] = document["paths"].pop(create) | document["paths"].pop(poll, {})
    api = changed()
    assert api.finished()["status"] == "completed"
    assert sorted(api.http.put(poll).headers["allow"].split(", ")) == ["GET", "POST"]


def test_the_polls_parameter_can_be_renamed(document, changed):
    """The id is read from the parameter that the contract requires."""
    parameters = document["paths"][_spec.path("poll")]["get"]["parameters"]
    parameters[:] = [{**parameters[0], "name": "another_name"}]
    api = changed()
    generation_id = api.submit().json()["id"]
    params = {"another_name": generation_id}
    assert api.http.get(_spec.path("poll"), params=params).json()["id"] == generation_id


def test_the_polls_parameter_can_move_into_the_path(document, changed):
    """An id in the path is found as well."""
    item = document["paths"].pop(_spec.path("poll"))
    item["get"]["parameters"][0].update({"in": "path", "name": "job"})
    document["paths"]["/v3/jobs/{job}"] = item
    api = changed()
    for scenario in ("completes", "id-model"):
        generation_id = api.submit(f"[scenario: {scenario}]").json()["id"]
        assert api.poll(generation_id).json()["id"] == generation_id
    assert "/" in generation_id
    assert api.poll("a/b:c d").json()["message"] == "Inference not found"


def test_the_cost_is_told_under_the_name_in_the_contract(changed):
    """Whatever the number in meta.usage is called, that is where the cost is."""
    usage("create")["properties"] = {"coins": {"type": "number"}}
    assert changed().submit().json()["meta"] == {"usage": {"coins": 200_000}}


@pytest.mark.usefixtures("document")
def test_of_several_numbers_the_required_one_is_the_cost():
    """An optional number beside it stays out."""
    usage("create").update(
        properties={"bonus": {"type": "number"}, "coins": {"type": "number"}}, required=["coins"]
    )
    assert _contract.usage_field("create") == "coins"


def test_without_a_place_for_the_cost_it_is_left_out(changed):
    """The response holds nothing that the contract does not describe."""
    usage("create")["properties"] = {"note": {"type": "string"}}
    assert "meta" not in changed().submit().json()


def test_a_property_that_the_contract_lacks_is_not_told():
    """A value without a place in the contract is dropped."""
    assert "mood" not in _contract.body_of("poll", {"id": "x", "mood": "good"})


@pytest.mark.parametrize(
    ("kind", "scenario", "sent"),
    [
        ("string", "fails", str),
        ("string", "error-detail", dict),
        ("object", "fails", dict),
        ("object", "error-text", str),
        ("object", "error-list", list),
    ],
)
def test_a_plain_error_is_of_the_kind_of_the_contract(changed, kind, scenario, sent):
    """The errors of scenarios are sent as they are, also where the contract has none like them."""
    _spec.response_schema("poll")["properties"]["error"] = {"type": kind}
    assert type(changed().finished(f"[scenario: {scenario}]")["error"]) is sent


def test_a_new_resolution_is_a_size_that_the_model_lacks(changed):
    """The contract may know what the sandbox does not: such a job fails by name."""
    _spec.request_schema()["properties"]["resolution"]["enum"].append("8K")
    body = changed().finished(resolution="8K")
    assert (body["status"], body["error"]["message"]) == (
        "error",
        "The model does not support 16:9 at 8K.",
    )


def test_a_default_that_the_contract_drops_is_the_models(changed):
    """Without the contract's word the model's own default holds."""
    for schema in _spec.request_schema()["properties"].values():
        schema.pop("default", None)
    assert changed().finished()["status"] == "completed"


def test_a_job_has_the_contracts_words_for_its_statuses(changed):
    """Those of the same meaning; a scenario's own statuses are sent as they are."""
    for role in _spec.METHODS:
        status = _spec.response_schema(role)["properties"]["status"]
        status["enum"] = ["pending", "processing", "succeeded"]
    api = changed()
    response = api.submit()
    assert response.json()["status"] == "pending"
    api.clock.time += 20
    assert api.poll(response.json()["id"]).json()["status"] == "processing"
    assert api.finished()["status"] == "succeeded"
    assert api.finished("[scenario: fails]")["status"] == "error"
    waiting = api.submit("[scenario: waiting]").json()["id"]
    api.clock.time += 20
    assert api.poll(waiting).json()["status"] == "waiting"


def test_a_submission_has_the_contracts_status(document, changed):
    """201 if that is documented, and 200 if only a range is."""
    responses = document["paths"][_spec.path("create")]["post"]["responses"]
    for code, expected in (("201", 201), ("2XX", 200)):
        responses[code] = responses.pop(min(responses))
        assert changed().submit().status_code == expected


def test_an_error_has_the_contracts_type(changed):
    """Name and message in one text, if the contract has text there."""
    _spec.response_schema("poll")["properties"]["error"] = {"type": "string"}
    error = changed().finished("[scenario: fails]")["error"]
    assert error.startswith("DataInspectionFailed: ")
