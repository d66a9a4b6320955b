"""A published document, and the operations in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ._node import Tree, entries

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_MAX_DESCRIBED = 20


@dataclass(frozen=True)
class Document:
    """One OpenAPI document as published: its exact text, and what it parses to.

    Attributes:
        text: The exact text, byte for byte; of a document that is split over several files, the
            text of all of them as one document.
        data: The parsed text; each key is a string.
        origin: The file or URL that contained it, for messages.
        only: The one operation that a page shows of it, as (METHOD, path); None for all.
        files: The paths or URLs of the other files that are part of it.
        unread: For each reference to a file that is there and cannot be read, why.
    """

    text: str
    data: Mapping[str, Any]
    origin: str
    only: tuple[str, str] | None = None
    files: tuple[str, ...] = ()
    unread: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def tree(self) -> Tree:
        """The nodes of the document; one tree, so that what is learned of a schema is kept."""
        return Tree(self.data)

    def operations(self) -> Iterator[tuple[str, str]]:
        """Yield each documented operation as (METHOD, path)."""
        for path, written in entries(self.tree.top().get("paths")).items():
            item = entries(written)
            for method in METHODS:
                operation = (method.upper(), path)
                found = method in item and isinstance(item[method].value, Mapping)
                if found and self.only in {None, operation}:
                    yield operation


def describe(documents: Iterable[Document]) -> str:
    """Return one line with the operations of the documents; of very many, the first ones."""
    found = sorted({" ".join(operation) for d in documents for operation in d.operations()})
    if len(found) > _MAX_DESCRIBED:
        found[_MAX_DESCRIBED:] = [f"and {len(found) - _MAX_DESCRIBED} more"]
    return ", ".join(found) or "no operation at all"
