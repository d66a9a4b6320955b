"""Comparing operations: which ones are compared, what counts as a change, what a finding says."""

from __future__ import annotations

import copy

import pytest

from tests.contract.diff.catalogue.mutations import CREATE, Draft, Json, contract
from wan_ergonomic import ContractError
from wan_ergonomic.contract import Document, Finding, compare
from wan_ergonomic.contract.diff._finding import verdict
from wan_ergonomic.contract.document._pointer import look_up
from wan_ergonomic.contract.source._pairs import pair_operations

TEXT = {"type": "string"}


def differences(old: Json, new: Json) -> list[Finding]:
    """Return the findings of a comparison of two documents."""
    return [*compare([Document("", old, "old")], [Document("", new, "new")]).findings]


def rules(old: Json, new: Json) -> list[str]:
    """Return the rules of the findings of a comparison."""
    return [finding.rule for finding in differences(old, new)]


def between(old: Json, new: Json, version: str = "3.0.0") -> list[str]:
    """Return the rules that apply to two schemas of a response property, without their prefix."""
    documents = contract(), contract()
    for document, schema in zip(documents, (old, new), strict=True):
        document["openapi"] = version
        Draft(document).response_schema("poll")["properties"]["extra"] = schema
    return [rule.removeprefix("response-") for rule in rules(*documents)]


def thing(**properties: Json) -> Json:
    """Return the schema of an object with some properties."""
    return {"type": "object", "properties": properties}


def test_sources_without_a_common_operation_are_an_error():
    """The error lists the operations of both sources."""
    other = contract() | {"paths": {"/a": {"delete": {"responses": {}}}}}
    with pytest.raises(ContractError, match=r"no operation in common.*POST.*DELETE /a"):
        differences(contract(), other)


def test_the_operation_at_the_known_path_is_compared():
    """Other operations of the same method are ignored, even if they are more similar."""
    new = contract()
    paths, path = new["paths"], Draft(new).path("create")
    first = copy.deepcopy(paths[path])
    Draft(new).request_schema()["properties"]["camera"] = TEXT
    new["paths"] = {"/first": first, **paths}
    assert rules(contract(), new) == ["new-optional-request-property"]


def test_a_moved_operation_is_found_by_its_model():
    """Of operations that differ only in their model, the one with our model is compared."""
    new = contract()
    item = new["paths"].pop(Draft(new).path("create"))
    other = copy.deepcopy(item)
    schema = other["post"]["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["model"]["enum"] = ["another/model"]
    new["paths"] |= {"/other": other, "/ours": item}
    (found,) = differences(contract(), new)
    assert (found.rule, found.after) == ("operation-moved", "POST /ours")


def test_without_a_known_path_the_most_similar_operation_is_compared():
    """Operations are then compared with the vendored contract."""
    old = contract()
    path = Draft(old).path("poll")
    old["paths"]["/ours"] = old["paths"].pop(path)
    old["paths"]["/other"] = {"get": {"responses": {"200": {"description": "a"}}}}
    documents = [Document("", old, "a")]
    paths = {pair.role: pair.old.path for pair in pair_operations(documents, documents) if pair.old}
    assert paths["poll"] == "/ours"


def test_a_change_of_all_operations_is_one_finding():
    """A server that changes is reported once, though both operations have it."""
    new = contract()
    new["servers"][0]["url"] = "https://example.com"
    assert rules(contract(), new) == ["server-changed"]


def test_a_component_in_both_responses_is_reported_for_each_role():
    """Each operation has a finding of its own, in the same place."""
    old = contract()
    old["components"]["schemas"] = {"Shared": thing(a=TEXT)}
    for role in ("create", "poll"):
        Draft(old).response_schema(role)["properties"]["extra"] = {
            "$ref": "#/components/schemas/Shared"
        }
    new = copy.deepcopy(old)
    new["components"]["schemas"]["Shared"]["properties"]["a"] = {"type": "number"}
    found = [(finding.role, finding.old_pointer) for finding in differences(old, new)]
    at = "/components/schemas/Shared/properties/a/type"
    assert found == [("create", at), ("poll", at)]


def test_the_worst_finding_comes_first():
    """Findings are ordered by severity, and the verdict is the severity of the first one."""
    new = contract()
    draft = Draft(new)
    draft.operation("poll")["tags"] = ["a"]
    draft.operation("poll")["summary"] = "a"
    draft.request_schema()["properties"]["prompt"].update(deprecated=True, maxLength=800)
    found = differences(contract(), new)
    assert [finding.severity for finding in found] == ["breaking", "warning", "info", "docs"]
    assert (verdict(found), verdict(found[1:]), verdict([])) == ("breaking", "warning", "none")


def test_a_finding_names_its_documents():
    """A document in which the thing is absent is not named."""
    old, new = contract(), contract()
    Draft(old).request_schema()["properties"]["seed"] = {"type": "integer"}
    Draft(new).request_schema()["properties"].pop("seed", None)
    (found,) = differences(old, new)
    shown = found.as_json()
    assert (shown["old_document"], shown["new_document"]) == ("old", None)
    assert shown["old_pointer"].startswith(CREATE)
    assert shown["message"] == "create: request property 'seed' was removed"
    assert "PromptDefaults.seed" in shown["impact"]


def test_a_pointer_is_escaped():
    """A name with a slash or a tilde is one segment of the pointer."""
    new = contract()
    Draft(new).request_schema()["properties"]["a/b~c"] = TEXT
    (found,) = differences(contract(), new)
    assert found.new_pointer
    assert found.new_pointer.endswith("/properties/a~1b~0c")
    assert look_up(new, f"#{found.new_pointer}") == (TEXT, found.new_pointer)


def test_only_what_changed_is_reported():
    """Tags, headers, values and mappings that are on both sides give no finding."""
    old = contract()
    draft = Draft(old)
    draft.operation("poll")["tags"] = ["kept", "gone"]
    header = {"schema": TEXT}
    draft.response("poll")["headers"] = {"X-Kept": header, "X-Bare": {}, "X-Gone": header}
    discriminator = {"propertyName": "a", "mapping": {"kept": "#/a", "gone": "#/b"}}
    draft.response_schema("poll")["properties"]["extra"] = thing() | {
        "oneOf": [{}, TEXT],
        "discriminator": discriminator,
    }
    draft.response_schema("poll")["properties"]["same"] = {**TEXT, "enum": ["a", "b"]}
    new = copy.deepcopy(old)
    draft = Draft(new)
    draft.operation("poll")["tags"] = ["kept", "new"]
    headers = draft.response("poll")["headers"]
    headers["X-New"] = headers.pop("X-Gone")
    draft.response_schema("poll")["properties"]["extra"]["discriminator"]["mapping"].pop("gone")
    assert set(rules(old, new)) == {
        "api-tag-removed", "api-tag-added", "optional-response-header-removed",
        "response-header-added", "response-property-discriminator-mapping-deleted",
    }  # fmt: skip


def test_a_part_behind_a_broken_reference_is_not_compared():
    """The reference is reported as invalid, and nothing else."""
    old = contract()
    draft = Draft(old)
    draft.response("poll")["headers"] = {"X-Extra": {"schema": TEXT}}
    new = copy.deepcopy(old)
    lost = {"$ref": "#/components/nothing"}
    Draft(new).response("poll")["headers"]["X-Extra"] = lost
    assert rules(old, new) == ["document-invalid"]
    Draft(new).response("poll")["headers"]["X-Extra"] = {"schema": TEXT}
    Draft(new).operation("poll")["responses"]["200"] = lost
    assert rules(old, new) == ["document-invalid"]


def test_what_both_sides_lack_is_no_change():
    """An operation, a media type's schema or a parameter's name can be missing on both sides."""
    old = contract()
    draft = Draft(old)
    del old["paths"][draft.path("create")]
    draft.response("poll")["content"]["text/plain"] = {}
    draft.operation("poll")["parameters"] += [{"in": "query"}, {"name": "bare", "in": "query"}]
    draft.response_schema("poll")["properties"]["extra"] = {"oneOf": ["odd", TEXT], "items": 1}
    new = copy.deepcopy(old)
    Draft(new).parameter()["description"] = "a"
    assert rules(old, new) == ["request-parameter-description-changed"]


def test_several_new_parameters_are_not_renames():
    """A parameter counts as renamed only if one was removed and one was added."""
    old, new = contract(), contract()
    for document, names in ((old, "ab"), (new, "cd")):
        more = [{"name": name, "in": "query", "schema": TEXT} for name in names]
        Draft(document).operation("poll")["parameters"] += more
    expected = ["request-parameter-removed"] * 2 + ["new-optional-request-parameter"] * 2
    assert rules(old, new) == expected
