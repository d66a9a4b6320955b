"""Comparing any two sources: named operations, and whose names findings have."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from wan_ergonomic import _spec
from wan_ergonomic.contract import Comparison, ContractError, Document, compare, read_names

Json = dict[str, Any]


def vendor(**changes: Any) -> Json:
    """Return the document of another vendor."""
    tasks = {
        "post": {
            "requestBody": {
                "content": {
                    "application/json": {
                        "schema": {"type": "object", "properties": {"script": {"type": "string"}}}
                    }
                }
            },
            "responses": {"202": {"description": "Accepted"}},
        }
    }
    task = {
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
        ],
        "get": {"responses": {"200": {"description": "A task"}}},
    }
    return {
        "openapi": "3.0.0",
        "info": {"title": "Other", "version": "1"},
        "servers": [{"url": "https://api.other.example"}],
        "paths": {"/v1/tasks": tasks, "/v1/tasks/{id}": task, "/v1/other": copy.deepcopy(tasks)},
        **changes,
    }


def compared(
    old: Json, new: Json, *, create: str | None = None, poll: str | None = None
) -> Comparison:
    """Return the comparison of two documents."""
    documents = [Document("", old, "old.json")], [Document("", new, "new.json")]
    return compare(*documents, read_names(create, poll))


def test_a_poor_match_is_refused_with_the_candidates():
    """Another vendor's operations are not guessed; the options to name them are shown."""
    with pytest.raises(ContractError) as caught:
        compared(vendor(), vendor())
    listed = "GET /v1/tasks/{id}, POST /v1/other, POST /v1/tasks"
    assert str(caught.value) == (
        "The two sources have no operation in common. "
        f"The old one documents: {listed}. The new one documents: {listed}. Name the operations "
        'to compare with --create "POST /path" and --poll "GET /path".'
    )


def test_named_operations_are_compared():
    """Findings about them have no names of this package."""
    new = vendor()
    schema = new["paths"]["/v1/tasks"]["post"]["requestBody"]["content"]["application/json"]
    schema["schema"]["required"] = ["script"]
    found = compared(vendor(), new, create="POST /v1/tasks", poll="GET /v1/tasks/{id}")
    (finding,) = found.findings
    assert (finding.role, finding.severity, finding.impact) == ("create", "breaking", ())
    assert [pair.old and (pair.old.name(), pair.old.found) for pair in found.operations] == [
        ("POST /v1/tasks", "named"),
        ("GET /v1/tasks/{id}", "named"),
    ]


def test_an_operation_may_have_any_method_if_it_is_named():
    """A poll can be a POST."""
    poll, create = "POST /v1/other", "POST /v1/tasks"
    found = compared(vendor(), vendor(), create=create, poll=poll)
    assert [pair.new and pair.new.name() for pair in found.operations] == [create, poll]
    assert found.findings == ()


def test_a_named_operation_that_moved_is_found_on_the_other_side():
    """By what it takes and returns, with the method that it has."""
    new = vendor()
    new["paths"]["/v2/all/tasks"] = {"post": new["paths"].pop("/v1/tasks")["post"]}
    del new["paths"]["/v1/other"]
    (create, poll) = compared(vendor(), new, create="POST /v1/tasks").operations
    assert create.old
    assert create.new
    assert (create.old.found, create.new.name()) == ("named", "POST /v2/all/tasks")
    assert (poll.old, poll.new, poll.others) == (None, None, ())


def ours(role: _spec.Role) -> Json:
    """Return the vendored contract, with one operation deprecated."""
    document = copy.deepcopy(dict(_spec.contract()))
    document["paths"][_spec.path(role)][_spec.METHODS[role]]["deprecated"] = True
    return document


def contract() -> Json:
    """Return a copy of the vendored contract."""
    return copy.deepcopy(dict(_spec.contract()))


@pytest.mark.parametrize("role", _spec.METHODS)
def test_a_finding_about_our_operations_has_names(role):
    """Wherever they have moved; of another vendor's, which look the same, it has none."""
    (finding,) = compared(contract(), ours(role)).findings
    assert finding.impact
    documents = [contract(), ours(role)]
    for document in documents:
        document["servers"] = [{"url": "https://api.other.example/v2"}]
    (finding,) = compared(*documents).findings
    assert finding.impact == ()
    for document in documents:
        document["servers"] = [{"url": "/"}]
        document["paths"] = {f"/v9{path}": item for path, item in document["paths"].items()}
    assert all(each.impact for each in compared(*documents).findings)


@pytest.mark.parametrize("variable", ["host", "place"])
def test_our_host_may_be_written_with_a_variable(variable):
    """Its default is what is called; one without a default may be any host."""
    host = {"default": _spec.server_url().removeprefix("https://")}
    documents = [contract(), ours("create")]
    for document in documents:
        document["servers"] = [{"url": "https://{host}/", "variables": {variable: host}}]
    (finding,) = compared(*documents).findings
    assert bool(finding.impact) == (variable == "host")


def test_another_models_operation_is_not_ours():
    """Even at our path."""
    documents = [contract(), ours("create")]
    for document in documents:
        post = document["paths"][_spec.path("create")]["post"]
        schema = post["requestBody"]["content"]["application/json"]["schema"]
        schema["properties"]["model"]["enum"] = ["vendor/other"]
    (finding,) = compared(*documents).findings
    assert finding.impact == ()


def without_polling(operation: Json) -> Json:
    """Return our create operation, with another GET beside it."""
    path = _spec.path("create")
    item = {"post": contract()["paths"][path]["post"]}
    return contract() | {"paths": {path: item, "/v1/other": {"get": operation}}}


def test_an_operation_that_only_resembles_ours_is_not_taken_for_it():
    """On neither side: it cannot be told whether anything changed."""
    poll = copy.deepcopy(dict(_spec.operation("poll")))
    schema = _spec.response_schema("poll")
    names = list(schema["properties"])
    kept = {name: schema["properties"][name] for name in names[: len(names) // 2]}
    poll["responses"] = {
        "200": {
            "description": "a",
            "content": {"application/json": {"schema": {"type": "object", "properties": kept}}},
        }
    }
    poll["parameters"] = [
        {"name": f"p{number}", "in": "query", "schema": {"type": "string"}} for number in range(2)
    ]
    found = compared(without_polling(poll), without_polling(poll))
    assert found.operations[1].others == ("GET /v1/other",)
    assert found.verdict == "unclear"
    named = compared(without_polling(poll), without_polling(poll), poll="GET /v1/other")
    assert named.verdict == "none"


def test_an_operation_with_nothing_in_common_is_ignored():
    """Our poll is documented on neither side, and nothing there resembles it."""
    other = without_polling({"responses": {"200": {"description": "a list"}}})
    found = compared(other, other)
    assert (found.operations[1][1:], found.verdict) == ((None, None, ()), "none")
    assert found.compared_as_json()[1] == {"role": "poll", "old": None, "new": None, "others": []}
