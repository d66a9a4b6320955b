"""Compares the parameters of an operation: in its path, its query, its headers and cookies."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from wan_ergonomic.contract.document._equality import meaning, same
from wan_ergonomic.contract.document._node import Node, elements, entries, value_of
from wan_ergonomic.contract.source._roles import Operation

from ._context import Report, Spot
from ._operation import compare_need, compare_text
from ._schemas import Schemas

# How a parameter is written where its description does not say.
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}


class _Parameter(NamedTuple):
    place: str
    name: str
    node: Node


# By place, and name or position.
_Parameters = dict[tuple[str, str], _Parameter]


def compare_parameters(
    old: Operation, new: Operation, spot: Spot, report: Report, schemas: Schemas
) -> None:
    """Report every change of what is sent beside a body."""
    before, after = _parameters(old), _parameters(new)
    lost = {key: parameter for key, parameter in before.items() if key not in after}
    won = {key: parameter for key, parameter in after.items() if key not in before}
    pairs = [(parameter, after[key]) for key, parameter in before.items() if key in after]
    for place in dict.fromkeys(parameter.place for parameter in lost.values()):
        gone, came = ([k for k, p in side.items() if p.place == place] for side in (lost, won))
        # Believed of the only ones of their place.
        if len(gone) == len(came) == 1 and _mean_the_same(lost[gone[0]], won[came[0]]):
            pairs.append((lost.pop(gone[0]), won.pop(came[0])))
    for a, b in pairs:
        _compare(a, b, _spot(spot, a), report, schemas)
    for parameter in lost.values():
        nodes = parameter.node, None
        report.add(_spot(spot, parameter), "request-parameter-removed", nodes, "was removed")
    for parameter in won.values():
        _added(parameter, _spot(spot, parameter), report)


def _added(parameter: _Parameter, spot: Spot, report: Report) -> None:
    nodes = None, parameter.node
    if parameter.place == "path":
        report.add(spot, "new-request-path-parameter", nodes, "was added to the path")
    elif parameter.node.is_true("required"):
        report.add(spot, "new-required-request-parameter", nodes, "was added and is required")
    else:
        report.add(spot, "new-optional-request-parameter", nodes, "is new")


def _compare(
    old: _Parameter, new: _Parameter, spot: Spot, report: Report, schemas: Schemas
) -> None:
    nodes = old.node, new.node
    # A name in a path is nobody's but the document's.
    if old.name.lower() != new.name.lower() and old.place != "path":
        shown = old.name, new.name
        message = f"is called {new.name!r} now"
        report.add(spot, "request-parameter-renamed", nodes, message, shown=shown)
    compare_need(*nodes, spot, report)
    _compare_styles(old, new, spot, report)
    compare_text(*nodes, "request-parameter-description-changed", spot, report)
    flags = old.node.get("deprecated"), new.node.get("deprecated")
    was, is_now = (value_of(flag) is True for flag in flags)
    if is_now and not was:
        report.add_here(spot, "deprecated", flags, "is deprecated")
    elif was and not is_now:
        report.add_here(spot, "reactivated", flags, "is no longer deprecated")
    before, after = _schema(old.node), _schema(new.node)
    if before and after:
        schemas.compare(before, after, spot)


def _compare_styles(old: _Parameter, new: _Parameter, spot: Spot, report: Report) -> None:
    before, after = _style(old), _style(new)
    if before != after:
        word = next(word for word in before if before[word] != after[word])
        nodes = old.node.get(word), new.node.get(word)
        message = f"is written in another way ({word})"
        report.add(spot, "request-parameter-serialization-changed", nodes, message)


def _style(parameter: _Parameter) -> dict[str, object]:
    style = value_of(parameter.node.get("style")) or _STYLES.get(parameter.place)
    explode = parameter.node.get("explode")
    return {
        "style": style,
        "explode": explode.value if explode else style == "form",
        "allowReserved": parameter.node.is_true("allowReserved"),
    }


def _parameters(operation: Operation) -> _Parameters:
    """Return what an operation takes, its own before those of its path."""
    found: _Parameters = {}
    for holder in (operation.item, operation.node):
        for written in elements(holder.get("parameters")):
            node = written.resolved()
            name, place = node and node.get("name"), node and node.get("in")
            if node and name and place:
                parameter = _Parameter(str(place.value), str(name.value), node)
                found[_key(operation, parameter)] = parameter
    return found


def _key(operation: Operation, parameter: _Parameter) -> tuple[str, str]:
    """Return what a parameter is known by: its name, or its position in the path."""
    place, name = parameter.place, parameter.name
    if place == "path":
        parts = [part for part in operation.path.split("/") if part.startswith("{")]
        return place, str(parts.index(f"{{{name}}}")) if f"{{{name}}}" in parts else name
    return place, name.lower() if place == "header" else name


def _spot(spot: Spot, parameter: _Parameter) -> Spot:
    place = f"parameter/{parameter.place}/{parameter.name}"
    return replace(spot, kind="request-parameter", place=place)


def _mean_the_same(old: _Parameter, new: _Parameter) -> bool:
    """Whether the one that came says what the one that went did, under another name."""
    alike = (meaning({**parameter.node.value, "name": ""}) for parameter in (old, new))
    return same(*alike)


def _schema(parameter: Node) -> Node | None:
    """Return what a parameter's value is described by, which may be a media type's schema."""
    media = next(iter(entries(parameter.get("content")).values()), None)
    return parameter.get("schema") or (media and media.get("schema"))
