"""Joining operations of published documents into one document."""

from typing import Any

import pytest

from tests.contract.document.documents import MINIMAL, changed, returned, returning
from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract.document import _inline
from wan_ergonomic.contract.document._document import Document
from wan_ergonomic.contract.document._join import join
from wan_ergonomic.contract.document._validate import validate


def test_references_are_replaced_and_other_components_are_left_out():
    """An overlay can then address each schema by the path of its operation."""
    joined, _ = join([(MINIMAL, "get", "/a")])
    parameter = {"name": "n", "in": "query", "schema": {"type": "string"}}
    assert joined["paths"]["/a"]["get"]["parameters"] == [parameter]
    assert "components" not in joined


def test_what_a_path_defines_is_moved_into_its_operations():
    """A parameter of the operation replaces one of the path."""
    own = {"name": "n", "in": "query", "schema": {"type": "integer"}}
    other = {"name": "m", "in": "query", "schema": {}}
    item = {
        "parameters": [{"$ref": "#/components/parameters/name"}, other, "junk"],
        "servers": [{"url": "https://a"}],
        "get": {"parameters": [own], "responses": {}},
    }
    joined, _ = join([(changed(paths={"/a": item}), "get", "/a")])
    assert joined["paths"]["/a"]["get"]["parameters"] == [own, other, "junk"]
    assert joined["servers"] == [{"url": "https://a"}]


def test_the_security_of_the_document_is_moved_into_its_operations():
    """Unless the operation has its own."""
    document = changed(security=[{"key": []}])
    assert join([(document, "get", "/a")])[0]["paths"]["/a"]["get"]["security"] == [{"key": []}]
    document["paths"]["/a"]["get"]["security"] = []
    assert join([(document, "get", "/a")])[0]["paths"]["/a"]["get"]["security"] == []


def test_a_path_may_refer_to_its_item():
    """Its operations are found both for reading and for joining."""
    data = changed(paths={"/a": {"$ref": "#/x-paths/~1a"}}, **{"x-paths": MINIMAL["paths"]})
    assert list(Document("", data, "it").operations()) == [("GET", "/a")]
    assert join([(data, "get", "/a")]) == join([(MINIMAL, "get", "/a")])


def test_one_path_may_have_both_operations():
    """The sample on the vendor's page polls at the path where it posts."""
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
    """So is one that leads out of the document or in a circle."""
    loop = {"$ref": "#/components/schemas/loop"}
    again = {"x": {"$ref": "#/components/parameters/loop"}}
    document = changed(components={"schemas": {"loop": loop}, "parameters": {"loop": again}})
    document["paths"]["/a"] = {"get": {"responses": {}, "x-there": {"$ref": reference}}}
    with pytest.raises(ContractError, match=complaint):
        join([(document, "get", "/a")])


RECURSIVE = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/A"}}}


def test_a_recursive_schema_stays_a_component():
    """Its outermost level is in place, so that overlays find it."""
    joined, _ = join([(returning({"A": RECURSIVE, "B": {}}), "get", "/a")])
    assert returned(joined) == RECURSIVE
    assert joined["components"]["schemas"] == {"A": RECURSIVE}
    validate(joined)


def test_a_recursive_place_becomes_a_component():
    """Although it was not a component before."""
    where = "#/paths/~1a/get/responses/200/content/application~1json/schema"
    document = returning({"A": {"type": "array", "items": {"$ref": where}}})
    joined, _ = join([(document, "get", "/a")])
    component = {"type": "array", "items": {"$ref": "#/components/schemas/A"}}
    assert joined["components"]["schemas"] == {"A": component}


def test_a_document_that_would_grow_too_large_keeps_its_components():
    """Without references, it would have two to the twentieth schemas."""
    double = {
        f"S{n}": {
            "type": "object",
            "properties": {k: {"$ref": f"#/components/schemas/S{n + 1}"} for k in "ab"},
        }
        for n in range(20)
    }
    joined, _ = join([(returning({**double, "S20": {"type": "string"}}, "S0"), "get", "/a")])
    assert returned(joined) == double["S0"]
    assert len(joined["components"]["schemas"]) == 20


def test_a_document_cannot_grow_without_end(monkeypatch):
    """What is not a schema component is always written where it is used."""
    monkeypatch.setattr(_inline, "_MOST_VALUES", 100)
    document = returning({"A": {}})
    document["x-more"] = {"type": "object", "properties": {f"p{n}": {} for n in range(100)}}
    document["components"]["schemas"]["A"] = {"$ref": "#/x-more"}
    with pytest.raises(ContractError, match="too large to be read"):
        join([(document, "get", "/a")], inline=False)


def test_keywords_beside_a_reference_count_from_openapi_3_1_on():
    """OpenAPI 3.0 ignores them."""
    for version, expected in (("3.0.0", {"type": "string"}), ("3.1.0", {"type": "string", "x": 1})):
        document = returning({"A": {"type": "string"}}, openapi=version)
        returned(document)["x"] = 1
        assert returned(join([(document, "get", "/a")])[0]) == expected


def test_components_can_be_kept_if_something_refers_to_them():
    """A document of another model may have hundreds of components."""
    inner = {"$ref": "#/components/schemas/B"}
    schemas = {"A": {"type": "array", "items": inner}, "B": {"type": "string"}, "C": {}}
    joined, renamed = join([(returning(schemas), "get", "/a")], inline=False)
    assert returned(joined) == {"$ref": "#/components/schemas/A"}
    assert (list(joined["components"]["schemas"]), renamed) == (["A", "B"], {})


def test_different_components_of_one_name_are_renamed():
    """So are the components that refer to them."""
    inner = {"b": {"$ref": "#/components/schemas/B"}, "c": {"$ref": "#/components/schemas/C"}}
    schemas = {"A": {"properties": inner}, "B": {"type": "string"}, "C": {"items": [{}]}}
    other = {**schemas, "B": {"type": "integer"}}
    two = {**returning(other), "paths": {"/b": returning(other)["paths"]["/a"]}}
    joined, renamed = join([(returning(schemas), "get", "/a"), (two, "get", "/b")], inline=False)
    there = returned({"paths": {"/a": joined["paths"]["/b"]}})
    assert (there, renamed) == ({"$ref": "#/components/schemas/A2"}, {"A": "A2", "B": "B2"})
    inner = joined["components"]["schemas"]["A2"]["properties"]
    assert [each["$ref"][-2:] for each in inner.values()] == ["B2", "/C"]


def test_a_document_that_is_nested_too_deeply_is_an_error():
    """Not a RecursionError."""
    deep: dict[str, object] = {}
    for _ in range(5000):
        deep = {"items": deep}
    with pytest.raises(ContractError, match="nested too deeply"):
        join([(returning({"A": deep}), "get", "/a")])


HOST = "https://a"
VARIABLES = {"host": {"default": "a"}, "none": {}, "x": 5}


@pytest.mark.parametrize(
    ("servers", "path_has_them"),
    [
        ([], False),
        ([{"url": "https://A:443/", "description": "x"}, {"url": "https://other"}], False),
        (["https://a"], False),
        ([{"url": "https://{host}", "variables": VARIABLES}], False),
        ([{"url": HOST}], True),
    ],
)
def test_documents_may_describe_the_same_server_differently(servers, path_has_them):
    """Only the address that a client calls counts: the first, with its variables' defaults."""
    other = changed(servers=[{"url": "https://b"}] if path_has_them else servers)
    if path_has_them:
        other["paths"]["/a"]["servers"] = servers
    parts = [(changed(servers=[{"url": HOST}]), "get", "/a"), (other, "get", "/a")]
    joined, _ = join(parts)
    assert joined["servers"] == [{"url": HOST}]
    assert "servers" not in joined["paths"]["/a"]["get"]


def test_documents_that_disagree_about_the_server_are_an_error():
    """One client has one base URL. Both documents are named, and both addresses."""
    parts = [(changed(servers=[{"url": f"https://{host}"}]), "get", "/a") for host in "ab"]
    with pytest.raises(ContractError) as caught:
        join(parts, origins=["one.json", "other.json"])
    assert str(caught.value) == (
        "Two documents disagree about the server: 'https://a' in the document of GET /a "
        "(one.json), but 'https://b' in the document of GET /a (other.json). Pass copies in "
        "which both say what is right."
    )


@pytest.mark.parametrize("url", ["/v1", "v1/", "a.example/v1"])
def test_a_server_without_a_host_is_at_the_given_one(url):
    """Then it is the same as one that is written in full."""
    parts = [
        (changed(servers=[{"url": each}]), "get", "/a") for each in (url, "https://a.example/v1")
    ]
    with pytest.raises(ContractError, match="disagree about the server"):
        join(parts)
    assert join(parts, host="https://a.example")[0]["servers"] == [{"url": url}]


def test_an_operation_with_another_server_is_an_error():
    """Our client has one server; a client of another model is given its base URL."""
    document = changed(servers=[{"url": HOST}])
    document["paths"]["/b"] = {"post": {"servers": [{"url": "https://b"}], "responses": {}}}
    parts = [(document, "get", "/a"), (document, "post", "/b")]
    with pytest.raises(ContractError, match="'https://b' in the document of POST /b"):
        join(parts)
    joined, _ = join(parts, inline=False)
    assert joined["paths"]["/b"]["post"]["servers"] == [{"url": "https://b"}]


KEY = {"type": "http", "scheme": "bearer"}
HEADER = {"type": "apiKey", "in": "header", "name": "X-Key"}


def requiring(scheme, *, used=True):
    """Return a document with a security scheme, which its operation uses."""
    document = changed(components={"securitySchemes": {"k": scheme}})
    document["paths"]["/a"] = {"get": {"responses": {}, "security": [{"k": []}] if used else []}}
    return document


def flows(**scopes):
    """Return a scheme of OAuth with these scopes."""
    flow = {"tokenUrl": "https://t", "scopes": scopes}
    return {"type": "oauth2", "flows": {"clientCredentials": flow, "x-more": 5}}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (KEY, {**KEY, "description": "x", "bearerFormat": "<KEY>", "in": "header", "x-y": 1}),
        (KEY, {**KEY, "scheme": "Bearer"}),
        (HEADER, {**HEADER, "name": "x-key"}),
        (flows(read="Reads."), flows(read="Reads it.")),
        ({"type": "special", "description": "a"}, {"type": "special"}),
    ],
)
def test_security_schemes_may_differ_in_what_has_no_effect(one, other):
    """The first one is used."""
    parts = [(requiring(scheme), "get", "/a") for scheme in (one, other)]
    assert join(parts)[0]["components"] == {"securitySchemes": {"k": one}}


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [
        (KEY, {**KEY, "scheme": "basic"}, "scheme is 'bearer' in |, but scheme is 'basic' in "),
        (KEY, "x", "type is 'http', scheme is 'bearer' in |, but 'x' in "),
        (HEADER, {**HEADER, "in": "query"}, "in is 'header', name is 'x-key' in |, but in is 'q"),
        (HEADER, KEY, "in is 'header', name is 'x-key', type is 'apiKey' in |, but scheme is 'b"),
        (flows(), {"type": "oauth2"}, "clientCredentials': {'tokenUrl': 'https://t', | in |"),
        (flows(a=""), flows(b=""), "'scopes': ['a']}, |, but flows is |'scopes': ['b']}, "),
        ({"type": "oauth2"}, flows(), "nothing in |, but flows is "),
    ],
)
def test_security_schemes_that_differ_in_effect_are_an_error(one, other, difference):
    """Both documents are named, and what differs."""
    with pytest.raises(ContractError) as caught:
        join([(requiring(scheme), "get", "/a") for scheme in (one, other)])
    assert "disagree about the security scheme 'k': " in str(caught.value)
    assert [part for part in difference.split("|") if part not in str(caught.value)] == []


@pytest.mark.parametrize("used", [0, 1])
def test_a_security_scheme_that_no_operation_uses_gives_way(used):
    """It cannot disagree with one that is used."""
    pair = [requiring(KEY, used=not used), requiring(HEADER, used=bool(used))]
    schemes = join([(document, "get", "/a") for document in pair])[0]["components"]
    assert schemes == {"securitySchemes": {"k": [KEY, HEADER][used]}}


def test_the_highest_version_of_openapi_is_that_of_the_joined_document():
    """Correcting rewrites what an earlier version writes differently."""
    parts = [(changed(openapi=version), "get", "/a") for version in ("3.0.3", "3.1.0", "3.0.0")]
    assert join(parts)[0]["openapi"] == "3.1.0"


def test_servers_that_are_not_a_list_are_left_for_correction():
    """Joining does not fail."""
    parts = [(changed(servers="https://a"), "get", "/a") for _ in "ab"]
    assert join(parts)[0]["servers"] == "https://a"


def test_what_is_empty_is_as_if_it_were_absent():
    """In YAML, a key without a value is null."""
    paths: dict[str, Any] = {"/a": {"get": {"responses": {}, "security": None}}}
    for security, expected in (([{"k": []}], {"security": [{"k": []}]}), (None, {})):
        for components in (None, {"schemas": None, "securitySchemes": None}):
            document = changed(paths=paths, components=components, security=security)
            joined, _ = join([(document, "get", "/a")])
            assert joined["paths"]["/a"]["get"] == {"responses": {}, **expected}
            assert "components" not in joined


def test_a_document_with_a_list_in_place_of_an_object_is_an_error():
    """The error names the member."""
    complaint = "'components' of a published document is not an object"
    with pytest.raises(ContractError, match=complaint):
        join([(changed(components=[], paths={"/a": {"get": {}}}), "get", "/a")])
