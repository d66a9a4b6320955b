"""Comparing schemas: equal forms, renames, unions."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.contract.diff.catalogue.mutations import Draft, contract

from .test_compare import TEXT, between, differences, rules, thing


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
def test_a_property_is_renamed_if_type_and_description_are_alike(old, new, expected):
    """Without a description, a similar name or a specific schema counts."""
    assert ("property-renamed" in between(old, new)) == expected


def test_each_property_is_renamed_to_the_one_most_like_it():
    """Two properties that are renamed at once are paired by their descriptions."""
    texts = {"first": "The first of the frames", "second": "The sound that is heard"}
    old = thing(**{name: {**TEXT, "description": text} for name, text in texts.items()})
    new = thing(**{f"{name}s": held for name, held in reversed(old["properties"].items())})
    documents = contract(), contract()
    for document, schema in zip(documents, (old, new), strict=True):
        Draft(document).response_schema("poll")["properties"]["extra"] = schema
    found = [(finding.before, finding.after) for finding in differences(*documents)]
    assert found == [("first", "firsts"), ("second", "seconds")]


@pytest.mark.parametrize(("described", "expected"), [(True, "property-renamed"), (False, None)])
def test_in_a_large_object_only_the_same_description_shows_a_rename(described, expected):
    """Similar descriptions are not searched for, because that would take too long."""
    text = {"description": "The same"} if described else {}
    old = thing(**{f"a{n}": {**TEXT, **text, "title": f"{n}"} for n in range(20)})
    new = thing(**{f"b{n}": {**TEXT, **text, "title": f"{n}"} for n in range(20)})
    found = set(between(old, new)) - {"property-title-changed"}
    usual = {"optional-property-removed", "optional-property-added"}
    assert found == ({expected} if expected else usual)


@pytest.mark.parametrize("word", ["oneOf", "anyOf"])
def test_branches_are_paired_by_what_they_are(word):
    """A branch is identified by its title, an only value or its properties, in any order."""
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


def test_request_schemas_of_other_models_are_ignored():
    """Of a oneOf with a schema for each model, only the one for our model is compared."""
    old = contract()
    Draft(old).request_schema()["properties"]["seed"] = {"type": "integer"}
    other = thing(model={"enum": ["other"]}, prompt=TEXT)
    Draft(old).media_type()["schema"] = {"oneOf": [Draft(old).request_schema(), other]}
    new = copy.deepcopy(old)
    new_other = Draft(new).request_schema()["oneOf"][1]
    del new_other["properties"]["prompt"]
    assert rules(old, new) == []
    Draft(new).request_schema()["oneOf"][0]["properties"].pop("seed")
    assert rules(old, new) == ["request-property-removed"]


def test_a_branch_for_another_model_is_not_a_change():
    """A schema that becomes one branch of a union, for a model of its own, is unchanged."""
    ours, other = thing(model={"enum": ["a"]}, x=TEXT), thing(model={"enum": ["b"]}, y=TEXT)
    assert between(ours, {"oneOf": [other, ours]}) == []
    assert between({"oneOf": [other, ours]}, ours) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"enum": ["a", "b"]}, {"type": "string", "enum": ["b", "a"]}, []),
        ({"enum": ["a", 1]}, {"enum": ["a", 1, None]}, ["property-became-nullable"]),
        ({"enum": [1]}, {"enum": [True]}, ["property-type-changed"]),
        ({"properties": {"a": TEXT}}, thing(a=TEXT), ["property-type-specialized"]),
        ({"items": TEXT}, {"type": "array", "items": TEXT}, ["property-type-specialized"]),
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
        ({**TEXT, "not": {}}, TEXT, ["property-type-generalized"]),
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
def test_equal_forms_of_a_schema_are_equal(old, new, expected):
    """Implied types, allOf, unions of one and numbers in either form make no difference."""
    assert between(old, new, "3.1.0") == expected


def test_keywords_beside_a_union_of_one_take_precedence():
    """They override the keywords of the only branch."""
    wrapped = {"anyOf": [{**TEXT, "description": "inner"}], "description": "outer"}
    assert between(wrapped, {**TEXT, "description": "outer"}) == []


def test_nullable_without_a_type_has_no_meaning():
    """OpenAPI 3.0 defines ``nullable`` only beside a type."""
    bare = {"properties": {"a": TEXT}}
    assert between(bare, bare | {"nullable": True}) == []
    assert between(bare | {"type": "object"}, bare | {"type": "object", "nullable": True}) == [
        "property-became-nullable"
    ]


def test_keywords_beside_a_reference_count_in_3_1_only():
    """OpenAPI 3.0 ignores them."""
    for version, expected in (("3.0.3", []), ("3.1.0", ["response-property-max-length-set"])):
        old = contract() | {"openapi": version}
        old["components"]["schemas"] = {"Text": TEXT}
        extra: Any = {"$ref": "#/components/schemas/Text"}
        Draft(old).response_schema("poll")["properties"]["extra"] = extra
        new = copy.deepcopy(old)
        Draft(new).response_schema("poll")["properties"]["extra"]["maxLength"] = 5
        assert rules(old, new) == expected


def test_the_same_text_can_differ_in_meaning_between_versions():
    """A keyword beside a reference counts as soon as the version is 3.1."""
    old = contract()
    old["components"]["schemas"] = {"Text": TEXT, "Long": {"$ref": "#/components/schemas/Text"}}
    old["components"]["schemas"]["Long"]["maxLength"] = 5
    Draft(old).response_schema("poll")["properties"]["extra"] = {
        "$ref": "#/components/schemas/Long"
    }
    new = copy.deepcopy(old) | {"openapi": "3.1.0"}
    assert rules(old, new) == ["response-property-max-length-set"]


def test_a_constant_that_is_the_same_number_is_no_change():
    """1 and 1.0 are the same constant."""
    assert between({"const": 1}, {"const": 1.0}, "3.1.0") == []


def test_an_unchanged_component_is_compared_if_it_references_a_changed_one():
    """That holds for components that reference themselves, too."""
    old = contract()
    at = "#/components/schemas/"
    old["components"]["schemas"] = {
        "A": thing(a={"$ref": f"{at}A"}, b={"$ref": f"{at}B"}, c={"$ref": f"{at}C"}),
        "B": thing(c={"$ref": f"{at}C"}, a={"$ref": f"{at}A"}),
        "C": TEXT,
    }
    Draft(old).response_schema("poll")["properties"]["extra"] = {"$ref": f"{at}A"}
    new = copy.deepcopy(old)
    new["components"]["schemas"]["C"] = {"type": "number"}
    assert [(found.rule, found.place) for found in differences(old, new)] == [
        ("response-property-type-changed", "response/200/extra/c"),
        ("response-property-type-changed", "response/200/extra/b/c"),
    ]
    assert rules(old, copy.deepcopy(old)) == []


def test_a_branch_is_paired_once():
    """Of two branches that are like a new one, the more similar is paired with it."""
    old = {"oneOf": [thing(a=TEXT, b=TEXT), thing(a=TEXT, b=TEXT, c=TEXT)]}
    new = {"oneOf": [thing(a=TEXT, b=TEXT, c=TEXT, d=TEXT)]}
    found = between({"oneOf": [*old["oneOf"], TEXT]}, {"oneOf": [*new["oneOf"], TEXT]})
    assert found == ["property-one-of-removed", "optional-property-added"]


def test_a_removed_branch_is_reported_even_if_it_is_for_another_value():
    """Between two unions, each branch counts."""
    branches = [thing(kind={"enum": [name]}, a=TEXT) for name in ("a", "b", "c")]
    found = between({"oneOf": branches}, {"oneOf": branches[:2]})
    assert found == ["property-one-of-removed"]


def test_the_most_similar_property_is_the_new_name():
    """The same description is preferred to a similar one."""
    text = "The link to the finished video in the cloud"
    old = thing(a={**TEXT, "description": text})
    near = {**TEXT, "description": text.replace("finished", "first")}
    found = between(old, thing(x=near, y=old["properties"]["a"]))
    assert found == ["property-renamed", "optional-property-added"]


@pytest.mark.parametrize("swapped", [False, True])
def test_changed_branches_are_identified_by_their_values(swapped):
    """A branch with another only value is another branch, however similar the two are."""
    cats, dogs = (thing(kind={"enum": [name]}, a=TEXT, b=TEXT) for name in ("cat", "dog"))
    new = [thing(**held["properties"], c=TEXT) for held in (cats, dogs)]
    found = between({"oneOf": [cats, dogs]}, {"oneOf": new[::-1] if swapped else new})
    assert found == ["optional-property-added"] * 2


def test_a_branch_is_identified_by_the_component_that_it_references():
    """A component can change completely and still be the same branch."""
    old = contract()
    at = "#/components/schemas/"
    old["components"]["schemas"] = {"A": thing(a=TEXT), "B": thing(b=TEXT)}
    Draft(old).response_schema("poll")["properties"]["extra"] = {
        "oneOf": [{"$ref": f"{at}A"}, {"$ref": f"{at}B"}]
    }
    new = copy.deepcopy(old)
    new["components"]["schemas"]["A"] = thing(c={"type": "number"})
    found = rules(old, new)
    assert found == ["response-optional-property-removed", "response-optional-property-added"]


@pytest.mark.parametrize("word", ["allOf", "anyOf", "oneOf"])
def test_a_removed_property_that_was_never_sent_is_information(word):
    """A property can be read-only by an allOf, anyOf or oneOf."""
    old = contract()
    Draft(old).request_schema()["properties"]["extra"] = {word: [{**TEXT, "readOnly": True}]}
    (found,) = differences(old, contract())
    assert (found.rule, found.severity) == ("request-property-removed", "info")
