"""How a contract is written for the generator, and how what comes of it is tried."""

import io
import json
import subprocess
import sys
from typing import Any

import pytest

from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract.other_models import _trial
from wan_ergonomic.contract.other_models._examples import examples
from wan_ergonomic.contract.other_models._names import Names, pascal, snake
from wan_ergonomic.contract.other_models._shape import shape

from .documents import TEXT, answer, document, json_of, ref

INTEGER = {"type": "integer"}
MANY = {"type": "array", "items": TEXT}


def shaped(schema: Any, schemas: Any = None):
    """What becomes of an answer's schema: how it is used, the components, and what was said."""
    paths = {"/a": {"get": {"operationId": "ask", "responses": {"200": answer(schema)}}}}
    result = shape(document(paths, schemas))
    said = result.document["paths"]["/a"]["get"]["responses"]["200"]
    used = said["content"]["application/json"]["schema"]
    return used, result.document["components"]["schemas"], [what for _, what in result.notes]


def thing(**properties: Any) -> dict[str, Any]:
    """An object."""
    return {"type": "object", "properties": properties}


def nullable(schema: Any) -> dict[str, Any]:
    """What may be null, as the generator is told."""
    return {"nullable": True, "oneOf": [schema]}


@pytest.mark.parametrize(
    ("schema", "used"),
    [
        (True, {}),
        ({}, {}),
        ({"type": "string", "format": "date-time", "minLength": 1, "default": "x"}, TEXT),
        ({"type": ["string", "null"]}, {**TEXT, "nullable": True}),
        ({"type": "null"}, {}),
        ({"type": ["string", "integer"]}, {"oneOf": [TEXT, INTEGER]}),
        ({"type": "string", "description": "d"}, {**TEXT, "description": "d"}),
        ({"oneOf": [TEXT, {"enum": [None]}]}, {**TEXT, "nullable": True}),
        ({"oneOf": [{"type": "null"}]}, {}),
        ({"oneOf": [TEXT, {}]}, {}),
        ({"oneOf": [{"required": ["a"]}], "type": "string"}, TEXT),
        ({"anyOf": [TEXT], "oneOf": [{"minLength": 1, "type": "string"}]}, TEXT),
        ({"oneOf": [{"oneOf": [TEXT, INTEGER]}, TEXT]}, {"oneOf": [TEXT, INTEGER]}),
        ({"enum": [True, False], "type": "boolean"}, {"type": "boolean"}),
        ({"enum": [0.5], "type": "number"}, {"type": "number"}),
        (
            {"type": "array", "items": TEXT, "nullable": True},
            {"type": "array", "items": TEXT, "nullable": True},
        ),
        ({"type": "string", "format": "binary"}, TEXT),
        ({"allOf": [TEXT, {"nullable": True}]}, TEXT),
        ({"allOf": [TEXT], "nullable": True}, {**TEXT, "nullable": True}),
    ],
)
def test_what_is_no_class_stands_where_it_is_used(schema, used):
    """With nothing but what generated code holds to."""
    assert shaped(schema)[:2] == (used, {})


def test_every_object_and_list_of_values_is_a_component():
    """Named after where it is; the same list under the same name is one."""
    level = {"type": "string", "enum": ["a", None], "nullable": True, "description": "d"}
    used, made, _ = shaped(thing(level=level, number={"enum": [1, 2]}, inner=thing()))
    assert used == ref("AskResponse")
    assert made["AskResponse"]["properties"] == {
        "level": nullable(ref("AskResponseLevel")),
        "number": ref("AskResponseNumber"),
        "inner": ref("AskResponseInner"),
    }
    assert made["AskResponseLevel"] == {"type": "string", "enum": ["a"], "description": "d"}


def test_a_component_is_one_class_wherever_it_is_used():
    """Whether or not it may be null there, and through others that only lead to it."""
    schemas = {"A": thing(), "Alias": {"allOf": [ref("A")]}, "Maybe": {**thing(), "nullable": True}}
    inner = {
        "a": ref("A"),
        "b": nullable(ref("A")),
        "c": ref("Alias"),
        "e": {"allOf": [ref("A")], "nullable": True, "title": "x"},
        "f": ref("Maybe"),
    }
    _, made, _ = shaped(thing(**inner), schemas)
    assert made["AskResponse"]["properties"] == {
        "a": ref("A"),
        "b": nullable(ref("A")),
        "c": ref("A"),
        "e": nullable(ref("A")),
        "f": nullable(ref("Maybe")),
    }
    assert sorted(made) == ["A", "AskResponse", "Maybe"]


def test_a_circle_without_an_object_in_it_takes_anything():
    """And is said; one with an object in it is kept."""
    schemas = {"L": {"type": "array", "items": ref("L")}, "Tree": thing(next=ref("Tree"))}
    used, _, notes = shaped(ref("L"), schemas)
    assert used == {"type": "array", "items": {}}
    assert notes == ["L leads back to itself; from here on it takes anything."]
    assert shaped(ref("Tree"), schemas)[1]["Tree"]["properties"] == {"next": ref("Tree")}


def test_what_is_made_of_several_is_one():
    """With all their properties, and what each says of a shared one."""
    schema = {
        "allOf": [
            {**thing(a={"type": "string", "maxLength": 5}, b=ref("B")), "required": ["a"]},
            {**thing(b=TEXT, c=TEXT), "required": ["b", "a"]},
        ],
        "properties": {"a": {"description": "d"}},
        "required": ["c"],
    }
    _, made, _ = shaped(schema, {"B": INTEGER})
    assert made["AskResponse"]["properties"] == {
        "a": {**TEXT, "description": "d"},
        "b": INTEGER,
        "c": TEXT,
    }
    assert sorted(made["AskResponse"]["required"]) == ["a", "b", "c"]


def test_what_alternatives_have_in_common_is_in_each():
    """And each is named after what it calls itself."""
    schema = {
        **thing(id=TEXT),
        "oneOf": [{**thing(a=TEXT), "title": "One"}, ref("Two"), {"required": ["id"]}],
    }
    used, made, _ = shaped(schema, {"Two": thing(b=TEXT)})
    assert used == {"oneOf": [ref("One"), ref("Two")]}
    assert {name: list(each["properties"]) for name, each in made.items()} == {
        "One": ["id", "a"],
        "Two": ["id", "b"],
    }


def test_one_list_of_values_is_one_class():
    """Wherever it is told again under the same name."""
    words = {"title": "Word", "type": "string", "enum": ["a"]}
    used, made, _ = shaped({"oneOf": [words, {**words, "description": "d"}, INTEGER]})
    assert (used, list(made)) == ({"oneOf": [ref("Word"), INTEGER]}, ["Word"])


def test_anything_is_among_alternatives():
    """Also where a component has them, or a status."""
    schemas = {"Any": {"oneOf": [TEXT, True]}}
    _, made, _ = shaped(thing(a=ref("Any"), status=True), schemas)
    assert made["AskResponse"]["properties"] == {"a": {}, "status": {}}


def test_alternatives_of_alternatives_are_told_apart():
    """One of each list, wherever they come from."""
    schema = {"allOf": [{"oneOf": [thing(a=TEXT), thing(b=TEXT)]}], "oneOf": [thing(c=TEXT)]}
    _, made, _ = shaped(schema)
    assert [sorted(each["properties"]) for each in made.values()] == [["a", "c"], ["b", "c"]]
    both = {"anyOf": [thing(a=TEXT)], "oneOf": [thing(b=TEXT), thing(c=TEXT)]}
    _, made, _ = shaped(both)
    assert [sorted(each["properties"]) for each in made.values()] == [["a", "b"], ["a", "c"]]


def test_a_status_takes_any_text():
    """Those that are documented are never all there are."""
    status = {"type": "string", "enum": ["a", None], "nullable": True}
    _, made, notes = shaped(thing(status=status, other=thing(status={"enum": ["a"]})))
    assert made["AskResponse"]["properties"]["status"] == {**TEXT, "nullable": True}
    assert made["AskResponseOther"]["properties"]["status"] == TEXT
    assert len(notes) == 2
    assert shaped(thing(status=TEXT))[2] == []


def test_more_properties_are_what_they_are_said_to_be():
    """Or anything; never nothing, as an answer may always hold more."""
    for more, expected in ((TEXT, TEXT), (True, True), (False, None), ({"nullable": True}, True)):
        _, made, _ = shaped({"type": "object", "additionalProperties": more})
        assert made["AskResponse"].get("additionalProperties") == expected


def operation(**members: Any) -> Any:
    """What becomes of an operation, and of the whole."""
    result = shape(document({"/a": {"post": {"responses": {"200": answer()}, **members}}}))
    return result.document["paths"]["/a"]["post"], result


@pytest.mark.parametrize(
    ("content", "kept", "known_as"),
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
def test_one_media_type_of_a_body_is_generated(content, kept, known_as):
    """JSON where there is any; what the generator does not know is bytes."""
    made, result = operation(requestBody={"content": content})
    assert (made["requestBody"]["content"], result.media_types) == (kept, known_as)
    assert len(result.notes) == len(content) - 1


def test_a_form_is_one_object():
    """Its alternatives are put together, and only a file's is one that can hold files."""
    union = {**thing(c=TEXT), "oneOf": [thing(a={**TEXT, "format": "binary"}), thing(b=TEXT)]}
    forms = {"multipart/form-data": {"format": "binary"}, "application/x-www-form-urlencoded": {}}
    for kind, more in forms.items():
        made, result = operation(requestBody={"content": {kind: {"schema": union}}})
        assert made["requestBody"]["content"][kind]["schema"] == ref("PostARequest")
        properties = result.document["components"]["schemas"]["PostARequest"]["properties"]
        assert properties == {"a": {**TEXT, **more}, "b": TEXT, "c": TEXT}
        assert len(result.notes) == 1


def test_only_answers_that_mean_success_are_generated():
    """Or the one that stands for any."""
    said = {"200": answer(), "201": answer({}), "404": answer(), "default": answer()}
    assert list(operation(responses=said)[0]["responses"]) == ["200", "201"]
    assert list(operation(responses={"default": answer()})[0]["responses"]) == ["2XX"]
    assert operation(responses={"404": answer()})[0]["responses"] == {}


def test_parameters_are_what_has_a_place_there():
    """A path's are never null, and a header's never a list."""
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


def test_a_documents_other_parts_are_passed_over():
    """What stands beside operations is none."""
    given = document({"/a": {"get": {"responses": {}}, "x-note": "n"}})
    del given["components"]
    result = shape(given)
    assert list(result.document["paths"]["/a"]) == ["get"]
    assert result.document["components"] == {"schemas": {}}


@pytest.mark.parametrize(
    ("text", "function", "name"),
    [
        ("AlibabaController_fetchV2", "alibaba_controller_fetch_v2", "AlibabaControllerFetchV2"),
        ("video.v2.PollDTO", "video_v2_poll_dto", "VideoV2PollDto"),
        ("2nd/try", "v2nd_try", "Model2ndTry"),
        ("имя", "", ""),
    ],
)
def test_names_are_made_of_the_words_of_others(text, function, name):
    """In ASCII, and never with a digit at their beginning."""
    assert (snake(text), pascal(text)) == (function, name)


def test_no_name_is_given_twice():
    """Not in another case either, nor one that generated code needs itself."""
    names = Names()
    wanted = ["Ab", "AB", "a_b", "V1", "V1", "Response", "", ""]
    given = [names.take(name) for name in wanted]
    assert given == ["Ab", "AB2", "a_b3", "V1", "V1v2", "Response2", "Model2", "Model3"]


def test_examples_are_the_least_and_the_fullest_of_each_model():
    """As far down as a person would look."""
    used = {
        "text": TEXT,
        "maybe": nullable(ref("Word")),
        "many": {"type": "array", "items": TEXT},
        "any": {},
    }
    models = {
        "Model": {**thing(**used), "required": ["maybe", "many"]},
        "Word": {"type": "string", "enum": ["a"]},
        "File": {**thing(f={**TEXT, "format": "binary"}), "required": ["f"]},
        "Endless": {**thing(e=ref("Endless")), "required": ["e"]},
        "Tree": thing(t=ref("Tree")),
    }
    made = examples({"components": {"schemas": models}})
    assert list(made) == ["Model", "Tree"]
    full = {"text": "text", "maybe": "a", "many": ["text"], "any": None}
    assert made["Model"] == [{"maybe": None, "many": []}, full]
    assert made["Tree"] == [{}, {"t": {"t": {"t": {"t": {}}}}}]


MODEL = """
class Thing:
    def from_dict(value):
        made = Thing()
        made.value = {"a": value["a"], "b": 1}
        return made

    def to_dict(self):
        return self.value

__all__ = ("Thing",)
"""


@pytest.fixture
def package(tmp_path):
    """A folder with a package like a client, with one operation that has one function."""
    folder = tmp_path / "tried"
    for name, text in {
        "__init__": "",
        "models/__init__": MODEL,
        "api/__init__": "",
        "api/operations/__init__": "",
        "api/operations/ask": "def sync_detailed(): ...",
    }.items():
        file = folder / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return tmp_path


ASKED = {"operations": 2, "examples": {"thing": [{"a": 1}, {}, {"a": 1, "b": 1}], "gone": [{}]}}
PROBLEMS = """\
tried.api.operations.ask has no function asyncio_detailed.
The client has 1 operations instead of 2.
thing turns {"a": 1} into {"a": 1, "b": 1}.
thing cannot read {}: KeyError: 'a'.
There is no model gone.
"""


@pytest.mark.usefixtures("measured_children")
def test_a_client_is_tried_in_a_process_of_its_own(package):
    """And what does not work is said."""
    done = subprocess.run(
        [sys.executable, "-I", "-B", _trial.__file__, str(package), "tried"],
        input=json.dumps(ASKED),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == (PROBLEMS, 1)
    assert list(package.rglob("__pycache__")) == []


@pytest.mark.parametrize(("asked", "code"), [(ASKED, 1), ({"operations": 0, "examples": {}}, 1)])
def test_a_client_is_tried(package, monkeypatch, capsys, asked, code):
    """One without operations is never fine."""
    monkeypatch.setattr(sys, "argv", ["_trial.py", str(package), "tried"])
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(asked)))
    for name in [name for name in sys.modules if name.split(".")[0] == "tried"]:
        monkeypatch.delitem(sys.modules, name)
    assert _trial.main() == code
    assert "operations instead" in capsys.readouterr().out


def test_a_client_that_works_is_said_nothing_of(package, monkeypatch):
    """Its exit code says it."""
    ask = package / "tried" / "api" / "operations" / "ask.py"
    ask.write_text("def sync_detailed(): ...\ndef asyncio_detailed(): ...", "utf-8")
    monkeypatch.syspath_prepend(package)
    for name in [name for name in sys.modules if name.split(".")[0] == "tried"]:
        monkeypatch.delitem(sys.modules, name)
    assert list(_trial.problems("tried", {"Thing": [{"a": 1, "b": 1}]}, 1)) == []


def test_a_schema_that_is_made_of_itself_is_refused():
    """There is no end to it."""
    with pytest.raises(ContractError, match="A is made of itself"):
        shaped(ref("A"), {"A": {"allOf": [ref("B")]}, "B": {"allOf": [ref("A")]}})


def test_a_body_need_not_be_there():
    """What the document says of that is kept."""
    made, _ = operation(requestBody=json_of(TEXT))
    assert made["requestBody"]["required"] is False


def test_an_object_that_holds_a_version_of_itself_is_one_class():
    """However it is put together."""
    schemas = {"A": thing(inner={"allOf": [ref("A"), thing(more=TEXT)]})}
    _, made, _ = shaped(ref("A"), schemas)
    assert {name: sorted(each["properties"]) for name, each in made.items()} == {
        "A": ["inner"],
        "AInner": ["inner", "more"],
    }
    assert made["AInner"]["properties"]["inner"] == ref("AInner")


def test_alternatives_without_end_take_anything():
    """And that is said."""
    schemas = {"A": {**thing(a=TEXT), "oneOf": [{"allOf": [ref("A"), thing(b=TEXT)]}]}}
    used, _, notes = shaped(ref("A"), schemas)
    assert used == {}
    assert notes == ["Alternatives of alternatives without end take anything."]


def test_a_body_is_never_null_nor_one_of_several_scalars():
    """Generated code could not send it."""
    made, result = operation(requestBody=json_of({"oneOf": [TEXT, INTEGER], "nullable": True}))
    assert made["requestBody"]["content"]["application/json"]["schema"] == {}
    assert len(result.notes) == 1
    made, _ = operation(requestBody=json_of({**thing(), "nullable": True}))
    assert made["requestBody"]["content"]["application/json"]["schema"] == ref("PostARequest")
    made, _ = operation(requestBody=json_of({"oneOf": [TEXT, thing()]}))
    assert "oneOf" in made["requestBody"]["content"]["application/json"]["schema"]


def test_a_form_has_no_additional_alternatives():
    """Generated code could not send them."""
    form = {**thing(a=TEXT), "additionalProperties": {"oneOf": [TEXT, thing()]}}
    _, result = operation(requestBody={"content": {"multipart/form-data": {"schema": form}}})
    made = result.document["components"]["schemas"]["PostARequest"]
    assert made == {"type": "object", "properties": {"a": TEXT}}


def test_a_form_in_an_answer_is_bytes():
    """Nothing generated reads one."""
    said = {"description": "d", "content": {"multipart/form-data": {"schema": thing()}}}
    made, result = operation(responses={"200": said})
    expected = {"multipart/form-data": {"schema": {**TEXT, "format": "binary"}}}
    assert made["responses"]["200"]["content"] == expected
    assert result.media_types == {"multipart/form-data": "application/octet-stream"}
