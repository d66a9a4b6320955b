"""A document that is not valid OpenAPI is said to be so, where the published rules say so too."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from tests.contract.diff.catalogue.changes import catalogue
from tests.contract.diff.catalogue.mutations import Draft, Json, contract
from wan_ergonomic.contract import Document, Finding, compare
from wan_ergonomic.contract.diff._validity import problems
from wan_ergonomic.contract.source._roles import pair_operations

Edit = Callable[[Draft], Any]


def differences(old: Json, new: Json) -> list[Finding]:
    """Return what a comparison of two documents finds."""
    return compare([Document("", old, "old")], [Document("", new, "new")])


def flaws(document: Json) -> list[str]:
    """Return what is wrong with a document, none of which another has."""
    empty = contract() | {"paths": {}, "components": {}, "info": {}, "servers": []}
    paths = contract()["paths"]
    empty["paths"] = {p: {m: {} for m in item} for p, item in paths.items()}
    pairs = pair_operations([Document("", document, "a")], [Document("", empty, "b")])
    found = [p for _, old, new in pairs if old and new for p in problems(old, new)]
    return list({problem.node.pointer: problem.reason for problem in found}.values())


def is_valid(document: Json) -> bool:
    """Whether a document is valid by the rules of the OpenAPI Initiative."""
    old = document["openapi"].startswith("3.0")
    kind = OpenAPIV30SpecValidator if old else OpenAPIV31SpecValidator
    # Its own further rules, about names that are demanded and not described, are subclasses.
    return not any(type(error) is OpenAPIValidationError for error in kind(document).iter_errors())


FLAWS: dict[str, tuple[Edit, str]] = {
    "a parameter without a name": (lambda d: d.parameter().pop("name"), "'name' is missing"),
    "a parameter that is nowhere": (lambda d: d.parameter().pop("in"), "'in' is missing"),
    "a parameter of no kind": (lambda d: d.parameter().pop("schema"), "'schema' is missing"),
    "a body without content": (
        lambda d: d.operation("create")["requestBody"].pop("content"), "'content' is missing"),
    "no answer": (lambda d: d.operation("create").pop("responses"), "'responses' is missing"),
    "a strange status": (
        lambda d: d.operation("poll")["responses"].update({"20": {"description": "a"}}),
        "'20' is no status"),
    "a strange range": (
        lambda d: d.operation("poll")["responses"].update({"2XY": {"description": "a"}}),
        "'2XY' is no status"),
    "a strange type": (
        lambda d: d.request()["properties"]["prompt"].update(type="int"),
        "'type' is none that there is"),
    "several types": (
        lambda d: d.request()["properties"]["prompt"].update(type=["integer"]),
        "'type' is none that there is"),
    "null as a type": (
        lambda d: d.request()["properties"]["prompt"].update(type="null"),
        "'type' is none that there is"),
    "an unknown word": (
        lambda d: d.request().update(const=1),
        "'const' is not a word of OpenAPI here"),
    "a misplaced word": (
        lambda d: d.success("poll").update(schema={}), "'schema' is not a word of OpenAPI here"),
    "a negative length": (
        lambda d: d.request()["properties"]["prompt"].update(minLength=-1),
        "'minLength' is not a count"),
    "a limit in words": (
        lambda d: d.request()["properties"]["prompt"].update(maximum="9"),
        "'maximum' is not a number"),
    "a name that is none": (
        lambda d: d.request().update(required=[1]), "it is not a string"),
    "properties in a list": (
        lambda d: d.request().update(properties=[]), "it is not an object"),
    "required as a flag": (lambda d: d.request().update(required=True), "it is not an array"),
    "a schema that is a text": (
        lambda d: d.request()["properties"].update(prompt="string"), "it is not an object"),
    "a scheme of no type": (lambda d: d.scheme().pop("type"), "'type' is missing"),
    "a scheme without its scheme": (lambda d: d.scheme().pop("scheme"), "'scheme' is missing"),
    "no title": (lambda d: d.document["info"].pop("title"), "'title' is missing"),
    "a server that is nowhere": (lambda d: d.document["servers"][0].pop("url"), "'url' is missing"),
    "a description in a list": (
        lambda d: d.success("poll").update(description=[]), "'description' is not a string"),
    "an exclusive number": (
        lambda d: d.request()["properties"]["prompt"].update(exclusiveMinimum=0),
        "'exclusiveMinimum' is not a boolean"),
}  # fmt: skip


@pytest.mark.parametrize("name", FLAWS)
def test_a_flaw_is_found_where_the_published_rules_find_one(name):
    """Each flaw is named, and the OpenAPI Initiative's schema does not let it pass either."""
    edit, expected = FLAWS[name]
    document = contract()
    edit(Draft(document))
    assert flaws(document) == [expected]
    assert not is_valid(document)


def test_the_contract_is_valid():
    """There is nothing wrong with what is vendored."""
    assert flaws(contract()) == []
    assert is_valid(contract())


def test_the_catalogue_is_as_valid_as_the_published_rules_say():
    """Of all documents in the catalogue, the same are found to be flawed."""
    seen = 0
    for mutation in catalogue()[::29]:
        for document in mutation.documents():
            seen += 1
            expected = mutation.name, is_valid(document)
            assert expected == (mutation.name, not flaws(document))
    assert seen > 100


def test_a_flaw_that_moved_is_no_news():
    """What was wrong before, and is wrong in the same way elsewhere now, is not reported."""
    old = contract()
    del Draft(old).success("create")["description"]
    new = copy.deepcopy(old)
    responses = Draft(new).operation("create")["responses"]
    responses["201"] = responses.pop("200")
    found = [finding.rule for finding in differences(old, new)]
    assert found == ["response-success-status-changed"]
    twice = copy.deepcopy(new)
    del Draft(twice).success("poll")["description"]
    assert [f.rule for f in differences(new, twice)] == ["document-invalid"]


def test_of_very_many_flaws_the_first_are_reported():
    """A document that is wrong throughout does not drown what else changed."""
    new = contract()
    properties = Draft(new).request()["properties"]
    properties |= {f"p{number}": {"type": "int"} for number in range(100)}
    kinds = [finding.rule for finding in differences(contract(), new)]
    assert (kinds.count("document-invalid"), kinds.count("new-optional-request-property")) == (
        20,
        100,
    )


def test_3_1_has_its_own_words():
    """What 3.0 does not know, 3.1 does: lists of types, yes and no, exclusive numbers."""
    document = contract() | {"openapi": "3.1.0"}
    Draft(document).request()["properties"] |= {
        "a": {"type": ["string", "null"]}, "b": True, "c": {"exclusiveMinimum": 0, "const": 1},
    }  # fmt: skip
    assert flaws(document) == []
    assert is_valid(document)
