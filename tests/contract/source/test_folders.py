"""Reading a folder of pages and documents."""

import json

from tests.contract.source.sources import POLL, block, error_of, texts
from tests.support.stand_in import stand_in
from wan_ergonomic.contract import read_source

# Replaced in part, for this module alone.
from wan_ergonomic.contract.source import _read


def test_a_folder_is_read_recursively(file, published, tmp_path):
    """Hidden files are skipped, unless a page links to them."""
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


def test_two_documents_may_differ_in_unused_parts(file, published):
    """The first of the documents is taken."""
    pretty = json.loads(published["create"])
    pretty |= {"components": {"schemas": {"Unused": {"type": "string"}}}, "x-note": 1}
    text = json.dumps(pretty, indent=1, sort_keys=True)
    file(text, "z.json")
    file(published["create"], "a.json")
    file(published["poll"], "folder.yml")
    assert texts(file("", "empty.md").parent) == published


def test_a_folder_without_documents_is_an_error(tmp_path):
    """An empty folder documents nothing."""
    assert "holds no OpenAPI document" in error_of(tmp_path)


def test_an_unreadable_file_of_a_folder_is_named(file, published, tmp_path):
    """The documents in the other files are described."""
    file(published["poll"], "a.json")
    (tmp_path / "b").mkdir()
    file(b"\xff", "b/c.md")
    message = error_of(tmp_path)
    assert message.startswith("c.md is not UTF-8 text: ")
    assert message.endswith(f" It documents: {POLL}.")


def test_a_folder_that_cannot_be_listed_is_an_error(tmp_path, monkeypatch):
    """It is not treated as an empty one."""

    def walk(folder, onerror):
        onerror(PermissionError(13, "Permission denied", folder))
        return []

    stand_in(monkeypatch, _read, "os", walk=walk)
    assert error_of(tmp_path).startswith(f"{tmp_path} cannot be read: ")
