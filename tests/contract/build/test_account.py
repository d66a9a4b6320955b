"""Our description of the account operations beside what the vendor publishes."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.project import ROOT
from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract.build._account import count_operations, with_account
from wan_ergonomic.contract.build._generator import generate
from wan_ergonomic.contract.document._join import dump
from wan_ergonomic.contract.document._pointer import COMPONENT, look_up, references
from wan_ergonomic.contract.source._account import ACCOUNT, account_operations, read_account

THINGS = {"get": {"operationId": "things", "responses": {"200": {"description": "d"}}}}


@pytest.fixture
def published() -> dict[str, Any]:
    """A generator's document with one operation, and no component."""
    return {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/things": copy.deepcopy(THINGS)},
    }


def account() -> dict[str, Any]:
    """Return our own description, to be changed."""
    return copy.deepcopy(dict(read_account(ROOT).data))


def description(folder: Path, content: object) -> Path:
    """Write a description below a folder, and return the folder."""
    file = folder / ACCOUNT
    file.parent.mkdir(parents=True)
    text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
    file.write_text(text, "utf-8")
    return folder


def small(**members: Any) -> dict[str, Any]:
    """Return a description of one operation."""
    return {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/money": {"get": {**THINGS["get"], "operationId": "money"}}},
        **members,
    }


def refers_to(schema: str) -> dict[str, Any]:
    """Return the path of an operation that responds with a component."""
    content = {"application/json": {"schema": {"$ref": f"{COMPONENT}{schema}"}}}
    responses = {"200": {"description": "d", "content": content}}
    return {"get": {"operationId": "money", "responses": responses}}


def schema_of(document: Any, path: str = "/money") -> Any:
    """Return the schema of a response, with its references followed once."""
    content = document["paths"][path]["get"]["responses"]["200"]["content"]
    found = look_up(document, content["application/json"]["schema"]["$ref"])
    assert found
    return found[0]


def test_the_account_operations_are_added(published):
    """Beside the published ones, which stay as they are."""
    before = copy.deepcopy(published)
    joined = with_account(published, ROOT)
    assert published == before
    assert joined["paths"].keys() == {"/things", *account()["paths"]}
    assert joined["paths"]["/things"] == before["paths"]["/things"]
    assert joined["components"]["schemas"] == account()["components"]["schemas"]
    assert count_operations(joined) == 1 + len(account_operations(read_account(ROOT)))


def test_an_operation_has_the_security_of_its_description(published):
    """Also where that is said once, for all operations."""
    paths = with_account(published, ROOT)["paths"]
    assert paths["/v2/logs"]["get"]["security"] == [{"key": []}]
    assert paths["/v1/models"]["get"]["security"] == []


def test_what_belongs_to_a_path_is_added_but_not_counted(published, tmp_path):
    """Parameters of all operations of a path."""
    parameters = [{"name": "n", "in": "query", "schema": {"type": "string"}}]
    paths = {"/money": {"parameters": parameters, **THINGS}}
    joined = with_account(published, description(tmp_path, small(paths=paths)))
    assert joined["paths"]["/money"]["parameters"] == parameters
    assert count_operations(joined) == 2
    assert joined["paths"]["/money"]["get"]["security"] == []


@pytest.mark.parametrize("taken", ["Money", "money", "mo_ney"])
def test_a_published_component_keeps_its_name(published, tmp_path, taken):
    """The generator would make two classes of one name. References still lead to the own one."""
    theirs = {"type": "object", "properties": {"self": {"$ref": f"{COMPONENT}{taken}"}}}
    published["components"] = {"schemas": {taken: theirs}}
    published["paths"]["/things"] = refers_to(taken)
    ours = {"Money": {"type": "array", "items": {"$ref": f"{COMPONENT}Money"}}}
    paths = {"/money": refers_to("Money")}
    root = description(tmp_path, small(paths=paths, components={"schemas": ours}))
    joined = with_account(published, root)
    assert joined["components"]["schemas"].keys() == {taken, "Money2"}
    assert schema_of(joined, "/things") == theirs
    assert schema_of(joined) == {"type": "array", "items": {"$ref": f"{COMPONENT}Money2"}}


def test_a_number_that_is_taken_is_passed_over(published, tmp_path):
    """By a published name, or by one of ours."""
    published["components"] = {"schemas": {name: {} for name in ("Money", "Money2")}}
    ours: dict[str, Any] = {"Money": {"type": "string"}, "Money3": {"type": "number"}}
    root = description(tmp_path, small(components={"schemas": ours}))
    schemas = with_account(published, root)["components"]["schemas"]
    assert schemas == {
        "Money": {},
        "Money2": {},
        "Money3": {"type": "string"},
        "Money32": {"type": "number"},
    }


def test_a_published_security_scheme_is_not_replaced(published):
    """Ours gets another name where that of the vendor is something else."""
    theirs = {"type": "apiKey", "in": "header", "name": "X-Key"}
    published["components"] = {"securitySchemes": {"key": theirs}}
    joined = with_account(published, ROOT)
    assert joined["components"]["securitySchemes"] == {
        "key": theirs,
        "key2": account()["components"]["securitySchemes"]["key"],
    }
    assert joined["paths"]["/v2/billing"]["get"]["security"] == [{"key2": []}]


def test_every_reference_leads_somewhere(published):
    """Whatever the vendor calls its components."""
    names = list(account()["components"]["schemas"])
    published["components"] = {"schemas": {name: {"type": "string"} for name in names}}
    joined = with_account(published, ROOT)
    assert len(joined["components"]["schemas"]) == 2 * len(names)
    assert all(look_up(joined, reference) for reference in references(joined))
    assert schema_of(joined, "/v1/models") == {
        "type": "object",
        "properties": {
            "data": {"type": "array", "items": {"$ref": f"{COMPONENT}CatalogueModel2"}},
        },
    }


def test_a_path_that_is_published_with_our_operations_is_an_error(published):
    """Two descriptions of one path cannot be joined."""
    published["paths"]["/v2/billing"] = THINGS
    with pytest.raises(ContractError) as caught:
        with_account(published, ROOT)
    assert str(caught.value) == (
        "/v2/billing is in openapi/account/account.yaml, and published with our operations. "
        "Remove it there."
    )


def test_a_missing_description_is_an_error(published, tmp_path):
    """It is named."""
    with pytest.raises(ContractError, match=r"^openapi/account/account\.yaml cannot be read: "):
        with_account(published, tmp_path)


@pytest.mark.parametrize("version", ["3.0.0", "3.0.3", "3.1.0"])
def test_the_generated_types_are_the_same_in_each_version(published, tmp_path, version):
    """What may be null may be null in a published document of OpenAPI 3.0 and of 3.1."""
    joined = with_account({**published, "openapi": version}, ROOT)
    (tmp_path / "client.json").write_text(dump(joined), "utf-8")
    settings = ROOT / "openapi" / "generator.yaml"
    generate(tmp_path / "client.json", settings, tmp_path / "made", count_operations(joined))
    for name in ("logged_request", "transaction_page", "catalogue_variant_when"):
        file = f"models/{name}.py"
        today = (ROOT / "generated_client" / file).read_text("utf-8")
        assert (tmp_path / "made" / file).read_text("utf-8") == today
    assert "    request_id: None | str | Unset = UNSET\n" in (
        tmp_path / "made/models/logged_request.py"
    ).read_text("utf-8")


def broken(change: Any) -> dict[str, Any]:
    """Return our own description, after a change."""
    document = account()
    change(document)
    return document


MISTAKES = [
    ("paths: [", "cannot be read: "),
    ("openapi: 3.0.3\nopenapi: 3.0.3\n", "cannot be read: "),
    ("", "is not OpenAPI 3.0, "),
    ("- openapi: 3.0.3", "is not OpenAPI 3.0, "),
    ("paths: {}", "is not OpenAPI 3.0, "),
    ("openapi: 3.0", "is not OpenAPI 3.0, "),
    (small(openapi="3.1.0"), "is not OpenAPI 3.0, "),
    (broken(lambda d: d.pop("paths")), "Not valid OpenAPI at /: .* Correct it in openapi/acc"),
    (broken(lambda d: d.update(paths=None)), "Not valid OpenAPI at /paths: .*Correct it in op"),
    (
        broken(lambda d: d["paths"]["/v2/logs"]["get"].update(operationId="get_balance")),
        "Not valid OpenAPI at /: .*'get_balance'.* is not unique",
    ),
    (
        broken(lambda d: d["components"]["schemas"].pop("LoggedTokens")),
        "has a reference that leads nowhere: .*LoggedTokens",
    ),
    (
        broken(lambda d: d["paths"]["/v2/logs"]["get"].pop("operationId")),
        "GET /v2/logs has no operationId",
    ),
    (
        broken(lambda d: d["components"].pop("securitySchemes")),
        "GET /v2/logs needs the security scheme 'key', which is not described",
    ),
    (
        broken(lambda d: d["components"].update(parameters={})),
        "components/parameters is not read; write its contents where they are used",
    ),
]


@pytest.mark.parametrize(("content", "reason"), MISTAKES)
def test_a_mistake_in_the_description_is_named(published, tmp_path, content, reason):
    """With the file that it is in, and never as one of a published document."""
    with pytest.raises(ContractError, match=reason) as caught:
        with_account(published, description(tmp_path, content))
    assert ACCOUNT in str(caught.value)
    assert "overlays" not in str(caught.value)


def test_todays_document_is_the_published_one_with_ours():
    """The account operations are those of the description, and no others."""
    contract, client = (
        json.loads((ROOT / "openapi" / name).read_text("utf-8"))
        for name in ("contract.json", "client.json")
    )
    ours = {path for _, path in account_operations(read_account()).values()}
    assert client["paths"].keys() == contract["paths"].keys() | ours
    assert not ours & contract["paths"].keys()
