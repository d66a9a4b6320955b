"""The vendored documents: what overlays and corrections make of the published ones."""

import copy
import json
from dataclasses import replace
from typing import Any

import pytest

from tests.support.first_contract import FOLDER
from tests.support.project import ROOT
from wan_ergonomic._spec import METHODS, types
from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract.build._account import with_account
from wan_ergonomic.contract.build._build import build
from wan_ergonomic.contract.document._join import join
from wan_ergonomic.contract.document._validate import validate
from wan_ergonomic.contract.overlay._apply import apply
from wan_ergonomic.contract.overlay._overlay import load_overlays
from wan_ergonomic.contract.repair._document import correct
from wan_ergonomic.contract.repair._usual import usual

TODAY = ROOT / "openapi"
OVERLAYS = load_overlays(TODAY / "overlays")
FIRST_OVERLAYS = load_overlays(FOLDER / "overlays")
ACTIONS = [(overlay.name, i) for overlay in OVERLAYS for i in range(len(overlay.actions))]


def vendored(name, folder=TODAY):
    """Return a vendored document."""
    return json.loads((folder / name).read_text("utf-8"))


def published(folder=TODAY, **moved):
    """Return both published operations as one document, under new paths if some are given."""
    parts = []
    for role, known in vendored("lock.json", folder)["published"].items():
        document, path = vendored(f"upstream/{role}.json", folder), known["path"]
        document["paths"] = {moved.get(role, path): document["paths"][path]}
        parts.append((document, METHODS[role], moved.get(role, path)))
    return join(parts)[0]


def applied(overlays):
    """Return the published document with overlays applied; None if an action is not needed."""
    try:
        overlaid = apply(published(), overlays, "contract")
        contract, _ = usual(correct(overlaid)[0], vendored("lock.json")["model"])
        return overlaid, apply(contract, overlays, "client")
    except ContractError:
        return None


def operations(document):
    """Return every operation of a document."""
    return [operation for item in document["paths"].values() for operation in item.values()]


def generated():
    """Return what the generator sees of the published operations, without the account's."""
    seen, published = vendored("client.json"), vendored("contract.json")["paths"]
    return {**seen, "paths": {path: seen["paths"][path] for path in published}}


def operation(document, role):
    """Return the operation of a role."""
    method = METHODS[role]
    return next(item[method] for item in document["paths"].values() if method in item)


def successes(operation):
    """Return the responses with a status of 2xx."""
    return [response for code, response in operation["responses"].items() if code[0] == "2"]


def defaults(document):
    """Return the default of each property that creates a generation."""
    properties = schema(operation(document, "create")["requestBody"])["properties"]
    return {name: p["default"] for name, p in properties.items() if "default" in p}


def schema(holder):
    """Return the JSON schema of a request body or a response."""
    return holder["content"]["application/json"]["schema"]


@pytest.mark.parametrize(("overlay", "index"), ACTIONS)
def test_every_overlay_action_is_needed(overlay, index):
    """Without any one of them, the documents are not the vendored ones."""
    fewer = [
        replace(o, actions=o.actions[:index] + o.actions[index + 1 :]) if o.name == overlay else o
        for o in OVERLAYS
    ]
    assert applied(fewer) != applied(OVERLAYS)


def test_overlays_and_recorded_corrections_give_the_vendored_documents():
    """The lock records each general correction."""
    built = build(published(), OVERLAYS, strict=True, model=vendored("lock.json")["model"])
    assert built.contract == vendored("contract.json")
    assert with_account(built.client, ROOT) == vendored("client.json")
    assert list(map(str, built.corrections)) == vendored("lock.json").get("corrected", [])


def test_the_contract_needs_no_more_corrections():
    """A correct document is left unchanged."""
    contract = vendored("contract.json")
    assert correct(contract) == (contract, [])


def test_the_contract_is_valid():
    """All flaws of the published documents are corrected."""
    validate(vendored("contract.json"))


def test_the_key_of_each_operation_is_a_bearer_key():
    """The first documents require it for one operation, and an overlay for the other."""
    for contract, least in ((vendored("contract.json", FOLDER), 2), (vendored("contract.json"), 0)):
        rules = [rule for each in operations(contract) for rule in each.get("security", ())]
        schemes = contract.get("components", {}).get("securitySchemes", {})
        found = [schemes[name]["scheme"] for rule in rules for name in rule]
        assert {*found} <= {"bearer"}
        assert len(found) >= least


def test_nullable_is_only_used_beside_a_type():
    """In OpenAPI 3.0 it has no effect elsewhere."""
    found: list[object] = []

    def search(node: object) -> None:
        if isinstance(node, dict):
            if "nullable" in node and "type" not in node:
                found.append(node)
            node = list(node.values())
        if isinstance(node, list):
            for child in node:
                search(child)

    search(vendored("contract.json"))
    assert found == []


def test_the_contract_describes_error_responses():
    """The sandbox, which is checked against it, sends them."""
    for each in operations(vendored("contract.json")):
        assert "default" in each["responses"] or each["responses"].keys() >= {"4XX", "5XX"}


def test_the_contract_keeps_the_published_defaults():
    """They are removed for the generator only; null is none."""
    known = {name: value for name, value in defaults(published()).items() if value is not None}
    assert defaults(vendored("contract.json")) == known


def test_the_generator_sees_no_default():
    """The generated client would send it with every request."""
    assert defaults(generated()) == {}


def test_the_generator_sees_no_enum_of_statuses():
    """Generated code must not raise an error for an undocumented status."""
    statuses = [
        schema(response)["properties"]["status"]
        for operation in operations(generated())
        for response in successes(operation)
    ]
    assert all("string" in types(status) and "enum" not in status for status in statuses)


def test_the_generator_sees_neither_key_nor_error_responses():
    """The wrapper handles both."""
    for seen in operations(generated()):
        assert "security" not in seen
        assert list(seen["responses"].values()) == successes(seen) != []


def test_names_in_generated_code_are_chosen_by_people():
    """They do not contain the vendor's names of classes, controllers or models."""
    document = generated()
    names = {
        (o["operationId"], *o["tags"], *(schema(r)["title"] for r in successes(o)))
        for o in operations(document)
    }
    assert names == {
        ("create_generation", "generations", "CreatedGeneration"),
        ("fetch_generation", "generations", "FetchedGeneration"),
    }


def test_overlays_apply_to_an_operation_that_moved():
    """They address operations by role, not by path."""
    document = published(FOLDER, create="/v9/made", poll="/v9/seen")
    moved = build(document, FIRST_OVERLAYS, strict=True).contract
    contract = vendored("contract.json", FOLDER)
    assert moved["paths"]["/v9/made"]["post"] == operation(contract, "create")
    assert moved["paths"]["/v9/seen"]["get"] == operation(contract, "poll")


@pytest.mark.parametrize("code", ["400", "401", "404", "422", "500", "4XX", "5XX", "default"])
def test_a_documented_error_response_is_kept_from_the_generator(code):
    """The contract has the vendor's own description, and no generated name changes."""
    error = {"type": "object", "title": "Bad", "properties": {"status": {"enum": ["bad"]}}}
    response: dict[str, Any] = {
        "description": "No",
        "content": {"application/json": {"schema": error}},
    }
    document = published(FOLDER)
    for role in METHODS:
        operation(document, role)["responses"][code] = copy.deepcopy(response)
    built = build(document, FIRST_OVERLAYS, strict=False)
    described = [operation(built.contract, role)["responses"][code] for role in METHODS]
    assert described == [response, response]
    assert built.client == build(published(FOLDER), FIRST_OVERLAYS, strict=True).client
