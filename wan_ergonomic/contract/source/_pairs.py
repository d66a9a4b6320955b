"""Pairs our two operations of an old and a new source, and selects those of a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from wan_ergonomic._errors import ContractError
from wan_ergonomic._spec import METHODS, Role, address, path, server_url
from wan_ergonomic.contract.document import _document
from wan_ergonomic.contract.document._document import Document, describe
from wan_ergonomic.contract.document._node import elements

from ._roles import Operation, candidates_in, find, vendored

# Operations that the caller named, as (METHOD, path).
Names = Mapping[Role, tuple[str, str]]


class OperationPair(NamedTuple):
    """A role, or the id of an account operation, and the operation before and after.

    It is None where there is none.

    If it is on neither side, ``others`` are the operations that resemble it. If it is gone,
    they are the operations of the same method that are left.
    """

    role: str
    old: Operation | None
    new: Operation | None
    others: tuple[str, ...] = ()

    def is_undecided(self) -> bool:
        """Whether nothing was compared, although something resembles the operation."""
        return not self.old and not self.new and bool(self.others)


def read_names(create: str | None, poll: str | None) -> dict[Role, tuple[str, str]]:
    """Return the operations that are named as ``POST /v2/videos``.

    Raises:
        ContractError: A name is not a method and a path.
    """
    written: dict[Role, str | None] = {"create": create, "poll": poll}
    names: dict[Role, tuple[str, str]] = {}
    for role, text in written.items():
        if text is None:
            continue
        method, _, where = text.strip().partition(" ")
        if method.lower() not in _document.METHODS or not where.strip().startswith("/"):
            raise ContractError(
                f"{text!r} does not name an operation. Write a method and a path: "
                f'--{role} "{METHODS[role].upper()} /v1/videos".'
            )
        names[role] = method.upper(), where.strip()
    return names


def pair_operations(
    old: Sequence[Document], new: Sequence[Document], names: Names | None = None
) -> list[OperationPair]:
    """Return the operation of each role, before and after; None where there is none.

    Args:
        old: The documents of the old source.
        new: The documents of the new source.
        names: The operations of roles that the caller names.

    Raises:
        ContractError: The two sources have no operation in common, a named operation is in
            neither of them, or ``find`` cannot decide.
    """
    pairs = [_pair(old, new, role, path(role), (names or {}).get(role)) for role in METHODS]
    if any(pair.old and pair.new for pair in pairs):
        return pairs
    documented = f"The old one documents: {describe(old)}. The new one documents: {describe(new)}."
    roles = [
        role for role, pair in zip(METHODS, pairs, strict=True) if not pair.old and not pair.new
    ]
    if roles:
        options = " and ".join(f'--{role} "{METHODS[role].upper()} /path"' for role in roles)
        documented += f" Name the operations to compare with {options}."
    raise ContractError(f"The two sources have no operation in common. {documented}")


def select(
    documents: Sequence[Document],
    wanted: Mapping[Role, str | None],
    old: Sequence[Document] = (),
    names: Names | None = None,
) -> dict[Role, tuple[Document, str]]:
    """Return the document and the path of each wanted role.

    Args:
        documents: The documents of a source.
        wanted: The roles, each with the path at which its operation was last seen, or None.
        old: The documents in which the operations were last seen.
        names: The operations of roles that the caller names.

    Raises:
        ContractError: An operation is missing, or ``find`` cannot decide.
    """
    chosen: dict[Role, tuple[Document, str]] = {}
    for role, known in wanted.items():
        method = METHODS[role].upper()
        operation = _pair(old, documents, role, known, (names or {}).get(role)).new
        if operation is None:
            left = candidates_in(documents, METHODS[role])
            hint = (
                f' If one of these is ours, name it: --{role} "{left[0].name()}".' if left else ""
            )
            raise ContractError(
                f"The source documents no {method} operation for '{role}'. It documents: "
                f"{describe(documents)}.{hint}"
            )
        chosen[role] = operation.document, operation.path
    return chosen


def _pair(
    old: Sequence[Document],
    new: Sequence[Document],
    role: Role,
    known: str | None,
    name: tuple[str, str] | None,
) -> OperationPair:
    if name and not any(name in document.operations() for document in (*old, *new)):
        raise ContractError(
            f"{' '.join(name)} is not documented. The sources document: {describe((*old, *new))}."
        )
    before = find(old, role, known, name=name)
    after = find(new, role, before.path if before else known, before, name)
    if after:
        return OperationPair(role, before, after)
    left = candidates_in(new, METHODS[role])
    if not before:
        known_one = vendored(role).identity()
        left = [*candidates_in(old, METHODS[role]), *left]
        left = [each for each in left if each.identity().resembles(known_one)]
    return OperationPair(role, before, None, tuple(sorted({each.name() for each in left})))


def is_ours(operation: Operation) -> bool:
    """Whether an operation is one that this package calls: not another vendor's, nor model's."""
    hosts = {host for server in _servers(operation) if (host := urlsplit(server).hostname)}
    if hosts and urlsplit(server_url()).hostname not in hosts:
        return False
    return any(_is_the_one(operation, vendored(role)) for role in METHODS)


def _is_the_one(operation: Operation, ours: Operation) -> bool:
    if operation.method != ours.method:
        return False
    its, known = operation.identity(), ours.identity()
    at_our_path = operation.path == ours.path and not its.is_for_another_model(known)
    return at_our_path or its.is_alike(known)


def _servers(operation: Operation) -> list[str]:
    holders = (operation.node, operation.item, operation.root())
    found = [node.value for holder in holders for node in elements(holder.get("servers"))]
    return [address(each) for each in found if isinstance(each, Mapping)]
