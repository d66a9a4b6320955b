"""Reading what a vendor publishes."""

import json
from pathlib import Path

import pytest
import yaml

from tests.support.project import PAGE, PATHS, WANTED
from tests.support.stand_in import stand_in
from tests.support.web import serving
from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract.document._document import METHODS, Document
from wan_ergonomic.contract.source import _read
from wan_ergonomic.contract.source._fetch import SourceGoneError
from wan_ergonomic.contract.source._read import describe, read_source
from wan_ergonomic.contract.source._roles import select

CREATE, POLL = " ".join(WANTED["create"]), " ".join(WANTED["poll"])


def texts(source):
    """The text selected for each role from a source."""
    chosen = select(read_source(str(source)), PATHS)
    return {role: document.text for role, (document, _) in chosen.items()}


def refusal(source):
    """The sentence with which a source is refused."""
    with pytest.raises(ContractError) as caught:
        texts(source)
    return str(caught.value)


@pytest.fixture
def file(tmp_path):
    """A function that writes content to a file and returns its path."""

    def write(content: str | bytes, name: str = "page.md") -> Path:
        path: Path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def web():
    """A loopback server for pages and documents."""
    with serving() as server:
        yield server


@pytest.fixture
def serve(web):
    """A function that puts a body at a path of that server, and returns the address."""
    return web.put


def altered(text):
    """A published document that promises something else of each operation."""
    data = json.loads(text)
    for item in data["paths"].values():
        for operation in item.values():
            operation["deprecated"] = True
    return json.dumps(data) + "\n"


def block(role, target, name="openapi-operation"):
    """A block of a page's source that shows the operation of a role."""
    method, path = WANTED[role]
    words = f'spec="it" path="{path}" method="{method.lower()}"'
    return f"{{% {name} {words} %}}\n[OpenAPI it]({target})\n{{% end{name} %}}\n"


def gone(source):
    """The sentence with which a source is said not to be there any more."""
    with pytest.raises(SourceGoneError) as caught:
        read_source(str(source))
    return str(caught.value)


def test_a_page_gives_each_document_byte_for_byte(file, page, published):
    """Tags, footnotes, samples and console logs around the documents change nothing."""
    assert texts(file(page)) == published


def test_a_page_with_other_line_ends_keeps_them(file, page, published):
    """What was published is vendored as it is, even where we would write it otherwise."""
    expected = {role: text.replace("\n", "\r\n") for role, text in published.items()}
    assert texts(file(page.replace("\n", "\r\n"))) == expected


def test_a_folder_of_json_files_is_a_source(root, published):
    """The vendored documents can be read the way they were vendored."""
    folder = root / "openapi" / "upstream"
    assert texts(folder) == {
        role: (folder / f"{role}.json").read_text("utf-8") for role in published
    }


def test_one_file_may_document_both_operations(root):
    """Roles are found in documents, not in files."""
    contract = root / "openapi" / "contract.json"
    assert texts(contract) == dict.fromkeys(WANTED, contract.read_text("utf-8"))


def test_a_mark_before_the_text_is_not_part_of_it(file, published):
    """Some editors begin a file with a byte order mark."""
    (document,) = read_source(str(file("\ufeff" + published["create"], "create.json")))
    assert document.text == published["create"]


def test_a_page_is_fetched_from_its_address(serve, page, published):
    """A URL is read like a file."""
    assert texts(serve("/page.md", page.encode())) == published


def test_a_page_that_was_cut_short_says_what_it_documents(file, page, published):
    """A block that is never closed means that the rest is missing too."""
    before = page[: page.index(published["poll"])]
    line = before.count("\n")
    assert refusal(file(before + published["poll"][:400])) == (
        f"page.md was cut short: the block of code opened on line {line} is never closed. "
        f"It documents: {CREATE}."
    )


def test_a_document_that_was_cut_short_is_an_error(file, page, published):
    """A closed block does not make half a document whole, and the other one is still named."""
    half = page.replace(published["create"], published["create"][:400] + "\n")
    sentence = refusal(file(half))
    assert sentence.startswith("page.md holds an OpenAPI document that is broken: ")
    assert sentence.endswith(f". It documents: {POLL}.")


def test_a_page_without_a_wanted_operation_says_what_it_documents(file, page, published):
    """A page about something else is not half accepted."""
    assert refusal(file(page.replace(published["poll"], "{}\n"))) == (
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
    """Neither silence nor other JSON passes for a document."""
    path = file(content)
    assert refusal(path) == (
        f"{path} holds no OpenAPI document, as JSON or YAML, in a ```json block or as a link to "
        "one. It documents: no operation at all."
    )


def test_a_folder_without_documents_is_an_error(tmp_path):
    """An empty folder documents nothing."""
    assert "holds no OpenAPI document" in refusal(tmp_path)


def test_a_source_that_is_not_there_is_gone(tmp_path):
    """A wrong path is named."""
    assert gone(tmp_path / "none") == f"There is no file or folder at {tmp_path / 'none'}."


def test_an_operation_that_moved_is_found(file, page):
    """The only operation with the wanted method is the wanted one, wherever it is now."""
    documents = read_source(str(file(page)))
    moved = PATHS | {"create": "/where/it/was"}
    assert select(documents, moved)["create"][1] == WANTED["create"][1]


def several(*paths, method="post"):
    """A document of operations that have nothing but a place."""
    data = {"openapi": "3.0.0", "paths": {path: {method: {}} for path in paths}}
    return [Document("", data, "it")]


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
def test_an_operation_that_moved_keeps_its_words(known, paths, expected):
    """Versions, parameters, order and plurals aside, its path says the same."""
    path = paths[expected] if isinstance(expected, int) else expected
    assert select(several(*paths), {"create": known})["create"][1] == path


@pytest.mark.parametrize("known", ["/c", "/v2/{id}", None, "/a/b"])
def test_several_candidates_for_a_moved_operation_are_not_guessed_at(known):
    """Choosing between two is for a person."""
    with pytest.raises(ContractError) as caught:
        select(several("/a", "/b"), {"create": known})
    assert str(caught.value) == (
        "The source documents more than one POST operation that may be ours for 'create': "
        "/a, /b. Give a source that documents only the right one."
    )


def test_the_same_document_may_be_published_twice(file, page, published):
    """A page that repeats itself is no contradiction."""
    assert texts(file(page + page)) == published


def test_two_documents_that_contradict_each_other_are_an_error(file, page, published):
    """Nobody can tell which of the two is right."""
    other = PAGE.format(**published | {"create": altered(published["create"])})
    sentence = f"The source documents {CREATE} twice, and the two differ."
    assert refusal(file(page + other)) == f"{sentence} It documents: {POLL}, {CREATE}."


def test_documents_of_two_sources_may_not_contradict_each_other(file, published):
    """Each of them alone is sound."""
    one = read_source(str(file(published["create"], "one.json")))
    other = read_source(str(file(altered(published["create"]), "other.json")))
    with pytest.raises(ContractError, match=r" twice, and the two differ\.$"):
        select([*one, *other], {"create": WANTED["create"][1]})


def test_what_else_a_document_holds_is_no_contradiction(file, published):
    """The first of the documents is taken."""
    pretty = json.loads(published["create"])
    pretty |= {"components": {"schemas": {"Unused": {"type": "string"}}}, "x-note": 1}
    text = json.dumps(pretty, indent=1, sort_keys=True)
    file(text, "z.json")
    file(published["create"], "a.json")
    file(published["poll"], "folder.yml")
    assert texts(file("", "empty.md").parent) == published


def test_all_that_a_source_documents_can_be_described(file, page):
    """Operations are named in one order, whatever the page's."""
    assert describe(read_source(str(file(page)))) == f"{POLL}, {CREATE}"


def test_a_path_without_operations_documents_nothing(file):
    """Only objects under a method's name are operations."""
    text = '{"openapi": "3.0.0", "paths": {"/a": null, "/b": {"get": "x", "summary": "y"}}}'
    assert describe(read_source(str(file(text)))) == "no operation at all"


def test_of_very_many_operations_the_first_are_named():
    """A sentence must end."""
    paths = [f"/{number:03}" for number in range(252)]
    sentence = describe(several(*paths))
    assert sentence.startswith("POST /000, POST /001, ")
    assert sentence.endswith(", POST /019, and 232 more")


def test_each_method_of_http_makes_an_operation():
    """And nothing else under a path does."""
    item: dict[str, object] = {name: {} for name in (*METHODS, "summary", "x-note")}
    document = Document("", {"openapi": "3.0.0", "paths": {"/a": item}}, "it")
    assert list(document.operations()) == [(method.upper(), "/a") for method in METHODS]


# Pages' sources


@pytest.mark.parametrize("name", ["openapi-operation", "openapi", "swagger"])
def test_a_pages_source_gives_the_documents_that_it_links_to(file, published, tmp_path, name):
    """Each for the operation that the page shows."""
    (tmp_path / "Model APIs").mkdir()
    for role, text in published.items():
        file(text, f"Model APIs/{role} (1).json")
    page = block("create", "Model%20APIs/create%20(1).json", name)
    page += block("poll", "<Model APIs/poll (1).json>", name)
    assert texts(file(page)) == published


def test_a_page_on_the_web_links_on_from_its_address(serve, published):
    """To addresses beside it or elsewhere."""
    elsewhere = serve("/files/poll", published["poll"].encode())
    serve("/assets/create.json", published["create"].encode())
    page = block("create", "../assets/create.json?token=x") + block("poll", elsewhere)
    assert texts(serve("/pages/page.md", page.encode())) == published


def test_a_page_shows_only_some_of_a_documents_operations(file, root):
    """The others may be another model's."""
    contract = root / "openapi" / "contract.json"
    (document,) = read_source(str(file(block("poll", contract))))
    assert (document.only, list(document.operations())) == (WANTED["poll"], [WANTED["poll"]])
    assert document.text == contract.read_text("utf-8")


def test_another_method_of_the_same_path_is_another_operation(file):
    """A page that shows the one does not show the other."""
    file('{"openapi": "3.0.0", "paths": {"/a": {"get": {}, "post": {}}}}', "it.json")
    page = '{% openapi src="it.json" path="/a" method="get" %}{% endopenapi %}'
    assert describe(read_source(str(file(page)))) == "GET /a"


def test_a_page_may_show_a_whole_document(file, root):
    """A block that names no operation shows all."""
    page = f'{{% openapi src="{root}/openapi/contract.json" %}}{{% endopenapi %}}'
    (document,) = read_source(str(file(page)))
    assert describe([document]) == f"{POLL}, {CREATE}"


def test_a_document_that_several_blocks_link_to_is_read_once(web, file, root):
    """However many operations of it a page shows."""
    url = web.put("/it.json", (root / "openapi" / "contract.json").read_bytes())
    documents = read_source(str(file(block("create", url) + block("poll", url))))
    assert [document.only for document in documents] == [WANTED["create"], WANTED["poll"]]
    assert web.asked == ["/it.json"]


def test_an_operation_that_the_linked_document_lacks_is_an_error(file, published):
    """It says what that document has."""
    file(published["poll"], "poll.json")
    assert refusal(file(block("poll", "poll.json") + block("create", "poll.json"))) == (
        f"page.md, line 4 shows {CREATE}, which poll.json does not document. "
        f"That one documents: {POLL}. It documents: {POLL}."
    )


@pytest.mark.parametrize("target", ["gone.json", "broken-reference", "{}/gone.json"])
def test_a_linked_document_that_is_gone_makes_the_source_gone(serve, file, published, target):
    """What else the page documents is said."""
    file(published["poll"], "poll.json")
    target = target.format(serve("/").rstrip("/"))
    sentence = gone(file(block("create", target) + block("poll", "poll.json")))
    assert sentence.startswith("page.md, line 1: ")
    assert sentence.endswith(f" It documents: {POLL}.")


def test_a_source_with_something_gone_is_gone_whatever_else_is_wrong(file):
    """All of it is said."""
    page = block("create", "broken-reference") + "```json\n"
    assert gone(file(page)) == (
        "page.md, line 1: the document that was linked here is gone. "
        "page.md was cut short: the block of code opened on line 4 is never closed. "
        "It documents: no operation at all."
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<!doctype html>", "linked.json is an HTML page; give"),
        ("Not found", "linked.json is broken, or cut short: as JSON, "),
        ("[1]", "linked.json is no OpenAPI document."),
        ('{"openapi": "3.0.0", "paths": {"/a": {', "linked.json is broken, or cut short: as JSON"),
        ('{"openapi": "3.0.0"}', "linked.json holds an OpenAPI document without paths."),
    ],
)
def test_a_link_to_anything_but_a_document_is_an_error(file, content, reason):
    """Nothing that a page links to is passed over."""
    file(content, "linked.json")
    assert refusal(file(block("create", "linked.json"))).startswith(f"page.md, line 1: {reason}")


def test_a_link_that_leads_nowhere_is_an_error(serve):
    """It may be a slip of the page's author."""
    url = serve("/page.md", block("create", "http://[x").encode())
    assert refusal(url).startswith(f"{url}, line 1: http://[x is no link: ")


# Documents by themselves


def test_a_document_may_be_yaml(file, published):
    """In a file of any name, at the end of a link, with unquoted keys."""
    data = json.loads(published["create"])
    text = "# A comment\n---\n" + yaml.safe_dump(data).replace("'200':", "200:")
    file(text, "linked")
    for path in (file(text, "it.yaml"), file(text, "it.json"), file(block("create", "linked"))):
        (document,) = read_source(str(path))
        assert (document.text, document.data) == (text, data)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", "", "a.json is broken, or cut short: as JSON, Expecting value"),
        ("a.json", "[" * 9999, "a.json is broken, or cut short: as JSON, it is nested too deeply"),
        ("a.json", '{"a": NaN}', "a.json is broken, or cut short: as JSON, NaN is no JSON"),
        ("a.yaml", "openapi: 3.0.0\npaths: [", "a.yaml is broken, or cut short: as YAML, while"),
        ("a.md", '{"swagger": "2.0", "paths": {}}', "a.md holds a document of Swagger 2.0, not of"),
        ("a.yaml", "swagger: 2.0\npaths: {}", "a.yaml holds a document of Swagger 2.0, not of"),
        ("a.md", '{"openapi": 3, "paths": {}}', "a.md holds a document that gives its version of"),
        ("a.md", '{"openapi": "4.0"}', "a.md holds a document that gives its version of OpenAPI a"),
        ("a.md", '{"openapi": "3.0.0"}', "a.md holds an OpenAPI document without paths"),
        ("a.md", '{"openapi": "3.0.0", "paths": {}}', "a.md holds an OpenAPI document without p"),
        ("a.md", '{"paths": {"/a": {}}}', "a.md holds paths, but does not say in which version"),
        (
            "a.json",
            '{"openapi": "3.0.0", "paths": {"/\\ud800": {}}}',
            "a.json holds an OpenAPI document with half a character in it",
        ),
    ],
)
def test_what_should_be_a_document_and_is_none_says_why(file, name, content, reason):
    """Nobody is told that nothing changed."""
    sentence = refusal(file(content, name))
    assert sentence.startswith(reason)
    assert sentence.endswith(" It documents: no operation at all.")


def test_a_whole_character_in_two_halves_is_sound(file):
    """JSON writes those beyond 16 bits as two."""
    text = '{"openapi": "3.0.0", "paths": {"/\\ud83d\\ude00": {"get": {}}}}'
    assert describe(read_source(str(file(text)))) == "GET /\U0001f600"


def test_a_page_that_begins_like_yaml_is_a_page(file, page, published):
    """Its head is YAML, and it may show some."""
    head = "---\ntitle: A\n---\n~~~yaml\nopenapi: 3.0.0\n~~~\n"
    assert texts(file(head + page)) == published


def test_a_rendered_schema_is_no_broken_document(file, page, published):
    """A page shows one as a document without paths."""
    schema = '{"openapi": "3.0.0", "info": {}, "components": {"schemas": {"A": {}}}}'
    assert texts(file(f"```json\n{schema}\n```\n{page}")) == published


def test_a_block_of_code_without_a_language_may_hold_a_document(file, page, published):
    """It is one by what it says; a sample in another language is none."""
    bare = page.replace("```json\n", "```\n") + '```js\n{"openapi": "3.0.0"}\n```\n'
    assert texts(file(bare)) == published


# Folders


def test_a_folder_is_read_with_all_in_it(file, published, tmp_path):
    """Pages and documents, but for what is hidden; what is linked from there is found."""
    for name in (".hidden", "pages"):
        (tmp_path / name).mkdir()
    file(published["create"], ".hidden/create.json")
    file(block("create", "../.hidden/create.json"), "pages/a.MD")
    file(published["poll"], "pages/b.json")
    file("{", ".hidden.json")
    file("{", "notes.txt")
    file('{"scripts": {}}', "package.json")
    file("- {{ template }}: {", "values.yaml")
    assert texts(tmp_path) == published
    assert [document.origin for document in read_source(str(tmp_path))] == [
        "create.json",
        "pages/b.json",
    ]


def test_a_file_that_spoils_a_folder_is_named(file, published, tmp_path):
    """The others are still described."""
    file(published["poll"], "a.json")
    (tmp_path / "b").mkdir()
    file(b"\xff", "b/c.md")
    sentence = refusal(tmp_path)
    assert sentence.startswith("c.md is not UTF-8 text: ")
    assert sentence.endswith(f" It documents: {POLL}.")


def test_a_folder_that_cannot_be_listed_is_an_error(tmp_path, monkeypatch):
    """It is not said to be empty."""

    def walk(path, onerror):
        onerror(PermissionError(13, "Permission denied", path))

    stand_in(monkeypatch, _read, "os", walk=walk)
    assert refusal(tmp_path).startswith(f"{tmp_path} cannot be read: ")


def test_nothing_heavy_is_imported_before_it_is_needed():
    """A comparison of files needs no HTTP client."""
    assert not {"httpx", "yaml"} & vars(_read).keys()
