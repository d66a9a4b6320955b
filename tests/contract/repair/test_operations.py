"""Repair of operations: parameters, bodies, responses."""

import pytest

from wan_ergonomic.contract.repair._document import correct

from .documents import KEY, RESPONSE, TEXT, document, repaired

JSON = {"application/json": {"schema": TEXT}}
BODY = {"content": JSON}


def operation_of(operation, path="/a", version="3.0.0"):
    """Return the repaired operation, and the corrections."""
    result, found = repaired(document(operation, path, openapi=version))
    (item,) = result["paths"].values()
    return item["post"], found


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ({}, {"responses": {"default": {"description": "Not documented"}}}),
        ({"responses": {"200": {}}}, {"responses": {"200": {"description": "OK"}}}),
        (
            {"responses": {"2xx": None}},
            {"responses": {"2XX": {"description": "A response with status 2XX"}}},
        ),
        (
            {"responses": {"default": {}}},
            {"responses": {"default": {"description": "Any other response"}}},
        ),
        (
            {"responses": {"404 gone": {}, "odd": {}, "200": RESPONSE, "200 ": {}}},
            {"responses": {"404": {"description": "Not Found"}, "200": RESPONSE}},
        ),
        (
            {"responses": {"200": {**RESPONSE, "schema": TEXT}}},
            {"responses": {"200": {**RESPONSE, "content": JSON}}},
        ),
        ({"responses": {"200": {**RESPONSE, "content": []}}}, {"responses": {"200": RESPONSE}}),
        (
            {"responses": {"200": {**RESPONSE, "content": {"a/b": None}}}},
            {"responses": {"200": {**RESPONSE, "content": {"a/b": {}}}}},
        ),
        (
            {"responses": {"200": {**RESPONSE, "headers": {"a": {"type": "string", "name": "a"}}}}},
            {"responses": {"200": {**RESPONSE, "headers": {"a": {"schema": TEXT}}}}},
        ),
        (
            {"responses": {"200": {**RESPONSE, "headers": {"a": 1}}}},
            {"responses": {"200": RESPONSE}},
        ),
        ({"responses": {"200": {**RESPONSE, "headers": []}}}, {"responses": {"200": RESPONSE}}),
        ({"responses": {"200": RESPONSE}, "requestBody": None}, {"responses": {"200": RESPONSE}}),
        (
            {"responses": {"200": RESPONSE}, "requestBody": {"content": {}}},
            {"responses": {"200": RESPONSE}},
        ),
        (
            {"responses": {"200": RESPONSE}, "requestBody": {"schema": TEXT, "name": "b"}},
            {"responses": {"200": RESPONSE}, "requestBody": BODY},
        ),
        (
            {"responses": {"200": RESPONSE}, "requestBody": {**BODY, "required": "true"}},
            {"responses": {"200": RESPONSE}, "requestBody": {**BODY, "required": True}},
        ),
        (
            {
                "responses": {"200": RESPONSE},
                "requestBody": {"content": {"application/json": {"examples": ["a"], "of": 1}}},
            },
            {"responses": {"200": RESPONSE}, "requestBody": {"content": {"application/json": {}}}},
        ),
        (
            {"responses": {"200": RESPONSE}, "consumes": [], "operationId": "", "summary": 5},
            {"responses": {"200": RESPONSE}},
        ),
        (
            {"responses": {"200": RESPONSE}, "deprecated": "yes"},
            {"responses": {"200": RESPONSE}, "deprecated": True},
        ),
    ],
)
def test_an_operation_is_repaired(wrong, right):
    """Its responses, its body and its texts."""
    result, found = operation_of(wrong)
    assert (result, bool(found)) == (right, True)


QUERY = {"name": "q", "in": "query", "schema": TEXT}
PATH = {"name": "id", "in": "path", "required": True, "schema": TEXT}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ([{**PATH, "required": False}, QUERY, QUERY], [PATH, QUERY]),
        ([], [PATH]),
        ({}, [PATH]),
        ([PATH, {**PATH, "name": "other"}, None, {"in": "query"}], [PATH]),
        ([{"name": "id"}, {"name": "q", "type": "string"}], [PATH, QUERY]),
        (
            [PATH, {**QUERY, "required": "false", "type": "string"}],
            [PATH, {**QUERY, "required": False}],
        ),
        ([PATH, {"name": "q", "in": "query", "content": "x"}], [PATH, QUERY]),
    ],
)
def test_parameters_are_repaired(wrong, right):
    """Those of the path exist and are required, each has a place, and none is a duplicate."""
    result, found = operation_of({"parameters": wrong, "responses": {"200": RESPONSE}}, "/a/{id}")
    assert (result["parameters"], bool(found)) == (right, True)


def test_a_parameter_with_content_is_unchanged():
    """It has a media type instead of a schema."""
    given = {
        "parameters": [{"name": "q", "in": "query", "content": JSON}],
        "responses": {"200": RESPONSE},
    }
    assert operation_of(given) == (given, [])


def test_a_correct_operation_is_unchanged():
    """With tags and extensions, too."""
    given = {"responses": {"200": RESPONSE, "x-note": 1}, "tags": ["t"], "x-note": {}}
    assert operation_of(given) == (given, [])
    beside = document(components={"securitySchemes": {"k": KEY}})
    beside["paths"]["/a"]["summary"] = "s"
    assert correct(beside) == (beside, [])


def test_a_body_among_the_parameters_becomes_the_request_body():
    """OpenAPI 2 had it there."""
    given = {
        "parameters": [{"name": "b", "in": "body", "schema": TEXT}],
        "responses": {"200": RESPONSE},
    }
    result, _ = operation_of(given)
    assert result == {
        "parameters": [],
        "requestBody": {**BODY, "required": True},
        "responses": {"200": RESPONSE},
    }
