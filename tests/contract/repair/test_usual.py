"""What is valid, but written in an unusual way."""

from typing import Any

import pytest

from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract.build._build import Built, build


def built(
    *servers: dict[str, Any],
    path: str = "/videos/{id}",
    version: str = "3.0.0",
    model: str | None = None,
    **members: Any,
) -> Built:
    """Return what is made of an operation at these servers."""
    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    operation = {"parameters": [parameter], "responses": {"200": {"description": "d"}}, **members}
    document = {
        "openapi": version,
        "info": {"title": "T", "version": "1"},
        "servers": [*servers],
        "paths": {path: {"post": {"operationId": "make", **operation}}},
    }
    return build(document, [], strict=False, model=model)


@pytest.mark.parametrize(
    ("servers", "kept", "path"),
    [
        (["https://a.example/v2"], ["https://a.example"], "/v2/videos/{id}"),
        (
            ["https://a.example/x/v2/", "https://b.example/x/v2"],
            ["https://a.example", "https://b.example"],
            "/x/v2/videos/{id}",
        ),
        (["https://a.example/v2", "https://b.example"], ["https://a.example"], "/v2/videos/{id}"),
    ],
)
def test_the_path_of_the_server_is_written_in_the_paths(servers, kept, path):
    """Servers that have another path are left out: only the first one is called."""
    made = built(*({"url": url} for url in servers))
    for document in (made.contract, made.client):
        urls = [server["url"] for server in document["servers"]]
        assert (urls, [*document["paths"]]) == (kept, [path])
    assert "start of each path" in str(made.corrections[-1])
    lost = [url for url in servers if "v2" not in url]
    assert [url in str(made.corrections[-1]) for url in lost] == [True] * len(lost)


def test_variables_of_a_server_get_their_defaults():
    """A path of the contract is one that is called."""
    url = {"url": "https://{host}.example/{v}"}
    variables = {"host": {"default": "a", "enum": ["a", "b"]}, "v": {"default": "v2"}}
    made = built({**url, "variables": variables}).contract
    assert (made["servers"], [*made["paths"]]) == (
        [{"url": "https://a.example"}],
        ["/v2/videos/{id}"],
    )


def test_a_server_without_a_path_stays_as_it_is():
    """Its variables, too."""
    server = {"url": "https://{host}.example", "variables": {"host": {"default": "a"}}}
    made = built(server)
    assert (made.contract["servers"], made.corrections) == ([server], ())
    assert [*made.contract["paths"]] == ["/videos/{id}"]


@pytest.mark.parametrize("name", ["*/*", "application/*"])
def test_a_body_of_any_type_is_json(name):
    """Bodies of a named type stay as they are, and so do those of several types."""
    media = {"schema": {"type": "object", "properties": {"content": {"type": "string"}}}}
    body = {"content": {name: media}}
    responses = {
        "200": {"description": "d", **body},
        "400": {"description": "d", "content": {"text/plain": media}},
        "500": {"description": "d", "content": {name: media, "text/plain": media}},
    }
    made = built({"url": "https://a.example"}, requestBody=body, responses=responses)
    operation = made.contract["paths"]["/videos/{id}"]["post"]
    assert operation["requestBody"]["content"] == {"application/json": media}
    kept = {code: [*held["content"]] for code, held in operation["responses"].items()}
    assert kept["200"] == ["application/json"]
    assert (kept["400"], kept["500"]) == (["text/plain"], [name, "text/plain"])
    assert ["application/json" in each.what for each in made.corrections] == [True, True]


@pytest.mark.parametrize("values", [{"enum": ["v 2"]}, {"enum": ["v2", "v3"]}])
def test_a_parameter_of_a_path_with_one_value_is_written_into_it(values):
    """The wrapper gives values to no others than the id."""
    others = [
        {"name": "version", "in": "path", "required": True, "schema": {"type": "string", **values}},
        {"name": "version", "in": "query", "schema": {"enum": ["v1"]}},
    ]
    made = built({"url": "https://a.example"}, path="/{version}/videos", parameters=others)
    ((path, item),) = made.contract["paths"].items()
    if len(values["enum"]) > 1:
        assert (path, item["post"]["parameters"]) == ("/{version}/videos", others)
        return
    assert (path, item["post"]["parameters"]) == ("/v%202/videos", others[1:])
    assert [*made.client["paths"]] == [path]
    assert made.corrections[-1].pointer == "/paths/~1{version}~1videos"


A, B, FIVE = {"const": "a", "title": "A"}, {"type": "string", "enum": ["b"]}, {"const": 5}
NULL = {"type": "null"}
LISTED = {"enum": ["a", "b"], "type": "string"}
OR_NULL = {"enum": ["a", "b", None], "type": ["string", "null"]}


@pytest.mark.parametrize("word", ["oneOf", "anyOf"])
@pytest.mark.parametrize(
    ("branches", "beside", "expected"),
    [
        ([A, B], {"default": "a"}, {**LISTED, "default": "a"}),
        ([A, B], {"type": "string"}, LISTED),
        ([A, NULL, B], {}, OR_NULL),
        ([A, B, {"enum": [None]}], {}, OR_NULL),
        ([{"anyOf": [A, NULL]}, B], {}, OR_NULL),
        ([A, FIVE], {}, {"enum": ["a", 5]}),
        ([{"const": 1}, {"const": True}], {}, {"enum": [1, True]}),
        ([A, A], {}, {**LISTED, "enum": ["a"]}),
        ([A, FIVE, NULL], {}, {"enum": ["a", 5, None]}),
        ([A, B, {"type": "string"}], {}, None),
        ([A, {"enum": ["b"], "maxLength": 1}], {}, None),
        ([A, True], {}, None),
        ([A, B], {"enum": ["b"]}, None),
    ],
)
def test_a_union_of_values_is_an_enum(word, branches, beside, expected):
    """It is not if one of them allows others, or demands more."""
    assert _property({word: branches, **beside}) == (
        expected or {word: [_without_const(branch) for branch in branches], **beside}
    )


def _property(
    schema: Any, version: str = "3.1.0", name: str = "const", model: str | None = None
) -> Any:
    """Return a property of a request after it is made."""
    body = {"type": "object", "properties": {name: schema}}
    held = {"content": {"application/json": {"schema": body}}}
    made = built({"url": "https://a.example"}, version=version, model=model, requestBody=held)
    operation = made.contract["paths"]["/videos/{id}"]["post"]
    return operation["requestBody"]["content"]["application/json"]["schema"]["properties"][name]


def _without_const(branch: Any) -> Any:
    return {"title": "A", "enum": ["a"], "type": "string"} if branch is A else branch


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"const": "a", "description": "d"}, {**LISTED, "enum": ["a"], "description": "d"}),
        ({"const": None}, {"enum": [None]}),
        ({**LISTED, "const": "a"}, {**LISTED, "const": "a"}),
        ({"const": {"a": 1}}, {"enum": [{"a": 1}], "type": "object"}),
    ],
)
def test_a_constant_is_an_enum_of_one_value(schema, expected):
    """What else says which values there are stays with it."""
    assert _property(schema) == expected


def test_null_is_written_as_in_the_version_of_the_document():
    """In OpenAPI 3.0 it is not a type."""
    branches = [{"type": "string", "enum": [each]} for each in "ab"]
    listed = {"enum": ["a", "b", None], "type": "string", "nullable": True}
    assert _property({"oneOf": branches, "nullable": True, "default": None}, "3.0.0") == listed


@pytest.mark.parametrize("word", ["oneOf", "anyOf"])
def test_null_beside_a_union_is_moved_into_it(word):
    """In OpenAPI 3.0 it has no effect without a type beside it."""
    text, number = {"type": "string"}, {"type": "integer"}
    moved = {word: [{}, {**text, "nullable": True}, number]}
    assert _property({word: [{}, text, number], "nullable": True}, "3.0.0") == moved
    assert _property(moved, "3.0.0") == moved
    for kept in (
        {word: [{}], "nullable": True},
        {"type": "string", word: [text], "nullable": True},
    ):
        assert _property(kept, "3.0.0") == kept


@pytest.mark.parametrize("version", ["3.0.0", "3.1.0"])
def test_a_default_of_null_is_left_out(version):
    """A request would be sent with null; a property may be called so."""
    types: Any = {
        "3.0.0": {"type": "string", "nullable": True},
        "3.1.0": {"type": ["string", "null"]},
    }
    assert _property({**types[version], "default": None}, version) == types[version]
    named = {"type": "object", "properties": {"default": {"type": "string", "default": "a"}}}
    assert _property(named, version) == named


@pytest.mark.parametrize("listed", [["a"], ["b"]])
@pytest.mark.parametrize("model", [None, "a"])
def test_the_only_model_of_a_document_is_that_of_the_package(listed, model):
    """It may have another name now."""
    assert _property({"enum": listed}, name="model", model=model) == {"enum": listed}


@pytest.mark.parametrize("schema", [{"enum": ["b", "a"], "title": "A"}, {"title": "A"}, True])
def test_only_the_model_of_the_package_is_named(schema):
    """Another one would be paid for."""
    kept = {"title": "A"} if schema is not True else {}
    wanted = {**kept, "type": "string", "enum": ["a"]}
    assert _property(schema, name="model", model="a") == wanted


@pytest.mark.parametrize("listed", [{"enum": ["x", "y"]}, {}])
def test_a_model_within_an_option_is_not_that_of_the_package(listed):
    """It may be that of a voice or of a style."""
    option = {"type": "object", "properties": {"model": {"type": "string", **listed}}}
    assert _property(option, name="voice", model="a") == option
    inner = {"type": "array", "items": option}
    assert _property(inner, name="voice", model=None) == inner


@pytest.mark.parametrize(
    ("schema", "model", "reason"),
    [
        ({"enum": ["b", "c"]}, "a", "is for b, c; this package is for one, a. Give"),
        ({"enum": ["b", "a"]}, None, "for b, a; this package is for one, which openapi/lock.json"),
        ({"type": "string"}, None, "is for any model; this package is for one, which"),
    ],
)
def test_which_model_is_meant_must_be_known(schema, model, reason):
    """A guess could be paid for."""
    with pytest.raises(ContractError, match=reason):
        _property(schema, name="model", model=model)
