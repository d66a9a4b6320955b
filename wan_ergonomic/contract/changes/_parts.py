"""The parts of two operations that a comparison does not look into.

Callbacks, links and the encodings of a multipart body are only compared as a whole: that
they differ is a finding, what differs is not. References that lead nowhere or out of their
document are listed, and so are files that both documents include: whatever is in them now,
it is the same on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.diff._compare import complete
from wan_ergonomic.contract.diff._context import Pair
from wan_ergonomic.contract.diff._finding import Finding, sides_at
from wan_ergonomic.contract.diff._rules import RULES
from wan_ergonomic.contract.diff._unchanged import is_identical
from wan_ergonomic.contract.diff.operation._media_types import MediaType, media_type
from wan_ergonomic.contract.document._equality import same, without_documentation
from wan_ergonomic.contract.document._inline import Copier
from wan_ergonomic.contract.document._node import Node, entries
from wan_ergonomic.contract.document._schema import view
from wan_ergonomic.contract.document._unread import leads_out, unread_references
from wan_ergonomic.contract.document._view import SchemaView
from wan_ergonomic.contract.source._fetch import shown
from wan_ergonomic.contract.source._pairs import OperationPair
from wan_ergonomic.contract.source._roles import Operation

from ._comparison import NotCompared, Side, State

RULE = "uncompared-part-changed"

# Each part, and what people call it.
_PARTS: Mapping[str, str] = {
    "callbacks": "callbacks",
    "links": "links",
    "encoding": "encodings of parts",
    "prefixEncoding": "encodings of the first parts",
    "itemEncoding": "encoding of the items",
}
# These only offer something more.
_OFFERS = frozenset({"callbacks", "links"})
# The keys of these are names.
_BY_NAME = frozenset({"callbacks", "links", "encoding"})
# With these, a text is not sent as it is.
_ENCODED = frozenset({"format", "contentEncoding", "contentMediaType"})
_HAS = {"added": "has new", "changed": "has other", "removed": "no longer has its"}

_Key = tuple[str, str]


def parts(pair: OperationPair) -> tuple[list[NotCompared], list[Finding]]:
    """Return what is not looked into, and a finding for each part of it that differs."""
    if not pair.old or not pair.new:
        return [], []
    left, findings = [], []
    for one, both, part in _parts(pair.role, pair.old, pair.new):
        left.append(one)
        if one.state == "changed":
            findings.append(complete(_finding(one, both, part), pair.old, pair.new))
    return [*left, *_unread(pair.role, pair.old, pair.new)], findings


def _parts(role: str, old: Operation, new: Operation) -> Iterator[tuple[NotCompared, Pair, str]]:
    """Yield each part that is not looked into, with the part on both sides, and its keyword."""
    after = _holders(new)
    for key, node in _holders(old).items():
        for part, words in _PARTS.items():
            pair = Pair(*(each and _usable(each, key[1], part) for each in (node, after.get(key))))
            if key not in after or not any(pair):
                continue
            state: State = "same" if all(pair) and _are_same(pair, part) else "changed"
            sides = _sides(*pair)
            yield (
                NotCompared(role=role, place=key[0], what=words, state=state, sides=sides),
                pair,
                part,
            )


def _usable(holder: Node, media: str, part: str) -> Node | None:
    """Return a part, or None if it has no effect or is not even of the right type."""
    node = holder.get(part)
    if node is None or not isinstance(node.value, dict | list | bool):
        return None
    if part in _BY_NAME and not isinstance(node.value, dict):
        return None
    return _effective(node, holder, media_type(media)) if part == "encoding" else node


def _effective(node: Node, holder: Node, media: MediaType) -> Node | None:
    """Return the encodings that differ from the usual ones; None if there are none."""
    if not media.is_form():
        return None
    schema = holder.get("schema")
    properties = view(schema).properties if schema else {}
    usual = {name: {"contentType": _usual(view(held))} for name, held in properties.items()}
    said = {name: _without_defaults(each, media) for name, each in node.value.items()}
    kept = {name: each for name, each in said.items() if each not in ({}, usual.get(name))}
    return node._replace(value=kept) if kept else None


def _without_defaults(encoding: Any, media: MediaType) -> Any:
    """Return the encoding of a field without what it has anyway."""
    if not isinstance(encoding, Mapping):
        return encoding
    kept = dict(encoding)
    if isinstance(kept.get("contentType"), str):
        kept["contentType"] = ",".join(part.strip() for part in kept["contentType"].split(","))
    if media.kind != "multipart" and kept.get("style", "form") == "form":
        kept.pop("style", None)
        if kept.get("explode") is True:
            del kept["explode"]
    return kept


def _usual(side: SchemaView) -> str:
    """Return the media type that a property of a form has unless its encoding says another one."""
    if side.types == {"object"}:
        return "application/json"
    texts = side.types <= {"string", "number", "integer", "boolean"} and side.types
    return "text/plain" if texts and _ENCODED.isdisjoint(side.keywords) else ""


def _sides(old: object, new: object) -> tuple[Side, ...]:
    sides: tuple[tuple[Side, object], ...] = (("old", old), ("new", new))
    return tuple(side for side, value in sides if value)


def _holders(operation: Operation) -> dict[_Key, Node]:
    """Return what may have such parts, by place and media type."""
    bodies = {"operation": operation.node, "request": operation.node.get("requestBody")}
    for status, response in entries(operation.node.get("responses")).items():
        bodies[f"response/{status}"] = response
    found: dict[_Key, Node] = {}
    for place, written in bodies.items():
        if node := written and written.resolved():
            found[place, ""] = node
            found |= {(place, name): media for name, media in entries(node.get("content")).items()}
    return found


def _finding(one: NotCompared, pair: Pair, part: str) -> Finding:
    change = "changed" if all(pair) else "added" if pair.new else "removed"
    offered = change == "added" and part in _OFFERS
    before, after = pair.values()
    return Finding(
        rule=RULE,
        role=one.role,
        severity="info" if offered else RULES[RULE],
        sides=() if offered else sides_at(one.place),
        old_pointer=pair.old and pair.old.pointer,
        new_pointer=pair.new and pair.new.pointer,
        before=before,
        after=after,
        message=f"{_HAS[change]} {one.what}; their contents are not compared",
        place=one.place,
    )


def _are_same(pair: Pair, part: str) -> bool:
    """Whether two parts are the same, apart from documentation and the use of references."""
    old, new = (_plain(node, part) for node in pair if node)
    return same(old, new)


def _plain(node: Node, part: str) -> Any:
    copier = Copier(node.tree.data, None)
    try:
        value = copier.copy(node.value)
    except ContractError:
        # A reference could not be followed, which is reported as such.
        value = node.value
    if part in _BY_NAME and isinstance(value, Mapping):
        value = [[name, value[name]] for name in sorted(value)]
    return without_documentation([value, copier.schemas])


def _unread(role: str, old: Operation, new: Operation) -> Iterator[NotCompared]:
    """Yield each reference that could not be followed, and each file that both sides include.

    In documents that are the same, a reference within the document leads to the same.
    """
    everywhere = partial(NotCompared, role=role, place="operation")
    before, after = (_unread_in(operation) for operation in (old, new))
    for reference in dict.fromkeys((*before, *after)):
        if leads_out(reference) or not _are_equal(old, new):
            sides = _sides(reference in before, reference in after)
            yield everywhere(what=reference, state="unread", sides=sides)
    for file in old.document.files:
        is_one_document = old.document.origin == new.document.origin and _are_equal(old, new)
        if file in new.document.files and not is_one_document:
            yield everywhere(what=shown(file), state="shared", sides=("old", "new"))


def _are_equal(old: Operation, new: Operation) -> bool:
    """Whether two operations are in equal documents."""
    return is_identical(old.root().value, new.root().value)


def _unread_in(operation: Operation) -> list[str]:
    written = (operation.node, operation.item.get("parameters"))
    return unread_references(node for node in written if node)
