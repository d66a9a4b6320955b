"""Operations as the generator reads them."""

from typing import Any

import pytest

from wan_ergonomic.contract.other_models._shape import shape

from .documents import INTEGER, TEXT, document, json_of, ref, response, thing


def operation(**members: Any) -> Any:
    """Return a shaped operation, and the whole result."""
    result = shape(document({"/a": {"post": {"responses": {"200": response()}, **members}}}))
    return result.document["paths"]["/a"]["post"], result


@pytest.mark.parametrize(
    ("content", "kept", "handled_as"),
    [
        ({"text/plain": {}, "application/json": {}}, {"application/json": {"schema": {}}}, {}),
        ({"*/*": {"schema": TEXT}, "text/csv": {}}, {"application/json": {"schema": TEXT}}, {}),
        (
            {"application/hal+json": {}, "image/png": {}},
            {"application/hal+json": {"schema": {}}},
            {},
        ),
        (
            {"image/png": {"schema": TEXT}},
            {"image/png": {"schema": {**TEXT, "format": "binary"}}},
            {"image/png": "application/octet-stream"},
        ),
        (
            {"application/octet-stream": {}},
            {"application/octet-stream": {"schema": {**TEXT, "format": "binary"}}},
            {},
        ),
    ],
)
def test_one_media_type_of_a_body_is_generated(content, kept, handled_as):
    """JSON, if there is any. Types that the generator does not support are bytes."""
    made, result = operation(requestBody={"content": content})
    assert (made["requestBody"]["content"], result.media_types) == (kept, handled_as)
    assert len(result.notes) == len(content) - 1


def test_an_operation_at_another_server_is_reported():
    """Its function is called with a client of that server; the same server is nothing to say."""
    _, result = operation(servers=[{"url": "https://up.example"}])
    assert result.notes == (
        (
            "/paths/~1a/post/servers",
            "It is called at another server; give its function a client whose base URL is "
            "https://up.example",
        ),
    )
    assert operation(servers=[{"url": "https://api.aimlapi.com/"}])[1].notes == ()


def test_a_body_can_be_optional():
    """As in the document."""
    made, _ = operation(requestBody=json_of(TEXT))
    assert made["requestBody"]["required"] is False


def test_a_body_is_not_null_and_not_a_choice_of_scalars():
    """Generated code cannot send these."""
    made, result = operation(requestBody=json_of({"oneOf": [TEXT, INTEGER], "nullable": True}))
    assert made["requestBody"]["content"]["application/json"]["schema"] == {}
    assert len(result.notes) == 1
    made, _ = operation(requestBody=json_of({**thing(), "nullable": True}))
    assert made["requestBody"]["content"]["application/json"]["schema"] == ref("PostARequest")
    made, _ = operation(requestBody=json_of({"oneOf": [TEXT, thing()]}))
    assert "oneOf" in made["requestBody"]["content"]["application/json"]["schema"]


def test_a_form_is_one_object():
    """Its alternatives are merged. Only multipart/form-data can contain files."""
    union = {**thing(c=TEXT), "oneOf": [thing(a={**TEXT, "format": "binary"}), thing(b=TEXT)]}
    forms = {"multipart/form-data": {"format": "binary"}, "application/x-www-form-urlencoded": {}}
    for kind, more in forms.items():
        made, result = operation(requestBody={"content": {kind: {"schema": union}}})
        assert made["requestBody"]["content"][kind]["schema"] == ref("PostARequest")
        properties = result.document["components"]["schemas"]["PostARequest"]["properties"]
        assert properties == {"a": {**TEXT, **more}, "b": TEXT, "c": TEXT}
        assert len(result.notes) == 1


def test_a_form_has_no_additional_alternatives():
    """Generated code cannot send them."""
    form = {**thing(a=TEXT), "additionalProperties": {"oneOf": [TEXT, thing()]}}
    _, result = operation(requestBody={"content": {"multipart/form-data": {"schema": form}}})
    made = result.document["components"]["schemas"]["PostARequest"]
    assert made == {"type": "object", "properties": {"a": TEXT}}


def test_a_form_in_a_bodyis_bytes():
    """Generated code does not parse forms."""
    body = {"description": "d", "content": {"multipart/form-data": {"schema": thing()}}}
    made, result = operation(responses={"200": body})
    expected = {"multipart/form-data": {"schema": {**TEXT, "format": "binary"}}}
    assert made["responses"]["200"]["content"] == expected
    assert result.media_types == {"multipart/form-data": "application/octet-stream"}


def test_only_responses_that_mean_success_are_generated():
    """Or the default response, if there is no other."""
    responses = {"200": response(), "201": response({}), "404": response(), "default": response()}
    assert list(operation(responses=responses)[0]["responses"]) == ["200", "201"]
    assert list(operation(responses={"default": response()})[0]["responses"]) == ["2XX"]
    assert operation(responses={"404": response()})[0]["responses"] == {}


def test_parameters_are_shaped_for_their_place():
    """Those of a path are not nullable, and those of a header are not lists."""
    parameters = [
        {"name": "a", "in": "query", "schema": {"type": "array", "items": TEXT}, "required": True},
        {"name": "b", "in": "header", "schema": {"type": "array", "items": TEXT}},
        {"name": "c", "in": "cookie", "schema": {"enum": ["x"]}, "description": "d"},
        {"name": "d", "in": "path", "schema": {**TEXT, "nullable": True}},
    ]
    made, result = operation(parameters=parameters)
    assert [each["schema"] for each in made["parameters"]] == [
        {"type": "array", "items": TEXT},
        TEXT,
        ref("PostAC"),
        TEXT,
    ]
    assert len(result.notes) == 1


def test_extensions_of_a_path_are_left_out():
    """They are not operations."""
    given = document({"/a": {"get": {"responses": {}}, "x-note": "n"}})
    del given["components"]
    result = shape(given)
    assert list(result.document["paths"]["/a"]) == ["get"]
    assert result.document["components"] == {"schemas": {}}
