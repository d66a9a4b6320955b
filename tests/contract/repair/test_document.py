"""Repair of whole documents: version, title, servers, components, operation ids."""

import pytest

from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract.repair._document import correct
from wan_ergonomic.contract.repair._vendor import SERVER, is_vendors

from .documents import DOCUMENT, RESPONSE, document, repaired


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"info": None}, {"info": {"title": "AIML API", "version": "1.0.0"}}),
        (
            {"info": {"title": "T", "version": 1.0, "by": "x"}},
            {"info": {"title": "T", "version": "1.0"}},
        ),
        ({"openapi": "3"}, {"openapi": "3.0.0"}),
        ({"openapi": "3.1"}, {"openapi": "3.1.0"}),
        ({"openapi": "3.2.0"}, {"openapi": "3.1.0"}),
        ({"servers": []}, {"servers": [{"url": SERVER}]}),
        ({"servers": "x"}, {"servers": [{"url": SERVER}]}),
        ({"servers": [{"url": " "}, None]}, {"servers": [{"url": SERVER}]}),
        ({"servers": [{"url": "https://a/v1/"}]}, {"servers": [{"url": "https://a/v1"}]}),
        ({"servers": ["api.example"]}, {"servers": [{"url": "https://api.example"}]}),
        ({"servers": ["//a.example:8/v1/"]}, {"servers": [{"url": "https://a.example:8/v1"}]}),
        ({"components": [], "security": []}, {"components": None}),
        ({"components": {"schemas": None}}, {"components": {}}),
    ],
)
def test_the_members_of_a_document_are_repaired(members, expected):
    """Version, title, servers and components."""
    result, found = repaired(document(**members))
    assert {key: result.get(key) for key in expected} == expected
    assert found


RELATIVE = {
    "/": "https://h.example",
    "/v2/": "https://h.example/v2",
    "v2": "https://h.example/v2",
    "../v2": "https://h.example/v2",
    "https://{host}": "https://h.example",
    "{base}": "https://h.example/v1",
}


@pytest.mark.parametrize("url", RELATIVE)
def test_a_server_without_a_host_is_relative_to_the_given_one(url):
    """Without one, no host is invented: the error says how to give it."""
    server = {"url": url, "variables": {"base": {"default": "/v1"}}}
    given = document(servers=[server])
    with pytest.raises(ContractError, match=r"which host to call\. Pass the host, .* --server "):
        correct(given)
    for host in ("https://h.example", "https://h.example/"):
        result, found = correct(given, host)
        assert (result["servers"][0]["url"], len(found)) == (RELATIVE[url], 1)


def test_a_server_with_variables_is_kept():
    """Their defaults make its address."""
    variables = {"env": {"default": "api", "enum": ["api", "test"]}}
    given = document(servers=[{"url": "https://{env}.example", "variables": variables}])
    assert correct(given) == (given, [])


def test_the_servers_of_an_operation_are_repaired_like_those_of_the_document():
    """A relative one needs a host, and a list that names none is no list."""
    given = document({"responses": {"200": RESPONSE}, "servers": [{"url": "/up"}, {}]})
    with pytest.raises(ContractError, match=r"/paths/~1a/post's server '/up' .* --server "):
        correct(given)
    result, found = correct(given, "https://h.example")
    assert result["paths"]["/a"]["post"]["servers"] == [{"url": "https://h.example/up"}]
    assert [each.pointer for each in found] == [
        "/paths/~1a/post/servers/0/url",
        "/paths/~1a/post/servers/1",
    ]
    result, found = repaired(document({"responses": {"200": RESPONSE}, "servers": []}))
    assert ("servers" in result["paths"]["/a"]["post"], len(found)) == (False, 1)


def test_the_values_of_a_variable_are_texts():
    """A number or a boolean is replaced by one."""
    variables = {"v": {"default": 2, "enum": [1, 2, "x"]}, "w": {"default": True}}
    given = document(servers=[{"url": "https://a.example/{v}/{w}", "variables": variables}])
    result, found = repaired(given)
    assert result["servers"][0]["variables"] == {
        "v": {"default": "2", "enum": ["1", "2", "x"]},
        "w": {"default": "true"},
    }
    assert str(found[0]) == "/servers/0/variables/v/default: 2 was replaced by '2'."
    assert len(found) == 3
    odd = {"url": "https://a.example", "variables": {"x": 5}}
    assert correct(document(servers=[odd]))[1] == []


def test_a_document_without_a_server_gets_the_given_one():
    """The vendor's own, if none is given."""
    given = document(servers=None)
    assert correct(given, "https://h.example/")[0]["servers"] == [{"url": "https://h.example"}]


def test_another_vendors_document_without_a_server_is_an_error():
    """Our vendor's host and name are given to its own documents only."""
    given = document(servers=[], info=None)
    with pytest.raises(ContractError, match=r"no server, so no host to call\. Pass .* --server "):
        correct(given, ours=False)
    result, _ = correct(given, "https://h.example", ours=False)
    assert (result["servers"], result["info"]["title"]) == ([{"url": "https://h.example"}], "API")


OTHER = "https://aimlapi.com.example"


@pytest.mark.parametrize(
    ("members", "host", "expected"),
    [
        ({"servers": [{"url": SERVER}]}, None, True),
        ({"servers": ["api.aimlapi.com/v1"]}, OTHER, True),
        (
            {"servers": [{"url": "https://{a}", "variables": {"a": {"default": SERVER[8:]}}}]},
            None,
            True,
        ),
        ({"servers": [{"url": SERVER}, {"url": OTHER}]}, None, False),
        ({"servers": [{"url": "http://localhost:1/"}], "info": {"title": "AIML API"}}, None, False),
        ({"servers": [{"url": "/v1"}]}, SERVER, True),
        ({"servers": [{"url": "./v1"}]}, OTHER, False),
        ({"servers": [None], "info": {"title": "AI/ML Gateway"}}, None, True),
        ({"servers": None}, None, False),
        ({"servers": None, "info": None}, None, False),
    ],
)
def test_a_document_is_the_vendors_by_its_hosts(members, host, expected):
    """Without any, by the given host, and then by its title."""
    assert is_vendors(document(**members), host) == expected


def test_components_may_be_null():
    """The member is removed, without a correction."""
    assert correct(document(components=None)) == (document(), [])


def test_an_invalid_component_name_is_replaced_everywhere():
    """In references and in discriminators."""
    where = "#/components/schemas/a b~1c"
    union = {
        "oneOf": [{"$ref": where}],
        "discriminator": {"propertyName": "k", "mapping": {"x": where, "y": "a_b_c", "z": "none"}},
    }
    schemas = {"a b/c": {"type": "object"}, "a_b_c": {}, "U": union}
    result, found = repaired(document(components={"schemas": schemas}))
    there = "#/components/schemas/a_b_c2"
    assert result["components"]["schemas"] == {
        "a_b_c2": {"type": "object"},
        "a_b_c": {},
        "U": {
            "oneOf": [{"$ref": there}],
            "discriminator": {"propertyName": "k", "mapping": {"x": there, "y": "a_b_c"}},
        },
    }
    assert [each.pointer.rsplit("/", 1)[1] for each in found] == ["a b~1c", "z"]


def test_operation_ids_become_unique():
    """The second operation gets a number."""
    paths = {
        path: {"get": {"operationId": "run", "responses": {"200": RESPONSE}}}
        for path in ("/a", "b")
    }
    paths["/a"]["note"] = {}
    result, found = repaired({**DOCUMENT, "paths": paths})
    assert [item["get"]["operationId"] for item in result["paths"].values()] == ["run", "run2"]
    assert [each.pointer for each in found] == [
        "/paths/~1a/note",
        "/paths/~1b",
        "/paths/~1b/get/operationId",
    ]


def test_an_object_in_two_places_is_repaired_in_both():
    """An alias in YAML puts it there."""
    shared = {"type": "integer", "default": "5"}
    result, found = repaired(document(components={"schemas": {"A": shared, "B": shared}}))
    assert [result["components"]["schemas"][name]["default"] for name in "AB"] == [5, 5]
    assert len(found) == 2
