"""Comparing schemas: what is seen through, what became what, and what counts."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.contract.diff.catalogue.mutations import Draft, contract

from .test_compare import TEXT, between, differences, kinds, thing


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (thing(url={**TEXT, "description": "Where to find the finished video"}),
         thing(link={**TEXT, "description": "Where to find the video"}), True),
        (thing(a={**TEXT, "description": "Where the video is"}),
         thing(b={**TEXT, "description": "How long it lasts"}), False),
        (thing(a={**TEXT, "description": "A text"}),
         thing(b={"type": "number", "description": "A text"}), False),
        (thing(a={**TEXT, "description": "The width of the frame in pixels"}),
         thing(b={**TEXT, "description": "The height of the clip in seconds"}), False),
        (thing(image_url=TEXT), thing(img_url=TEXT), True),
        (thing(width=TEXT), thing(height=TEXT), False),
        (thing(a={**TEXT, "enum": ["x", "y"]}), thing(b={**TEXT, "enum": ["x", "y"]}), True),
        (thing(a={}), thing(b={}), False),
    ],
)  # fmt: skip
def test_a_rename_is_believed_when_type_and_description_say_so(old, new, expected):
    """What is neither described alike nor named alike has gone, and something else has come."""
    assert ("property-renamed" in between(old, new)) == expected


def test_each_property_is_renamed_to_the_one_most_like_it():
    """Two that were renamed at a time are told apart."""
    words = {"first": "The first of the frames", "second": "The sound that is heard"}
    old = thing(**{name: {**TEXT, "description": said} for name, said in words.items()})
    new = thing(**{f"{name}s": held for name, held in reversed(old["properties"].items())})
    documents = contract(), contract()
    for document, schema in zip(documents, (old, new), strict=True):
        Draft(document).answer("poll")["properties"]["extra"] = schema
    found = [(finding.before, finding.after) for finding in differences(*documents)]
    assert found == [("first", "firsts"), ("second", "seconds")]


@pytest.mark.parametrize(("described", "expected"), [(True, "property-renamed"), (False, None)])
def test_among_very_many_only_the_same_words_show_a_rename(described, expected):
    """A large object that was rewritten is compared in reasonable time."""
    said = {"description": "The same"} if described else {}
    old = thing(**{f"a{n}": {**TEXT, **said, "title": f"{n}"} for n in range(20)})
    new = thing(**{f"b{n}": {**TEXT, **said, "title": f"{n}"} for n in range(20)})
    found = set(between(old, new)) - {"property-title-changed"}
    usual = {"optional-property-removed", "optional-property-added"}
    assert found == ({expected} if expected else usual)


@pytest.mark.parametrize("word", ["oneOf", "anyOf"])
def test_branches_are_paired_by_what_they_are(word):
    """A branch is known by its title, by a value of its own, or by what it has, in any order."""
    cats = thing(kind={"enum": ["cat"]}, name=TEXT, lives={"type": "integer"})
    dogs = thing(kind={"enum": ["dog"]}, name=TEXT, lives={"type": "integer"})
    more = thing(kind={"enum": ["dog"]}, name=TEXT, lives={"type": "integer"}, tricks=TEXT)
    assert between({word: [cats, dogs]}, {word: [more, cats]}) == ["optional-property-added"]
    a, b = thing(a=TEXT, b=TEXT) | {"title": "X"}, thing(c=TEXT, d=TEXT) | {"title": "X"}
    found = between({word: [a, TEXT]}, {word: [TEXT, b]})
    assert set(found) == {"optional-property-removed", "optional-property-added"}
    apart = between({word: [thing(a=TEXT), TEXT]}, {word: [TEXT, thing(b=TEXT)]})
    name = {"oneOf": "one-of", "anyOf": "any-of"}[word]
    assert apart == [f"property-{name}-added", f"property-{name}-removed"]


def test_what_a_path_takes_for_other_models_is_nobodys_concern():
    """Where one path serves many models, only ours is looked at, on either side."""
    old = contract()
    Draft(old).request()["properties"]["seed"] = {"type": "integer"}
    other = thing(model={"enum": ["other"]}, prompt=TEXT)
    Draft(old).body()["schema"] = {"oneOf": [Draft(old).request(), other]}
    new = copy.deepcopy(old)
    new_other = Draft(new).request()["oneOf"][1]
    del new_other["properties"]["prompt"]
    assert kinds(old, new) == []
    Draft(new).request()["oneOf"][0]["properties"].pop("seed")
    assert kinds(old, new) == ["request-property-removed"]


def test_a_variant_of_another_value_does_not_face_a_single_schema():
    """One thing that becomes one of several, told apart by a value, is still there."""
    ours, other = thing(kind={"enum": ["a"]}, x=TEXT), thing(kind={"enum": ["b"]}, y=TEXT)
    assert between(ours, {"oneOf": [other, ours]}) == []
    assert between({"oneOf": [other, ours]}, ours) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"enum": ["a", "b"]}, {"type": "string", "enum": ["b", "a"]}, []),
        ({"enum": ["a", 1]}, {"enum": ["a", 1, None]}, ["property-became-nullable"]),
        ({"enum": [1]}, {"enum": [True]}, ["property-type-changed"]),
        ({"properties": {"a": TEXT}}, thing(a=TEXT), []),
        ({"items": TEXT}, {"type": "array", "items": TEXT}, []),
        ({**TEXT, "default": 1}, {**TEXT, "default": 1.0}, []),
        ({**TEXT, "default": 1}, {**TEXT, "default": True}, ["property-default-value-changed"]),
        ({"type": "number", "multipleOf": -2}, {"type": "number", "multipleOf": 2},
         ["property-multiple-of-changed", "document-repaired"]),
        (thing() | {"additionalProperties": TEXT}, thing() | {"additionalProperties": {}},
         ["property-additional-properties-opened"]),
        (thing() | {"additionalProperties": TEXT},
         thing() | {"additionalProperties": {"type": "number"}}, ["property-type-changed"]),
        ({"type": "null"}, {"enum": [None]}, []),
        ({"type": "null"}, TEXT, ["property-type-changed"]),
        ({"type": "null"}, {}, ["property-type-generalized"]),
        ({**TEXT, "not": {}}, TEXT, []),
        ({**TEXT, "not": {"enum": ["a"], "description": "x"}},
         {**TEXT, "not": {"enum": ["a"], "description": "y"}}, []),
        (thing() | {"not": thing(title=TEXT)}, thing() | {"not": thing(title={})},
         ["property-constraint-changed"]),
        (TEXT, {"allOf": [TEXT, {"maxLength": 5}]}, ["property-max-length-set"]),
        ({"oneOf": [{"oneOf": [TEXT, {"type": "number"}]}]},
         {"oneOf": [TEXT, {"type": "number"}]}, []),
        ({**TEXT, "enum": list("abcdefghij")}, TEXT, ["property-became-not-enum"]),
        (TEXT, {**TEXT, "enum": list("abcdefghij")}, ["property-became-enum"]),
        ({**TEXT, "const": "a"}, {**TEXT, "enum": ["a", "b"]}, ["property-enum-value-added"]),
        ({**TEXT, "const": "a"}, {**TEXT, "enum": ["a"]}, []),
    ],
)  # fmt: skip
def test_a_schema_counts_however_it_is_written(old, new, expected):
    """Types that go without saying, parts, and numbers in either form are seen through."""
    assert between(old, new, "3.1.0") == expected


def test_what_is_said_beside_a_union_of_one_counts_more():
    """A wrapper's own words stand above those of what it wraps."""
    wrapped = {"anyOf": [{**TEXT, "description": "inner"}], "description": "outer"}
    assert between(wrapped, {**TEXT, "description": "outer"}) == []


def test_null_beside_no_type_says_nothing():
    """OpenAPI 3.0 gives ``nullable`` a meaning only where there is a type."""
    bare = {"properties": {"a": TEXT}}
    assert between(bare, bare | {"nullable": True}) == []
    assert between(bare | {"type": "object"}, bare | {"type": "object", "nullable": True}) == [
        "property-became-nullable"
    ]


def test_beside_a_reference_nothing_counts_in_the_older_version():
    """OpenAPI 3.0 ignores what stands beside a reference; 3.1 does not."""
    for version, expected in (("3.0.3", []), ("3.1.0", ["response-property-max-length-set"])):
        old = contract() | {"openapi": version}
        old["components"]["schemas"] = {"Text": TEXT}
        extra: Any = {"$ref": "#/components/schemas/Text"}
        Draft(old).answer("poll")["properties"]["extra"] = extra
        new = copy.deepcopy(old)
        Draft(new).answer("poll")["properties"]["extra"]["maxLength"] = 5
        assert kinds(old, new) == expected


def test_the_same_words_may_mean_more_in_another_version():
    """What stood beside a reference for nothing counts once the version does."""
    old = contract()
    old["components"]["schemas"] = {"Text": TEXT, "Long": {"$ref": "#/components/schemas/Text"}}
    old["components"]["schemas"]["Long"]["maxLength"] = 5
    Draft(old).answer("poll")["properties"]["extra"] = {"$ref": "#/components/schemas/Long"}
    new = copy.deepcopy(old) | {"openapi": "3.1.0"}
    assert kinds(old, new) == ["response-property-max-length-set"]


def test_a_constant_that_is_the_same_number_is_no_change():
    """One is one, however it is written."""
    assert between({"const": 1}, {"const": 1.0}, "3.1.0") == []


def test_a_component_that_leads_to_itself_and_elsewhere_is_looked_at_when_that_changes():
    """What is written alike is not the same if what it leads to is not."""
    old = contract()
    at = "#/components/schemas/"
    old["components"]["schemas"] = {
        "A": thing(a={"$ref": f"{at}A"}, b={"$ref": f"{at}B"}, c={"$ref": f"{at}C"}),
        "B": thing(c={"$ref": f"{at}C"}, a={"$ref": f"{at}A"}),
        "C": TEXT,
    }
    Draft(old).answer("poll")["properties"]["extra"] = {"$ref": f"{at}A"}
    new = copy.deepcopy(old)
    new["components"]["schemas"]["C"] = {"type": "number"}
    assert kinds(old, new) == ["response-property-type-changed"]
    assert kinds(old, copy.deepcopy(old)) == []


def test_a_variant_becomes_one_other_only():
    """Of two that could have become the same one, the likelier has, and the other has gone."""
    old = {"oneOf": [thing(a=TEXT, b=TEXT), thing(a=TEXT, b=TEXT, c=TEXT)]}
    new = {"oneOf": [thing(a=TEXT, b=TEXT, c=TEXT, d=TEXT)]}
    found = between({"oneOf": [*old["oneOf"], TEXT]}, {"oneOf": [*new["oneOf"], TEXT]})
    assert found == ["property-one-of-removed", "optional-property-added"]


def test_variants_that_go_are_missed_whatever_tells_them_apart():
    """Between two unions, each variant counts; only a single schema has none but its own."""
    kinds_of = [thing(kind={"enum": [name]}, a=TEXT) for name in ("a", "b", "c")]
    found = between({"oneOf": kinds_of}, {"oneOf": kinds_of[:2]})
    assert found == ["property-one-of-removed"]


def test_the_likeliest_of_several_is_the_new_name():
    """What is described in the very words is preferred to what is described in similar ones."""
    said = "The link to the finished video in the cloud"
    old = thing(a={**TEXT, "description": said})
    near = {**TEXT, "description": said.replace("finished", "first")}
    found = between(old, thing(x=near, y=old["properties"]["a"]))
    assert found == ["property-renamed", "optional-property-added"]


@pytest.mark.parametrize("swapped", [False, True])
def test_changed_variants_are_told_apart_by_their_values(swapped):
    """A variant with another value of its own is another one, however alike the two are."""
    cats, dogs = (thing(kind={"enum": [name]}, a=TEXT, b=TEXT) for name in ("cat", "dog"))
    new = [thing(**held["properties"], c=TEXT) for held in (cats, dogs)]
    found = between({"oneOf": [cats, dogs]}, {"oneOf": new[::-1] if swapped else new})
    assert found == ["optional-property-added"] * 2


def test_a_variant_is_known_by_the_component_that_it_refers_to():
    """A component may change from the ground up and still be the same variant."""
    old = contract()
    at = "#/components/schemas/"
    old["components"]["schemas"] = {"A": thing(a=TEXT), "B": thing(b=TEXT)}
    Draft(old).answer("poll")["properties"]["extra"] = {
        "oneOf": [{"$ref": f"{at}A"}, {"$ref": f"{at}B"}]
    }
    new = copy.deepcopy(old)
    new["components"]["schemas"]["A"] = thing(c={"type": "number"})
    found = kinds(old, new)
    assert found == ["response-optional-property-removed", "response-optional-property-added"]


@pytest.mark.parametrize("word", ["allOf", "anyOf", "oneOf"])
def test_what_is_never_sent_is_not_missed_however_that_is_written(word):
    """A property that is read-only by way of a composition is read-only."""
    old = contract()
    Draft(old).request()["properties"]["extra"] = {word: [{**TEXT, "readOnly": True}]}
    (found,) = differences(old, contract())
    assert (found.rule, found.severity) == ("request-property-removed", "info")
