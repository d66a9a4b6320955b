"""Finds our two operations in published documents.

An operation has a role: it creates a generation, or it is polled for one. It is
identified by its method and, if a source documents several, by its former path
and by what it takes and returns; never by a heading or an id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from wan_ergonomic._errors import ContractError
from wan_ergonomic._spec import METHODS, Role, contract, path
from wan_ergonomic.contract.document._document import Document
from wan_ergonomic.contract.document._node import Node, Tree, elements, entries
from wan_ergonomic.contract.document._schema import view

from ._read import contradictions, describe


@dataclass(frozen=True, slots=True)
class Operation:
    """One documented operation.

    Attributes:
        document: The document it is in.
        source: All documents that were published with it.
        path: As the document has it.
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


def pair_operations(
    old: Sequence[Document], new: Sequence[Document]
) -> Iterator[tuple[Role, Operation | None, Operation | None]]:
    """Yield the operation of each role, before and after; None where there is none.

    Raises:
        ContractError: The two sources have no operation in common, or one of them has several
            operations that may be ours.
    """
    found = False
    for role in METHODS:
        before = find(old, role, path(role))
        after = find(new, role, before.path if before else path(role), before)
        found = found or bool(before and after)
        yield role, before, after
    if not found:
        raise ContractError(
            "The two sources have no operation in common. "
            f"The old one documents: {describe(old)}. The new one documents: {describe(new)}."
        )


def select(
    documents: Sequence[Document], wanted: Mapping[Role, str | None]
) -> dict[Role, tuple[Document, str]]:
    """Return the document and the path of each wanted role.

    Args:
        documents: The documents of a source.
        wanted: The roles, each with the path at which its operation was last seen, or None.

    Raises:
        ContractError: An operation is missing, ambiguous, or published twice with different
            content.
    """
    chosen: dict[Role, tuple[Document, str]] = {}
    for role, known in wanted.items():
        operation = find(documents, role, known)
        method = METHODS[role].upper()
        if operation is None:
            raise ContractError(
                f"The source documents no {method} operation for '{role}'. "
                f"It documents: {describe(documents)}."
            )
        only = (method, operation.path)
        holders = [replace(each, only=only) for each in documents if only in each.operations()]
        for problem in contradictions(holders):
            raise problem
        chosen[role] = operation.document, operation.path
    return chosen


def find(
    documents: Sequence[Document], role: Role, known: str | None, before: Operation | None = None
) -> Operation | None:
    """Return the operation of a role: the only answer to which operation is ours.

    It is the operation at the known path; or the only one with the role's method;
    or, of several, the one that is most like the known one: in the names of what it
    takes and returns, then in the words of its path.

    Args:
        documents: The documents of a source.
        role: The operation's role.
        known: The path at which it was last seen, or None.
        before: The operation as it was; by default, the vendored one.

    Raises:
        ContractError: Several operations are equally like the known one, or none of several is.
    """
    method = METHODS[role]
    candidates = _candidates(documents, method)
    at_known = [operation for operation in candidates if operation.path == known]
    if at_known or len(candidates) < 2:
        return next(iter(at_known or candidates), None)
    names = names_in(before) if before else _vendored_names(method)
    words = _words(known or "")
    scores = [(_share(names_in(c), names), _share(_words(c.path), words)) for c in candidates]
    best = [c for c, score in zip(candidates, scores, strict=True) if score == max(scores)]
    if len(best) > 1 or max(scores) == (0, 0):
        paths = ", ".join(operation.path for operation in (best if len(best) > 1 else candidates))
        raise ContractError(
            f"The source documents more than one {method.upper()} operation that may be ours for "
            f"'{role}': {paths}. Give a source that documents only the right one."
        )
    return best[0]


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


def _vendored_names(method: str) -> frozenset[str]:
    """Return the names in the vendored operation of a method."""
    document = Document("", contract(), "contract.json")
    return names_in(_candidates([document], method)[0])


def _words(path: str) -> frozenset[str]:
    """Return the words of a path, without versions, parameters and plurals."""
    words = re.findall(r"[a-z]+", re.sub(r"\{[^{}]*\}|\bv\d+\w*\b", "", path.lower()))
    return frozenset(word.removesuffix("s") for word in words)


def names_in(operation: Operation) -> frozenset[str]:
    """Return the names of the top-level properties that an operation takes and returns.

    An enum with one value counts as a name, too: it tells models with the same shape apart.
    """
    names = set()
    for parameter in elements(operation.node.get("parameters")):
        name = parameter.get("name")
        names.add(f"?{name.value}" if name else "")
    bodies = [operation.node.get("requestBody"), *entries(operation.node.get("responses")).values()]
    for body in bodies:
        for media in entries(body.get("content") if body else None).values():
            schema = media.get("schema")
            for property_name, node in (view(schema).properties if schema else {}).items():
                values = view(node).enum() or ()
                names.add(property_name)
                names |= {json.dumps(value.value) for value in values if len(values) == 1}
    return frozenset(names)


def _share(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / (len(a | b) or 1)
