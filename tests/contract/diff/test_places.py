"""A change of a shared schema is reported at every place that uses it."""

from __future__ import annotations

import copy
import time

import pytest

from tests.contract.diff.catalogue.mutations import Draft, Json, contract
from wan_ergonomic.contract import Finding
from wan_ergonomic.contract.diff._places import MOST_PLACES

from .test_compare import TEXT, differences, thing

SHARED = "#/components/schemas/Shared"
REFERENCE = {"$ref": SHARED}


def pair(response: Json, old: Json, new: Json) -> tuple[Json, Json]:
    """Return two documents whose poll response has properties, and which differ in a component."""
    before = contract()
    schema = Draft(before).response_schema("poll")
    kept = {name: held for name, held in schema["properties"].items() if name not in response}
    schema["properties"] = kept | response
    after = copy.deepcopy(before)
    before["components"]["schemas"] = {"Shared": old}
    after["components"]["schemas"] = {"Shared": new}
    return before, after


def places(findings: list[Finding]) -> list[str]:
    """Return the places of findings without the status."""
    return [finding.place.partition("/")[2].partition("/")[2] for finding in findings]


def with_url() -> Json:
    """Return an object that requires a URL."""
    return thing(url=TEXT) | {"required": ["url"]}


def test_each_place_is_named_with_what_it_touches():
    """The second place may be the one that this package reads."""
    found = differences(*pair({"cover": REFERENCE, "video": REFERENCE}, with_url(), thing()))
    assert [finding.impact for finding in found] == [("Generation.raw",), ("Video.url",)]
    assert {finding.rule for finding in found} == {"response-required-property-removed"}
    assert found[1].message == "poll: response property 'video.url' was removed"


def test_places_within_another_shared_schema_count():
    """A component that is used by a component is used wherever that is."""
    old, new = pair(
        {"a": {"$ref": "#/components/schemas/Frame"}, "b": {"$ref": "#/components/schemas/Frame"}},
        with_url(),
        thing(),
    )
    for document in (old, new):
        document["components"]["schemas"]["Frame"] = thing(
            first=REFERENCE, more={"type": "array", "items": REFERENCE}
        )
    found = places(differences(old, new))
    assert sorted(found) == ["a/first/url", "a/more/[]/url", "b/first/url", "b/more/[]/url"]


def test_a_schema_within_itself_is_named_once():
    """A tree has no end of places; its first level stands for the others."""
    tree = thing(children={"type": "array", "items": REFERENCE}, name=TEXT)
    changed = thing(children={"type": "array", "items": REFERENCE}, name={"type": "number"})
    found = differences(*pair({"a": REFERENCE, "b": REFERENCE}, tree, changed))
    assert places(found) == ["a/name", "b/name"]


def test_a_text_of_a_shared_schema_is_one_change():
    """It breaks nothing at any place."""
    found = differences(*pair({"a": REFERENCE, "b": REFERENCE}, TEXT, {**TEXT, "description": "a"}))
    assert [finding.rule for finding in found] == ["response-property-description-changed"]


def test_a_place_that_is_never_sent_does_not_hide_another():
    """What is information in a hidden property is breaking in one that is received."""
    hidden = {"allOf": [REFERENCE], "writeOnly": True}
    found = differences(*pair({"a": hidden, "b": REFERENCE}, with_url(), thing()))
    assert [(f.severity, name) for f, name in zip(found, places(found), strict=True)] == [
        ("breaking", "b/url"),
        ("info", "a/url"),
    ]


def test_a_shared_response_is_reported_for_each_status():
    """Statuses can share a response as properties share a schema."""
    old = contract()
    response = {
        "description": "a",
        "headers": {"X-Extra": {"schema": TEXT}},
        "content": {"application/json": {"schema": with_url()}},
    }
    old["components"]["responses"] = {"Lost": response}
    for status in ("404", "410"):
        Draft(old).operation("poll")["responses"][status] = {"$ref": "#/components/responses/Lost"}
    new = copy.deepcopy(old)
    lost = new["components"]["responses"]["Lost"]
    lost["content"]["application/json"]["schema"] = thing()
    del lost["headers"]
    assert sorted(finding.place for finding in differences(old, new)) == [
        "response/404/header/x-extra",
        "response/404/url",
        "response/410/header/x-extra",
        "response/410/url",
    ]


@pytest.mark.parametrize("also", ["video", "extra"])
def test_places_beyond_the_limit_are_counted_unless_they_touch_other_names(also):
    """The report says aloud what it does not list; what the package reads is listed."""
    many = {f"p{number:04}": REFERENCE for number in range(3000)}
    old, new = pair({**many, also: REFERENCE}, with_url(), thing())
    started = time.process_time()
    found = differences(old, new)
    assert time.process_time() - started < 2
    listed = [finding for finding in found if finding.place != "document"]
    (counted,) = (finding for finding in found if finding.place == "document")
    read = [name for name in places(listed) if name == "video/url"]
    assert (len(listed), len(read)) == (MOST_PLACES + len(read), also == "video")
    assert counted.rule == "response-required-property-removed"
    assert (counted.severity, counted.impact) == ("breaking", ())
    assert counted.message == (
        f"poll: the document changed in at least {3001 - len(listed):,} more places, "
        "which use /components/schemas/Shared and are not listed"
    )


def test_texts_beyond_the_limit_are_not_counted():
    """They are reported once in any case."""
    many = {f"p{number}": REFERENCE for number in range(MOST_PLACES + 10)}
    found = differences(*pair(many, with_url(), {**with_url(), "description": "a"}))
    assert [finding.severity for finding in found] == ["docs"]


def test_schemas_that_use_each_other_in_many_ways_are_compared_in_time():
    """Twenty levels with two uses each are a million places."""
    old, new = pair({"a": {"$ref": "#/components/schemas/L0"}}, with_url(), thing())
    for document in (old, new):
        for level in range(20):
            below = {"$ref": f"#/components/schemas/L{level + 1}"} if level < 19 else REFERENCE
            document["components"]["schemas"][f"L{level}"] = thing(x=below, y=below)
    started = time.process_time()
    found = differences(old, new)
    assert time.process_time() - started < 2
    assert len([finding for finding in found if finding.place != "document"]) == MOST_PLACES
    assert any(finding.place == "document" for finding in found)


def test_no_more_places_are_visited_than_there_is_time_for():
    """The places that were not visited are counted."""
    old, new = pair({"a": {"$ref": "#/components/schemas/L0"}}, with_url(), thing())
    for document in (old, new):
        for level in range(20):
            below = {"$ref": f"#/components/schemas/L{level + 1}"} if level < 19 else REFERENCE
            document["components"]["schemas"][f"L{level}"] = thing(
                **{f"p{number}": below for number in range(40)}
            )
    started = time.process_time()
    *listed, counted = differences(old, new)
    assert time.process_time() - started < 2
    assert [finding.place.count("/") for finding in listed] == [2 + 21]
    assert "use schemas with one of these changes and are not listed" in counted.message


def test_many_findings_are_repeated_at_fewer_places():
    """All are listed at the first place, and the places that are left out are counted."""
    names = [f"n{number}" for number in range(200)]
    whole = thing(**dict.fromkeys(names, TEXT)) | {"required": names}
    many = {f"p{number}": REFERENCE for number in range(20)}
    found = differences(*pair(many, whole, whole | {"required": []}))
    assert len(found) == 200 * (1 + 2_000 // 200) + 1
    (counted,) = (finding for finding in found if finding.place == "document")
    assert "at least 9 more places" in counted.message
