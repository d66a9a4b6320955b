"""Reading what a vendor publishes."""

import http.server
import json
import threading
from pathlib import Path

import pytest

from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract._sources import describe, read_source, select

from .conftest import PAGE, WANTED, reworded

CREATE, POLL = " ".join(WANTED["create"]), " ".join(WANTED["poll"])


def texts(source):
    """The text selected for each role from a source."""
    chosen = select(read_source(str(source)), WANTED)
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
def served(page):
    """The address of a loopback server with the page, its HTML, and nothing else."""
    pages = {"/page.md": page.encode(), "/page": b"\n<!DOCTYPE html><html></html>"}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in pages else 404)
            self.end_headers()
            self.wfile.write(pages.get(self.path, b""))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_page_gives_each_document_byte_for_byte(file, page, published):
    """Tags, footnotes, samples and console logs around the documents change nothing."""
    assert texts(file(page)) == published


def test_a_page_with_other_line_ends_keeps_them(file, page, published):
    """What was published is vendored as it is, even where we would write it otherwise."""
    expected = {role: text.replace("\n", "\r\n") for role, text in published.items()}
    assert texts(file(page.replace("\n", "\r\n"))) == expected


def test_a_folder_of_json_files_is_a_source(root, published):
    """The vendored documents can be read the way they were vendored."""
    assert texts(root / "openapi" / "upstream") == published


def test_one_file_may_document_both_operations(root):
    """Roles are found in documents, not in files."""
    contract = root / "openapi" / "contract.json"
    assert texts(contract) == dict.fromkeys(WANTED, contract.read_text("utf-8"))


def test_a_mark_before_the_text_is_not_part_of_it(file, published):
    """Some editors begin a file with a byte order mark."""
    (document,) = read_source(str(file("\ufeff" + published["create"], "create.json")))
    assert document.text == published["create"]


def test_a_page_is_fetched_from_its_address(served, published):
    """A URL is read like a file."""
    assert texts(f"{served}/page.md") == published


def test_an_html_page_is_refused(served):
    """The rendered page says where its Markdown is to be had."""
    assert "/page is an HTML page; give its Markdown" in refusal(f"{served}/page")


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/page.md", "http://[broken", "{}/other"])
def test_a_page_that_cannot_be_fetched_is_an_error(served, address):
    """No server, no address, no page: each ends in the same kind of sentence."""
    url = address.format(served)
    assert refusal(url).startswith(f"{url} could not be fetched: ")


def test_a_page_that_was_cut_short_says_what_it_documents(file, page, published):
    """A block that is never closed means that the rest is missing too."""
    before = page[: page.index(published["poll"])]
    line = before.count("\n")
    assert refusal(file(before + published["poll"][:400])) == (
        f"page.md was cut short: the block opened on line {line} is never closed. "
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
    "content", ["", "# Nothing here\n", '{"openapi": 3, "paths": {}}', '{"openapi": "3.0.0"}', "{"]
)
def test_a_source_without_a_document_is_an_error(file, content):
    """Neither silence nor other JSON passes for a document."""
    path = file(content)
    assert refusal(path) == (
        f"{path} holds no OpenAPI document, as JSON or in a ```json block. "
        "It documents: no operation at all."
    )


def test_a_folder_without_documents_is_an_error(tmp_path):
    """An empty folder documents nothing."""
    assert "holds no OpenAPI document" in refusal(tmp_path)


def test_a_source_that_is_not_there_is_an_error(tmp_path):
    """A wrong path is named."""
    assert refusal(tmp_path / "none") == f"There is no file or folder at {tmp_path / 'none'}."


def test_a_source_that_cannot_be_read_is_an_error(tmp_path):
    """The system's own reason is passed on."""
    sentence = refusal(tmp_path / ("long" * 100))
    assert "cannot be read: " in sentence


def test_a_file_that_is_not_text_is_an_error(file):
    """Bytes that are not UTF-8 are not guessed at."""
    assert refusal(file(b"\xff\xfe{}")).startswith("page.md is not UTF-8 text: ")


def test_an_operation_that_moved_is_found(file, page):
    """The only operation with the wanted method is the wanted one, wherever it is now."""
    documents = read_source(str(file(page)))
    moved = WANTED | {"create": ("POST", "/where/it/was")}
    assert select(documents, moved)["create"][1] == WANTED["create"][1]


def test_several_candidates_for_a_moved_operation_are_not_guessed_at(file):
    """Choosing between two is for a person."""
    both = {"openapi": "3.0.0", "paths": {"/a": {"post": {}}, "/b": {"post": {}}}}
    assert refusal(file(json.dumps(both))) == (
        "The source documents more than one POST operation for 'create'. "
        "It documents: POST /a, POST /b."
    )


def test_the_same_document_may_be_published_twice(file, page, published):
    """A page that repeats itself is no contradiction."""
    assert texts(file(page + page)) == published


def test_two_documents_that_contradict_each_other_are_an_error(file, page, published):
    """Nobody can tell which of the two is right."""
    other = PAGE.format(**published | {"create": reworded(published["create"])})
    assert refusal(file(page + other)) == (
        f"The source documents {CREATE} twice, and the two differ."
    )


def test_all_that_a_source_documents_can_be_described(file, page):
    """Operations are named in one order, whatever the page's."""
    assert describe(read_source(str(file(page)))) == f"{POLL}, {CREATE}"


def test_a_path_without_operations_documents_nothing(file):
    """Only objects under a method's name are operations."""
    text = '{"openapi": "3.0.0", "paths": {"/a": null, "/b": {"get": "x", "summary": "y"}}}'
    assert describe(read_source(str(file(text)))) == "no operation at all"
