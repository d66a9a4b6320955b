"""Documents that are not valid OpenAPI: each flaw has a place and a sentence."""

from __future__ import annotations

import copy
import re
import time
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from tests.contract.diff.catalogue.changes import catalogue
from tests.contract.diff.catalogue.flaws import FLAWS, FLAWS_3_0, FLAWS_3_1
from tests.contract.diff.catalogue.mutations import BODY, Draft, Json, contract
from wan_ergonomic.contract import Document, Finding, compare

SECONDS = 5.0
BEGINNING = "the document is not valid OpenAPI: "


def differences(old: Json, new: Json) -> list[Finding]:
    """Return the findings of a comparison of two documents."""
    return [*compare([Document("", old, "old")], [Document("", new, "new")]).findings]


def flaws(old: Json, new: Json) -> dict[str, str]:
    """Return the flaws of a new document that the old one does not have, by pointer."""
    return {
        str(finding.new_pointer): finding.message.partition(BEGINNING)[2]
        for finding in differences(old, new)
        if finding.rule == "document-invalid"
    }


def schemes(document: Json) -> Any:
    """Return the security schemes of a document."""
    return document["components"]["securitySchemes"]


def is_valid(document: Json) -> bool:
    """Whether a document is valid by the rules of the OpenAPI Initiative."""
    old = document["openapi"].startswith("3.0")
    kind = OpenAPIV30SpecValidator if old else OpenAPIV31SpecValidator
    # Errors by its further rules, such as undescribed required names, are subclasses.
    return not any(type(error) is OpenAPIValidationError for error in kind(document).iter_errors())


def cases() -> list[Any]:
    """Return each flaw with each version that has it."""
    tables = {"3.0.3": FLAWS | FLAWS_3_0, "3.1.0": FLAWS | FLAWS_3_1, "3.2.0": FLAWS_3_1}
    return [
        pytest.param(version, *flaw, id=f"{name} in {version}")
        for version, table in tables.items()
        for name, flaw in table.items()
    ]


@pytest.mark.parametrize(("version", "edit", "expected"), cases())
def test_a_flaw_is_one_finding_with_a_place_and_a_sentence(version, edit, expected):
    """Each flaw is reported once; in 3.0 the OpenAPI Initiative's schema finds it too."""
    old = contract() | {"openapi": version}
    new = copy.deepcopy(old)
    edit(Draft(new))
    names = {"path": Draft(new).path("create")[1:], "scheme": next(iter(schemes(new)))}
    for name, value in names.items():
        expected = expected.replace(f"{{{name}}}", value)
    assert list(flaws(old, new).values()) == [expected]
    assert version != "3.0.3" or not is_valid(new)


def test_a_repaired_flaw_is_information():
    """Its finding has a pointer into the old document."""
    old = contract()
    del Draft(old).response("poll")["description"]
    (found,) = differences(old, contract())
    assert (found.rule, found.severity, found.new_pointer) == ("document-repaired", "info", None)
    assert str(found.old_pointer).endswith("/responses/200")


def test_the_contract_is_valid():
    """The vendored contract has no flaws."""
    assert flaws(contract() | {"info": {}}, contract()) == {}
    assert is_valid(contract())


def test_flaws_are_found_in_the_same_documents_as_by_the_library():
    """Of the documents in the catalogue, the same are valid."""
    seen = 0
    for mutation in catalogue()[::29]:
        for document in mutation.documents():
            seen += 1
            expected = mutation.name, is_valid(document)
            assert expected == (mutation.name, not flaws(contract(), document))
    assert seen > 100


def test_flaws_behind_references_are_found():
    """References can lead anywhere in the document, not only to components."""
    old = contract()
    old["x-parts"] = {"schema": {"type": "string"}, "list": [{"type": "string"}]}
    old["components"]["schemas"] = {"A": {"items": {"$ref": "#/x-parts/list/0"}}}
    properties = Draft(old).request_schema()["properties"]
    properties |= {"a": {"$ref": "#/components/schemas/A"}, "b": {"$ref": "#/x-parts/schema"}}
    new = copy.deepcopy(old)
    new["x-parts"]["schema"]["minLength"] = new["x-parts"]["list"][0]["minLength"] = "9"
    assert flaws(old, new) == {
        "/x-parts/schema/minLength": "'schema/minLength' is not of type integer",
        "/x-parts/list/0/minLength": "'list/0/minLength' is not of type integer",
    }


def test_flaws_that_our_operations_do_not_reference_are_ignored():
    """They can be in components, in other operations and in fields of the document."""
    new = contract()
    new["components"]["schemas"] = {"Unused": {"type": "int", "items": {"$ref": "#/nowhere"}}}
    new["components"]["securitySchemes"]["unused"] = {}
    new["paths"] |= {"/a": 1, "/b": {"post": {"responses": 1}, "parameters": 1}}
    new["tags"] = 1
    assert flaws(contract(), new) == {}


def test_a_reference_to_nothing_is_a_flaw():
    """The place of the reference is reported; so is a reference to something of another type."""
    new = contract()
    Draft(new).request_schema()["properties"]["prompt"] = {"$ref": "#/nowhere"}
    at = f"{BODY}/schema/properties/prompt"
    sentence = "'properties/prompt' has a reference that leads nowhere: '#/nowhere'"
    assert flaws(contract(), new) == {at: sentence}
    Draft(new).request_schema()["properties"]["prompt"] = {"$ref": "#"}
    (sentence,) = flaws(contract(), new).values()
    assert re.fullmatch("it has the field '[a-z]+', which OpenAPI does not define", sentence)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (None, ("/properties/part", "'properties/part' has a reference that leads nowhere: ")),
        ({"type": "int"}, ("", "'Part/type' has the value \"int\", which OpenAPI does not allow")),
    ],
)
def test_a_flaw_in_what_an_unchanged_schema_references_is_found(part, expected):
    """The schema itself is the same in both documents."""
    old = contract()
    whole = {"type": "object", "properties": {"part": {"$ref": "#/components/schemas/Part"}}}
    old["components"]["schemas"] = {"Whole": whole, "Part": {"type": "string"}}
    held = Draft(old).response_schema("poll")["properties"]
    held["whole"] = {"$ref": "#/components/schemas/Whole"}
    new = copy.deepcopy(old)
    if part:
        new["components"]["schemas"]["Part"] = part
    else:
        del new["components"]["schemas"]["Part"]
    ((pointer, sentence),) = flaws(old, new).items()
    assert pointer.endswith(expected[0] or "/Part/type")
    assert sentence.startswith(expected[1])


@pytest.mark.parametrize("version", ["3.0.0", "3.1.0"])
def test_empty_and_repeated_entries_are_accepted(version):
    """OpenAPI forbids some of them, but every parser reads them."""
    old = contract() | {"openapi": version}
    new = copy.deepcopy(old)
    draft = Draft(new)
    draft.request_schema()["required"] *= 2
    draft.request_schema()["properties"]["a"] = {"type": "object", "required": [], "enum": []}
    draft.operation("poll")["parameters"] *= 2
    draft.response("poll")["content"]["text/plain"] = {}
    assert flaws(old, new) == {}


def test_a_flaw_that_moved_is_not_reported():
    """The same flaw in another place is not a new flaw."""
    old = contract()
    del Draft(old).response("create")["description"]
    new = copy.deepcopy(old)
    responses = Draft(new).operation("create")["responses"]
    responses["201"] = responses.pop("200")
    found = [finding.rule for finding in differences(old, new)]
    assert found == ["response-success-status-changed"]
    twice = copy.deepcopy(new)
    del Draft(twice).response("poll")["description"]
    assert [f.rule for f in differences(new, twice)] == ["document-invalid"]


def test_of_very_many_flaws_the_first_20_are_reported():
    """Other findings are not lost among them."""
    new = contract()
    properties = Draft(new).request_schema()["properties"]
    properties |= {f"p{number}": {"type": "int"} for number in range(100)}
    rules = [finding.rule for finding in differences(contract(), new)]
    assert (rules.count("document-invalid"), rules.count("new-optional-request-property")) == (
        20,
        100,
    )


@pytest.mark.parametrize("version", ["3.0.0", "3.1.0"])
def test_a_flaw_is_found_in_time_however_deep_it_is(version):
    """Nesting and chains of references do not use Python's stack."""
    deep: Json = {"type": "string", "minLength": "9"}
    for number in range(200):
        deep = {"type": "object", "properties": {f"p{number}": deep}}
    at = "#/components/schemas/A"
    old = contract() | {"openapi": version}
    old["components"]["schemas"] = {
        f"A{n}": {"properties": {"a": {"$ref": f"{at}{n + 1}"}}} for n in range(1000)
    }
    old["components"]["schemas"]["A1000"] = {"type": "string"}
    new = copy.deepcopy(old)
    new["components"]["schemas"]["A1000"] = deep
    for document in (old, new):
        Draft(document).request_schema()["properties"]["a"] = {"$ref": f"{at}0"}
    started = time.process_time()
    assert list(flaws(old, new).values()) == ["'p0/minLength' is not of type integer"]
    assert time.process_time() - started < SECONDS


def test_3_1_has_keywords_of_its_own():
    """Lists of types, true as a schema and exclusive numbers are valid in 3.1."""
    old = contract() | {"openapi": "3.1.0"}
    new = copy.deepcopy(old)
    Draft(new).request_schema()["properties"] |= {
        "a": {"type": ["string", "null"]}, "b": True, "c": {"exclusiveMinimum": 0, "const": 1},
    }  # fmt: skip
    Draft(new).media_type()["examples"] = {"a": {"value": 1}}
    assert flaws(old, new) == {}
    assert is_valid(new)
