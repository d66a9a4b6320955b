"""Compares the responses of an operation: statuses, bodies, headers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from wan_ergonomic.contract.diff._context import Location, Pair, name_of
from wan_ergonomic.contract.diff._fields import compare_deprecated, compare_required, compare_text
from wan_ergonomic.contract.diff._schemas import SchemaDiff
from wan_ergonomic.contract.document._node import Node, entries
from wan_ergonomic.contract.source._roles import Operation

from ._content import compare_content
from ._serialization import compare_value


def compare_responses(
    old: Operation, new: Operation, location: Location, schemas: SchemaDiff
) -> None:
    """Report every change of the responses."""
    location = replace(location, direction="response", subject="response-body")
    before, after = (_responses(side.node.get("responses")) for side in (old, new))
    removed = [status for status in before if status not in after]
    added = [status for status in after if status not in before]
    pairs = [Pair(before[status], after[status]) for status in before if status in after]
    successes = [
        [status for status in changed if status in _successes(side)]
        for changed, side in ((removed, before), (added, after))
    ]
    if all(len(statuses) == 1 for statuses in successes):
        (was,), (is_now,) = successes
        removed.remove(was)
        added.remove(is_now)
        pairs.append(Pair(before[was], after[is_now]))
        _status_changed(pairs[-1], _at(location, was))
    for pair in pairs:
        _compare(pair, _at(location, name_of(pair.old)), schemas)
    for status in removed:
        rule, pair = f"response-{_category(status)}-status-removed", Pair(before[status], None)
        there = _at(location, status)
        covering = after.get("2XX") if _is_success(status) else None
        there.add(rule, pair, "was removed", severity="info" if covering else None)
        if covering:
            _compare(Pair(before[status], covering), there, schemas)
    for status in added:
        rule, pair = f"response-{_category(status)}-status-added", Pair(None, after[status])
        there = _at(location, status)
        there.add(rule, pair, "was added")
        if _is_success(status) and (covering := _covering(before)):
            _compare(Pair(covering, after[status]), there, schemas)


def _covering(responses: Mapping[str, Node]) -> Node | None:
    """Return the response to a success that is not listed."""
    listed = any(map(_is_success, responses))
    return responses.get("2XX") or (None if listed else responses.get("default"))


def _responses(written: Node | None) -> dict[str, Node]:
    """Return responses by status, without extensions."""
    return {s: node for s, node in entries(written).items() if not s.startswith("x-")}


def _at(location: Location, status: str) -> Location:
    return replace(location, place=f"response/{status}")


def _status_changed(pair: Pair, location: Location) -> None:
    """Report that a success has another status; one of them may be in the range of the other."""
    shown = name_of(pair.old), name_of(pair.new)
    location.add(
        "response-success-status-changed",
        pair,
        f"has the status {shown[1]} now",
        severity="info" if "2XX" in {status.upper() for status in shown} else None,
        shown=shown,
    )


def _compare(pair: Pair, location: Location, schemas: SchemaDiff) -> None:
    before, after = (node and node.resolved() for node in pair)
    if before is None or after is None:
        return
    pair = Pair(before, after)
    texts = pair.get("description")
    if all(texts):
        # A response without one is not valid, which is reported as such.
        compare_text(texts, "description", "response-description-changed", location)
    compare_content(pair.get("content"), location, schemas)
    _compare_headers(pair.get("headers"), location, schemas)


def _compare_headers(headers: Pair, location: Location, schemas: SchemaDiff) -> None:
    old, new = (_headers(side) for side in headers)
    for name in dict.fromkeys((*old, *new)):
        place = f"{location.place}/header/{name}"
        there = replace(location, subject="response-header", place=place)
        written = Pair(old.get(name), new.get(name))
        before, after = (node and node.resolved() for node in written)
        if before and after:
            _compare_header(Pair(before, after), there, schemas)
        elif before and not written.new:
            need = "required" if before.is_true("required") else "optional"
            there.add(f"{need}-response-header-removed", written, "was removed")
        elif after and not written.old:
            there.add("response-header-added", written, "was added")


def _headers(headers: Node | None) -> dict[str, Node]:
    """Return headers by name, in lower case. OpenAPI ignores one that the media type describes."""
    found = {name.lower(): node for name, node in entries(headers).items()}
    return {name: node for name, node in found.items() if name != "content-type"}


def _compare_header(pair: Pair, location: Location, schemas: SchemaDiff) -> None:
    compare_required(pair.get("required"), location)
    rule = "response-header-description-changed"
    compare_text(pair.get("description"), "description", rule, location)
    compare_deprecated(pair.get("deprecated"), location)
    compare_value(pair, "header", location, schemas)


def _successes(statuses: Iterable[str]) -> list[str]:
    """Return the statuses of a success; without one of 2xx, ``default`` may be it."""
    known = list(statuses)
    return [each for each in known if _is_success(each)] or [
        each for each in known if each == "default"
    ]


def _is_success(status: str) -> bool:
    return status.startswith("2")


def _category(status: str) -> str:
    return "success" if _is_success(status) else "non-success"
