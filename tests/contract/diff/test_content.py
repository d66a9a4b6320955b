"""Comparing media types: names, ranges, parameters, and the direction of the content."""

from __future__ import annotations

import pytest

from tests.contract.diff.catalogue.mutations import Draft, Json, contract
from wan_ergonomic.contract.diff.operation._media_types import media_type

from .test_compare import TEXT, differences

JSON, ANY = "application/json", "*/*"
FORM = "application/x-www-form-urlencoded"
MERGE, PROBLEM = "application/merge-patch+json", "application/problem+json"


def between(part: str, old: list[str], new: list[str]) -> list[tuple[str, str]]:
    """Return rule and severity of the findings for media types of a part of the contract."""
    documents = contract(), contract()
    for document, names in zip(documents, (old, new), strict=True):
        draft = Draft(document)
        content: Json = {name: {"schema": TEXT} for name in names}
        if part == "request":
            draft.operation("create")["requestBody"]["content"] = content
        elif part == "error":
            draft.operation("poll")["responses"]["4XX"] = {"description": "a", "content": content}
        else:
            draft.response("poll")["content"] = content
    found = differences(*documents)
    return [(each.rule.rpartition("media-type-")[2], each.severity) for each in found]


ADDED, REMOVED, CHANGED = ("added", "info"), ("removed", "breaking"), ("changed", "breaking")


def wider(severity: str) -> tuple[str, str]:
    """Return the outline of a more general type."""
    return "name-generalized", severity


def narrower(severity: str) -> tuple[str, str]:
    """Return the outline of a more special type."""
    return "name-specialized", severity


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([JSON], [ANY], [wider("info")]),
        ([ANY], [JSON], [narrower("breaking")]),
        ([JSON], ["application/*"], [wider("info")]),
        ([JSON], ["text/*"], [CHANGED]),
        ([MERGE], ["application/*+json"], [wider("info")]),
        ([f"{JSON}; version=1"], [JSON], [wider("info")]),
        ([JSON], [f"{JSON}; version=1"], [narrower("breaking")]),
        ([JSON], [MERGE], [CHANGED]),
        ([JSON, FORM], [JSON], [REMOVED]),
        ([JSON, FORM], [FORM, JSON], []),
        ([JSON, FORM], [ANY], [("removed", "info"), wider("info")]),
        ([JSON, ANY], [ANY], [("removed", "info")]),
        ([JSON, ANY], [JSON], [REMOVED]),
        ([JSON], [JSON, FORM], [ADDED]),
        ([JSON, FORM], ["text/plain", "text/csv"], [REMOVED, REMOVED, ADDED, ADDED]),
    ],
)
def test_a_request_may_have_any_type_that_is_covered(old, new, expected):
    """What a sender has sent must still be accepted."""
    assert sorted(between("request", old, new)) == sorted(expected)


@pytest.mark.parametrize(
    ("part", "old", "new", "expected"),
    [
        ("response", [JSON], [ANY], [wider("breaking")]),
        ("response", [ANY], [JSON], [narrower("info")]),
        ("response", ["*"], [JSON], [narrower("info")]),
        ("response", [f"{JSON}; version=1"], [f"{JSON}; version=2"], [CHANGED]),
        ("response", [JSON], [f"{JSON}; version=1"], [narrower("info")]),
        ("response", [f"{JSON}; version=1"], [JSON], [wider("warning")]),
        ("response", [JSON, "text/plain"], [JSON], [REMOVED]),
        ("response", [JSON], [JSON, "text/plain"], [ADDED]),
        ("response", [JSON, ANY], [JSON], [("removed", "info")]),
        ("response", [JSON, ANY], [ANY], [("removed", "info")]),
        ("response", [f"{JSON}; version=1", JSON], [JSON], [REMOVED]),
        ("response", [JSON], [PROBLEM], [narrower("warning")]),
        ("response", [PROBLEM], [JSON], [wider("warning")]),
        ("response", [PROBLEM], [MERGE], [CHANGED]),
        ("response", [JSON], ["text/x+json"], [CHANGED]),
        ("error", [JSON], [PROBLEM], [narrower("info")]),
        ("error", [JSON], ["text/html"], [CHANGED]),
    ],
)
def test_a_response_must_be_of_a_type_that_was_covered(part, old, new, expected):
    """What is received must be what a parser expected."""
    assert between(part, old, new) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("application/json", "Application/JSON; charset=UTF-8"),
        ("text/plain; charset=utf8", "text/plain"),
        ("multipart/form-data; boundary=a", "multipart/form-data; boundary=b"),
        ('a/b; version="1"; Level=2', "a/b;level=2;version=1;"),
    ],
)
def test_names_in_another_form_are_the_same(one, other):
    """Case, quotes, order and what says nothing about the content make no difference."""
    assert media_type(one) == media_type(other)
    assert between("response", [one], [other]) == []


@pytest.mark.parametrize("other", ["a/b; version=2", "a/b; version=V1", "a/c; version=1", "a"])
def test_different_names_are_different(other):
    """The values of parameters can differ in case."""
    assert media_type("a/b; version=v1") != media_type(other)


def test_the_schemas_of_a_replaced_type_are_compared():
    """A change of the type does not hide a change of the content."""
    documents = contract(), contract()
    for document, name in zip(documents, (JSON, ANY), strict=True):
        content = Draft(document).operation("create")["requestBody"]["content"]
        content[name] = content.pop(JSON)
    del Draft(documents[1]).operation("create")["requestBody"]["content"][ANY]["schema"][
        "properties"
    ]["prompt"]
    found = {finding.rule for finding in differences(*documents)}
    assert {"request-property-removed", "request-body-media-type-name-generalized"} <= found


@pytest.mark.parametrize("removed", [True, False])
def test_content_that_a_range_describes_is_compared_with_it(removed):
    """JSON may be listed on its own on one side, and as any type on the other."""
    both, ranged = {JSON: {"schema": TEXT}, ANY: {}}, {ANY: {"schema": {"type": "number"}}}
    both[ANY] = ranged[ANY]
    documents = contract(), contract()
    sides = (both, ranged) if removed else (ranged, both)
    for document, content in zip(documents, sides, strict=True):
        Draft(document).operation("create")["requestBody"]["content"] = content
    change = "removed" if removed else "added"
    assert {finding.rule for finding in differences(*documents)} == {
        f"request-body-media-type-{change}",
        "request-body-type-changed",
    }
