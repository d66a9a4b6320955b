"""Whether two documents promise the same of one operation."""

import copy

import pytest

from wan_ergonomic.contract.source._same_operation import agree

SCHEMA = {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/A"}}}
DOCUMENT = {
    "openapi": "3.0.0",
    "servers": [{"url": "https://a.example"}],
    "security": [{"key": []}],
    "components": {
        "schemas": {
            "A": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/A"}}},
            "B": {
                "oneOf": [{"$ref": "#/components/schemas/A"}],
                "discriminator": {"mapping": {"a": "#/components/schemas/C", "b": "#/nowhere"}},
            },
            "C": {"default": 1, "maximum": 1.5},
            "Loop": {"$ref": "#/components/schemas/Loop"},
            "Unused": {"type": "string"},
        },
        "parameters": {"id": {"name": "id", "in": "query", "schema": {"type": "string"}}},
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}, "other": {}},
    },
    "paths": {
        "/a": {
            "parameters": [{"$ref": "#/components/parameters/id"}],
            "get": {
                "operationId": "a",
                "tags": ["A"],
                "parameters": [{"name": "n", "in": "query", "schema": SCHEMA}],
                "responses": {
                    "200": {"$ref": "#/components/schemas/B"},
                    "201": {"$ref": "#/components/schemas/Loop", "summary": "x"},
                    "202": {"$ref": "elsewhere.json"},
                },
            },
            "post": {},
        },
        "/b": {"get": {}},
    },
}


def changed(change):
    """The document after an edit."""
    document = copy.deepcopy(DOCUMENT)
    change(document)
    return document


def schemas(document):
    """Its schemas."""
    return document["components"]["schemas"]


def operation(document):
    """Its operation."""
    return document["paths"]["/a"]["get"]


def reverse(node):
    """The same with each object's keys the other way round."""
    if isinstance(node, dict):
        return {key: reverse(node[key]) for key in reversed(node)}
    return [reverse(part) for part in node] if isinstance(node, list) else node


def rename(document):
    """Give a schema another name."""
    schemas(document)["Z"] = schemas(document).pop("A")
    schemas(document)["Z"]["properties"]["next"] = {"$ref": "#/components/schemas/Z"}
    schemas(document)["B"]["oneOf"] = [{"$ref": "#/components/schemas/Z"}]
    operation(document)["parameters"][0]["schema"]["properties"]["a"]["$ref"] = (
        "#/components/schemas/Z"
    )


def inline(document):
    """Write a parameter and a security requirement where they are used."""
    document["paths"]["/a"]["parameters"] = [document["components"].pop("parameters")["id"]]
    operation(document)["security"] = document.pop("security")
    operation(document)["servers"] = document.pop("servers")


@pytest.mark.parametrize(
    "change",
    [
        lambda d: schemas(d).pop("Unused"),
        lambda d: schemas(d).update(More={"type": "string"}),
        lambda d: d["components"]["securitySchemes"].pop("other"),
        lambda d: d.update(info={"title": "x"}, tags=[], **{"x-note": 1}),
        lambda d: d["paths"].pop("/b"),
        lambda d: d["paths"]["/a"].pop("post"),
        lambda d: operation(d).update(operationId="b", tags=["B"]),
        lambda d: d["paths"]["/a"].update(
            parameters=[{"name": "n", "in": "query"}, *d["paths"]["/a"]["parameters"]]
        ),
        lambda d: d.update(openapi="3.0.3"),
        rename,
        inline,
    ],
)
def test_what_the_operation_cannot_reach_does_not_count(change):
    """Nor does where a document keeps what it can, nor in which order."""
    other = changed(change)
    assert agree(DOCUMENT, other, "GET", "/a")
    assert agree(reverse(other), DOCUMENT, "GET", "/a")


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(openapi="3.1.0"),
        lambda d: d.update(servers=[{"url": "https://b.example"}]),
        lambda d: d.update(security=[]),
        lambda d: d["components"]["securitySchemes"]["key"].update(scheme="basic"),
        lambda d: d["components"]["parameters"]["id"].update(required=True),
        lambda d: d["paths"]["/a"]["parameters"].append({"name": "x", "in": "query"}),
        lambda d: operation(d)["parameters"].append({"name": "id", "in": "query"}),
        lambda d: operation(d)["parameters"].append(None),
        lambda d: operation(d).update(deprecated=True),
        lambda d: operation(d).update(security=[]),
        lambda d: operation(d).update(servers=[{"url": "/"}]),
        lambda d: operation(d)["responses"].pop("202"),
        lambda d: operation(d)["responses"]["201"].update(summary="y"),
        lambda d: operation(d)["responses"]["202"].update({"$ref": "other.json"}),
        lambda d: schemas(d)["A"].update(type="string"),
        lambda d: schemas(d)["A"]["properties"].update(more={}),
        lambda d: schemas(d)["B"]["oneOf"].append({}),
        lambda d: schemas(d)["C"].update(default=True),
        lambda d: schemas(d)["C"].update(maximum=2),
        lambda d: schemas(d)["C"].update(maximum=[2]),
        lambda d: schemas(d).pop("C"),
    ],
)
def test_what_the_operation_can_reach_counts(change):
    """Wherever the document keeps it."""
    other = changed(change)
    assert not agree(DOCUMENT, other, "GET", "/a")
    assert not agree(other, DOCUMENT, "GET", "/a")
    assert agree(other, copy.deepcopy(other), "GET", "/a")


def test_a_server_of_the_operations_own_replaces_all_others():
    """What the document says for the rest is not in effect."""
    own = changed(lambda d: operation(d).update(servers=[{"url": "/"}]))
    other = copy.deepcopy(own) | {"servers": [{"url": "https://b.example"}]}
    assert agree(own, other, "GET", "/a")


@pytest.mark.parametrize("junk", [None, 1, "x", ["x"], [None], {"x": None}])
def test_anything_may_stand_where_a_rule_looks(junk):
    """What is not as it should be is compared as it is."""
    one = {
        "openapi": "3.0.0",
        "servers": junk,
        "components": junk,
        "paths": {"/a": {"parameters": junk, "get": {"security": junk, "parameters": junk}}},
    }
    assert agree(one, copy.deepcopy(one), "GET", "/a")
