"""Compares whether two operations, and what they reference, are valid OpenAPI."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import quote

from wan_ergonomic._json import escape, unescape
from wan_ergonomic.contract.document._node import Node, elements, entries
from wan_ergonomic.contract.document._pointer import look_up, references
from wan_ergonomic.contract.source._roles import Operation

from ._context import Location, Pair
from ._unchanged import Common
from ._validator import SCHEMAS, Form, Path, check

_MAX_PROBLEMS = 20
# The fields of a document that apply to all operations.
_SHARED = frozenset({"info", "security", "servers"})


class _Problem(NamedTuple):
    """A place that is not valid OpenAPI, and the reason, as the end of a sentence about it."""

    node: Node
    reason: str

    def sentence(self) -> str:
        """Return what is wrong, with the end of the place's pointer."""
        segments = [unescape(segment) for segment in self.node.pointer.split("/")]
        count = 3 if segments[-2:][0].isdecimal() else 2
        tail = "/".join(segments[-count:]).strip("/")
        return f"{tail!r} {self.reason}" if tail else f"it {self.reason}"


def compare_validity(old: Operation, new: Operation, location: Location, common: Common) -> None:
    """Report where one document is valid OpenAPI and the other is not."""
    before, after = list(_problems(old, new, common)), list(_problems(new, old, common))
    for problem in _without(after, before)[:_MAX_PROBLEMS]:
        message = f"is not valid OpenAPI: {problem.sentence()}"
        location.add("document-invalid", Pair(None, problem.node), message)
    for problem in _without(before, after)[:_MAX_PROBLEMS]:
        message = f"no longer has the flaw that {problem.sentence()}"
        location.add("document-repaired", Pair(problem.node, None), message)


def _without(ours: Sequence[_Problem], theirs: Sequence[_Problem]) -> list[_Problem]:
    """Return the problems that the others do not have, whether in the same place or in another."""
    known = {(problem.node.pointer, problem.reason) for problem in theirs}
    kept = {(problem.node.pointer, problem.reason) for problem in ours}
    moved = Counter(reason for pointer, reason in known if (pointer, reason) not in kept)
    left = []
    for problem in ours:
        if (problem.node.pointer, problem.reason) in known:
            continue
        if moved[problem.reason]:
            moved[problem.reason] -= 1
        else:
            left.append(problem)
    return left


def _problems(operation: Operation, other: Operation, common: Common) -> Iterator[_Problem]:
    """Yield the places in an operation, and in what it references, that are not valid OpenAPI.

    What both documents have in the same place is skipped, as it is equally valid in both.
    """
    document, others = _pruned(operation), _pruned(other)
    if common.has(document, others):
        return
    version = document.value["openapi"][:3]
    pending: deque[tuple[Node, Form]] = deque([(operation.root(), {})])
    seen: set[tuple[str, object]] = set()
    while pending:
        written, form = pending.popleft()
        node = written.resolved()
        if node is None:
            reference = written.value["$ref"]
            yield _Problem(written, f"has a reference that leads nowhere: {reference!r}")
        elif (known := (node.pointer, form.get("$ref"))) not in seen:
            seen.add(known)
            if common.has_component(node):
                continue
            there = _in_the_same_place(node, other)
            if there and common.has(node, there):
                continue
            used = _used(node) if there and common.is_alike(node, there) else None
            if used is not None and form in SCHEMAS:
                # Only what it references can be flawed in one document alone.
                pending += ((target, form) for target in used)
                continue
            flaws, parts = check((node if form else document).value, form, version)
            yield from (_Problem(_below(node, path), reason) for path, reason in flaws)
            pending += ((_below(node, path), form) for path, form in parts)


def _pruned(operation: Operation) -> Node:
    """Return the document with one operation, and with what applies to it."""
    root = operation.root()
    version = str(root.value.get("openapi"))[:3]
    version = version if version in {"3.0", "3.2"} else "3.1"
    security = operation.node.get("security") or root.get("security")
    named = {name for requirement in elements(security) for name, _ in requirement.entries()}
    schemes = entries(root.get("components", "securitySchemes"))
    item = {key: node.value for key, node in operation.item.entries() if key == "parameters"}
    kept = {
        **{key: value for key, value in root.value.items() if key in _SHARED},
        "openapi": f"{version}.0",
        "paths": {operation.path: item | {operation.method: operation.node.value}},
        "components": {"securitySchemes": {n: s.value for n, s in schemes.items() if n in named}},
    }
    return Node(kept, "", root.tree)


def _in_the_same_place(node: Node, other: Operation) -> Node | None:
    """Return what the other operation's document has where a node is."""
    found = look_up(other.root().value, f"#{quote(node.pointer)}")
    return Node(*found, other.node.tree) if found else None


def _used(node: Node) -> list[Node] | None:
    """Return what a value references; None if a reference leads nowhere."""
    targets = [node.tree.target(reference) for reference in references(node.value)]
    found = [target for target in targets if target]
    return found if len(found) == len(targets) else None


def _below(node: Node, path: Path) -> Node:
    """Return the place at the end of a path, which may lead through a path item's reference."""
    for key in path:
        if isinstance(node.value, dict) and key not in node.value:
            node = node.resolved() or node
        node = Node(node.value[key], f"{node.pointer}/{escape(key)}", node.tree)
    return node
