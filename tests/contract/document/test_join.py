"""Building the contract and the generator's document from what was published."""

import copy
import json
from dataclasses import replace

import pytest

from tests.support.project import ROOT, WANTED
from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract.build._build import build
from wan_ergonomic.contract.document._document import Document
from wan_ergonomic.contract.document._join import join
from wan_ergonomic.contract.document._validate import validate
from wan_ergonomic.contract.overlay._apply import apply
from wan_ergonomic.contract.overlay._overlay import load_overlays
from wan_ergonomic.contract.repair._document import correct
from wan_ergonomic.contract.source._read import read_source

OVERLAYS = load_overlays(ROOT / "openapi" / "overlays")
ACTIONS = [(overlay.name, i) for overlay in OVERLAYS for i in range(len(overlay.actions))]


def vendored(name):
    """A document as it is vendored."""
    return json.loads((ROOT / "openapi" / name).read_text("utf-8"))


def published(**moved):
    """Both operations as they were published, under other paths where some are given."""
    parts = []
    for role, (method, path) in WANTED.items():
        document = vendored(f"upstream/{role}.json")
        document["paths"] = {moved.get(role, path): document["paths"][path]}
        parts.append((document, method.lower(), moved.get(role, path)))
    return join(parts)[0]


def outcome(overlays):
    """What overlays alone make of what was published; None where one has nothing to do."""
    try:
        contract = apply(published(), overlays, "contract")
        return contract, apply(contract, overlays, "client")
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
        replace(o, actions=o.actions[:index] + o.actions[index + 1 :]) if o.name == overlay else o
        for o in OVERLAYS
    ]
    assert outcome(fewer) != outcome(OVERLAYS)


def test_overlays_and_recorded_corrections_give_what_is_vendored():
    """A general correction that an overlay makes needless, or needs, is no accident."""
    built = build(published(), OVERLAYS, strict=True)
    assert (built.contract, built.client) == (vendored("contract.json"), vendored("client.json"))
    assert list(map(str, built.corrections)) == vendored("lock.json").get("corrected", [])


def test_what_is_vendored_needs_no_more_corrections():
    """A document that is as it should be stays as it is."""
    contract = vendored("contract.json")
    assert correct(contract) == (contract, [])


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
    moved = build(published(create="/v9/made", poll="/v9/seen"), OVERLAYS, strict=True).contract
    contract = vendored("contract.json")
    assert moved["paths"]["/v9/made"]["post"] == operation(contract, "create")
    assert moved["paths"]["/v9/seen"]["get"] == operation(contract, "poll")


@pytest.mark.parametrize("code", ["400", "401", "404", "422", "500", "4XX", "5XX", "default"])
def test_a_refusal_that_is_documented_is_kept_from_the_generator(code):
    """The vendor's own word on an error is in the contract, and changes no generated name."""
    refusal = {"type": "object", "title": "Bad", "properties": {"status": {"enum": ["bad"]}}}
    answer = {"description": "No", "content": {"application/json": {"schema": refusal}}}
    document = published()
    for role in WANTED:
        operation(document, role)["responses"][code] = copy.deepcopy(answer)
    built = build(document, OVERLAYS, strict=False)
    described = [operation(built.contract, role)["responses"][code] for role in WANTED]
    assert described == [answer, answer]
    assert built.client == vendored("client.json")


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
    joined, _ = join([(MINIMAL, "get", "/a")])
    parameter = {"name": "n", "in": "query", "schema": {"type": "string"}}
    assert joined["paths"]["/a"]["get"]["parameters"] == [parameter]
    assert "components" not in joined


def test_what_a_path_says_is_said_of_its_operations():
    """An operation's own word comes before its path's."""
    own = {"name": "n", "in": "query", "schema": {"type": "integer"}}
    other = {"name": "m", "in": "query", "schema": {}}
    item = {
        "parameters": [{"$ref": "#/components/parameters/name"}, other, "junk"],
        "servers": [{"url": "https://a"}],
        "get": {"parameters": [own], "responses": {}},
    }
    joined, _ = join([(changed(paths={"/a": item}), "get", "/a")])
    assert joined["paths"]["/a"]["get"]["parameters"] == [own, other, "junk"]
    assert joined["paths"]["/a"]["get"]["servers"] == [{"url": "https://a"}]


def test_a_path_may_refer_to_its_item():
    """The operation is found there, for reading and for joining alike."""
    data = changed(paths={"/a": {"$ref": "#/x-paths/~1a"}}, **{"x-paths": MINIMAL["paths"]})
    assert list(Document("", data, "it").operations()) == [("GET", "/a")]
    assert join([(data, "get", "/a")]) == join([(MINIMAL, "get", "/a")])


def test_one_path_may_hold_both_operations():
    """The sample on the page polls where it posts."""
    other = changed(paths={"/a": {"post": {"responses": {}, "tags": ["x"]}}})
    joined, _ = join([(MINIMAL, "get", "/a"), (other, "post", "/a")])
    assert list(joined["paths"]["/a"]) == ["get", "post"]
    assert joined["paths"]["/a"]["post"] == {"responses": {}}


@pytest.mark.parametrize(
    ("reference", "complaint"),
    [
        ("#/components/none", "leads nowhere"),
        ("#/paths/9", "leads nowhere"),
        ("other.json#/x", "leads out of its document"),
        ("#/components/schemas/loop", "leads back to itself"),
        ("#/components/parameters/loop", "leads back to itself"),
    ],
)
def test_a_reference_that_leads_nowhere_is_an_error(reference, complaint):
    """Nothing is left for a later step to trip over."""
    loop = {"$ref": "#/components/schemas/loop"}
    again = {"x": {"$ref": "#/components/parameters/loop"}}
    document = changed(components={"schemas": {"loop": loop}, "parameters": {"loop": again}})
    document["paths"]["/a"] = {"get": {"responses": {}, "x-there": {"$ref": reference}}}
    with pytest.raises(ContractError, match=complaint):
        join([(document, "get", "/a")])


def answering(schemas, reference="A", **members):
    """A document whose one operation answers with one of its components."""
    schema = {"$ref": f"#/components/schemas/{reference}"}
    answer = {"description": "d", "content": {"application/json": {"schema": schema}}}
    item = {"get": {"responses": {"200": answer}}}
    return changed(paths={"/a": item}, components={"schemas": schemas}, **members)


def answered(joined):
    """The schema that its one operation answers with."""
    return schema(joined["paths"]["/a"]["get"]["responses"]["200"])


RECURSIVE = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/A"}}}


def test_what_leads_back_to_itself_stays_a_component():
    """The outermost one still stands in its place, for overlays to find."""
    joined, _ = join([(answering({"A": RECURSIVE, "B": {}}), "get", "/a")])
    assert answered(joined) == RECURSIVE
    assert joined["components"]["schemas"] == {"A": RECURSIVE}
    validate(joined)


def test_a_place_that_leads_back_to_itself_becomes_a_component():
    """Even where it was none."""
    where = "#/paths/~1a/get/responses/200/content/application~1json/schema"
    document = answering({"A": {"type": "array", "items": {"$ref": where}}})
    joined, _ = join([(document, "get", "/a")])
    component = {"type": "array", "items": {"$ref": "#/components/schemas/A"}}
    assert joined["components"]["schemas"] == {"A": component}


def test_a_document_that_would_grow_too_large_keeps_its_components():
    """Two to the twentieth places are never written out."""
    double = {
        f"S{n}": {
            "type": "object",
            "properties": {k: {"$ref": f"#/components/schemas/S{n + 1}"} for k in "ab"},
        }
        for n in range(20)
    }
    joined, _ = join([(answering({**double, "S20": {"type": "string"}}, "S0"), "get", "/a")])
    assert answered(joined) == double["S0"]
    assert len(joined["components"]["schemas"]) == 20


def test_what_stands_beside_a_reference_counts_from_openapi_3_1_on():
    """Before, it was not read."""
    for version, expected in (("3.0.0", {"type": "string"}), ("3.1.0", {"type": "string", "x": 1})):
        document = answering({"A": {"type": "string"}}, openapi=version)
        answered(document)["x"] = 1
        assert answered(join([(document, "get", "/a")])[0]) == expected


def test_components_can_be_kept_and_those_out_of_reach_are_not():
    """The document of another model may have hundreds."""
    inner = {"$ref": "#/components/schemas/B"}
    schemas = {"A": {"type": "array", "items": inner}, "B": {"type": "string"}, "C": {}}
    joined, renamed = join([(answering(schemas), "get", "/a")], inline=False)
    assert answered(joined) == {"$ref": "#/components/schemas/A"}
    assert (list(joined["components"]["schemas"]), renamed) == (["A", "B"], {})


def test_components_of_two_documents_do_not_meet():
    """One that differs, and all that refers to it, has another name."""
    inner = {"b": {"$ref": "#/components/schemas/B"}, "c": {"$ref": "#/components/schemas/C"}}
    schemas = {"A": {"properties": inner}, "B": {"type": "string"}, "C": {"items": [{}]}}
    other = {**schemas, "B": {"type": "integer"}}
    two = {**answering(other), "paths": {"/b": answering(other)["paths"]["/a"]}}
    joined, renamed = join([(answering(schemas), "get", "/a"), (two, "get", "/b")], inline=False)
    there = joined["paths"]["/b"]["get"]["responses"]["200"]
    assert (schema(there), renamed) == ({"$ref": "#/components/schemas/A2"}, {"A": "A2", "B": "B2"})
    inner = joined["components"]["schemas"]["A2"]["properties"]
    assert [each["$ref"][-2:] for each in inner.values()] == ["B2", "/C"]


def test_a_document_that_is_nested_too_deeply_is_an_error():
    """Python's own limit is no traceback."""
    deep: dict[str, object] = {}
    for _ in range(5000):
        deep = {"items": deep}
    with pytest.raises(ContractError, match="nested too deeply"):
        join([(answering({"A": deep}), "get", "/a")])


def test_documents_that_disagree_about_their_server_are_an_error():
    """One client has one base address."""
    parts = [(changed(servers=[{"url": f"https://{host}"}]), "get", "/a") for host in "ab"]
    with pytest.raises(ContractError, match="disagree about 'servers'"):
        join(parts)


@pytest.mark.parametrize(
    "servers", [[], [{"url": "https://a/", "description": "x"}], ["https://a"]]
)
def test_documents_may_use_other_words_for_the_same_server(servers):
    """Only the address counts."""
    parts = [(changed(servers=each), "get", "/a") for each in ([{"url": "https://a"}], servers)]
    assert join(parts)[0]["servers"] == [{"url": "https://a"}]


def test_documents_that_disagree_about_their_key_are_an_error():
    """Its description may differ, but not what it is."""
    key = {"type": "http", "scheme": "bearer"}
    others: list[object] = [{**key, "description": "x"}, {**key, "scheme": "basic"}, "x"]
    first, *rest = [changed(components={"securitySchemes": {"k": s}}) for s in [key, *others]]
    for document in (first, *rest):
        document["paths"]["/a"] = {"get": {"responses": {}}}
    schemes = {"securitySchemes": {"k": key}}
    assert join([(first, "get", "/a"), (rest[0], "get", "/a")])[0]["components"] == schemes
    for other in rest[1:]:
        with pytest.raises(ContractError, match="disagree about 'k'"):
            join([(first, "get", "/a"), (other, "get", "/a")])


def test_servers_that_are_no_list_are_left_for_correction():
    """Reading does not stumble over them."""
    parts = [(changed(servers="https://a"), "get", "/a") for _ in "ab"]
    assert join(parts)[0]["servers"] == "https://a"


def test_a_document_with_a_list_for_an_object_is_an_error():
    """A shape nobody can read is said, not stumbled over."""
    with pytest.raises(
        ContractError, match="'components' of a published document is not an object"
    ):
        join([(changed(components=[], paths={"/a": {"get": {}}}), "get", "/a")])


def test_a_schema_that_the_validator_cannot_follow_is_judged_by_its_form():
    """One that leads back to itself is allowed, but what is wrong besides is still found."""
    where = "#/components/schemas/Loop"
    loop = {"oneOf": [{"type": "string"}, {"type": "array", "items": {"$ref": where}}]}
    schemas = {"Loop": loop, "A": {"allOf": [{"$ref": where}]}}
    validate(changed(components={"schemas": schemas}, paths={}))
    with pytest.raises(ContractError, match="Not valid OpenAPI at /"):
        validate(changed(components={"schemas": schemas}, paths={}, info=5))


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
        validate(join([(document.data, "get", "/a")])[0])
