"""Repair of security schemes and requirements."""

import pytest

from .documents import KEY, RESPONSE, document, repaired


def schemes(scheme, **members):
    """Return the repaired security schemes, and the number of corrections."""
    result, found = repaired(document(components={"securitySchemes": {"k": scheme}}, **members))
    return result["components"]["securitySchemes"], len(found)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ({**KEY, "in": "header", "name": "n", "bearerFormat": None}, KEY),
        ({"type": "http"}, KEY),
        ({"type": "Bearer"}, KEY),
        ({"type": "token"}, KEY),
        ({}, KEY),
        (None, KEY),
        ({"type": "apiKey"}, {"type": "apiKey", "in": "header", "name": "Authorization"}),
    ],
)
def test_a_security_scheme_is_repaired(wrong, right):
    """A scheme without a description becomes the bearer key that the API takes."""
    result, count = schemes(wrong)
    assert (result, count > 0) == ({"k": right}, True)


def test_a_correct_security_scheme_is_unchanged():
    """Of any type."""
    flows = {"clientCredentials": {"tokenUrl": "https://a", "scopes": {}}}
    for scheme in (
        KEY,
        {"type": "oauth2", "flows": flows},
        {"type": "apiKey", "in": "query", "name": "k"},
    ):
        assert schemes({**scheme, "x-note": 1}, security=[{"k": []}]) == (
            {"k": {**scheme, "x-note": 1}},
            0,
        )


@pytest.mark.parametrize(
    ("components", "security", "expected"),
    [
        ({"securitySchemes": {"key": KEY}}, [{"token": []}], [{"key": []}]),
        ({"securitySchemes": {"key": KEY}}, {"key": None}, [{"key": []}]),
        ({"securitySchemes": {"key": KEY, "other": KEY}}, [{"token": [1]}], [{"token": []}]),
        ({}, [{"token": []}], [{"token": []}]),
        ({}, "token", []),
    ],
)
def test_a_requirement_names_an_existing_scheme(components, security, expected):
    """The only one, or one that is added."""
    operation = {"responses": {"200": RESPONSE}, "security": security}
    result, found = repaired(document(operation, components=components))
    assert result["paths"]["/a"]["post"]["security"] == expected
    assert {name for each in expected for name in each} <= result["components"].get(
        "securitySchemes", {}
    ).keys()
    assert found
