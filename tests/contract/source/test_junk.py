"""Documents and pages with junk in any place."""

import copy
import json
import string
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.first_contract import FOLDER, PATHS, WANTED
from tests.support.project import PAGE
from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract.document._document import Document, describe
from wan_ergonomic.contract.document._join import join
from wan_ergonomic.contract.document._validate import validate
from wan_ergonomic.contract.overlay._apply import apply
from wan_ergonomic.contract.overlay._overlay import load_overlays
from wan_ergonomic.contract.source._gitbook import read_page
from wan_ergonomic.contract.source._pairs import select
from wan_ergonomic.contract.source._parse import parse_document
from wan_ergonomic.contract.source._read import read_source

OVERLAYS = load_overlays(FOLDER / "overlays")
PUBLISHED = {
    role: json.loads((FOLDER / "upstream" / f"{role}.json").read_text("utf-8")) for role in WANTED
}
JUNK = [None, 0, "", [], {}, True, ["x"], {"x": None}, {"$ref": "#/x"}, {"$ref": "#/paths"}]


def places(node, trail=()):
    """Yield the keys to each place in a document."""
    for key in node if isinstance(node, dict) else range(len(node)):
        yield (*trail, key)
        if isinstance(node[key], dict | list):
            yield from places(node[key], (*trail, key))


PLACES = [(role, *place) for role, document in PUBLISHED.items() for place in places(document)]


@settings(max_examples=100, deadline=None)
@given(place=st.sampled_from(PLACES), junk=st.sampled_from(JUNK))
def test_a_document_with_junk_is_built_or_an_error(place, junk):
    """Building ends in a result or in a ContractError."""
    documents = copy.deepcopy(PUBLISHED)
    node = documents
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = junk
    found = [parse_document(json.dumps(document), "it") for document in documents.values()]
    with suppress(ContractError):
        chosen = select([each for each in found if isinstance(each, Document)], PATHS)
        parts = [(d.data, WANTED[role][0].lower(), path) for role, (d, path) in chosen.items()]
        joined, _ = join(parts)
        contract = apply(joined, OVERLAYS, "contract")
        validate(contract)
        apply(contract, OVERLAYS, "client")


# The syntax of pages, complete, incomplete and in the wrong place.
PIECES = [
    *("```json\n", "```\n", "~~~", "````", "> ", "* ", "`", "\\", "\n", "\r\n", "\0", "\ufeff"),
    *("{% openapi ", "%}", "{%", "{% endopenapi %}", "{% swagger %}", "{% endswagger %}"),
    *('src="', "path='/a' ", 'method="get" ', "[a](", "](<", ">)", ")", "it.json", "http://["),
    *('{"openapi": "3.0.0", "paths": {"/a": {"get": {}}}}', '{"openapi": "3', '"paths": {"/'),
    *("openapi: 3.0.0\n", "paths:\n", "  /a: {get: {}}\n", "swagger: 2\n", "---\n", "&a [*a]"),
    *("broken-reference", '{"openapi": 1e999}', "NaN", '"\\ud800"', "\udcff", "https://", "%00"),
    *("{% tab %}", "{}", "<html>", "#", "!!int x"),
]
LETTERS = st.text(st.sampled_from(string.printable), max_size=5)
SOURCES = st.lists(st.sampled_from(PIECES) | LETTERS, max_size=30).map("".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with one document in it."""
    folder = tmp_path_factory.mktemp("junk")
    (folder / "it.json").write_text(json.dumps(PUBLISHED["poll"]), "utf-8")
    return folder


@settings(max_examples=200, deadline=None)
@given(text=SOURCES, suffix=st.sampled_from(["md", "json", "yaml"]))
def test_a_file_with_any_text_is_read_or_an_error(folder, text, suffix):
    """Reading ends in at least one document or in a ContractError."""
    file = folder / f"page.{suffix}"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with suppress(ContractError):
        documents = read_source(str(file))
        assert documents
        assert "\ud800" not in describe(documents)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_damaged_page_is_read_or_an_error(folder, data):
    """Wherever text is removed or inserted."""
    page = PAGE.format(**{role: json.dumps(PUBLISHED[role]) + "\n" for role in WANTED})
    start = data.draw(st.integers(0, len(page)))
    end = data.draw(st.integers(start, min(start + 300, len(page))))
    (folder / "page.md").write_text(
        page[:start] + data.draw(SOURCES) + page[end:], "utf-8", "replace"
    )
    with suppress(ContractError):
        select(read_source(str(folder / "page.md")), PATHS)


@settings(max_examples=200, deadline=None)
@given(text=st.text() | SOURCES)
def test_the_parts_of_a_page_are_found_in_any_text(text):
    """Finding them never fails."""
    assert all(part is not None for part in read_page(text))
