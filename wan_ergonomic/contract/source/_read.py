"""Reads what a vendor publishes and finds OpenAPI documents in it.

A source is a rendered documentation page, a page's source with links to
documents, an OpenAPI document in JSON or YAML, a folder of any of these, or a
URL. Operations are found by method and path inside the documents, never by a
page's headings. Nothing here writes a file, and nothing guesses: a source that
was cut short or is not what it should be is an error that says what was found.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import NoReturn

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.document._document import METHODS, Document

from ._fetch import Content, SourceGoneError, follow, retrieve, shown
from ._gitbook import Flaw, Link, read_page
from ._parse import is_bare, read_bare, read_fence
from ._same_operation import describe_the_same

__all__ = ["METHODS", "Document", "SourceGoneError", "contradictions", "describe", "read_source"]

_SUFFIXES = (".json", ".markdown", ".md", ".yaml", ".yml")
# What GitBook writes where a link led to something that it no longer has.
_BROKEN = "broken-reference"
_MAX_DESCRIBED = 20

Found = Document | ContractError


def read_source(source: str) -> list[Document]:
    """Return every OpenAPI document that a page, file, folder or URL holds or links to.

    A folder is read with all folders in it, but for those and files whose names begin with a dot;
    a page may still link to these.

    Raises:
        SourceGoneError: The source, or a file that it links to, is not there any more.
        ContractError: The source cannot be read, is HTML, is cut short, contradicts itself, or
            holds no OpenAPI document.
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
                f"{shown(source)} holds no OpenAPI document, as JSON or YAML, in a ```json block "
                "or as a link to one."
            )
        ]
    if problems:
        gone = any(isinstance(problem, SourceGoneError) for problem in problems)
        sentences = " ".join(dict.fromkeys(map(str, problems)))
        raise (SourceGoneError if gone else ContractError)(
            f"{sentences} It documents: {describe(documents)}."
        )
    return documents


def describe(documents: Iterable[Document]) -> str:
    """Say in one line which operations the documents hold; of very many, the first."""
    found = sorted({" ".join(operation) for d in documents for operation in d.operations()})
    if len(found) > _MAX_DESCRIBED:
        found[_MAX_DESCRIBED:] = [f"and {len(found) - _MAX_DESCRIBED} more"]
    return ", ".join(found) or "no operation at all"


def _find(source: str) -> Iterator[Found]:
    """Yield each document in a source, and an error for each thing wrong with it."""
    # A file that several blocks link to is read once.
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
    """Yield the name of each file in a folder that may be a page or a document."""
    for parent, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.lower().endswith(_SUFFIXES) and not name.startswith("."):
                yield os.path.relpath(os.path.join(parent, name), folder).replace(os.sep, "/")


def _refuse(error: OSError) -> NoReturn:
    raise ContractError(f"{error.filename} cannot be read: {error}.") from error


def _scan(content: Content, linked: Callable[[str], Found]) -> Iterator[Found]:
    """Return what a file or an answer holds."""
    if is_bare(content.text, content.name):
        found = read_bare(content.text, content.name)
        return iter([found] if found else [])
    return _scan_page(content, linked)


def _scan_page(content: Content, linked: Callable[[str], Found]) -> Iterator[Found]:
    """Yield what a page holds and links to."""
    for part in read_page(content.text):
        if isinstance(part, Flaw):
            yield ContractError(f"{content.name} {part.reason}.")
        elif isinstance(part, Link):
            yield _shown(part, content, linked)
        elif part.language in {"", "json"} and (found := read_fence(part.text, content.name)):
            yield found


def _shown(link: Link, content: Content, linked: Callable[[str], Found]) -> Found:
    """Return the document that a page's block links to, for the operation that it shows."""
    where = f"{content.name}, line {link.line}"
    if link.target == _BROKEN:
        return SourceGoneError(f"{where}: the document that was linked here is gone.")
    try:
        found = linked(follow(content.location, link.target))
    except ContractError as error:
        return ContractError(f"{where}: {error}")
    if not isinstance(found, Document):
        return type(found)(f"{where}: {found}")
    shown_there = replace(found, only=link.only)
    if link.only and not any(shown_there.operations()):
        return ContractError(
            f"{where} shows {' '.join(link.only)}, which {found.origin} does not document. "
            f"That one documents: {describe([found])}."
        )
    return shown_there


def _read_linked(location: str) -> Found:
    """Return the document at the end of a link."""
    try:
        content = retrieve(location)
    except ContractError as error:
        return error
    found = read_bare(content.text, content.name)
    return found or ContractError(f"{content.name} is no OpenAPI document.")


def contradictions(documents: Iterable[Document]) -> list[ContractError]:
    """Return an error for each operation that two documents describe differently."""
    holders: dict[tuple[str, str], list[Document]] = {}
    for document in documents:
        for operation in document.operations():
            holders.setdefault(operation, []).append(document)
    return [
        ContractError(f"The source documents {' '.join(operation)} twice, and the two differ.")
        for operation, (first, *others) in holders.items()
        if any(
            first.text != other.text and not describe_the_same(first.data, other.data, *operation)
            for other in others
        )
    ]
