"""What a comparison does not look into: differing parts, and references that cannot be read."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.diff.catalogue.mutations import CREATE, POLL_RESPONSE, Draft, Json, contract
from wan_ergonomic.contract import Comparison, ContractError, Document, compare

Edit = Callable[[Draft], object]
TEXT = {"type": "string"}


def compared(old: Json, new: Json) -> Comparison:
    """Return the comparison of two documents."""
    return compare([Document("", old, "old")], [Document("", new, "new")])


def edited(*edits: Edit) -> Json:
    """Return the contract after some edits."""
    document = contract()
    for edit in edits:
        edit(Draft(document))
    return document


def called_back(schema: Any) -> Edit:
    """Return an edit that describes the body of a callback."""
    post = {
        "requestBody": {"content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"description": "Received"}},
    }
    callbacks = {"done": {"{$request.body#/url}": {"post": post}}}
    return lambda draft: draft.operation("create").update(callbacks=callbacks)


def refers(reference: str) -> Edit:
    """Return an edit that lets a response property be described in another place."""

    def edit(draft: Draft) -> None:
        draft.response_schema("poll")["properties"]["extra"] = {"$ref": reference}

    return edit


def retitled(draft: Draft) -> None:
    """Change something without effect."""
    draft.document["info"]["version"] = "9"


def found(comparison: Comparison) -> list[tuple[str, str, str]]:
    """Return rule, severity and place of each finding."""
    return [(each.rule, each.severity, each.place) for each in comparison.findings]


def form(draft: Draft) -> Json:
    """Return a form among the media types of the request."""
    content: Json = draft.operation("create")["requestBody"]["content"]
    found: Json = content.setdefault("multipart/form-data", {})
    return found


@pytest.mark.parametrize(
    ("part", "place", "holder", "value", "other"),
    [
        ("links", "response/200", lambda d: d.response("poll"), {"a": {}}, {"a": {}, "b": {}}),
        ("encoding", "request", form, {"a": {"contentType": "x/y"}}, {"a": {}}),
        ("prefixEncoding", "request", Draft.media_type, [{"style": "form"}], []),
        ("itemEncoding", "request", Draft.media_type, {"style": "form"}, {}),
    ],
)
def test_a_part_that_differs_is_a_warning(part, place, holder, value, other):
    """Wherever it is; the same part is only listed."""
    documents = [edited(), edited(), edited()]
    for document, content in zip(documents, (value, value, other), strict=True):
        holder_of: Any = holder
        target = holder_of(Draft(document))
        (target() if callable(target) else target)[part] = copy.deepcopy(content)
    same, changed = (compared(documents[0], each) for each in documents[1:])
    place = place.replace("200", POLL_RESPONSE.rpartition("/")[2])
    (one,) = same.not_compared
    assert (same.findings, one.place, one.state, one.sides) == ((), place, "same", ("old", "new"))
    assert ("uncompared-part-changed", "warning", place) in found(changed)
    assert [each.state for each in changed.not_compared] == ["changed"]


def test_a_callback_is_the_same_however_it_is_written():
    """With references, other descriptions, and another order."""
    schema = {"type": "object", "properties": {"description": TEXT, "id": TEXT}}
    old = edited(called_back(schema))
    new = edited(called_back({"$ref": "#/components/schemas/Done"}))
    other = {"description": "D", "properties": {"id": TEXT, "description": TEXT}, "type": "object"}
    new["components"]["schemas"] = {"Done": other}
    assert compared(old, new).findings == ()
    del other["properties"]
    (finding,) = compared(old, new).findings
    assert finding.message == (
        "create: the operation has other callbacks; their contents are not compared"
    )
    assert (finding.old_pointer, finding.old_document) == (f"{CREATE}/callbacks", "old")
    # No code depends on callbacks.
    assert finding.impact == ()


def test_a_part_of_a_new_response_is_not_a_change_of_its_own():
    """The response was added with all that is in it."""
    response = {"description": "a", "links": {"again": {"operationId": "x"}}}
    new = edited(lambda draft: draft.operation("poll")["responses"].update({"418": response}))
    assert [rule for rule, _, _ in found(compared(edited(), new))] == [
        "response-non-success-status-added"
    ]


@pytest.mark.parametrize("callbacks", [["a"], "a", None, 1])
def test_a_part_of_the_wrong_type_is_not_a_part(callbacks):
    """That it is not valid is reported."""
    new = edited(lambda draft: draft.operation("create").update(callbacks=callbacks))
    assert [rule for rule, _, _ in found(compared(edited(), new))] == ["document-invalid"]


@pytest.mark.parametrize(
    "reference", ["other.json#/Gen", "https://a.example/b.json", "#/nowhere", "#gone"]
)
def test_no_change_cannot_be_said_if_a_reference_was_not_read_on_either_side(reference):
    """What it leads to may have changed."""
    old, new = edited(refers(reference)), edited(refers(reference), retitled)
    comparison = compared(old, new)
    assert comparison.verdict == "unclear"
    assert comparison.version_step is None
    assert comparison.doubt == (
        f"poll: {reference!r} could not be read on either side. Give sources that contain what "
        "they refer to."
    )
    (one,) = comparison.not_compared
    assert (one.what, one.state, one.sides) == (reference, "unread", ("old", "new"))


def test_two_references_that_were_not_read_are_a_doubt_as_well():
    """Each is on one side only."""
    comparison = compared(edited(refers("a.json")), edited(refers("b.json")))
    assert comparison.verdict == "unclear"
    assert [each.sides for each in comparison.not_compared] == [("old",), ("new",)]


def split(document: Json, *files: str, name: str = "it.json") -> list[Document]:
    """Return a document that includes other files."""
    return [Document("", document, name, files=files)]


def test_a_file_that_both_sides_include_may_have_changed():
    """It is read once, so it is always the same."""
    old, new = edited(), edited(retitled)
    comparison = compare(split(old, "a/one.json", "b.json"), split(new, "c/one.json", "b.json"))
    assert comparison.verdict == "unclear"
    assert str(comparison.doubt).startswith(
        "create: both sides include 'b.json', so a change there cannot be seen. Give each side "
        "a copy of its own. poll: both"
    )
    assert {(one.what, one.state, one.sides) for one in comparison.not_compared} == {
        ("b.json", "shared", ("old", "new"))
    }
    assert compare(split(old, "a/one.json"), split(new, "c/one.json")).verdict == "docs"


def test_a_split_document_has_not_changed_since_itself():
    """It is one document, whatever it includes. Of another file, its content does not show that."""
    comparison = compare(split(edited(), "b.json"), split(edited(), "b.json"))
    assert (comparison.verdict, comparison.not_compared) == ("none", ())
    other = split(edited(), "b.json", name="other.json")
    assert compare(split(edited(), "b.json"), other).verdict == "unclear"


def test_a_reference_that_is_unread_on_one_side_is_a_finding():
    """The other side shows what is missing."""
    comparison = compared(edited(), edited(refers("a.json")))
    assert (comparison.doubt, comparison.verdict) == (None, "warning")
    assert "document-invalid" in [rule for rule, _, _ in found(comparison)]


def test_what_is_breaking_stays_breaking():
    """It cannot get worse; the doubt remains."""

    def without_prompt(draft: Draft) -> None:
        del draft.request_schema()["properties"]["prompt"]

    comparison = compared(edited(refers("a.json")), edited(refers("a.json"), without_prompt))
    assert (comparison.verdict, bool(comparison.doubt)) == ("breaking", True)


@pytest.mark.parametrize("reference", ["#/nowhere", "#gone"])
def test_a_reference_within_the_same_document_leads_to_the_same(reference):
    """Whatever that is."""
    comparison = compared(edited(refers(reference)), edited(refers(reference)))
    assert (comparison.verdict, comparison.not_compared) == ("none", ())
    comparison = compared(edited(refers("a.json")), edited(refers("a.json")))
    assert comparison.verdict == "unclear"


def looping(draft: Draft) -> None:
    """Let a schema refer to itself, and one to nothing but itself."""
    schemas = {"A": {"properties": {"a": {"$ref": "#/components/schemas/A"}}}}
    draft.document["components"]["schemas"] = schemas | {"B": {"$ref": "#/components/schemas/B"}}


@pytest.mark.parametrize("name", "AB")
def test_a_reference_in_a_circle_has_been_read(name):
    """There is nothing more in it."""
    reference = refers(f"#/components/schemas/{name}")
    comparison = compared(edited(looping, reference), edited(looping, reference, retitled))
    assert (comparison.doubt, comparison.not_compared) == (None, ())


@pytest.mark.parametrize(
    "schema",
    [
        {"example": {"$ref": "a.json"}},
        {"default": {"$ref": "a.json"}},
        {"x-note": {"$ref": "a.json"}},
        {"properties": {"$ref": TEXT}},
        {"properties": {"x": {"enum": [{"$ref": "a.json"}]}}},
    ],
)
def test_an_example_or_a_value_is_not_a_reference(schema):
    """Nothing is read there."""

    def edit(draft: Draft) -> None:
        draft.response_schema("poll")["properties"]["extra"] = schema

    assert compared(edited(edit), edited(edit, retitled)).not_compared == ()


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"example": {"$ref": "a.json"}}},
        {"allOf": [{"$ref": "a.json"}]},
        {"$dynamicRef": "a.json"},
    ],
)
def test_a_property_of_any_name_may_be_a_reference(schema):
    """At any depth."""

    def edit(draft: Draft) -> None:
        draft.response_schema("poll")["properties"]["extra"] = schema

    (one,) = compared(edited(edit), edited(edit)).not_compared
    assert one.what == "a.json"


def test_a_reference_for_both_operations_of_a_path_is_read_too():
    """A parameter of the path."""

    def edit(draft: Draft) -> None:
        path = draft.document["paths"][draft.path("poll")]
        path["parameters"] = [{"$ref": "p.json"}]

    assert "p.json" in [one.what for one in compared(edited(edit), edited(edit)).not_compared]


def test_a_callback_with_an_unread_reference_is_compared_as_it_is_written():
    """The same reference is the same text."""
    old, new = edited(called_back({"$ref": "a.json"})), edited(called_back({"$ref": "b.json"}))
    assert [one.state for one in compared(old, old).not_compared] == ["same", "unread"]
    rules = [rule for rule, _, _ in found(compared(old, new))]
    assert "uncompared-part-changed" in rules


def test_a_callback_that_is_nested_too_deeply_is_an_error():
    """Not a RecursionError."""
    deep: Json = {}
    for _ in range(5000):
        deep = {"not": deep}
    document = edited(called_back(deep))
    with pytest.raises(ContractError, match="nested too deeply"):
        compared(document, copy.copy(document))
