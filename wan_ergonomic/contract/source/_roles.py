"""Finds our two operations in published documents.

An operation has a role: it creates a generation, or it is polled for one. Only
``find`` decides which operation has a role, for comparing, regenerating and watching.
A caller may name it. Otherwise it is the one at the known path, or one that is
recognised as the known operation by its model, the names of its parameters and
properties, or its path; never by a heading or an operation id.

If none is recognised, the operation is gone, whatever else the source documents. If
several are, nothing is guessed: the error names the candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from wan_ergonomic._errors import ContractError
from wan_ergonomic._spec import METHODS, Role, contract
from wan_ergonomic.contract.document._document import Document
from wan_ergonomic.contract.document._node import Node, entries
from wan_ergonomic.contract.document._unread import is_unread

from ._contradictions import contradictions
from ._identity import MIN_SHARE, Identity, are_same, share, words_of

# Operations of other models are similar, too, so the right one must lead by this much.
_MIN_LEAD = 0.25

# How an operation was found: named by the caller, at the known path, or recognised.
Found = Literal["named", "path", "model", "names", "words"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One documented operation.

    Attributes:
        document: The document it is in.
        source: All documents that were published with it.
        path: The path, as the document spells it.
        item: The path item.
        node: The operation itself.
        found: How it was found.
    """

    document: Document
    source: Sequence[Document]
    path: str
    item: Node
    node: Node
    found: Found = "path"

    @property
    def method(self) -> str:
        """The method, in lower case."""
        return self.node.pointer.rpartition("/")[2]

    def name(self) -> str:
        """Return the method and the path, as in ``POST /v2/videos``."""
        return f"{self.method.upper()} {self.path}"

    def root(self) -> Node:
        """Return the whole document."""
        return self.node.tree.top()

    def identity(self) -> Identity:
        """Return what it is recognised by."""
        return Identity(self.node, self.path)


def find(
    documents: Sequence[Document],
    role: Role,
    known: str | None,
    before: Operation | None = None,
    name: tuple[str, str] | None = None,
) -> Operation | None:
    """Return the operation of a role; None if no document has it.

    It is the named operation; else the one at the known path; else the only one that is
    recognised as the former operation.

    Args:
        documents: The documents of a source.
        role: The operation's role.
        known: The path at which it was last seen, or None.
        before: The operation as it was; by default, the vendored one.
        name: The operation that the caller names, as (METHOD, path).

    Raises:
        ContractError: Several operations are recognised, the operation is published twice with
            different content, or a document is nested too deeply.
    """
    method = before.method if before else METHODS[role]
    try:
        found = _named(documents, name) or _known(documents, method, known)
        if not found:
            is_known = (before or vendored(role)).identity()
            is_known = replace(is_known, path=known or is_known.path)
            found = _recognised(candidates_in(documents, method), is_known)
    except RecursionError as error:
        raise ContractError("A document is nested too deeply to find our operations.") from error
    if len(found) > 1:
        candidates = ", ".join(operation.name() for operation in found)
        raise ContractError(
            f"The source documents more than one {method.upper()} operation that may be ours for "
            f"'{role}': {candidates}. Name the right one: --{role} \"{found[0].name()}\"."
        )
    if not found:
        _check_paths(documents)
    for operation in found:
        _check_copies(operation)
    return next(iter(found), None)


def find_at(documents: Sequence[Document], method: str, path: str) -> Operation | None:
    """Return the operation at exactly this path; None if no document has it.

    Raises:
        ContractError: It is published twice with different content, or may be where nothing could
            be read.
    """
    found = next(iter(_known(documents, method, path)), None)
    if found:
        _check_copies(found)
    else:
        _check_paths(documents)
    return found


def _check_paths(documents: Sequence[Document]) -> None:
    """Raise an error if an operation that was not found may be where nothing could be read."""
    for document in documents:
        for where, written in entries(document.tree.top().get("paths")).items():
            if is_unread(written):
                raise ContractError(
                    f"{document.origin} describes {where} in another place, "
                    f"{written.value['$ref']!r}, which could not be read."
                )


def _check_copies(operation: Operation) -> None:
    """Raise an error if a second document describes an operation differently."""
    only = (operation.method.upper(), operation.path)
    holders = [replace(d, only=only) for d in operation.source if only in d.operations()]
    for problem in contradictions(holders):
        raise problem


def _named(documents: Sequence[Document], name: tuple[str, str] | None) -> list[Operation]:
    if name is None:
        return []
    method, where = name
    named = [each for each in candidates_in(documents, method.lower()) if each.path == where]
    return _found(named, "named")


def _known(documents: Sequence[Document], method: str, known: str | None) -> list[Operation]:
    return [each for each in candidates_in(documents, method) if each.path == known]


def _found(operations: Iterable[Operation], how: Found) -> list[Operation]:
    return [replace(operation, found=how) for operation in operations]


def candidates_in(documents: Sequence[Document], method: str) -> list[Operation]:
    """Return every operation of a method, one for each path."""
    found: dict[str, Operation] = {}
    for document in documents:
        for where, written in entries(document.tree.top().get("paths")).items():
            item = written.resolved()
            node = item and item.get(method)
            shown = document.only in {None, (method.upper(), where)}
            if item and node and isinstance(node.value, Mapping) and shown:
                found.setdefault(where, Operation(document, documents, where, item, node))
    return list(found.values())


@cache
def vendored(role: Role) -> Operation:
    """Return the vendored operation of a role."""
    return candidates_in([Document("", contract(), "contract.json")], METHODS[role])[0]


def _recognised(candidates: Sequence[Operation], known: Identity) -> list[Operation]:
    """Return the candidate that is the known operation; if several can be, all of these.

    Each criterion chooses among the candidates that the previous ones kept.
    """
    identities = {each.path: each.identity() for each in candidates}
    words = words_of(known.path)
    criteria: Mapping[Found, Callable[[list[Operation]], list[Operation]]] = {
        "model": lambda left: [o for o in left if identities[o.path].has_model_of(known)],
        "names": lambda left: _most_alike(left, identities, known),
        "words": lambda left: [o for o in left if are_same(words, words_of(o.path))],
    }
    left = alike = [each for each in candidates if identities[each.path].is_alike(known)]
    for how, criterion in criteria.items():
        kept = criterion(left)
        if len(kept) == 1:
            return _found(kept, how)
        left = kept or left
    return alike


def _most_alike(
    candidates: Sequence[Operation], identities: Mapping[str, Identity], known: Identity
) -> list[Operation]:
    """Return the candidates whose names agree best with the known ones, if they agree at all."""
    shares = [share(identities[each.path].names, known.names) for each in candidates]
    least = max(MIN_SHARE, max(shares, default=0) - _MIN_LEAD)
    return [each for each, value in zip(candidates, shares, strict=True) if value >= least]
