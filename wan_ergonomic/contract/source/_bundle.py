"""Makes one document of a document that is split over several files.

Each file that it refers to is read, and put below ``x-files``; the references lead there.
A reference to a file that cannot be read is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic._json import escape
from wan_ergonomic.contract.document import _yaml
from wan_ergonomic.contract.document._components import free_name
from wan_ergonomic.contract.document._document import Document
from wan_ergonomic.contract.document._join import dump
from wan_ergonomic.contract.document._pointer import mapping_of

from ._fetch import SourceGoneError, follow, retrieve
from ._syntax import next_step

FILES = "x-files"

_MAX_FILES = 200
# Most documents have no such reference, and a text is searched faster than its data.
_LEADS_OUT = re.compile(r"""\$ref["']?\s*:\s*["']?[^#"'\s]""")

# A discriminator may name a schema by a reference, or by the mere name of a component.
_IS_REFERENCE = re.compile(r"#/|\.(?:json|ya?ml)\Z", re.IGNORECASE)


def bundle(document: Document, location: str) -> Document:
    """Return a document with the other files that it refers to.

    Args:
        document: The document, as it was read.
        location: Its path or URL, which references are relative to.
    """
    if not _LEADS_OUT.search(document.text):
        return document
    bundler = _Bundler(location)
    try:
        data = bundler.rewritten(document.data, location, "#")
        while bundler.pending:
            name, where, content = bundler.pending.pop()
            bundler.files[name] = bundler.rewritten(content, where, bundler.known[where])
    except RecursionError as error:
        raise ContractError(
            f"{document.origin} is nested too deeply to be read. Give another source."
        ) from error
    document = replace(document, unread=bundler.unread)
    if not bundler.files and data == document.data:
        return document
    data = {**data, **({FILES: bundler.files} if bundler.files else {})}
    files = tuple(where for where, root in bundler.known.items() if root != "#")
    return replace(document, text=dump(data), data=data, files=files)


class _Bundler:
    """The files that were read so far.

    Attributes:
        known: For each location, the reference to the whole file.
        files: The content of each file, with its references rewritten.
        pending: The name, location and content of each file that is still to be rewritten.
        unread: For each reference to a file that is there and cannot be read, why.
    """

    def __init__(self, location: str) -> None:
        self.known: dict[str, str] = {location: "#"}
        self.files: dict[str, Any] = {}
        self.pending: list[tuple[str, str, Any]] = []
        self.unread: dict[str, str] = {}

    def rewritten(self, value: Any, location: str, root: str) -> Any:
        """Return a part of a file with its references as those of the one document."""
        if isinstance(value, list):
            return [self.rewritten(each, location, root) for each in value]
        if not isinstance(value, Mapping):
            return value
        made = {key: self.rewritten(each, location, root) for key, each in value.items()}
        if isinstance(value.get("$ref"), str):
            made["$ref"] = self._reference(value["$ref"], location, root)
        mapping_of(made).update(
            {
                key: self._reference(to, location, root)
                for key, to in mapping_of(value).items()
                if isinstance(to, str) and _IS_REFERENCE.search(to)
            }
        )
        return made

    def _reference(self, written: str, location: str, root: str) -> str:
        target, _, fragment = written.partition("#")
        try:
            there = root if not target else self._root(target, location)
        except ContractError as error:
            if not isinstance(error, SourceGoneError):
                self.unread[written] = str(error)
            return written
        if fragment and not fragment.startswith("/"):
            return written
        return f"{there}{fragment}" if there != "#" or fragment else "#"

    def _root(self, target: str, location: str) -> str:
        """Return the reference to a whole file, which is read the first time.

        Raises:
            ContractError: It cannot be read.
        """
        where = follow(location, target)
        if where not in self.known:
            self.known[where] = self._read(where)
        return self.known[where]

    def _read(self, where: str) -> str:
        if len(self.known) > _MAX_FILES:
            raise ContractError(
                f"The document has more than {_MAX_FILES} files. Give one with fewer of them."
            )
        content = retrieve(where)
        is_json = content.text.lstrip().startswith(("{", "["))
        try:
            data = _yaml.load_json(content.text) if is_json else _yaml.load(content.text)
        except ValueError as error:
            form = "JSON" if is_json else "YAML"
            raise ContractError(
                f"{content.name} is not valid {form}: {error}. {next_step(content.text, error)}"
            ) from error
        name = free_name(re.split(r"[/\\]", content.name)[-1], dict.fromkeys(self._names()))
        self.pending.append((name, where, data))
        return f"#/{FILES}/{escape(name)}"

    def _names(self) -> set[str]:
        return {*self.files, *(name for name, _, _ in self.pending)}
