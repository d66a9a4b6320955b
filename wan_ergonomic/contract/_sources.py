"""Reads what a vendor publishes and finds OpenAPI documents in it.

A source is a rendered documentation page, a JSON document, a folder of
either, or a URL. Operations are found by method and path inside the
documents, never by a page's headings. Nothing here writes a file, and nothing
guesses: a source that was cut short or is not what it should be is an error
that says what was found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from .._errors import ContractError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

_FENCE = re.compile(r"^[ \t]*(?P<marks>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*?)\s*?$", re.MULTILINE)
_HTML = re.compile(r"\s*(<!doctype html|<html\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Document:
    """One OpenAPI document as published: its exact text, and what it parses to."""

    text: str
    data: Mapping[str, Any]
    origin: str

    def operations(self) -> Iterator[tuple[str, str]]:
        """Yield each documented operation as (METHOD, path)."""
        for path, item in self.data["paths"].items():
            for method in METHODS:
                if isinstance(item, Mapping) and isinstance(item.get(method), Mapping):
                    yield method.upper(), path


def read_source(source: str) -> list[Document]:
    """Return every OpenAPI document that a page, file, folder or URL holds.

    Raises:
        ContractError: The source cannot be read, is HTML, is cut short, or
            holds no OpenAPI document.
    """
    documents: list[Document] = []
    complaints: list[str] = []
    for origin, content in _contents(source):
        for found in _scan(content, origin):
            if isinstance(found, Document):
                documents.append(found)
            else:
                complaints.append(found)
    if not documents and not complaints:
        complaints = [f"{source} holds no OpenAPI document, as JSON or in a ```json block."]
    if complaints:
        raise ContractError(f"{' '.join(complaints)} It documents: {describe(documents)}.")
    return documents


def describe(documents: Iterable[Document]) -> str:
    """Say in one line which operations the documents hold."""
    found = sorted({" ".join(operation) for d in documents for operation in d.operations()})
    return ", ".join(found) or "no operation at all"


def _contents(source: str) -> list[tuple[str, bytes]]:
    """Return what a source consists of, as (name, content)."""
    if re.match(r"https?://", source):
        return [(source, _fetch(source))]
    path = Path(source)
    try:
        if not path.is_dir():
            return [(path.name, path.read_bytes())]
        files = sorted(file for file in path.iterdir() if file.suffix in {".json", ".md"})
        return [(file.name, file.read_bytes()) for file in files]
    except FileNotFoundError as error:
        raise ContractError(f"There is no file or folder at {source}.") from error
    except OSError as error:
        raise ContractError(f"{source} cannot be read: {error}.") from error


def _fetch(url: str) -> bytes:
    try:
        response = httpx.get(url, follow_redirects=True, timeout=30)
        response.raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ContractError(f"{url} could not be fetched: {error}.") from error
    return response.content


def _scan(content: bytes, origin: str) -> Iterator[Document | str]:
    """Yield each document in a file, and a sentence for each thing wrong with it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield f"{origin} is not UTF-8 text: {error}."
        return
    if _HTML.match(text):
        yield f"{origin} is an HTML page; give its Markdown: the same address with .md at the end."
        return
    opened = None
    if re.match(r"\s*\{(?!%)", text):
        yield from _document(text, origin)
        return
    for fence in _FENCE.finditer(text):
        if opened is None:
            opened = fence
        elif not fence["info"] and fence["marks"].startswith(opened["marks"]):
            if opened["info"].split(" ")[0].lower() == "json":
                yield from _document(text[opened.end() + 1 : fence.start()], origin)
            opened = None
    if opened is not None:
        line = text.count("\n", 0, opened.end()) + 1
        yield f"{origin} was cut short: the block opened on line {line} is never closed."


def _document(text: str, origin: str) -> Iterator[Document | str]:
    """Yield the document that a JSON text is, if it is one; nothing for any other JSON."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        if '"openapi"' in text:
            yield f"{origin} holds an OpenAPI document that is broken: {error}."
        return
    if not isinstance(data, dict):
        return
    if isinstance(data.get("openapi"), str) and isinstance(data.get("paths"), dict):
        yield Document(text, data, origin)


def select(
    documents: list[Document], wanted: Mapping[str, tuple[str, str | None]]
) -> dict[str, tuple[Document, str]]:
    """Find the document and path for each wanted role.

    Args:
        documents: What the source holds.
        wanted: By role, the method and the path it had when it was last seen.
            A path that is gone, or None, is replaced by the only one with
            that method, so an operation that moved is found again.

    Raises:
        ContractError: An operation is missing, ambiguous, or published twice
            with different content.
    """
    return {role: _one(documents, role, *operation) for role, operation in wanted.items()}


def _one(
    documents: list[Document], role: str, method: str, path: str | None
) -> tuple[Document, str]:
    holders: dict[str, list[Document]] = {}
    for document in documents:
        for found, where in document.operations():
            if found == method:
                holders.setdefault(where, []).append(document)
    if path not in holders:
        if len(holders) != 1:
            raise ContractError(
                f"The source documents {'more than one' if holders else 'no'} {method} operation "
                f"for '{role}'. It documents: {describe(documents)}."
            )
        (path,) = holders
    first, *others = holders[path]
    if any(other.data != first.data for other in others):
        raise ContractError(f"The source documents {method} {path} twice, and the two differ.")
    return first, path
