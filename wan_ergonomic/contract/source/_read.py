"""Reads the OpenAPI documents of a source.

A source is a rendered documentation page, a page's source with links to documents,
an OpenAPI document in JSON or YAML, which may be split over several files, a folder of
any of these, or a URL. Headings of
a page are ignored. If a source is incomplete or broken, the error says which
operations were found in it. Writes no file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import NoReturn

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.document._document import Document, describe

from ._bundle import bundle
from ._contradictions import contradictions
from ._fetch import Content, SourceGoneError, follow, retrieve, shown
from ._gitbook import Flaw, Link, linked_files, read_page
from ._parse import is_data, parse_document, parse_fence

_SUFFIXES = (".json", ".markdown", ".md", ".yaml", ".yml")
# GitBook replaces the target of a link by this if the target was deleted.
_BROKEN = "broken-reference"

Found = Document | ContractError


def read_source(source: str) -> list[Document]:
    """Return every OpenAPI document that a page, file, folder or URL holds or links to.

    A folder is read recursively. Files and folders whose names begin with a dot are skipped,
    unless a page links to them.

    Raises:
        SourceGoneError: The source, or a file that it links to, does not exist any more.
        ContractError: The source cannot be read, is HTML, is incomplete, contradicts itself,
            or holds no OpenAPI document.
    """
    documents: list[Document] = []
    problems: list[ContractError] = []
    for found in _find(source):
        if isinstance(found, Document):
            documents.append(found)
        else:
            problems.append(found)
    problems += contradictions(documents)
    if not documents and not problems:
        problems = [
            ContractError(
                f"{shown(source)} holds no OpenAPI document: neither JSON, YAML, a ```json or "
                "```yaml block nor a link to one."
            )
        ]
    if problems:
        gone = any(isinstance(problem, SourceGoneError) for problem in problems)
        sentences = " ".join(dict.fromkeys(map(str, problems)))
        raise (SourceGoneError if gone else ContractError)(
            f"{sentences} It documents: {describe(documents)}."
        )
    return documents


def _find(source: str) -> Iterator[Found]:
    """Yield each document in a source, and an error for each broken part."""
    # Several blocks may link to the same file.
    linked = cache(_read_linked)
    if not os.path.isdir(source):
        yield from _scan(retrieve(source), linked)
        return
    for name in _files(source):
        try:
            content = replace(retrieve(os.path.join(source, name)), name=name)
        except ContractError as error:
            yield error
        else:
            yield from _scan(content, linked)


def _files(folder: str) -> Iterator[str]:
    """Yield the relative path of each file in a folder that may be a page or a document."""
    for parent, folders, files in os.walk(folder, onerror=_fail):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.lower().endswith(_SUFFIXES) and not name.startswith("."):
                yield os.path.relpath(os.path.join(parent, name), folder).replace(os.sep, "/")


def _fail(error: OSError) -> NoReturn:
    raise ContractError(f"{error.filename} cannot be read: {error}.") from error


def _scan(content: Content, linked: Callable[[str], Found]) -> Iterator[Found]:
    """Yield the documents that a text holds or links to, and an error for each broken part."""
    if is_data(content.text, content.name):
        if found := parse_document(content.text, content.name):
            yield _whole(found, content)
        return
    yield from list(_parts(content, linked)) or _beside(content, linked)


def _whole(found: Found, content: Content) -> Found:
    """Return a document with the other files that it refers to."""
    return bundle(found, content.location) if isinstance(found, Document) else found


def _parts(content: Content, linked: Callable[[str], Found]) -> Iterator[Found]:
    """Yield the documents in a page's blocks, and an error for each broken one."""
    for part in read_page(content.text):
        if isinstance(part, Flaw):
            yield ContractError(
                f"{content.name} {part.reason}. Fetch the page again, or correct it in a copy."
            )
        elif isinstance(part, Link):
            yield _follow_link(part, content, linked)
        elif found := parse_fence(part, content.name):
            yield _whole(found, content)


def _beside(content: Content, linked: Callable[[str], Found]) -> Iterator[Found]:
    """Yield the documents that the text of a page links to: a page without any block does."""
    for target in linked_files(content.text):
        with suppress(ContractError):
            found = linked(follow(content.location, target))
            if isinstance(found, Document):
                yield found


def _follow_link(link: Link, content: Content, linked: Callable[[str], Found]) -> Found:
    """Return the document that a page's block links to, for the operation that it shows."""
    where = f"{content.name}, line {link.line}"
    if link.target == _BROKEN:
        return SourceGoneError(
            f"{where}: the document that was linked here does not exist any more. "
            "Give a source that has it."
        )
    try:
        found = linked(follow(content.location, link.target))
    except ContractError as error:
        return ContractError(f"{where}: {error}")
    if not isinstance(found, Document):
        return type(found)(f"{where}: {found}")
    limited = replace(found, only=link.only)
    if link.only and not any(limited.operations()):
        return ContractError(
            f"{where} shows {' '.join(link.only)}, which {found.origin} does not document. "
            f"{found.origin} documents: {describe([found])}. Correct the block in a copy."
        )
    return limited


def _read_linked(location: str) -> Found:
    """Return the document at the end of a link."""
    try:
        content = retrieve(location)
    except ContractError as error:
        return error
    found = parse_document(content.text, content.name)
    if found is None:
        return ContractError(f"{content.name} is not an OpenAPI document. Correct the link.")
    return _whole(found, content)
