"""Finds the two operations that matter in what was published, on both sides of a comparison.

An operation plays a role: it creates a generation, or it is polled for one.
It is known by its method, and where a source documents many, by the path it
had and by what it takes and answers; never by a heading or an id.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wan_ergonomic._errors import ContractError
from wan_ergonomic._spec import METHODS, Role, path
from wan_ergonomic.contract.document._document import Document
from wan_ergonomic.contract.document._node import Node, Tree, elements, entries
from wan_ergonomic.contract.document._schema import view

from ._read import describe


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
        """Its method, in lower case."""
        return self.node.pointer.rpartition("/")[2]

    def name(self) -> str:
        """Return its method and path, as people write them."""
        return f"{self.method.upper()} {self.path}"

    def root(self) -> Node:
        """Return the whole document."""
        return self.node.tree.top()


def pair_operations(
    old: Sequence[Document], new: Sequence[Document]
) -> Iterator[tuple[Role, Operation | None, Operation | None]]:
    """Yield for each role the operation that plays it, before and after; None where none does.

    Raises:
        ContractError: The two sources have no operation in common.
    """
    trees = {id(document): Tree(document.data) for document in (*old, *new)}
    found = False
    for role, method in METHODS.items():
        before = choose(_candidates(old, method, trees), path(role), None)
        known = before.path if before else path(role)
        after = choose(_candidates(new, method, trees), known, before)
        found = found or bool(before and after)
        yield role, before, after
    if not found:
        raise ContractError(
            "The two sources have no operation in common. "
            f"The old one documents: {describe(old)}. The new one documents: {describe(new)}."
        )


def _candidates(
    documents: Sequence[Document], method: str, trees: Mapping[int, Tree]
) -> list[Operation]:
    found: dict[str, Operation] = {}
    for document in documents:
        top = trees[id(document)].top()
        for where, written in entries(top.get("paths")).items():
            item = written.resolved()
            node = item and item.get(method)
            shown = document.only in {None, (method.upper(), where)}
            if item and node and isinstance(node.value, Mapping) and shown:
                found.setdefault(where, Operation(document, documents, where, item, node))
    return list(found.values())


def choose(
    candidates: Sequence[Operation], known: str, before: Operation | None
) -> Operation | None:
    """Return the operation meant: the one at the known path, the only one, or the likest one."""
    at_known = [operation for operation in candidates if operation.path == known]
    if at_known or len(candidates) < 2:
        return next(iter(at_known or candidates), None)
    names = names_in(before) if before else _vendored_names(candidates[0])
    # Of those that take and answer the same, the one whose path is most like the known one.
    words = frozenset(known.split("/"))
    return max(
        candidates,
        key=lambda operation: (
            _share(names_in(operation), names),
            _share(frozenset(operation.path.split("/")), words),
        ),
    )


def _vendored_names(like: Operation) -> frozenset[str]:
    """Return the names in the vendored operation of the same method."""
    from wan_ergonomic._spec import contract

    document = Document("", contract(), "contract.json")
    trees = {id(document): Tree(document.data)}
    return names_in(_candidates([document], like.method, trees)[0])


def names_in(operation: Operation) -> frozenset[str]:
    """Return the names of what an operation takes and answers at the top, and any only values."""
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
                # Models that share a shape differ in the one name that they take.
                names |= {json.dumps(value.value) for value in values if len(values) == 1}
    return frozenset(names)


def _share(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / (len(a | b) or 1)
