"""Comparing: which operations are meant, what is seen through, and what is said of it."""

from __future__ import annotations

import copy

import pytest

from tests.contract.diff.catalogue.mutations import CREATE, Draft, Json, contract
from wan_ergonomic import ContractError
from wan_ergonomic.contract import Document, Finding, compare
from wan_ergonomic.contract.diff._findings import verdict
from wan_ergonomic.contract.document._pointer import look_up
from wan_ergonomic.contract.source._roles import pair_operations

TEXT = {"type": "string"}


def differences(old: Json, new: Json) -> list[Finding]:
    """Return what a comparison of two documents finds."""
    return compare([Document("", old, "old")], [Document("", new, "new")])


def kinds(old: Json, new: Json) -> list[str]:
    """Return the kinds of what is found."""
    return [finding.rule for finding in differences(old, new)]


def between(old: Json, new: Json, version: str = "3.0.0") -> list[str]:
    """Return the kinds found between two schemas of a property that is answered."""
    documents = contract(), contract()
    for document, schema in zip(documents, (old, new), strict=True):
        document["openapi"] = version
        Draft(document).answer("poll")["properties"]["extra"] = schema
    return [kind.removeprefix("response-") for kind in kinds(*documents)]


def thing(**properties: Json) -> Json:
    """Return the schema of an object."""
    return {"type": "object", "properties": properties}


def test_nothing_in_common_is_no_answer():
    """Sources that share no operation cannot be compared, and the error says what they have."""
    other = contract() | {"paths": {"/a": {"delete": {"responses": {}}}}}
    with pytest.raises(ContractError, match=r"no operation in common.*POST.*DELETE /a"):
        differences(contract(), other)


def test_the_operation_at_the_known_path_is_meant():
    """Others of the same method do not matter, even if they are more like what there was."""
    new = contract()
    paths, path = new["paths"], Draft(new).path("create")
    first = copy.deepcopy(paths[path])
    Draft(new).request()["properties"]["camera"] = TEXT
    new["paths"] = {"/first": first, **paths}
    assert kinds(contract(), new) == ["new-optional-request-property"]


def test_an_operation_that_moved_is_known_by_the_model_that_it_takes():
    """Of operations that differ in nothing but their model, ours is the one with our model."""
    new = contract()
    item = new["paths"].pop(Draft(new).path("create"))
    other = copy.deepcopy(item)
    schema = other["post"]["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["model"]["enum"] = ["another/model"]
    new["paths"] |= {"/other": other, "/ours": item}
    (found,) = differences(contract(), new)
    assert (found.rule, found.after) == ("operation-moved", "POST /ours")


def test_what_was_never_seen_before_is_likened_to_the_vendored_contract():
    """With no known path on either side, the operation that is most like ours is taken."""
    old = contract()
    path = Draft(old).path("poll")
    old["paths"]["/ours"] = old["paths"].pop(path)
    old["paths"]["/other"] = {"get": {"responses": {"200": {"description": "a"}}}}
    documents = [Document("", old, "a")]
    paths = {
        role: before.path for role, before, _ in pair_operations(documents, documents) if before
    }
    assert paths["poll"] == "/ours"


def test_a_change_of_what_all_operations_share_is_said_once():
    """A server that changes is one finding, though both roles are at it."""
    new = contract()
    new["servers"][0]["url"] = "https://example.com"
    assert kinds(contract(), new) == ["server-changed"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (["https://a/v2"], ["https://b/v2"], ["server-changed"]),
        (["https://a/v2"], ["https://a/v3"], ["server-changed"]),
        (["https://a"], [], ["server-removed"]),
        (["/"], [], []),
        (["https://A"], ["https://a/"], []),
        (["http://a"], ["https://a"], ["server-changed"]),
        (["https://a", "https://b"], ["https://b", "https://a"], []),
        (["https://a"], ["https://b", "https://c"],
         ["server-removed", "server-added", "server-added"]),
    ],
)  # fmt: skip
def test_servers_are_compared_by_their_urls(old, new, expected):
    """Order, case of the host and a trailing slash make no difference; all else does."""
    documents = contract(), contract()
    for document, urls in zip(documents, (old, new), strict=True):
        document["servers"] = [{"url": url} for url in urls]
    assert kinds(*documents) == expected


def test_a_server_with_variables_is_where_they_lead():
    """Variables stand for their defaults."""
    old, new = contract(), contract()
    old["servers"] = [
        {"url": "https://{name}.example.com", "variables": {"name": {"default": "a"}}}
    ]
    new["servers"] = [{"url": "https://a.example.com"}]
    assert kinds(old, new) == []


def test_an_operation_that_moved_with_its_server_moved_once():
    """A path that is partly the server's is one path."""
    old, new = contract(), contract()
    old["servers"], new["servers"] = [{"url": "https://a/x"}], [{"url": "https://a/y"}]
    new["paths"] = {f"/z{path}": item for path, item in new["paths"].items()}
    assert kinds(old, new) == ["operation-moved", "operation-moved"]
    new["servers"][0]["url"] = "https://b/x"
    new["paths"] = {path.removeprefix("/z"): item for path, item in new["paths"].items()}
    assert kinds(old, new) == ["server-changed"]


def test_a_part_that_both_answers_share_is_reported_for_each_role():
    """One component that both operations answer is two promises."""
    old = contract()
    old["components"]["schemas"] = {"Shared": thing(a=TEXT)}
    for role in ("create", "poll"):
        Draft(old).answer(role)["properties"]["extra"] = {"$ref": "#/components/schemas/Shared"}
    new = copy.deepcopy(old)
    new["components"]["schemas"]["Shared"]["properties"]["a"] = {"type": "number"}
    found = [(finding.role, finding.old_pointer) for finding in differences(old, new)]
    at = "/components/schemas/Shared/properties/a/type"
    assert found == [("create", at), ("poll", at)]


def test_the_worst_is_said_first():
    """Findings are ordered by how bad they are, and the verdict is the first one's."""
    new = contract()
    draft = Draft(new)
    draft.operation("poll")["tags"] = ["a"]
    draft.operation("poll")["summary"] = "a"
    draft.request()["properties"]["prompt"].update(deprecated=True, maxLength=800)
    found = differences(contract(), new)
    assert [finding.severity for finding in found] == ["breaking", "warning", "info", "docs"]
    assert (verdict(found), verdict(found[1:]), verdict([])) == ("breaking", "warning", "none")


def test_a_finding_says_which_document_it_is_in():
    """Where a thing is absent, no document is named either."""
    old, new = contract(), contract()
    Draft(old).request()["properties"]["seed"] = {"type": "integer"}
    Draft(new).request()["properties"].pop("seed", None)
    (found,) = differences(old, new)
    shown = found.as_json()
    assert (shown["old_document"], shown["new_document"]) == ("old", None)
    assert shown["old_pointer"].startswith(CREATE)
    assert shown["message"] == "create: request property 'seed' was removed"
    assert "PromptDefaults.seed" in shown["impact"]


def test_a_pointer_is_escaped():
    """A name with a slash or a tilde is one segment of the pointer."""
    new = contract()
    Draft(new).request()["properties"]["a/b~c"] = TEXT
    (found,) = differences(contract(), new)
    assert found.new_pointer
    assert found.new_pointer.endswith("/properties/a~1b~0c")
    assert look_up(new, f"#{found.new_pointer}") == (TEXT, found.new_pointer)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("#", ""),
        ("#/a~1b/0", "/a~1b/0"),
        ("#/a%7E1b/1", None),
        ("#/c%20d", "/c d"),
        ("#/nothing", None),
        ("#/a~1b/x", None),
        ("#/a~1b/99999999999999999999", None),
        ("#/a~1b/\u0660", None),
        ("other.json#/a", None),
        ("#anchor", None),
    ],
)
def test_references_are_followed_as_json_pointers(reference, expected):
    """RFC 6901 in a URL's fragment: escapes, encoding and indices; anything else is nowhere."""
    found = look_up({"a/b": ["x"], "c d": 1}, reference)
    assert (found and found[1]) == expected


def test_only_what_changed_is_reported_beside_what_stayed():
    """Tags, headers, values and variants that are in both are passed over."""
    old = contract()
    draft = Draft(old)
    draft.operation("poll")["tags"] = ["kept", "gone"]
    header = {"schema": TEXT}
    draft.success("poll")["headers"] = {"X-Kept": header, "X-Bare": {}, "X-Gone": header}
    told = {"propertyName": "a", "mapping": {"kept": "#/a", "gone": "#/b"}}
    draft.answer("poll")["properties"]["extra"] = thing() | {
        "oneOf": [{}, TEXT],
        "discriminator": told,
    }
    draft.answer("poll")["properties"]["same"] = {**TEXT, "enum": ["a", "b"]}
    new = copy.deepcopy(old)
    draft = Draft(new)
    draft.operation("poll")["tags"] = ["kept", "new"]
    headers = draft.success("poll")["headers"]
    headers["X-New"] = headers.pop("X-Gone")
    draft.answer("poll")["properties"]["extra"]["discriminator"]["mapping"].pop("gone")
    assert set(kinds(old, new)) == {
        "api-tag-removed", "api-tag-added", "optional-response-header-removed",
        "response-header-added", "response-property-discriminator-mapping-deleted",
    }  # fmt: skip


def test_a_part_whose_reference_leads_nowhere_is_not_compared():
    """What cannot be read is said to be broken, and nothing is made up about it."""
    old = contract()
    draft = Draft(old)
    draft.success("poll")["headers"] = {"X-Extra": {"schema": TEXT}}
    new = copy.deepcopy(old)
    lost = {"$ref": "#/components/nothing"}
    Draft(new).success("poll")["headers"]["X-Extra"] = lost
    assert kinds(old, new) == ["document-invalid"]
    Draft(new).success("poll")["headers"]["X-Extra"] = {"schema": TEXT}
    Draft(new).operation("poll")["responses"]["200"] = lost
    assert kinds(old, new) == ["document-invalid"]


def test_what_neither_side_describes_is_not_compared():
    """A role, a media type, a parameter or a name that is missing on both sides is no change."""
    old = contract()
    draft = Draft(old)
    del old["paths"][draft.path("create")]
    draft.success("poll")["content"]["text/plain"] = {}
    draft.operation("poll")["parameters"] += [{"in": "query"}, {"name": "bare", "in": "query"}]
    draft.answer("poll")["properties"]["extra"] = {"oneOf": ["odd", TEXT], "items": 1}
    new = copy.deepcopy(old)
    Draft(new).parameter()["description"] = "a"
    assert kinds(old, new) == ["request-parameter-description-changed"]


def test_of_several_parameters_none_is_taken_for_another():
    """A parameter is believed to be renamed only where one went and one came."""
    old, new = contract(), contract()
    for document, names in ((old, "ab"), (new, "cd")):
        more = [{"name": name, "in": "query", "schema": TEXT} for name in names]
        Draft(document).operation("poll")["parameters"] += more
    expected = ["request-parameter-removed"] * 2 + ["new-optional-request-parameter"] * 2
    assert kinds(old, new) == expected
