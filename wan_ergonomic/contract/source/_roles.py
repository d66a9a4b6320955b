"""Finds our two operations in published documents.

An operation has a role: it creates a generation, or it is polled for one. Only
``find`` decides which operation has a role, for comparing, regenerating and watching.
It uses the method. If a source documents several operations with that method, it also
uses the former path, the model, the names of parameters and properties, and the words
of the path; never a heading or an operation id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from wan_ergonomic._errors import ContractError
from wan_ergonomic._spec import METHODS, Role, contract, path
from wan_ergonomic.contract.document._document import Document, describe
from wan_ergonomic.contract.document._node import Node, Tree, entries

from ._contradictions import contradictions
from ._identity import are_same, models_in, names_in, share, titles_in, words_of

# An operation that shares fewer of the known names is a different one.
_MIN_SHARE = 0.5
# Operations of other models are similar, too, so the right one must lead by this much.
_MIN_LEAD = 0.25


@dataclass(frozen=True, slots=True)
class Operation:
    """One documented operation.

    Attributes:
        document: The document it is in.
        source: All documents that were published with it.
        path: The path, as the document spells it.
        item: The path item.
        node: The operation itself.
    """

    document: Document
    source: Sequence[Document]
    path: str
    item: Node
    node: Node

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


# A role, and its operation before and after; None where there is none.
OperationPair: TypeAlias = tuple[Role, Operation | None, Operation | None]


def pair_operations(old: Sequence[Document], new: Sequence[Document]) -> Iterator[OperationPair]:
    """Yield the operation of each role, before and after; None where there is none.

    Raises:
        ContractError: The two sources have no operation in common, or ``find`` cannot decide.
    """
    found = False
    for role in METHODS:
        before, after = _pair(old, new, role, path(role))
        found = found or bool(before and after)
        yield role, before, after
    if not found:
        raise ContractError(
            "The two sources have no operation in common. "
            f"The old one documents: {describe(old)}. The new one documents: {describe(new)}."
        )


def select(
    documents: Sequence[Document],
    wanted: Mapping[Role, str | None],
    old: Sequence[Document] = (),
) -> dict[Role, tuple[Document, str]]:
    """Return the document and the path of each wanted role.

    Args:
        documents: The documents of a source.
        wanted: The roles, each with the path at which its operation was last seen, or None.
        old: The documents in which the operations were last seen.

    Raises:
        ContractError: An operation is missing, or ``find`` cannot decide.
    """
    chosen: dict[Role, tuple[Document, str]] = {}
    for role, known in wanted.items():
        _, operation = _pair(old, documents, role, known)
        if operation is None:
            raise ContractError(
                f"The source documents no {METHODS[role].upper()} operation for '{role}'. "
                f"It documents: {describe(documents)}."
            )
        chosen[role] = operation.document, operation.path
    return chosen


def _pair(
    old: Sequence[Document], new: Sequence[Document], role: Role, known: str | None
) -> tuple[Operation | None, Operation | None]:
    before = find(old, role, known)
    return before, find(new, role, before.path if before else known, before)


def find(
    documents: Sequence[Document], role: Role, known: str | None, before: Operation | None = None
) -> Operation | None:
    """Return the operation of a role; None if no document has it.

    It is the operation at the known path; else the only one with the role's method; else
    the only one of several that is recognised as the former operation.

    Args:
        documents: The documents of a source.
        role: The operation's role.
        known: The path at which it was last seen, or None.
        before: The operation as it was; by default, the vendored one.

    Raises:
        ContractError: None of several operations is recognised for certain, the operation is
            published twice with different content, or a document is nested too deeply.
    """
    method = METHODS[role]
    candidates = _candidates(documents, method)
    found = [each for each in candidates if each.path == known] or candidates
    try:
        if len(found) > 1:
            found = _recognised(found, before or _vendored(method), known)
    except RecursionError as error:
        raise ContractError("A document is nested too deeply to find our operations.") from error
    if len(found) > 1:
        paths = ", ".join(operation.path for operation in found)
        raise ContractError(
            f"The source documents more than one {method.upper()} operation that may be ours for "
            f"'{role}': {paths}. Give a source that documents only the right one."
        )
    for operation in found:
        _check_copies(operation)
    return next(iter(found), None)


def _check_copies(operation: Operation) -> None:
    """Raise an error if a second document describes an operation differently."""
    only = (operation.method.upper(), operation.path)
    holders = [replace(d, only=only) for d in operation.source if only in d.operations()]
    for problem in contradictions(holders):
        raise problem


def _candidates(documents: Sequence[Document], method: str) -> list[Operation]:
    found: dict[str, Operation] = {}
    for document in documents:
        for where, written in entries(Tree(document.data).top().get("paths")).items():
            item = written.resolved()
            node = item and item.get(method)
            shown = document.only in {None, (method.upper(), where)}
            if item and node and isinstance(node.value, Mapping) and shown:
                found.setdefault(where, Operation(document, documents, where, item, node))
    return list(found.values())


def _vendored(method: str) -> Operation:
    """Return the vendored operation of a method."""
    return _candidates([Document("", contract(), "contract.json")], method)[0]


def _recognised(
    candidates: Sequence[Operation], before: Operation, known: str | None
) -> list[Operation]:
    """Return the one candidate that is the known operation; if none is certain, several.

    Each criterion chooses among the candidates that the previous ones kept. A candidate must
    meet a criterion: that all others name another model is not enough.
    """
    models, names = models_in(before.node), names_in(before.node)
    words = words_of(known or "")
    criteria: tuple[Callable[[list[Operation]], list[Operation]], ...] = (
        lambda left: [o for o in left if models & (models_in(o.node) | titles_in(o.node))],
        lambda left: _most_alike(left, names),
        lambda left: [o for o in left if are_same(words, words_of(o.path))],
    )
    left = [o for o in candidates if not models or not (m := models_in(o.node)) or models & m]
    for criterion in criteria:
        kept = criterion(left)
        if len(kept) == 1:
            return kept
        left = kept or left
    return left if len(left) > 1 else list(candidates)


def _most_alike(candidates: Sequence[Operation], names: frozenset[str]) -> list[Operation]:
    """Return the candidates whose names agree best with the known ones, if they agree at all."""
    shares = [share(names_in(each.node), names) for each in candidates]
    least = max(_MIN_SHARE, max(shares, default=0) - _MIN_LEAD)
    return [each for each, value in zip(candidates, shares, strict=True) if value >= least]
