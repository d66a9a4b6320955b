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

from .._errors import ContractError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

_FENCE = re.compile(r"^[ \t]*(?P<marks>`{3,}|~{3,})[ \t]*(?P<info>[^`]*?)[ \t]*$")
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
                if isinstance(item, Mapping) and method in item:
                    yield method.upper(), path


def read_source(source: str) -> list[Document]:
    """Return every OpenAPI document that a page, file, folder or URL holds.

    Raises:
        ContractError: The source cannot be read, is HTML, is cut short, or
            holds no OpenAPI document.
    """
    documents = [
        document for origin, text in _texts(source) for document in _documents(text, origin)
    ]
    if not documents:
        raise ContractError(
            f"{source} holds no OpenAPI document: neither JSON nor a ```json block with 'paths'."
        )
    return documents


def describe(documents: Iterable[Document]) -> str:
    """Say in one line which operations the documents hold."""
    found = sorted({" ".join(operation) for d in documents for operation in d.operations()})
    return ", ".join(found) or "no operation at all"


def _texts(source: str) -> Iterator[tuple[str, str]]:
    if re.match(r"https?://", source):
        yield source, _fetch(source)
        return
    path = Path(source)
    try:
        if not path.is_dir():
            yield path.name, path.read_bytes().decode("utf-8")
            return
        files = sorted(p for p in path.iterdir() if p.suffix in {".json", ".md"})
        for file in files:
            yield file.name, file.read_bytes().decode("utf-8")
    except FileNotFoundError as error:
        raise ContractError(f"There is no file or folder at {source}.") from error
    except UnicodeDecodeError as error:
        raise ContractError(f"{source} is not UTF-8 text: {error}.") from error
    except OSError as error:
        raise ContractError(f"{source} cannot be read: {error}.") from error


def _fetch(url: str) -> str:
    import httpx

    try:
        response = httpx.get(url, follow_redirects=True, timeout=30)
        response.raise_for_status()
    except httpx.HTTPError as error:
        raise ContractError(f"{url} could not be fetched: {error}.") from error
    return response.content.decode("utf-8", errors="replace")


def _documents(text: str, origin: str) -> Iterator[Document]:
    if _HTML.match(text):
        raise ContractError(
            f"{origin} is an HTML page. Give the page's Markdown: its address with .md at the end."
        )
    if text.lstrip().startswith("{") and not text.lstrip().startswith("{%"):
        blocks = [text]
    else:
        blocks = list(_fences(text, origin))
    for block in blocks:
        document = _document(block, origin)
        if document is not None:
            yield document


def _fences(text: str, origin: str) -> Iterator[str]:
    """Yield the text inside each ``json`` fence, byte for byte."""
    opened: re.Match[str] | None = None
    start = at = 0
    for line in text.splitlines(keepends=True):
        fence = _FENCE.match(line.rstrip("\r\n"))
        if opened is None:
            opened, start = fence, at + len(line)
        elif fence and not fence["info"] and fence["marks"].startswith(opened["marks"]):
            if opened["info"].split(" ")[0].lower() == "json":
                yield text[start:at]
            opened = None
        at += len(line)
    if opened is not None:
        number = text.count("\n", 0, start)
        raise ContractError(
            f"{origin} was cut short: the block opened on line {number} is never closed."
        )


def _document(text: str, origin: str) -> Document | None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        if '"openapi"' not in text:
            return None
        raise ContractError(f"{origin} holds an OpenAPI document that is broken: {error}.") from error
    if not isinstance(data, dict) or not isinstance(data.get("paths"), dict):
        return None
    return Document(text, data, origin) if isinstance(data.get("openapi"), str) else None


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
    paths = {p for d in documents for m, p in d.operations() if m == method}
    if path not in paths:
        if len(paths) != 1:
            few = "no" if not paths else "more than one"
            raise ContractError(
                f"The source documents {few} {method} operation for '{role}'. "
                f"It documents: {describe(documents)}."
            )
        (path,) = paths
    holders = [d for d in documents if (method, path) in d.operations()]
    first = holders[0]
    if any(d.data != first.data for d in holders):
        raise ContractError(f"The source documents {method} {path} twice, and the two differ.")
    assert path is not None
    return first, path
