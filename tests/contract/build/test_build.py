"""Building a contract of any two operations."""

from typing import Any

import pytest

from wan_ergonomic.contract.build._build import Built, build


def built(*servers: dict[str, Any], path: str = "/videos/{id}", **members: Any) -> Built:
    """Return what is made of an operation at these servers."""
    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    operation = {"parameters": [parameter], "responses": {"200": {"description": "d"}}, **members}
    document = {
        "openapi": "3.0.0",
        "info": {"title": "T", "version": "1"},
        "servers": [*servers],
        "paths": {path: {"post": {"operationId": "make", **operation}}},
    }
    return build(document, [], strict=False)


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
