"""Building the contract and the generator's document from what was published."""

import copy
import json

import pytest

from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract._documents import build, join, resolve, validate
from wan_ergonomic.contract._overlays import Overlay, load_overlays
from wan_ergonomic.contract._sources import read_source

from .conftest import ROOT, WANTED

OVERLAYS = load_overlays(ROOT / "openapi" / "overlays")
ACTIONS = [(overlay.name, i) for overlay in OVERLAYS for i in range(len(overlay.actions))]


def vendored(name):
    """A document as it is vendored."""
    return json.loads((ROOT / "openapi" / name).read_text("utf-8"))


def rebuilt(overlays):
    """The contract and the client's document, built with other overlays."""
    contract = build(published(), overlays, "contract")
    return contract, build(contract, overlays, "client")


def published(**moved):
    """Both operations as they were published, under other paths where some are given."""
    parts = []
    for role, (method, path) in WANTED.items():
        document = vendored(f"upstream/{role}.json")
        document["paths"] = {moved.get(role, path): document["paths"][path]}
        parts.append((document, method.lower(), moved.get(role, path)))
    return join(parts)


def outcome(overlays):
    """What is built with other overlays; None where building fails."""
    try:
        return rebuilt(overlays)
    except ContractError:
        return None


def operations(document):
    """Every operation of a document."""
    return [operation for item in document["paths"].values() for operation in item.values()]


def operation(document, role):
    """The operation that plays a role."""
    return document["paths"][WANTED[role][1]][WANTED[role][0].lower()]


def successes(operation):
    """The answers under 2xx."""
    return [answer for code, answer in operation["responses"].items() if code.startswith("2")]


def defaults(document):
    """What the server fills in, by the create operation of a document."""
    properties = schema(operation(document, "create")["requestBody"])["properties"]
    return {name: p["default"] for name, p in properties.items() if "default" in p}


def schema(holder):
    """The JSON schema of a body."""
    return holder["content"]["application/json"]["schema"]


@pytest.mark.parametrize(("overlay", "index"), ACTIONS)
def test_every_action_is_needed(overlay, index):
    """Without any one of them the documents are not what is vendored."""
    fewer = [
        Overlay(o.name, o.stage, o.actions[:index] + o.actions[index + 1 :])
        if o.name == overlay
        else o
        for o in OVERLAYS
    ]
    assert outcome(fewer) != (vendored("contract.json"), vendored("client.json"))


def test_all_actions_together_give_what_is_vendored():
    """The other half of the proof that every action is needed."""
    assert outcome(OVERLAYS) == (vendored("contract.json"), vendored("client.json"))


def test_the_contract_is_valid():
    """Whatever was wrong with what was published is corrected."""
    validate(vendored("contract.json"))


def test_an_answer_without_a_description_is_not_valid():
    """As was published once: the first thing an overlay is for."""
    with pytest.raises(ContractError, match="Not valid OpenAPI at /paths//a/get/responses/200"):
        validate(changed(paths={"/a": {"get": {"responses": {"200": {}}}}}))


def test_both_operations_require_the_bearer_key():
    """The published document says so of only one."""
    contract = vendored("contract.json")
    schemes = contract["components"]["securitySchemes"]
    named = [list(rule) for operation in operations(contract) for rule in operation["security"]]
    assert [schemes[name]["scheme"] for (name,) in named] == ["bearer", "bearer"]


def test_nullable_stands_only_beside_a_type():
    """OpenAPI 3.0 gives it no meaning elsewhere."""
    found: list[object] = []

    def look(node: object) -> None:
        if isinstance(node, dict):
            if "nullable" in node and "type" not in node:
                found.append(node)
            node = list(node.values())
        if isinstance(node, list):
            for child in node:
                look(child)

    look(vendored("contract.json"))
    assert found == []


def test_the_contract_describes_refusals():
    """A sandbox that is checked against it can then refuse."""
    described = [
        o["responses"].keys() >= {"4XX", "5XX"} for o in operations(vendored("contract.json"))
    ]
    assert described == [True, True]


def test_the_contract_keeps_the_published_defaults():
    """It is still what the vendor says; only the generator must not see them."""
    assert defaults(vendored("contract.json")) == defaults(published())


def test_the_generator_sees_no_default():
    """One that it saw would be sent with every request."""
    assert defaults(vendored("client.json")) == {}


def test_the_generator_sees_no_closed_status():
    """A status nobody documented must not raise in generated code."""
    answers = [
        schema(answer)["properties"]["status"]
        for operation in operations(vendored("client.json"))
        for answer in successes(operation)
    ]
    assert {(answer["type"], "enum" in answer) for answer in answers} == {("string", False)}


def test_the_generator_sees_neither_key_nor_refusals():
    """Both belong to the wrapper."""
    for seen in operations(vendored("client.json")):
        assert "security" not in seen
        assert list(seen["responses"].values()) == successes(seen) != []


def test_names_in_generated_code_are_chosen_by_people():
    """No name of a vendor's class, controller or model."""
    document = vendored("client.json")
    names = {
        (o["operationId"], *o["tags"], *(schema(r)["title"] for r in successes(o)))
        for o in operations(document)
    }
    assert names == {
        ("create_generation", "generations", "CreatedGeneration"),
        ("fetch_generation", "generations", "FetchedGeneration"),
    }


def test_corrections_follow_an_operation_that_moved():
    """Overlays name places by role, so a new path costs nothing."""
    moved = build(published(create="/v9/made", poll="/v9/seen"), OVERLAYS, "contract")
    validate(moved)
    contract = vendored("contract.json")
    assert moved["paths"] == {
        "/v9/made": contract["paths"][WANTED["create"][1]],
        "/v9/seen": contract["paths"][WANTED["poll"][1]],
    }


@pytest.mark.parametrize("code", ["400", "401", "403", "404", "422", "429", "500", "default"])
def test_a_refusal_that_is_documented_is_kept_from_the_generator(code):
    """The vendor's own word on an error is in the contract, and changes no generated name."""
    refusal = {"type": "object", "title": "Bad", "properties": {"status": {"enum": ["bad"]}}}
    answer = {"description": "No", "content": {"application/json": {"schema": refusal}}}
    document = published()
    for role in WANTED:
        operation(document, role)["responses"][code] = copy.deepcopy(answer)
    contract = build(document, OVERLAYS, "contract")
    validate(contract)
    assert [operation(contract, role)["responses"][code] for role in WANTED] == [answer, answer]
    assert build(contract, OVERLAYS, "client") == vendored("client.json")


MINIMAL = {
    "openapi": "3.0.0",
    "info": {"title": "T", "version": "1"},
    "paths": {
        "/a": {
            "parameters": [{"$ref": "#/components/parameters/name"}],
            "get": {"responses": {"200": {"description": "d"}}},
        }
    },
    "components": {
        "parameters": {"name": {"name": "n", "in": "query", "schema": {"type": "string"}}}
    },
}


def changed(**members):
    """The minimal document with other members."""
    return {**copy.deepcopy(MINIMAL), **members}


def test_references_are_resolved_and_nothing_unreachable_is_kept():
    """An overlay then finds everything in its place."""
    joined = join([(MINIMAL, "get", "/a")])
    assert joined["paths"]["/a"]["parameters"] == [
        {"name": "n", "in": "query", "schema": {"type": "string"}}
    ]
    assert "components" not in joined


def test_one_path_may_hold_both_operations():
    """The sample on the page polls where it posts."""
    other = changed(paths={"/a": {"post": {"responses": {}, "tags": ["x"]}}})
    joined = join([(MINIMAL, "get", "/a"), (other, "post", "/a")])
    assert list(joined["paths"]["/a"]) == ["parameters", "get", "post"]
    assert joined["paths"]["/a"]["post"] == {"responses": {}}


def test_a_reference_may_name_any_key():
    """A path in a reference is escaped twice: as a pointer and as an address."""
    assert resolve({"$ref": "#/paths/~1a~0b%20c"}, {"paths": {"/a~b c": 1}}) == 1


@pytest.mark.parametrize(
    ("reference", "complaint"),
    [
        ("#/components/none", "leads nowhere"),
        ("other.json#/x", "leads outside its document"),
        ("#/loop", "leads back to itself"),
    ],
)
def test_a_reference_that_leads_nowhere_is_an_error(reference, complaint):
    """Nothing is left for a later step to trip over."""
    with pytest.raises(ContractError, match=complaint):
        resolve({"$ref": reference}, {"loop": {"x": {"$ref": "#/loop"}}})


def test_documents_that_disagree_about_their_server_are_an_error():
    """One client has one base address."""
    parts = [(changed(servers=[{"url": f"https://{host}"}]), "get", "/a") for host in "ab"]
    with pytest.raises(ContractError, match="disagree about 'servers'"):
        join(parts)


def test_a_document_with_a_list_for_an_object_is_an_error():
    """A shape nobody can read is said, not stumbled over."""
    with pytest.raises(ContractError, match="'components' of a published document is no object"):
        join([(changed(components=[], paths={"/a": {"get": {}}}), "get", "/a")])


@pytest.mark.parametrize("version", ["3.0.0", "3.1.0"])
def test_a_document_that_is_not_valid_says_where(version):
    """Each version of OpenAPI has its own rules."""
    validate(changed(openapi=version))
    with pytest.raises(ContractError, match=r"Not valid OpenAPI at /paths/~?1?.*a/get"):
        validate(changed(openapi=version, paths={"/a": {"get": {"responses": 1}}}))


def test_a_document_without_info_is_not_valid(tmp_path):
    """The validator says what is missing; reading does not."""
    text = json.dumps({name: value for name, value in MINIMAL.items() if name != "info"})
    (tmp_path / "minimal.json").write_text(text, "utf-8")
    (document,) = read_source(str(tmp_path))
    with pytest.raises(ContractError, match="Not valid OpenAPI"):
        validate(join([(document.data, "get", "/a")]))
