"""Documents that are split over several files."""

import json

import pytest

from tests.contract.source.sources import texts
from wan_ergonomic.contract import ContractError, compare, read_source
from wan_ergonomic.contract.document._join import join
from wan_ergonomic.contract.source import _bundle

ID = {"name": "id", "in": "query", "required": True, "schema": {"$ref": "schemas/id.yaml"}}
ROOT = {
    "openapi": "3.0.0",
    "info": {"title": "T", "version": "1"},
    "servers": [{"url": "https://a.example"}],
    "paths": {"/a": {"$ref": "paths/a.json"}},
    "components": {"schemas": {"Word": {"type": "string"}}},
}
ITEM = {
    "get": {
        "parameters": [{"$ref": "../parameters.json#/a~1b"}],
        "responses": {"200": {"$ref": "../responses.yaml#/components/responses/OK"}},
    }
}
RESPONSES = """\
components:
  responses:
    OK:
      description: d
      content:
        application/json:
          schema: {$ref: '#/components/schemas/Job'}
  schemas:
    Job:
      type: object
      properties:
        word: {$ref: 'it.json#/components/schemas/Word'}
        next: {$ref: '#/components/schemas/Job'}
"""
FILES = {
    "it.json": json.dumps(ROOT),
    "paths/a.json": json.dumps(ITEM),
    "parameters.json": json.dumps({"a/b": ID}),
    "schemas/id.yaml": "type: string\nminLength: 1\n",
    "responses.yaml": RESPONSES,
}


@pytest.fixture
def split(tmp_path):
    """A function that writes a document that is split over files, and returns its path."""

    def write(**changes: str) -> str:
        for name, text in {**FILES, **changes}.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, "utf-8")
        return str(tmp_path / "it.json")

    return write


def operation(document):
    """Return the one operation of a document, with what it refers to."""
    return join([(document.data, "get", "/a")])[0]


def test_all_files_are_read_as_one_document(split, tmp_path):
    """References between them, and back to the first, are followed."""
    (document,) = read_source(split())
    assert list(document.operations()) == [("GET", "/a")]
    joined = operation(document)
    got = joined["paths"]["/a"]["get"]
    assert got["parameters"] == [{**ID, "schema": {"type": "string", "minLength": 1}}]
    job = got["responses"]["200"]["content"]["application/json"]["schema"]
    assert job["properties"]["word"] == {"type": "string"}
    assert list(joined["components"]["schemas"]) == ["Job"]
    names = {str(tmp_path / name) for name in FILES} - {str(tmp_path / "it.json")}
    assert set(document.files) == names
    assert json.loads(document.text) == document.data


def test_what_is_vendored_is_read_without_the_other_files(split, tmp_path):
    """The text of the one document holds all of them."""
    (document,) = read_source(split())
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "one.json").write_text(document.text, "utf-8")
    (again,) = read_source(str(tmp_path / "other"))
    assert (again.data, again.files) == (document.data, ())


def test_a_change_in_another_file_is_found(split):
    """It is part of the document."""
    old = read_source(split())
    new = read_source(
        split(
            **{
                "responses.yaml": RESPONSES.replace(
                    "it.json#/components/schemas/Word", "schemas/id.yaml"
                )
            }
        )
    )
    assert operation(old[0]) != operation(new[0])


def test_files_on_the_web_are_relative_to_their_urls(serve):
    """Each to the file that names it."""
    url = serve("/docs/it.json", json.dumps(ROOT).encode())
    for name, text in FILES.items():
        serve(f"/docs/{name}", text.encode())
    (document,) = read_source(url)
    assert len(document.files) == 4
    assert "200" in operation(document)["paths"]["/a"]["get"]["responses"]


def test_a_document_in_a_page_is_relative_to_the_page(split, file):
    """Its references lead to files beside the page."""
    split()
    page = file(f"```json\n{FILES['it.json']}\n```\n")
    (document,) = read_source(str(page))
    assert "200" in operation(document)["paths"]["/a"]["get"]["responses"]


def test_the_mapping_of_a_discriminator_is_followed(split):
    """To a file and into one; the name of a component stays a name."""
    mapping = {"a": "A.yaml", "b": "../b.json#/B", "c": "Word", "d": [5], "e": "none.json"}
    union = {
        "oneOf": [{"$ref": "A.yaml"}, {"$ref": "../b.json#/B"}],
        "discriminator": {"propertyName": "k", "mapping": mapping},
    }
    kind = {"type": "object", "properties": {"k": {"type": "string"}}}
    source = split(
        **{
            "schemas/id.yaml": json.dumps(union),
            "schemas/A.yaml": json.dumps({**kind, "title": "A"}),
            "b.json": json.dumps({"B": {**kind, "properties": {"next": {"$ref": "#/B"}}}}),
        }
    )
    (document,) = read_source(source)
    made = document.data["x-files"]["id.yaml"]["discriminator"]["mapping"]
    there = {"a": "#/x-files/A.yaml", "b": "#/x-files/b.json/B"}
    assert made == {**mapping, **there}
    joined, _ = join([(document.data, "get", "/a")], inline=False)
    (parameter,) = joined["paths"]["/a"]["get"]["parameters"]
    parts = [part["$ref"] for part in parameter["schema"]["oneOf"]]
    assert parameter["schema"]["discriminator"]["mapping"] == {
        **mapping,
        **dict(zip("ab", parts, strict=True)),
    }
    assert {part.rpartition("/")[2] for part in parts} <= joined["components"]["schemas"].keys()
    assert operation(document)


def test_files_of_one_name_are_kept_apart(split):
    """In two folders."""
    other = {**ID, "schema": {"$ref": "more/id.yaml"}}
    parameters = json.dumps({"a/b": {**other, "x-other": {"$ref": "schemas/id.yaml#/"}}})
    (document,) = read_source(
        split(**{"parameters.json": parameters, "more/id.yaml": "type: integer"})
    )
    assert {"id.yaml", "id.yaml2"} <= document.data["x-files"].keys()


def to(reference):
    """Return the text of the parameters with another reference in them."""
    return json.dumps({"a/b": {**ID, "schema": {"$ref": reference}}})


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        (
            "schemas/id.yaml",
            "a: [",
            r": id\.yaml is not valid YAML: .* on line 2, .* Fetch it again, or",
        ),
        ("schemas/id.yaml", "{", r": id\.yaml is not valid JSON: "),
        ("schemas/id.yaml", "a: 1\na: 2", ": .* the key 'a' stands twice"),
        ("schemas/id.yaml", "<!doctype html>", r": id\.yaml is an HTML page"),
        ("parameters.json", to("none.json"), r"\. Put the file beside the document"),
        ("parameters.json", to("http://[x"), r": http://\[x could not be fetched"),
        ("parameters.json", to("it.json#Word"), r"\. Put the file beside the document"),
    ],
)
def test_a_file_that_cannot_be_read_is_not_followed(split, name, text, reason):
    """A client of the document cannot be made, and the error says what to do."""
    (document,) = read_source(split(**{name: text}))
    with pytest.raises(ContractError, match=f"could not be followed{reason}"):
        join([(document.data, "get", "/a")], unread=document.unread)


def test_the_number_of_files_is_limited(split, monkeypatch):
    """A document cannot make the reader fetch without end."""
    monkeypatch.setattr(_bundle, "_MAX_FILES", 2)
    (document,) = read_source(split())
    assert len(document.files) == 2


def test_files_may_refer_to_each_other_in_a_circle(split):
    """Each is read once."""
    a = json.dumps({"a/b": {"$ref": "more.json#/x"}})
    (document,) = read_source(
        split(**{"parameters.json": a, "more.json": '{"x": {"$ref": "parameters.json#/a~1b"}}'})
    )
    with pytest.raises(ContractError, match="leads back to itself"):
        operation(document)


def test_a_reference_to_the_whole_first_file_is_kept(split):
    """It leads to the document itself."""
    item = json.dumps({**ITEM, "x-root": {"$ref": "../it.json"}})
    (document,) = read_source(split(**{"paths/a.json": item}))
    assert document.data["x-files"]["a.json"]["x-root"] == {"$ref": "#"}


def test_a_document_may_refer_to_itself_by_its_name(file):
    """No other file is needed."""
    fine = {"200": {"$ref": "one.json#/components/responses/Fine"}}
    paths = {"/a": {"get": {"operationId": "a", "responses": fine}}}
    components = {"responses": {"Fine": {"description": "Fine"}}}
    text = json.dumps({**ROOT, "paths": paths, "components": components})
    (document,) = read_source(str(file(text, "one.json")))
    assert operation(document)["paths"]["/a"]["get"]["responses"] == {
        "200": components["responses"]["Fine"]
    }
    assert document.files == ()
    assert json.loads(document.text) == document.data


def test_a_file_that_is_nested_too_deeply_is_an_error(split, monkeypatch):
    """Python's recursion limit gives no traceback."""

    def give_up(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(_bundle._Bundler, "rewritten", give_up)
    with pytest.raises(ContractError, match=r"it\.json is nested too deeply to be read"):
        read_source(split())


def test_two_split_documents_are_compared_with_their_files(file, published, tmp_path):
    """As if each were one."""
    poll = json.loads(published["poll"])
    schemas = poll["components"].pop("schemas")
    text = json.dumps(poll).replace("#/components/schemas/", "schemas.json#/")
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        file(text, f"{folder}/poll.json")
        file(json.dumps(schemas), f"{folder}/schemas.json")
    (next(iter(schemas.values())))["properties"].pop("id")
    file(json.dumps(schemas), "b/schemas.json")
    whole = read_source(str(file(published["poll"], "poll.json")))
    old, new = (read_source(str(tmp_path / name / "poll.json")) for name in "ab")
    assert compare(whole, old).findings == ()
    assert compare(old, new).findings


@pytest.mark.parametrize(
    "link", ["[OpenAPI]({})", "[a](<{}>)", "![x](y.png) - [b]({}#x) [c]({}#x)"]
)
def test_a_page_without_any_block_may_link_its_documents(file, published, link):
    """Beside it. A link that leads to something else is ignored."""
    page = "# A\n\n[settings](none.json), [this](this.json), [that](http://[x.json)\n"
    file("{}", "this.json")
    for role, text in published.items():
        file(text, f"{role}.json")
        page += link.replace("{}", f"{role}.json") + "\n"
    assert texts(file(page)) == published
