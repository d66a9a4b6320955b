"""Operations that a source documents twice."""

import copy
import json

import pytest

from wan_ergonomic.contract import ContractError, read_source

SCHEMA = {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/A"}}}
DOCUMENT = {
    "openapi": "3.0.0",
    "servers": [{"url": "https://a.example"}],
    "security": [{"key": []}],
    "components": {
        "schemas": {
            "A": {"type": "object", "properties": {"c": {"$ref": "#/components/schemas/C"}}},
            "B": {"oneOf": [{"$ref": "#/components/schemas/A"}]},
            "C": {"default": 1, "maximum": 1.5},
            "Loop": {"properties": {"next": {"$ref": "#/components/schemas/Loop"}}},
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
                    "201": {"$ref": "#/components/schemas/Loop"},
                    "202": {"items": [{"$ref": "#/components/schemas/Loop"}]},
                },
            },
            "post": {},
        },
        "/b": {"get": {}},
    },
}


@pytest.fixture
def contradict(tmp_path):
    """A function that returns whether two documents in a folder contradict each other on GET /a.

    They may contradict each other on other operations.
    """

    def read(*documents):
        for name, document in zip("ab", documents, strict=True):
            (tmp_path / f"{name}.json").write_text(json.dumps(document), "utf-8")
        try:
            read_source(str(tmp_path))
        except ContractError as error:
            return "The source documents GET /a twice, and the two differ: " in str(error)
        return False

    return read


def changed(change):
    """Return the document after an edit."""
    document = copy.deepcopy(DOCUMENT)
    change(document)
    return document


def schemas(document):
    """Return the schemas of a document."""
    return document["components"]["schemas"]


def operation(document):
    """Return the first operation of a document."""
    return document["paths"]["/a"]["get"]


def reverse(node):
    """Return the same JSON with the keys of each object in reverse order."""
    if isinstance(node, dict):
        return {key: reverse(node[key]) for key in reversed(node)}
    return [reverse(part) for part in node] if isinstance(node, list) else node


def rename(document):
    """Give a schema a different name."""
    schemas(document)["Z"] = schemas(document).pop("A")
    schemas(document)["B"]["oneOf"] = [{"$ref": "#/components/schemas/Z"}]
    operation(document)["parameters"][0]["schema"]["properties"]["a"]["$ref"] = (
        "#/components/schemas/Z"
    )


def inline(document):
    """Write a parameter, the servers and the security requirement where they are used."""
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
        lambda d: operation(d).update(operationId="b", tags=["B"], summary="s", description="d"),
        lambda d: schemas(d)["C"].update(description="d", example=1, title="T"),
        lambda d: d["components"]["securitySchemes"]["key"].update({"in": "header"}),
        lambda d: d["servers"].append({"url": "https://b.example"}),
        lambda d: d["servers"][0].update(url="https://A.example/", description="d"),
        lambda d: d["paths"]["/a"].update(
            parameters=[{"name": "n", "in": "query"}, *d["paths"]["/a"]["parameters"]]
        ),
        lambda d: d.update(openapi="3.0.3"),
        lambda d: operation(d)["responses"]["201"].update(summary="not read in OpenAPI 3.0"),
        rename,
        inline,
    ],
)
def test_what_does_not_apply_to_the_operation_does_not_count(contradict, change):
    """Nor where a document keeps a part, nor the order of its keys."""
    other = changed(change)
    assert not contradict(DOCUMENT, other)
    assert not contradict(reverse(other), DOCUMENT)


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
def test_what_applies_to_the_operation_counts(contradict, change):
    """Wherever the document keeps it."""
    other = changed(change)
    assert contradict(DOCUMENT, other)
    assert not contradict(other, reverse(other))


def test_the_servers_of_the_operation_replace_those_of_the_document(contradict):
    """Servers that do not apply do not count."""
    own = changed(lambda d: operation(d).update(servers=[{"url": "/"}]))
    assert not contradict(own, own | {"servers": [{"url": "https://b.example"}]})


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (
            lambda d: operation(d)["responses"].pop("202"),
            "/responses/202 is in one of them only",
        ),
        (
            lambda d: schemas(d)["C"].update(default="x" * 99),
            "/parameters/1/schema/properties/a/properties/c/default is 1 in one and "
            + f'"{"x" * 58}… in the other',
        ),
        (
            lambda d: operation(d)["parameters"][0].update(name="m"),
            '/parameters/1/name is "n" in one and "m" in the other',
        ),
        (
            lambda d: operation(d)["responses"].update({"202": {"$ref": "#/none"}}),
            "they cannot be compared: The reference #/none leads nowhere",
        ),
    ],
)
def test_the_error_names_both_documents_and_what_differs(tmp_path, change, difference):
    """Whoever reads it can decide which of them is right."""
    for name, document in (("a", DOCUMENT), ("b", changed(change))):
        (tmp_path / f"{name}.json").write_text(json.dumps(document), "utf-8")
    with pytest.raises(ContractError) as caught:
        read_source(str(tmp_path))
    assert str(caught.value).startswith(
        f"The source documents GET /a twice, and the two differ: {difference} (a.json and "
        "b.json). Give a source with one of them."
    )


@pytest.mark.parametrize("junk", [None, 1, "x", ["x"], [None], {"x": None}])
@pytest.mark.parametrize("place", ["components", "servers", "parameters", "security"])
def test_junk_is_compared_as_it_is(contradict, junk, place):
    """Equal junk does not contradict itself; different junk does not end in another exception."""
    one = changed(lambda d: (operation(d) if place in operation(d) else d).update({place: junk}))
    assert not contradict(one, reverse(one))
    contradict(one, DOCUMENT)


def test_a_document_that_is_nested_too_deeply_contradicts_others(contradict):
    """It cannot be compared."""
    deep: dict[str, object] = {}
    for _ in range(320):
        deep = {"not": deep}
    assert contradict(changed(lambda d: schemas(d).update(C=deep)), DOCUMENT)
