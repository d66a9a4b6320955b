"""Whether a document is valid OpenAPI."""

import json

import pytest

from tests.contract.document.documents import MINIMAL, changed
from wan_ergonomic.contract import ContractError, read_source
from wan_ergonomic.contract.document._join import join
from wan_ergonomic.contract.document._validate import validate


@pytest.mark.parametrize("version", ["3.0.0", "3.1.0"])
def test_an_invalid_document_is_an_error_with_the_place(version):
    """Each version of OpenAPI has its own rules."""
    validate(changed(openapi=version))
    with pytest.raises(ContractError, match=r"Not valid OpenAPI at /paths/~?1?.*a/get"):
        validate(changed(openapi=version, paths={"/a": {"get": {"responses": 1}}}))


def test_a_response_without_a_description_is_invalid():
    """The vendor published one: the first overlay corrects it."""
    with pytest.raises(ContractError, match="Not valid OpenAPI at /paths//a/get/responses/200"):
        validate(changed(paths={"/a": {"get": {"responses": {"200": {}}}}}))


def test_a_document_without_info_is_invalid(tmp_path):
    """It can be read and joined."""
    text = json.dumps({name: value for name, value in MINIMAL.items() if name != "info"})
    (tmp_path / "minimal.json").write_text(text, "utf-8")
    (document,) = read_source(str(tmp_path))
    with pytest.raises(ContractError, match="Not valid OpenAPI"):
        validate(join([(document.data, "get", "/a")])[0])


def test_the_structure_is_checked_if_the_validator_cannot_follow_a_schema():
    """A recursive schema is allowed, and other flaws are still found."""
    where = "#/components/schemas/Loop"
    loop = {"oneOf": [{"type": "string"}, {"type": "array", "items": {"$ref": where}}]}
    schemas = {"Loop": loop, "A": {"allOf": [{"$ref": where}]}}
    validate(changed(components={"schemas": schemas}, paths={}))
    with pytest.raises(ContractError, match="Not valid OpenAPI at /"):
        validate(changed(components={"schemas": schemas}, paths={}, info=5))


@pytest.mark.parametrize("version", ["3.0.0", "3.1.0"])
@pytest.mark.parametrize(
    ("schema", "is_valid"),
    [
        ({"type": "string", "default": "x"}, True),
        ({"type": "string", "default": 1}, False),
        ({"type": "string", "enum": ["x"], "default": "y"}, False),
        ({"type": "object", "properties": {"default": {"type": "string"}}}, True),
        ({"type": "object", "example": {"default": 1, "type": "string"}}, True),
        ({"type": "array", "items": {"type": "integer", "default": 1.5}}, False),
        ({"allOf": [{"$ref": "#/components/schemas/B"}], "default": 1}, False),
        ({"allOf": [{"$ref": "#/components/schemas/B"}], "default": "x"}, True),
    ],
)
def test_a_schema_must_allow_its_own_default(version, schema, is_valid):
    """Also behind a reference. A property or an example may be named default."""
    document = changed(openapi=version, paths={})
    document["components"] = {"schemas": {"A": schema, "B": {"type": "string"}}}
    if is_valid:
        validate(document)
    else:
        with pytest.raises(ContractError, match="Not valid OpenAPI at /"):
            validate(document)


def test_null_is_a_default_of_a_nullable_schema():
    """The validator for OpenAPI 3.0 does not know ``nullable`` beside an enum."""
    schema = {"type": "string", "enum": ["x"], "nullable": True, "default": None}
    validate(changed(paths={}, components={"schemas": {"A": schema}}))


def test_a_default_of_a_schema_that_contains_itself_is_not_allowed():
    """The validator cannot decide, and the error names the place."""
    loop = {"allOf": [{"$ref": "#/components/schemas/Loop"}], "default": "x"}
    with pytest.raises(ContractError, match="Not valid OpenAPI at /components/schemas/Loop"):
        validate(changed(paths={}, components={"schemas": {"Loop": loop}}))
