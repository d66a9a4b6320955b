"""Reading a source: its documents, byte for byte, or an error that names what was found."""

import pytest

from tests.contract.source.sources import CREATE, POLL, altered, error_of, several, texts
from tests.support.first_contract import FOLDER, PATHS, WANTED
from tests.support.project import PAGE
from wan_ergonomic.contract import ContractError, SourceGoneError, read_source
from wan_ergonomic.contract.document._document import METHODS, Document, describe
from wan_ergonomic.contract.source import _read
from wan_ergonomic.contract.source._pairs import read_names, select


def test_a_page_gives_each_document_byte_for_byte(file, page, published):
    """Tags, footnotes, samples and console logs around the documents are ignored."""
    assert texts(file(page)) == published


def test_a_page_with_other_line_ends_keeps_them(file, page, published):
    """Documents are vendored as they were published."""
    expected = {role: text.replace("\n", "\r\n") for role, text in published.items()}
    assert texts(file(page.replace("\n", "\r\n"))) == expected


def test_a_folder_of_json_files_is_a_source(published):
    """The vendored documents can be read from their own folder."""
    folder = FOLDER / "upstream"
    assert texts(folder) == {
        role: (folder / f"{role}.json").read_text("utf-8") for role in published
    }


def test_one_file_may_document_both_operations():
    """Operations are found in documents, not by the names of files."""
    contract = FOLDER / "contract.json"
    assert texts(contract) == dict.fromkeys(WANTED, contract.read_text("utf-8"))


def test_a_byte_order_mark_is_not_part_of_the_text(file, published):
    """Some editors begin a file with one."""
    (document,) = read_source(str(file("\ufeff" + published["create"], "create.json")))
    assert document.text == published["create"]


def test_a_page_is_read_from_its_url(serve, page, published):
    """A URL is read like a file."""
    assert texts(serve("/page.md", page.encode())) == published


def test_an_incomplete_page_is_an_error_with_what_it_documents(file, page, published):
    """If a block is never closed, the rest of the page is missing."""
    before = page[: page.index(published["poll"])]
    line = before.count("\n")
    assert error_of(file(before + published["poll"][:400])) == (
        f"page.md is incomplete: the block of code opened on line {line} is never closed. "
        f"Fetch the page again, or correct it in a copy. It documents: {CREATE}."
    )


def test_an_incomplete_document_is_an_error(file, page, published):
    """Although its block is closed. The other document is still named."""
    half = page.replace(published["create"], published["create"][:400] + "\n")
    message = error_of(file(half))
    assert message.startswith("page.md holds an OpenAPI document that is not valid JSON: ")
    assert message.endswith(f". It documents: {POLL}.")


def test_a_page_without_one_of_the_operations_is_an_error(file, page, published):
    """The error names the operations that the page documents."""
    assert error_of(file(page.replace(published["poll"], "{}\n"))) == (
        f"The source documents no GET operation for 'poll'. It documents: {CREATE}."
    )


@pytest.mark.parametrize(
    "content",
    [
        "",
        "# Nothing here\n",
        '{"a": 1}',
        "{",
        "```json\n[{}]\n```",
        "```json\n{…}\n```",
        "a: 1",
        "[a](b.json)",
    ],
)
def test_a_source_without_a_document_is_an_error(file, content):
    """Other JSON is not a document."""
    path = file(content)
    assert error_of(path) == (
        f"{path} holds no OpenAPI document: neither JSON, YAML, a ```json or ```yaml block nor "
        "a link to one. It documents: no operation at all."
    )


def test_a_source_that_does_not_exist_is_gone(tmp_path):
    """The error names the path."""
    with pytest.raises(SourceGoneError) as caught:
        read_source(str(tmp_path / "none"))
    assert str(caught.value) == (
        f"There is no file or folder at {tmp_path / 'none'}. Check its name."
    )


def test_the_only_operation_of_a_method_is_ours(file, page):
    """Wherever it has moved."""
    documents = read_source(str(file(page)))
    moved = PATHS | {"create": "/where/it/was"}
    assert select(documents, moved)["create"][1] == WANTED["create"][1]


@pytest.mark.parametrize(
    ("known", "paths", "expected"),
    [
        ("/v2/video/generations", ["/v3/video/generations", "/v2/images"], "/v3/video/generations"),
        ("/v2/video/generate", ["/v2/models/{id}", "/v2/video/generate/{id}"], 1),
        ("/v2/generate/video/alibaba", ["/{id}", "/v2/video/generate", "/v2/image/generate"], 1),
        ("/v2/anything", ["/v2/another"], "/v2/another"),
        (None, ["/v2/another"], "/v2/another"),
    ],
)
def test_an_operation_that_moved_has_the_words_of_its_path(known, paths, expected):
    """Versions, parameters, order and plurals do not count."""
    path = paths[expected] if isinstance(expected, int) else expected
    assert select(several(*paths), {"create": known})["create"][1] == path


@pytest.mark.parametrize("known", ["/c", "/v2/{id}", None, "/a/b"])
def test_several_operations_that_may_be_ours_are_an_error(known):
    """A person has to choose."""
    with pytest.raises(ContractError) as caught:
        select(several("/a", "/b"), {"create": known})
    assert str(caught.value) == (
        "The source documents more than one POST operation that may be ours for 'create': "
        'POST /a, POST /b. Name the right one: --create "POST /a".'
    )


@pytest.mark.parametrize("paths", [["/v2/chat"], ["/v2/chat", "/v2/images"]])
def test_an_operation_with_nothing_in_common_is_not_ours(paths):
    """Even if no other one has the method."""
    chat = {"responses": {"200": {"description": "a chat"}}}
    with pytest.raises(ContractError) as caught:
        select(several(*paths, operation=chat), {"create": "/v2/videos"})
    assert str(caught.value) == (
        f"The source documents no POST operation for 'create'. It documents: POST "
        f'{", POST ".join(paths)}. If one of these is ours, name it: --create "POST /v2/chat".'
    )
    names = read_names(f"POST {paths[0]}", None)
    found = select(several(*paths, operation=chat), {"create": "/v2/videos"}, (), names)
    assert found["create"][1] == paths[0]


def test_the_same_path_in_another_version_is_ours():
    """Whatever it contains now."""
    other = several("/v3/video/{id}", operation={})
    assert select(other, {"create": "/v2beta/video/{generation}"})["create"][1] == "/v3/video/{id}"
    with pytest.raises(ContractError):
        select(several("/v3/video", operation={}), {"create": "/v2/video/{id}"})


def test_an_operation_in_another_file_may_be_ours():
    """If that file could not be read, the operation is not missing."""
    data = {"openapi": "3.0.0", "paths": {"/a": {"$ref": "paths.json#/a"}, "/b": {"post": {}}}}
    message = r"it describes /a in another place, 'paths\.json#/a', which could not be read\."
    with pytest.raises(ContractError, match=message):
        select([Document("", data, "it")], {"create": "/v2/videos"})


@pytest.mark.parametrize("name", ["/a", "POST", "POST a", "FETCH /a", ""])
def test_a_name_is_a_method_and_a_path(name):
    """The error shows how to write it."""
    with pytest.raises(ContractError, match=r'Write a method and a path: --poll "GET /v1/videos"'):
        read_names(None, name)


def test_a_named_operation_must_be_documented():
    """The error lists what is."""
    with pytest.raises(ContractError, match=r"^POST /c is not documented\. .* POST /a\.$"):
        select(several("/a"), {"create": "/a"}, (), read_names("post  /c", None))


def test_the_same_document_may_be_published_twice(file, page, published):
    """A page that repeats itself does not contradict itself."""
    assert texts(file(page + page)) == published


def test_two_documents_that_contradict_each_other_are_an_error(file, page, published):
    """Either of them may be the right one."""
    other = PAGE.format(**published | {"create": altered(published["create"])})
    assert error_of(file(page + other)) == (
        f"The source documents {CREATE} twice, and the two differ: /deprecated is in one of them "
        f"only (page.md). Give a source with one of them. It documents: {POLL}, {CREATE}."
    )


def test_documents_of_two_sources_may_not_contradict_each_other(file, published):
    """Although each source alone is correct."""
    one = read_source(str(file(published["create"], "one.json")))
    other = read_source(str(file(altered(published["create"]), "other.json")))
    with pytest.raises(ContractError, match=r"differ: .* \(one.json and other.json\)\."):
        select([*one, *other], {"create": WANTED["create"][1]})


def test_all_operations_of_a_source_can_be_described(file, page):
    """They are sorted, whatever their order on the page."""
    assert describe(read_source(str(file(page)))) == f"{POLL}, {CREATE}"


def test_a_path_without_operations_documents_nothing(file):
    """Only an object under the name of a method is an operation."""
    text = '{"openapi": "3.0.0", "paths": {"/a": null, "/b": {"get": "x", "summary": "y"}}}'
    assert describe(read_source(str(file(text)))) == "no operation at all"


def test_of_very_many_operations_the_first_are_named():
    """The others are counted."""
    paths = [f"/{number:03}" for number in range(252)]
    sentence = describe(several(*paths))
    assert sentence.startswith("POST /000, POST /001, ")
    assert sentence.endswith(", POST /019, and 232 more")


def test_each_http_method_makes_an_operation():
    """Other members of a path item do not."""
    item: dict[str, object] = {name: {} for name in (*METHODS, "summary", "x-note")}
    document = Document("", {"openapi": "3.0.0", "paths": {"/a": item}}, "it")
    assert list(document.operations()) == [(method.upper(), "/a") for method in METHODS]


def test_nothing_heavy_is_imported_before_it_is_needed():
    """A comparison of files needs no HTTP client."""
    assert not {"httpx", "yaml"} & vars(_read).keys()
