"""Reading the source of a page, which links its documents."""

import pytest

from tests.contract.source.sources import CREATE, POLL, block, error_of, texts
from tests.support.first_contract import FOLDER, WANTED
from wan_ergonomic.contract import SourceGoneError, read_source
from wan_ergonomic.contract.document._document import describe


@pytest.mark.parametrize("name", ["openapi-operation", "openapi", "swagger"])
def test_the_source_of_a_page_gives_the_documents_that_it_links_to(file, published, tmp_path, name):
    """Each for the operation that the page shows."""
    (tmp_path / "Model APIs").mkdir()
    for role, text in published.items():
        file(text, f"Model APIs/{role} (1).json")
    page = block("create", "Model%20APIs/create%20(1).json", name)
    page += block("poll", "<Model APIs/poll (1).json>", name)
    assert texts(file(page)) == published


def test_links_of_a_page_on_the_web_are_relative_to_its_url(serve, published):
    """They may also lead to another site."""
    elsewhere = serve("/files/poll", published["poll"].encode())
    serve("/assets/create.json", published["create"].encode())
    page = block("create", "../assets/create.json?token=x") + block("poll", elsewhere)
    assert texts(serve("/pages/page.md", page.encode())) == published


def test_a_page_shows_one_operation_of_a_document(file):
    """The others may be another model's."""
    contract = FOLDER / "contract.json"
    (document,) = read_source(str(file(block("poll", contract))))
    assert (document.only, list(document.operations())) == (WANTED["poll"], [WANTED["poll"]])
    assert document.text == contract.read_text("utf-8")


def test_another_method_of_the_same_path_is_another_operation(file):
    """A page that shows one of them does not show the other one."""
    file('{"openapi": "3.0.0", "paths": {"/a": {"get": {}, "post": {}}}}', "it.json")
    page = '{% openapi src="it.json" path="/a" method="get" %}{% endopenapi %}'
    assert describe(read_source(str(file(page)))) == "GET /a"


def test_a_page_may_show_a_whole_document(file):
    """A block without an operation shows all of them."""
    page = f'{{% openapi src="{FOLDER}/contract.json" %}}{{% endopenapi %}}'
    (document,) = read_source(str(file(page)))
    assert describe([document]) == f"{POLL}, {CREATE}"


def test_a_document_that_several_blocks_link_to_is_read_once(web, file):
    """However many of its operations the page shows."""
    url = web.put("/it.json", (FOLDER / "contract.json").read_bytes())
    documents = read_source(str(file(block("create", url) + block("poll", url))))
    assert [document.only for document in documents] == [WANTED["create"], WANTED["poll"]]
    assert web.requests == ["/it.json"]


def test_an_operation_that_the_linked_document_lacks_is_an_error(file, published):
    """The error names the operations that the document has."""
    file(published["poll"], "poll.json")
    assert error_of(file(block("poll", "poll.json") + block("create", "poll.json"))) == (
        f"page.md, line 4 shows {CREATE}, which poll.json does not document. "
        f"poll.json documents: {POLL}. Correct the block in a copy. It documents: {POLL}."
    )


@pytest.mark.parametrize("target", ["gone.json", "broken-reference", "{}/gone.json"])
def test_a_source_is_gone_if_a_linked_document_is_gone(serve, file, published, target):
    """The error names the page's other operations."""
    file(published["poll"], "poll.json")
    target = target.format(serve("/").rstrip("/"))
    with pytest.raises(SourceGoneError) as caught:
        read_source(str(file(block("create", target) + block("poll", "poll.json"))))
    assert str(caught.value).startswith("page.md, line 1: ")
    assert str(caught.value).endswith(f" It documents: {POLL}.")


def test_a_source_with_a_part_that_is_gone_is_gone_whatever_else_is_wrong(file):
    """The error lists all problems."""
    page = block("create", "broken-reference") + "```json\n"
    with pytest.raises(SourceGoneError) as caught:
        read_source(str(file(page)))
    assert str(caught.value) == (
        "page.md, line 1: the document that was linked here does not exist any more. Give a "
        "source that has it. page.md is incomplete: the block of code opened on line 4 is never "
        "closed. Fetch the page again, or correct it in a copy. "
        "It documents: no operation at all."
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<!doctype html>", "linked.json is an HTML page. Pass "),
        ("Not found", "linked.json is not valid JSON, or is incomplete: "),
        ("[1]", "linked.json is not an OpenAPI document."),
        ('{"openapi": "3.0.0", "paths": {"/a": {', "linked.json is not valid JSON, or is incompl"),
        ('{"openapi": "3.0.0"}', "linked.json holds an OpenAPI document without paths."),
    ],
)
def test_a_link_to_anything_but_a_document_is_an_error(file, content, reason):
    """The error names the page's line and the file."""
    file(content, "linked.json")
    assert error_of(file(block("create", "linked.json"))).startswith(f"page.md, line 1: {reason}")


def test_a_malformed_link_is_an_error(serve):
    """It may be a typing error."""
    url = serve("/page.md", block("create", "http://[x").encode())
    assert error_of(url).startswith(f"{url}, line 1: http://[x is not a valid link: ")


def test_a_page_that_begins_like_yaml_is_a_page(file, page, published):
    """Its front matter is YAML, and it may show YAML in a block."""
    head = "---\ntitle: A\n---\n~~~yaml\nopenapi: 3.0.0\n~~~\n"
    assert texts(file(head + page)) == published


def test_a_rendered_schema_is_not_a_broken_document(file, page, published):
    """A page shows it as a document without paths."""
    schema = '{"openapi": "3.0.0", "info": {}, "components": {"schemas": {"A": {}}}}'
    assert texts(file(f"```json\n{schema}\n```\n{page}")) == published


def test_a_block_of_code_without_a_language_may_hold_a_document(file, page, published):
    """A block in another language is a sample."""
    bare = page.replace("```json\n", "```\n") + '```js\n{"openapi": "3.0.0"}\n```\n'
    assert texts(file(bare)) == published
