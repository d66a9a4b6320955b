"""Which operation is ours: comparing, regenerating and watching find the same one."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.first_contract import FOLDER, PATHS, WANTED, first_published
from wan_ergonomic import _spec
from wan_ergonomic._spec import Role
from wan_ergonomic.contract import ContractError, Document, compare, read_source, watch_published
from wan_ergonomic.contract.source._pairs import select

Json = dict[str, Any]
CREATE, POLL = WANTED["create"][1], WANTED["poll"][1]


@pytest.fixture
def published() -> Json:
    """The first documents as one document, to be changed."""
    documents = [json.loads(text) for text in first_published().values()]
    schemas = {
        name: schema
        for document in documents
        for name, schema in document.get("components", {}).get("schemas", {}).items()
    }
    paths: Json = {}
    for document in documents:
        for path, item in document["paths"].items():
            paths.setdefault(path, {}).update(item)
    together: Json = documents[0] | {"paths": paths, "components": {"schemas": schemas}}
    return together


def body(operation: Json) -> Json:
    """Return the schema of an operation's request body."""
    schema: Json = operation["requestBody"]["content"]["application/json"]["schema"]
    return schema


def of_model(operation: Json, model: str | None) -> Json:
    """Return the same operation for another model; None for one that takes any model."""
    other = copy.deepcopy(operation)
    schema = body(other)
    schema["title"] = str(model)
    schema["properties"]["model"] = {"type": "string"} | ({"enum": [model]} if model else {})
    return other


def compared(old: list[Document], new: list[Document]) -> Json:
    """Return where a comparison finds the operations that moved, by role."""
    moves = (found for found in compare(old, new).findings if found.rule == "operation-moved")
    return {found.role: str(found.after).split()[1] for found in moves}


@pytest.fixture
def results(tmp_path) -> Callable[[Json], list[tuple[str, str] | str]]:
    """A function that returns what comparing, regenerating and watching find in a document.

    Each result is the paths of both operations, or the message of the error.
    """
    old = read_source(str(FOLDER / "upstream"))

    def watched(new: list[Document]) -> Json:
        (tmp_path / "new.json").write_text(new[0].text, "utf-8")
        found = watch_published([str(tmp_path / "new.json")]).findings
        moves = [each for each in found if each.rule == "operation-moved"]
        return {each.role: str(each.after).split()[1] for each in moves}

    def find(data: Json) -> list[tuple[str, str] | str]:
        new = [Document(json.dumps(data), data, "new.json")]
        found: list[tuple[str, str] | str] = []
        for paths_in in (
            lambda: compared(old, new),
            lambda: {role: path for role, (_, path) in select(new, PATHS, old).items()},
            lambda: watched(new),
        ):
            try:
                paths = PATHS | paths_in()
                found.append((str(paths["create"]), str(paths["poll"])))
            except ContractError as error:
                found.append(str(error))
        return found

    return find


def replaced(published: Json, role: Role, operations: Json) -> Json:
    """Return a document without one of our operations, and with others of its method."""
    new, method = copy.deepcopy(published), _spec.METHODS[role]
    del new["paths"][WANTED[role][1]][method]
    for place, operation in operations.items():
        new["paths"].setdefault(place, {})[method] = operation
    return new


def test_the_operation_that_names_our_model_is_ours(published, results):
    """Our POST has moved, beside another model's POST that takes the same properties."""
    post = published["paths"][CREATE]["post"]
    operations = {"/v3/other": of_model(post, "vendor/other"), "/v3/ours": post}
    new = replaced(published, "create", operations)
    assert results(new) == [("/v3/ours", POLL)] * 3


def test_a_title_names_the_model_as_well(published, results):
    """The body allows any model, and its title is ours."""
    post = published["paths"][CREATE]["post"]
    ours = of_model(post, None)
    body(ours)["title"] = _spec.model()
    new = replaced(published, "create", {"/v3/other": of_model(post, None), "/v3/ours": ours})
    assert results(new) == [("/v3/ours", POLL)] * 3


def test_one_of_several_bodies_may_name_our_model(published, results):
    """The operation for every model is ours if one of its variants is."""
    post = published["paths"][CREATE]["post"]
    ours = copy.deepcopy(post)
    published["components"]["schemas"]["Ours"] = body(post)
    reference = {"$ref": "#/components/schemas/Ours"}
    variants = [body(of_model(post, "vendor/other")), reference, reference]
    ours["requestBody"]["content"]["application/json"]["schema"] = {"oneOf": variants}
    other = of_model(post, "vendor/other")
    new = replaced(published, "create", {"/v3/other": other, "/v3/all": ours})
    assert results(new) == [("/v3/all", POLL)] * 3


def test_without_a_model_the_names_of_the_content_decide(published, results):
    """Our operation takes the known parameter and returns the known properties."""
    other = {"responses": {"200": {"description": "a list of models"}}}
    get = published["paths"][POLL]["get"]
    new = replaced(published, "poll", {"/v3/video/models": other, "/v3/jobs": get})
    assert results(new) == [(CREATE, "/v3/jobs")] * 3


@pytest.mark.parametrize("failed", ["400", "5XX", "default"])
def test_error_responses_do_not_hide_our_operation(published, results, failed):
    """They are alike for all operations, whatever properties they have."""
    get = copy.deepcopy(published["paths"][POLL]["get"])
    properties: dict[str, object] = {f"reason{number}": {} for number in range(10)}
    schema = {"type": "object", "properties": properties}
    get["responses"][failed] = {"content": {"application/json": {"schema": schema}}}
    new = replaced(published, "poll", {"/v3/jobs": get})
    assert results(new) == [(CREATE, "/v3/jobs")] * 3


def test_between_operations_that_are_alike_the_path_decides(published, results):
    """Polls of two models: ours has a new property, the other is what ours was."""
    get = published["paths"][POLL]["get"]
    ours = copy.deepcopy(get)
    ours["parameters"].append({"name": "verbose", "in": "query", "schema": {"type": "boolean"}})
    operations = {"/v3/generate/video/kling/generation": get, f"/v3{POLL[3:]}": ours}
    assert results(replaced(published, "poll", operations)) == [(CREATE, f"/v3{POLL[3:]}")] * 3


@pytest.mark.parametrize("model", [_spec.model(), None])
def test_an_uncertain_choice_is_an_error_with_the_candidates(published, results, model):
    """Both name our model, or none names a model."""
    post = published["paths"][CREATE]["post"]
    same = of_model(post, model)
    new = replaced(published, "create", {"/v3/b": same, "/v3/a": same})
    complaint = (
        "The source documents more than one POST operation that may be ours for 'create': "
        'POST /v3/b, POST /v3/a. Name the right one: --create "POST /v3/b".'
    )
    assert results(new) == [complaint] * 3


@pytest.mark.parametrize("role", _spec.METHODS)
@pytest.mark.parametrize("count", [1, 2])
def test_if_ours_is_gone_another_one_is_not_a_move(published, results, role, count):
    """However many of its method are left: with nothing in common, or for other models."""
    other = {"responses": {"200": {"description": "something else"}}}
    if role == "create":
        other = of_model(published["paths"][CREATE]["post"], "vendor/other")
    left = {f"/v1/{name}": other for name in "ab"[:count]}
    compared, regenerated, watched = results(replaced(published, role, left))
    assert compared == watched == (CREATE, POLL)
    assert f"documents no {_spec.METHODS[role].upper()} operation for '{role}'" in regenerated


def test_what_is_left_is_named(published):
    """The operation is removed."""
    new = replaced(published, "poll", {"/v1/b": {"responses": {}}, "/v1/a": {"responses": {}}})
    old = read_source(str(FOLDER / "upstream"))
    found = compare(old, [Document("", new, "new.json")])
    assert [each.rule for each in found.findings if each.role == "poll"] == [
        "api-removed-without-deprecation"
    ]
    assert found.operations[1].others == ("GET /v1/a", "GET /v1/b")


@pytest.mark.parametrize("path", [CREATE, POLL, "/v9/all"])
def test_both_operations_may_move_to_one_path(published, results, path):
    """Each is still ours: what it takes and returns has not changed."""
    operations = {
        method: published["paths"][WANTED[role][1]][method]
        for role, method in _spec.METHODS.items()
    }
    new = published | {"paths": {path: operations}}
    assert results(new) == [(path, path)] * 3


def test_an_operation_that_is_published_twice_must_be_the_same(published):
    """Two different descriptions are an error, for comparing and for regenerating."""
    other = copy.deepcopy(published)
    other["paths"][CREATE]["post"]["deprecated"] = True
    both = [Document(json.dumps(data), data, "it.json") for data in (published, other)]
    with pytest.raises(ContractError, match="twice"):
        compare(both[:1], both)
    with pytest.raises(ContractError, match="twice"):
        select(both, PATHS)


def test_sources_without_a_common_operation_are_an_error(published):
    """The error names the operations of both."""
    other = {"openapi": "3.0.0", "paths": {"/a": {"delete": {}}}}
    documents = [Document("", data, "it.json") for data in (published, other)]
    with pytest.raises(ContractError, match=r"no operation in common.*POST.*DELETE /a"):
        compare(documents[:1], documents[1:])


def test_a_document_that_is_nested_too_deeply_is_an_error(published):
    """Comparing two operations does not end in a RecursionError."""
    deep: Json = {}
    for _ in range(5000):
        deep = {"allOf": [deep]}
    deep_body = {"content": {"application/json": {"schema": deep}}}
    new = replaced(published, "create", {"/v3/a": {}, "/v3/b": {"requestBody": deep_body}})
    with pytest.raises(ContractError, match="nested too deeply"):
        select([Document("", new, "it.json")], PATHS)
