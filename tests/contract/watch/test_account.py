"""Our description of the account operations, compared with what is published.

What is published is made of our description: said otherwise, or changed.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import pytest

from tests.support.web import serving
from wan_ergonomic.contract import (
    ContractError,
    Policy,
    SourceGoneError,
    WatchResult,
    watch_account,
)
from wan_ergonomic.contract.changes._policy import Acceptance
from wan_ergonomic.contract.document._components import rename
from wan_ergonomic.contract.document._join import join
from wan_ergonomic.contract.source import _retries
from wan_ergonomic.contract.source._account import account_operations, read_account

Json = dict[str, Any]
OPERATIONS = account_operations(read_account())


@pytest.fixture
def document() -> Json:
    """Our own description, to be changed and published."""
    return copy.deepcopy(dict(read_account().data))


@pytest.fixture
def watched(tmp_path) -> Callable[..., WatchResult]:
    """A function that publishes documents, and compares our description with them."""

    def watched(*documents: Json, more: tuple[str, ...] = ()) -> WatchResult:
        folder = tmp_path / "published"
        folder.mkdir(exist_ok=True)
        for number, document in enumerate(documents):
            (folder / f"{number}.json").write_text(json.dumps(document), "utf-8")
        return watch_account([str(folder), *more])

    return watched


def found(result: WatchResult) -> list[tuple[str, str, str, str]]:
    """Return severity, rule, role and place of each finding."""
    return [(f.severity, f.rule, f.role, f.place) for f in result.findings]


def operation(document: Json, role: str = "list_requests") -> Json:
    """Return an operation of a document."""
    method, path = OPERATIONS[role]
    held: Json = document["paths"][path][method]
    return held


def parameter(document: Json, name: str, role: str = "list_requests") -> Json:
    """Return a parameter of an operation."""
    held: Json = next(p for p in operation(document, role)["parameters"] if p["name"] == name)
    return held


def properties(document: Json, schema: str) -> Json:
    """Return the properties of a component."""
    held: Json = document["components"]["schemas"][schema]["properties"]
    return held


def objects(node: Any) -> Iterator[Json]:
    """Yield each object within a value."""
    if isinstance(node, dict):
        yield node
    for held in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(held)


# Ways to say the same, and more than we use.


def inlined(document: Json) -> Json:
    """Each schema is where it is used."""
    parts = [(document, method, path) for method, path in OPERATIONS.values()]
    return join(parts)[0]


def renamed(document: Json) -> Json:
    """Components have other names."""
    names = {name: f"Account.v9.{name}DTO" for name in document["components"]["schemas"]}
    made: Json = rename(document, names)
    schemas = made["components"]["schemas"]
    made["components"]["schemas"] = {names[name]: schema for name, schema in schemas.items()}
    return made


def reworded(document: Json) -> Json:
    """Titles, descriptions, tags and ids are others."""
    document["info"] = {"title": "Another", "version": "9", "description": "New."}
    for number, (method, path) in enumerate(OPERATIONS.values()):
        held = document["paths"][path][method]
        held |= {"summary": "s", "description": "d", "tags": ["Money"]}
        held["operationId"] = f"Controller_{number}"
    for name, schema in document["components"]["schemas"].items():
        schema |= {"title": f"The {name}", "description": "Other words."}
    return document


def newer(document: Json) -> Json:
    """It is OpenAPI 3.1."""
    document["openapi"] = "3.1.0"
    for held in list(objects(document)):
        if held.pop("nullable", False):
            held["type"] = [held["type"], "null"]
    return document


def secured_once(document: Json) -> Json:
    """The scheme has another name, and each operation names it."""
    schemes = document["components"]["securitySchemes"]
    schemes["access-token"] = {**schemes.pop("key"), "description": "A key", "bearerFormat": "k"}
    del document["security"]
    for role in OPERATIONS:
        operation(document, role).setdefault("security", [{"access-token": []}])
    return document


def unsecured(document: Json) -> Json:
    """It does not say that a key is needed: who sends one is served all the same."""
    del document["security"]
    return document


def larger(document: Json) -> Json:
    """It has what we do not use."""
    document["paths"]["/v2/other"] = {"post": {"responses": {"200": {"description": "d"}}}}
    document["paths"]["/v2/logs"]["post"] = {"responses": {"200": {"description": "d"}}}
    for role in OPERATIONS:
        held = operation(document, role)
        more = [
            {"name": "sort", "in": "query", "schema": {"type": "string", "default": "new"}},
            {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
        ]
        held["parameters"] = [*held.get("parameters", ()), *more]
        held["responses"]["304"] = {"description": "The same"}
        held["responses"]["429"] = {"description": "Too many"}
        held["responses"]["200"]["headers"] = {"ETag": {"schema": {"type": "string"}}}
    for schema in document["components"]["schemas"].values():
        if "properties" in schema:
            schema["properties"]["more"] = {"type": "object"}
            schema["required"] = sorted(schema["properties"])
    document["components"]["schemas"]["RequestStatus"]["enum"].append("pending")
    parameter(document, "period")["schema"]["enum"].append("30d")
    parameter(document, "limit")["schema"] |= {"maximum": 1000, "default": 50}
    return document


def stricter(document: Json) -> Json:
    """A response may have fewer values than we read."""
    properties(document, "LoggedRequest")["status"]["enum"] = ["succeeded", "failed"]
    properties(document, "AccountAmount")["credits"] = {"type": "integer", "minimum": 0}
    properties(document, "LoggedRequest")["request_id"].pop("nullable")
    for schema in document["components"]["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return document


def flawed(document: Json) -> Json:
    """It is not valid OpenAPI, where nothing depends on it."""
    del operation(document)["responses"]["200"]["description"]
    document["paths"]["/v2/other"] = {"get": {"responses": {"200": {"$ref": "#/nowhere"}}}}
    return document


REWRITES = [inlined, renamed, reworded, newer, secured_once, unsecured, larger, stricter, flawed]


@pytest.mark.parametrize("rewrite", REWRITES)
def test_the_same_said_otherwise_is_no_change(document, watched, rewrite):
    """And neither is what is published beyond it."""
    before = copy.deepcopy(document)
    after = rewrite(document)
    assert after != before
    result = watched(after)
    assert found(result) == []
    assert (result.comparison.verdict, result.error, result.obstacle) == ("none", None, None)
    assert [pair.role for pair in result.comparison.operations] == list(OPERATIONS)


def test_rewrites_can_be_combined(document, watched):
    """As a vendor does, who never saw our description."""
    for rewrite in (larger, stricter, reworded, newer, secured_once, renamed):
        document = rewrite(document)
    assert found(watched(document)) == []
    assert found(watched(inlined(document))) == []


def split(document: Json) -> list[Json]:
    """Return a document for each operation."""
    return [join([(document, method, path)])[0] for method, path in OPERATIONS.values()]


def test_each_operation_can_have_a_document_of_its_own(document, watched):
    """They are found in whichever has them."""
    result = watched(*split(document))
    assert (found(result), result.comparison.verdict) == ([], "none")


def test_a_page_is_read_as_any_other_source(document, tmp_path):
    """Its blocks hold the documents."""
    blocks = "\n".join(f"## Some\n\n```json\n{json.dumps(one)}\n```\n" for one in split(document))
    (tmp_path / "page.md").write_text(f"# Account\n\n{blocks}", "utf-8")
    result = watch_account([str(tmp_path / "page.md")])
    assert (found(result), result.comparison.verdict) == ([], "none")


def set_in(target: Callable[[Json], Json], **values: Any) -> Callable[[Json], object]:
    """Return a change that sets keys of an object."""
    return lambda document: target(document).update(values)


def drop(target: Callable[[Json], Json], key: str) -> Callable[[Json], object]:
    """Return a change that removes a key of an object."""
    return lambda document: target(document).pop(key)


def of(schema: str) -> Callable[[Json], Json]:
    """Return a function for the properties of a component."""
    return lambda document: properties(document, schema)


def remove_parameter(name: str) -> Callable[[Json], object]:
    """Return a change that removes a parameter."""
    return lambda document: operation(document)["parameters"].remove(parameter(document, name))


def add_parameter(**values: Any) -> Callable[[Json], object]:
    """Return a change that adds a parameter."""
    added = {"name": "team", "in": "query", "schema": {"type": "string"}, **values}
    return lambda document: operation(document)["parameters"].append(added)


def at_status(document: Json) -> Json:
    """Return the schema of the parameter ``status``."""
    held: Json = parameter(document, "status")["schema"]
    return held


API_KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}
ROWS = "response/200/data/[]"
CHANGES: Mapping[str, tuple[Callable[[Json], object], tuple[str, str, str, str]]] = {
    "a parameter that we send is gone": (
        remove_parameter("model"),
        ("breaking", "request-parameter-removed", "list_requests", "parameter/query/model"),
    ),
    "a parameter has another name": (
        lambda d: parameter(d, "offset").update(name="skip"),
        ("breaking", "request-parameter-renamed", "list_requests", "parameter/query/offset"),
    ),
    "a parameter is required": (
        lambda d: parameter(d, "start").update(required=True),
        ("breaking", "request-parameter-became-required", "list_requests", "parameter/query/start"),
    ),
    "a new parameter is required": (
        add_parameter(required=True),
        ("breaking", "new-required-request-parameter", "list_requests", "parameter/query/team"),
    ),
    "a parameter has another type": (
        lambda d: parameter(d, "limit").update(schema={"type": "boolean"}),
        ("breaking", "request-parameter-type-changed", "list_requests", "parameter/query/limit"),
    ),
    "a parameter allows fewer values": (
        lambda d: parameter(d, "period")["schema"]["enum"].remove("7d"),
        ("breaking", "request-parameter-enum-value-removed", "list_requests",
         "parameter/query/period"),
    ),
    "a list is sent with commas": (
        lambda d: parameter(d, "status").update(explode=False),
        ("breaking", "request-parameter-serialization-changed", "list_requests",
         "parameter/query/status"),
    ),
    "a parameter is deprecated": (
        lambda d: parameter(d, "offset").update(deprecated=True),
        ("warning", "request-parameter-deprecated", "list_requests", "parameter/query/offset"),
    ),
    "a property that we read is gone": (
        drop(of("LoggedRequest"), "origin"),
        ("warning", "response-optional-property-removed", "list_requests", f"{ROWS}/origin"),
    ),
    "the rows are gone": (
        drop(of("ModelList"), "data"),
        ("warning", "response-optional-property-removed", "list_models", "response/200/data"),
    ),
    "a property within a property is gone": (
        drop(of("CatalogueUnit"), "per"),
        ("warning", "response-optional-property-removed", "list_models",
         f"{ROWS}/pricing/units/[]/per"),
    ),
    "a property has another type": (
        set_in(of("AccountBalance"), current_balance={"type": "string"}),
        ("breaking", "response-property-type-changed", "get_balance",
         "response/200/current_balance"),
    ),
    "an object is a list": (
        set_in(of("RequestLog"), pagination={"type": "array", "items": {"type": "integer"}}),
        ("breaking", "response-property-type-changed", "list_requests", "response/200/pagination"),
    ),
    "a property may be null": (
        lambda d: properties(d, "RecentDurations")["p50"].update(nullable=True),
        ("breaking", "response-property-became-nullable", "model_metrics",
         "response/200/models/[]/metrics/duration_ms/p50"),
    ),
    "a date may be any text": (
        lambda d: properties(d, "AccountTransaction")["created"].pop("format"),
        ("breaking", "response-property-type-generalized", "list_transactions",
         f"{ROWS}/created"),
    ),
    "a key is needed where none was": (
        lambda d: operation(d, "list_models").pop("security"),
        ("breaking", "api-security-added", "list_models", "security"),
    ),
    "another kind of key is needed": (
        lambda d: d["components"].update(securitySchemes={"key": API_KEY}),
        ("breaking", "api-security-scheme-changed", "list_requests", "security"),
    ),
    "the server is another one": (
        lambda d: d.update(servers=[{"url": "https://account.example"}]),
        ("breaking", "server-changed", "list_models", "server"),
    ),
    "the operation is deprecated": (
        lambda d: operation(d, "get_balance").update(deprecated=True),
        ("warning", "endpoint-deprecated", "get_balance", "operation"),
    ),
    "the response has another status": (
        lambda d: operation(d).update(responses={"202": operation(d)["responses"]["200"]}),
        ("breaking", "response-success-status-changed", "list_requests", "response/200"),
    ),
    "the response has another media type": (
        lambda d: operation(d)["responses"]["200"].update(
            content={"text/csv": {"schema": {"type": "string"}}}
        ),
        ("breaking", "response-media-type-changed", "list_requests", "response/200"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_what_we_use_is_found(document, watched, name):
    """It is a breaking change or a warning; our names of the operations say where."""
    change, expected = CHANGES[name]
    change(document)
    result = watched(document)
    assert expected in found(result)
    assert {severity for severity, *_ in found(result)} <= {"breaking", "warning"}
    assert {finding.impact for finding in result.findings} == {()}
    assert {finding.old_document for finding in result.findings} <= {"account.yaml", None}


def test_a_change_is_also_found_in_a_document_that_says_all_otherwise(document, watched):
    """Only what changed is reported."""
    properties(document, "LoggedRequest").pop("cost")
    for rewrite in (larger, stricter, reworded, newer, renamed, inlined):
        document = rewrite(document)
    assert found(watched(document)) == [
        ("warning", "response-optional-property-removed", "list_requests", f"{ROWS}/cost")
    ]


def test_an_operation_that_is_not_published_is_named(document, watched):
    """It may be in another source, so nobody can tell what became of it."""
    del document["paths"]["/v2/billing"]
    result = watched(document)
    (absent,) = result.comparison.not_compared
    assert (absent.role, absent.what, absent.state) == (
        "get_balance",
        "GET /v2/billing",
        "unpublished",
    )
    assert (found(result), result.error) == ([], None)
    assert (result.comparison.verdict, result.comparison.doubt) == (
        "unclear",
        "Not published there: GET /v2/billing. If another source documents what is missing, name "
        "that source, too.",
    )


def test_what_is_published_is_compared_all_the_same(document, watched):
    """A breaking change is certain, whatever else is missing."""
    del document["paths"]["/v2/billing"]
    properties(document, "LoggedRequest")["status"] = {"type": "integer"}
    comparison = watched(document).comparison
    assert (comparison.verdict, len(comparison.findings)) == ("breaking", 1)


@pytest.mark.parametrize("path", ["/v2/logs/", "/V2/logs", "/v3/logs", "/v2/logs/{id}"])
def test_a_path_is_compared_to_the_character(document, watched, path):
    """Nothing is guessed from what an operation looks like."""
    document["paths"][path] = document["paths"].pop("/v2/logs")
    absent = [one.what for one in watched(document).comparison.not_compared]
    assert absent == ["GET /v2/logs"]


def test_another_method_is_another_operation(document, watched):
    """Even at the same path."""
    item = document["paths"]["/v2/logs"]
    item["post"] = item.pop("get")
    absent = [one.what for one in watched(document).comparison.not_compared]
    assert absent == ["GET /v2/logs"]


def test_a_source_without_any_of_them_is_an_error(watched, published):
    """The error names what it documents."""
    with pytest.raises(ContractError) as caught:
        watched(json.loads(published["create"]))
    assert str(caught.value) == (
        "None of the operations in openapi/account/account.yaml is published there. The sources "
        "document: POST /v2/video/generations."
    )


def test_a_source_that_cannot_be_read_is_no_change(document, watched, tmp_path):
    """What it documents may be changed, and what the others document is compared."""
    del document["paths"]["/v2/billing"]
    result = watched(document, more=(str(tmp_path / "none.md"),))
    assert isinstance(result.error, SourceGoneError)
    assert [source.status for source in result.sources] == ["read", "gone"]
    assert [pair.role for pair in result.comparison.operations] != []


def test_if_no_source_can_be_read_nothing_is_compared(tmp_path):
    """The result says why."""
    result = watch_account([str(tmp_path / "none.md")])
    assert isinstance(result.error, SourceGoneError)
    assert (result.findings, result.comparison.operations) == ((), ())


def test_a_source_that_contradicts_itself_is_not_read(document, watched):
    """Nobody knows which description of an operation holds."""
    other = copy.deepcopy(document)
    properties(other, "AccountBalance")["current_balance"] = {"type": "string"}
    result = watched(document, other)
    assert [source.status for source in result.sources] == ["unclear"]
    assert "GET /v2/billing" in str(result.error)


def test_two_sources_that_contradict_each_other_are_an_error(document, watched, tmp_path):
    """Each of them can be read for itself."""
    other = copy.deepcopy(document)
    properties(other, "AccountBalance")["current_balance"] = {"type": "string"}
    (tmp_path / "other.json").write_text(json.dumps(other), "utf-8")
    with pytest.raises(ContractError, match="GET /v2/billing"):
        watched(document, more=(str(tmp_path / "other.json"),))


def test_an_operation_may_be_where_nothing_can_be_read(document, watched):
    """Then it is not called unpublished."""
    document["paths"]["/v2/logs"] = {"$ref": "logs.json"}
    with pytest.raises(ContractError, match=r"logs\.json"):
        watched(document)


def test_a_source_is_fetched_again_that_fails_for_the_moment(document, monkeypatch):
    """As any other."""
    monkeypatch.setattr(_retries, "BACKOFF", 0.001)
    with serving() as web:
        url = web.put("/account.json", status=503)
        web.add("/account.json", json.dumps(document).encode())
        result = watch_account([url, url])
    assert (found(result), len(result.retries), len(result.sources)) == ([], 1, 1)


def test_findings_can_be_accepted(document, watched):
    """Acceptances of other operations are not called unneeded, as nothing is known of them."""
    operation(document, "list_models").pop("security")
    known, other = (
        Acceptance(rule="api-security-added", place=place, reason="r", until=date(9999, 1, 1))
        for place in ("list_models security", "create security")
    )
    policy = Policy(file="accepted.yaml", accepted=(known, other))
    comparison = watched(document).accepting(policy, date(2031, 1, 1)).comparison
    assert (comparison.verdict, comparison.findings) == ("none", ())
    assert comparison.applied
    assert comparison.applied.unneeded == ()
    operation(document, "list_models")["security"] = []
    comparison = watched(document).accepting(policy, date(2031, 1, 1)).comparison
    assert comparison.applied
    assert comparison.applied.unneeded == (known,)
