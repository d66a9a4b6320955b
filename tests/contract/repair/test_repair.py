"""What any published document may get wrong, and what becomes of it."""

import copy
from typing import Any

import pytest

from wan_ergonomic.contract.document._validate import validate
from wan_ergonomic.contract.repair._document import SERVER, Correction, correct

KEY = {"type": "http", "scheme": "bearer"}
ANSWER = {"description": "The answer"}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.0",
    "info": {"title": "T", "version": "1", "x-note": "kept"},
    "servers": [{"url": "https://api.example", "description": "d"}],
    "paths": {},
}
TEXT = {"type": "string"}


def document(operation=None, path="/a", method="post", **members) -> dict[str, Any]:
    """A correct document with one operation, but for what a test makes of it."""
    operation = {"responses": {"200": ANSWER}} if operation is None else operation
    return {**copy.deepcopy(DOCUMENT), "paths": {path: {method: operation}}, **members}


def corrected(given):
    """The corrected document, which is valid and needs nothing more, and the corrections."""
    before = copy.deepcopy(given)
    result, found = correct(given)
    assert given == before
    assert all(isinstance(each, Correction) and str(each) for each in found)
    assert correct(result) == (result, [])
    validate(result)
    return result, found


def schema_of(schema, version):
    """What becomes of a schema, with the number of corrections."""
    result, found = corrected(document(openapi=version, components={"schemas": {"S": schema}}))
    assert {each.pointer.split("/")[3] for each in found} <= {"S"}
    return result["components"]["schemas"]["S"], len(found)


NULLABLE = {"type": "object", "nullable": True}
RIGHT: list[dict[str, Any]] = [
    {},
    {"type": "integer", "enum": [5, 10], "default": 10, "example": 5},
    {"type": "string", "enum": ["5", "10"], "nullable": True, "default": None} | {"enum": [None]},
    {"type": "string", "nullable": True, "enum": ["a", None]},
    {"type": "number", "minimum": 0, "exclusiveMinimum": True, "multipleOf": 0.5, "default": 1},
    {"type": "integer", "maximum": 2.0, "default": 1},
    {"type": "array", "items": {"type": "string"}, "minItems": 1},
    {"type": "object", "properties": {"a": {}, "required": {"type": "boolean"}}, "required": ["a"]},
    {
        "allOf": [{"type": "object", "properties": {"a": {}}}],
        "required": ["a"],
        "properties": {"b": {}},
    },
    {"oneOf": [{"type": "string"}, {"type": "object"}], "nullable": True},
    {"discriminator": {"propertyName": "k"}, "oneOf": [{"type": "object"}], "x-note": 1},
    {"additionalProperties": False, "type": "object"},
    {"not": {"type": "string"}},
]


@pytest.mark.parametrize("schema", RIGHT)
def test_a_schema_that_is_right_stays_as_it_is(schema):
    """Nothing is corrected that is not wrong."""
    assert schema_of(schema, "3.0.3") == (schema, 0)


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {"type": ["string", "null"], "enum": ["a", None], "const": "a", "examples": ["a"]},
        {"type": "number", "exclusiveMinimum": 0},
        {"type": "null"},
        {"type": "array"},
        {"type": "array", "items": False, "prefixItems": [{"type": "string"}]},
        {"type": "object", "patternProperties": {"a": {}}, "$defs": {"x": {}}},
        {"$ref": "#/components/schemas/S2", "description": "d"},
    ],
)
def test_a_newer_schema_that_is_right_stays_as_it_is(schema):
    """OpenAPI 3.1 allows what 3.0 does not."""
    given = document(openapi="3.1.0", components={"schemas": {"S": schema, "S2": {}}})
    assert corrected(given) == (given, [])


ANY: dict[str, Any] = {}
WRONG: list[tuple[Any, dict[str, Any]]] = [
    # Defaults and examples of another type, outside the list, or null.
    (
        {"type": "integer", "enum": [5, 10], "default": "10"},
        {"type": "integer", "enum": [5, 10], "default": 10},
    ),
    ({"type": "boolean", "default": "false"}, {"type": "boolean", "default": False}),
    ({"type": "number", "default": "0.5"}, {"type": "number", "default": 0.5}),
    ({"type": "number", "default": "many"}, {"type": "number"}),
    ({"type": "integer", "default": "1.5"}, {"type": "integer"}),
    ({"type": "integer", "default": 1.0}, {"type": "integer", "default": 1}),
    ({"type": "integer", "default": "inf"}, {"type": "integer"}),
    ({"type": "integer", "default": [1]}, {"type": "integer"}),
    ({"type": "integer", "default": "2.0"}, {"type": "integer", "default": 2}),
    ({"type": "string", "default": 5}, {"type": "string", "default": "5"}),
    ({"type": "string", "default": True}, {"type": "string", "default": "true"}),
    ({"type": "string", "default": None}, TEXT),
    (
        {"type": "string", "enum": ["480P"], "default": "480p "},
        {"type": "string", "enum": ["480P"], "default": "480P"},
    ),
    ({"type": "string", "enum": ["a"], "default": "b"}, {"type": "string", "enum": ["a"]}),
    ({"type": "array", "items": {}, "example": "x"}, {"type": "array", "items": {}}),
    ({"type": "boolean", "default": 1}, {"type": "boolean"}),
    # Lists of values.
    ({"type": "integer", "enum": ["5", 10, 10, True]}, {"type": "integer", "enum": [5, 10]}),
    ({"type": "string", "enum": []}, TEXT),
    ({"type": "string", "enum": "a"}, {"type": "string", "enum": ["a"]}),
    (
        {"type": "string", "enum": ["a", None]},
        {"type": "string", "enum": ["a", None], "nullable": True},
    ),
    (
        {"type": "string", "enum": ["a"], "nullable": True},
        {"type": "string", "enum": ["a", None], "nullable": True},
    ),
    # Types.
    ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
    ({"type": ["string"]}, TEXT),
    ({"type": "null"}, {"nullable": True, "enum": [None]}),
    ({"type": "null", "enum": [None]}, {"nullable": True, "enum": [None]}),
    ({"type": ["string", "integer"]}, {"anyOf": [TEXT, {"type": "integer"}]}),
    (
        {"type": ["object", "array"], "properties": {"a": {}}, "items": TEXT, "oneOf": [TEXT]},
        {"properties": {"a": {}}, "items": TEXT, "oneOf": [TEXT]},
    ),
    (
        {"type": ["object", "array"], "properties": {"a": {}}, "items": TEXT},
        {"anyOf": [{"type": "object", "properties": {"a": {}}}, {"type": "array", "items": TEXT}]},
    ),
    ({"type": "Float"}, {"type": "number"}),
    ({"type": "datetime"}, {"type": "string", "format": "date-time"}),
    ({"type": "any"}, ANY),
    ({"type": {}}, ANY),
    # nullable, and other flags and words.
    ({"nullable": True}, ANY),
    (
        {"nullable": True, "properties": {"a": {}}},
        {"type": "object", "nullable": True, "properties": {"a": {}}},
    ),
    ({"nullable": True, "items": {}}, {"type": "array", "nullable": True, "items": {}}),
    (
        {"nullable": True, "enum": [1, None]},
        {"type": "integer", "nullable": True, "enum": [1, None]},
    ),
    ({"nullable": False, "enum": [1, "a"]}, {"enum": [1, "a"]}),
    ({"type": "string", "nullable": "true"}, {"type": "string", "nullable": True}),
    ({"title": 5, "description": ["x"], "format": True}, {"title": "5"}),
    # required.
    (
        {
            "type": "object",
            "properties": {"a": {"required": True}, "b": {"required": "false"}, "c": True},
        },
        {"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "required": ["a"]},
    ),
    (
        {"type": "object", "properties": {"a": {"required": True}}, "required": "a"},
        {"type": "object", "properties": {"a": {}}},
    ),
    ({"type": "object", "required": []}, {"type": "object"}),
    ({"type": "object", "required": True}, {"type": "object"}),
    (
        {"type": "object", "properties": {"a": {}}, "required": ["a", "b", "a", 5]},
        {"type": "object", "properties": {"a": {}}, "required": ["a"]},
    ),
    # Limits.
    (
        {"type": "number", "exclusiveMinimum": 0},
        {"type": "number", "minimum": 0, "exclusiveMinimum": True},
    ),
    ({"type": "number", "minimum": "1", "maximum": "x"}, {"type": "number", "minimum": 1}),
    ({"type": "string", "minLength": "1", "maxLength": -1}, {"type": "string", "minLength": 1}),
    ({"type": "number", "multipleOf": 0, "exclusiveMaximum": "x"}, {"type": "number"}),
    # Structure.
    ({"type": "array"}, {"type": "array", "items": {}}),
    ({"type": "array", "items": [TEXT]}, {"type": "array", "items": TEXT}),
    ({"type": "array", "items": [TEXT, {}]}, {"type": "array", "items": {"anyOf": [TEXT, {}]}}),
    ({"type": "array", "items": True}, {"type": "array", "items": {}}),
    ({"properties": None, "additionalProperties": "false"}, {"additionalProperties": False}),
    ({"additionalProperties": None}, ANY),
    ({"oneOf": [], "anyOf": TEXT, "allOf": [None]}, {"anyOf": [TEXT]}),
    (
        {"discriminator": "k", "oneOf": [{}]},
        {"discriminator": {"propertyName": "k"}, "oneOf": [{}]},
    ),
    ({"discriminator": {"mapping": {}}}, ANY),
    ({"const": "a", "$schema": "x", "examples": ["a"]}, {"enum": ["a"], "example": "a"}),
    ({"examples": []}, ANY),
    ({"$ref": 5}, ANY),
    ({"properties": {"a": "string"}}, {"properties": {"a": {}}}),
    ("string", ANY),
]


@pytest.mark.parametrize(("wrong", "right"), WRONG)
def test_a_schema_that_is_wrong_is_put_right_and_said(wrong, right):
    """In OpenAPI 3.0, in one step."""
    result, count = schema_of(wrong, "3.0.0")
    assert (result, count > 0) == (right, True)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": ["string", "null"], "nullable": True}, {"type": ["string", "null"]}),
        ({"nullable": True}, ANY),
        (
            {"type": "string", "enum": ["a", None]},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        (
            {"type": "number", "minimum": 0, "exclusiveMinimum": True},
            {"type": "number", "exclusiveMinimum": 0},
        ),
        ({"type": "number", "exclusiveMinimum": False}, {"type": "number"}),
        ({"type": ["int", "null", "junk"]}, {"type": ["integer", "null"]}),
        ({"type": "junk"}, ANY),
        ({"type": "array", "items": [TEXT]}, {"type": "array", "prefixItems": [TEXT]}),
        ({"type": "array", "items": []}, {"type": "array", "items": {}}),
    ],
)
def test_a_newer_schema_that_is_wrong_is_put_right_and_said(wrong, right):
    """In OpenAPI 3.1 other things are wrong."""
    result, count = schema_of(wrong, "3.1.0")
    assert (result, count > 0) == (right, True)


def test_what_stands_beside_a_reference_is_kept_in_an_all_of():
    """Where it would not be read otherwise."""
    for more in ({}, {"allOf": "x"}, {"allOf": [TEXT]}):
        given = {"$ref": "#/components/schemas/T", "description": "d", **more}
        result, found = corrected(document(components={"schemas": {"S": given, "T": {}}}))
        rest = [TEXT] if more.get("allOf") == [TEXT] else []
        expected = {"description": "d", "allOf": [{"$ref": "#/components/schemas/T"}, *rest]}
        assert (result["components"]["schemas"]["S"], bool(found)) == (expected, True)


def test_a_name_that_is_not_allowed_is_changed_wherever_it_is_used():
    """In references and in discriminators."""
    where = "#/components/schemas/a b~1c"
    union = {
        "oneOf": [{"$ref": where}],
        "discriminator": {"propertyName": "k", "mapping": {"x": where, "y": "a_b_c", "z": "none"}},
    }
    schemas = {"a b/c": {"type": "object"}, "a_b_c": {}, "U": union}
    result, found = corrected(document(components={"schemas": schemas}))
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
        ({"servers": []}, {"servers": [{"url": SERVER}]}),
        ({"servers": "x"}, {"servers": [{"url": SERVER}]}),
        ({"servers": [{"url": "/"}, None]}, {"servers": [{"url": SERVER}]}),
        ({"servers": [{"url": "https://a/v1/"}]}, {"servers": [{"url": "https://a/v1"}]}),
        ({"servers": ["api.example"]}, {"servers": [{"url": "https://api.example"}]}),
        ({"components": [], "security": []}, {"components": None}),
        ({"components": {"schemas": None}}, {"components": {}}),
    ],
)
def test_what_a_document_says_of_itself_is_put_right(members, expected):
    """Title, version, servers and components."""
    result, found = corrected(document(**members))
    assert {key: result.get(key) for key in expected} == expected
    assert found


def test_no_components_are_no_defect():
    """A document may have none, however it says so."""
    assert correct(document(components=None)) == (document(), [])


def schemes(scheme, **members):
    """What becomes of a security scheme."""
    result, found = corrected(document(components={"securitySchemes": {"k": scheme}}, **members))
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
def test_a_security_scheme_is_put_right(wrong, right):
    """What nobody described is the bearer key that the API takes."""
    result, count = schemes(wrong)
    assert (result, count > 0) == ({"k": right}, True)


def test_a_security_scheme_that_is_right_stays_as_it_is():
    """Whatever its type."""
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
def test_a_requirement_names_a_scheme_that_is_there(components, security, expected):
    """The only one there is, or one that is made."""
    operation = {"responses": {"200": ANSWER}, "security": security}
    result, found = corrected(document(operation, components=components))
    assert result["paths"]["/a"]["post"]["security"] == expected
    assert {name for each in expected for name in each} <= result["components"].get(
        "securitySchemes", {}
    ).keys()
    assert found


def operation_of(operation, path="/a", version="3.0.0"):
    """What becomes of an operation."""
    result, found = corrected(document(operation, path, openapi=version))
    (item,) = result["paths"].values()
    return item["post"], found


JSON = {"application/json": {"schema": TEXT}}
BODY = {"content": JSON}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ({}, {"responses": {"default": {"description": "Not documented"}}}),
        ({"responses": {"200": {}}}, {"responses": {"200": {"description": "OK"}}}),
        (
            {"responses": {"2xx": None}},
            {"responses": {"2XX": {"description": "An answer of the sort 2XX"}}},
        ),
        (
            {"responses": {"default": {}}},
            {"responses": {"default": {"description": "Any other answer"}}},
        ),
        (
            {"responses": {"404 gone": {}, "odd": {}, "200": ANSWER, "200 ": {}}},
            {"responses": {"404": {"description": "Not Found"}, "200": ANSWER}},
        ),
        (
            {"responses": {"200": {**ANSWER, "schema": TEXT}}},
            {"responses": {"200": {**ANSWER, "content": JSON}}},
        ),
        ({"responses": {"200": {**ANSWER, "content": []}}}, {"responses": {"200": ANSWER}}),
        (
            {"responses": {"200": {**ANSWER, "content": {"a/b": None}}}},
            {"responses": {"200": {**ANSWER, "content": {"a/b": {}}}}},
        ),
        (
            {"responses": {"200": {**ANSWER, "headers": {"a": {"type": "string", "name": "a"}}}}},
            {"responses": {"200": {**ANSWER, "headers": {"a": {"schema": TEXT}}}}},
        ),
        ({"responses": {"200": {**ANSWER, "headers": {"a": 1}}}}, {"responses": {"200": ANSWER}}),
        ({"responses": {"200": {**ANSWER, "headers": []}}}, {"responses": {"200": ANSWER}}),
        ({"responses": {"200": ANSWER}, "requestBody": None}, {"responses": {"200": ANSWER}}),
        (
            {"responses": {"200": ANSWER}, "requestBody": {"content": {}}},
            {"responses": {"200": ANSWER}},
        ),
        (
            {"responses": {"200": ANSWER}, "requestBody": {"schema": TEXT, "name": "b"}},
            {"responses": {"200": ANSWER}, "requestBody": BODY},
        ),
        (
            {"responses": {"200": ANSWER}, "requestBody": {**BODY, "required": "true"}},
            {"responses": {"200": ANSWER}, "requestBody": {**BODY, "required": True}},
        ),
        (
            {
                "responses": {"200": ANSWER},
                "requestBody": {"content": {"application/json": {"examples": ["a"], "of": 1}}},
            },
            {"responses": {"200": ANSWER}, "requestBody": {"content": {"application/json": {}}}},
        ),
        (
            {"responses": {"200": ANSWER}, "consumes": [], "operationId": "", "summary": 5},
            {"responses": {"200": ANSWER}},
        ),
        (
            {"responses": {"200": ANSWER}, "deprecated": "yes"},
            {"responses": {"200": ANSWER}, "deprecated": True},
        ),
    ],
)
def test_an_operation_is_put_right(wrong, right):
    """Its answers, its body and what it says of itself."""
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
def test_parameters_are_put_right(wrong, right):
    """Those of the path are there and required, none is there twice, and each says where it is."""
    result, found = operation_of({"parameters": wrong, "responses": {"200": ANSWER}}, "/a/{id}")
    assert (result["parameters"], bool(found)) == (right, True)


def test_a_parameter_that_holds_a_document_stays_as_it_is():
    """It has a media type instead of a schema."""
    given = {
        "parameters": [{"name": "q", "in": "query", "content": JSON}],
        "responses": {"200": ANSWER},
    }
    assert operation_of(given) == (given, [])


def test_an_operation_that_is_right_stays_as_it_is():
    """With all that documents may say beside."""
    given = {"responses": {"200": ANSWER, "x-note": 1}, "tags": ["t"], "x-note": {}}
    assert operation_of(given) == (given, [])
    beside = document(components={"securitySchemes": {"k": KEY}})
    beside["paths"]["/a"]["summary"] = "s"
    assert correct(beside) == (beside, [])


def test_a_body_among_the_parameters_becomes_the_request_body():
    """As older documents had it."""
    given = {
        "parameters": [{"name": "b", "in": "body", "schema": TEXT}],
        "responses": {"200": ANSWER},
    }
    result, _ = operation_of(given)
    assert result == {
        "parameters": [],
        "requestBody": {**BODY, "required": True},
        "responses": {"200": ANSWER},
    }


def test_operation_ids_are_told_apart():
    """Across documents, each is there once."""
    paths = {
        path: {"get": {"operationId": "run", "responses": {"200": ANSWER}}} for path in ("/a", "b")
    }
    paths["/a"]["note"] = {}
    result, found = corrected({**DOCUMENT, "paths": paths})
    assert [item["get"]["operationId"] for item in result["paths"].values()] == ["run", "run2"]
    assert [each.pointer for each in found] == [
        "/paths/~1a/note",
        "/paths/~1b",
        "/paths/~1b/get/operationId",
    ]


def test_nothing_is_in_two_places_at_once():
    """What an alias in YAML makes one is put right in each place."""
    shared = {"type": "integer", "default": "5"}
    result, found = corrected(document(components={"schemas": {"A": shared, "B": shared}}))
    assert [result["components"]["schemas"][name]["default"] for name in "AB"] == [5, 5]
    assert len(found) == 2


COMPOSED = {
    "Five": {"type": "integer", "enum": [5]},
    "Object": {"type": "object", "properties": {"a": {}, "default": {"type": "object"}}},
    "Loop": {"type": "array", "items": {"$ref": "#/components/schemas/Loop"}},
    "Endless": {"anyOf": [{"$ref": "#/components/schemas/Endless"}]},
}
ENDLESS = {"anyOf": [{"$ref": "#/components/schemas/Endless"}]}
FIVE = {"allOf": [{"$ref": "#/components/schemas/Five"}]}
UUID = {"type": "string", "format": "uuid"}
HOLDER = {"type": "object", "properties": {"a": FIVE}}
OBJECT = {"allOf": [{"$ref": "#/components/schemas/Object"}]}


@pytest.mark.parametrize("version", ["3.0.0", "3.1.0"])
@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ({**FIVE, "default": 5}, {**FIVE, "default": 5}),
        ({**FIVE, "default": "5"}, {**FIVE, "default": 5}),
        ({**FIVE, "default": 6}, FIVE),
        ({**UUID, "default": "x"}, UUID),
        ({"oneOf": [TEXT, *FIVE["allOf"]], "default": []}, {"oneOf": [TEXT, *FIVE["allOf"]]}),
        ({**OBJECT, "required": ["a", "b"]}, {**OBJECT, "required": ["a"]}),
        ({**OBJECT, "required": ["b"]}, OBJECT),
        ({**OBJECT, "required": ["a"]}, {**OBJECT, "required": ["a"]}),
        (
            {"allOf": [{"oneOf": [TEXT]}], "required": ["b"]},
            {"allOf": [{"oneOf": [TEXT]}], "required": ["b"]},
        ),
        (
            {"type": "object", "properties": {"a": FIVE}, "default": {"a": 1}},
            {"type": "object", "properties": {"a": FIVE}},
        ),
        (
            {"anyOf": [{"$ref": "#/components/schemas/Endless"}], "default": 1},
            {"anyOf": [{"$ref": "#/components/schemas/Endless"}]},
        ),
    ],
)
def test_what_is_put_together_from_others_is_put_right(wrong, right, version):
    """A default has to be allowed by all of them, and what is required described by one."""
    schemas = {**COMPOSED, "A b": wrong}
    result, found = correct(document(openapi=version, components={"schemas": schemas}))
    assert result["components"]["schemas"]["A_b"] == right
    assert (len(found) > 1) == (wrong != right)


def test_a_schema_that_is_made_of_itself_is_not_corrected():
    """It is refused later, as nobody knows what it is."""
    itself = {"allOf": [{"$ref": "#/components/schemas/A"}], "required": ["a"], "default": 1}
    result, _ = correct(document(components={"schemas": {"A": itself}}))
    assert result["components"]["schemas"]["A"]["required"] == ["a"]


def test_null_is_a_default_where_null_is_allowed():
    """Also beside others, where not every validator says so."""
    given = document(
        components={"schemas": {**COMPOSED, "A": {**FIVE, "nullable": True, "default": None}}}
    )
    assert correct(given) == (given, [])
