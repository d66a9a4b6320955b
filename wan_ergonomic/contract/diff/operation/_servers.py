"""Compares the path and the servers of an operation.

The first server is the one that this package calls. A server with variables stands for one
server for each combination of their values, the defaults first.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import islice, product
from typing import NamedTuple

from wan_ergonomic.contract.diff._context import Location, Pair
from wan_ergonomic.contract.diff._finding import Severity
from wan_ergonomic.contract.document._node import Node, elements, entries, value_of
from wan_ergonomic.contract.source._roles import Operation

from ._paths import VARIABLE, template

# Of more combinations of values, only those that differ from the defaults in one are compared.
_MOST_COMBINATIONS = 1_000
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}

_ESCAPED = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile("[A-Za-z0-9._~-]")

# Stands for any value of a variable, in a pattern.
_ANY = "\0"

# A value of a variable, and where it is listed; None for the default.
_Value = tuple[str, Node | None]


class _Server(NamedTuple):
    """A server of an operation, with one value for each of its variables.

    Attributes:
        address: What is compared: its URL and the operation's path, in a normal form.
        url: Its URL.
        node: Where it is written; None for the one that a document without servers has.
        chosen: The values that are not the defaults of their variables.
        others: A glob for the addresses with other values, if a variable has no enum.
    """

    address: str
    url: str = ""
    node: Node | None = None
    chosen: tuple[Node, ...] = ()
    others: str = ""


def compare_servers(old: Operation, new: Operation, location: Location) -> None:
    """Report a path and servers that changed; the path in a server's URL counts as a part."""
    before, after = _servers(old), _servers(new)
    moved = template(old.path) != template(new.path)
    if moved and _path(before[0].address) != _path(after[0].address):
        pair, shown = Pair(old.node, new.node), (old.name(), new.name())
        message = f"moved from {old.path} to {new.path}"
        location.at("path").add("operation-moved", pair, message, shown=shown)
        before, after = (_each_once(map(_without_path, side)) for side in (before, after))
    _compare(before, after, location.at("server"))


def _servers(operation: Operation) -> list[_Server]:
    """Return the servers that apply to an operation, each address once."""
    for holder in (operation.node, operation.item, operation.root()):
        written = elements(holder.get("servers"))
        if written:
            path = template(operation.path)
            found = [each for node in written for each in _expanded(node, path)]
            return _each_once(found)
    return [_Server(template(operation.path))]


def _each_once(servers: Iterable[_Server]) -> list[_Server]:
    found: dict[str, _Server] = {}
    for server in servers:
        found.setdefault(server.address, server)
    return [*found.values()]


def _expanded(node: Node, path: str) -> Iterator[_Server]:
    """Yield a server for each combination of the values of its variables."""
    text = str(value_of(node.get("url")) or "")
    variables = entries(node.get("variables"))
    names = list(dict.fromkeys(VARIABLE.findall(text)))
    choices = [_values(variables.get(name)) for name in names]
    free = [name for name in names if name in variables and not variables[name].get("enum")]
    for values in _combinations(choices):
        filled = {name: value for name, (value, _) in zip(names, values, strict=True)}
        url = _filled(text, filled)
        any_other = _normal(_filled(text, filled | dict.fromkeys(free, _ANY))) + path
        yield _Server(
            address=f"{_normal(url)}{path}",
            url=url,
            node=node,
            chosen=tuple(where for _, where in values if where),
            others=glob.escape(any_other).replace(_ANY, "*") if free else "",
        )


def _combinations(choices: Sequence[Sequence[_Value]]) -> Iterator[Sequence[_Value]]:
    """Yield the defaults, then what differs from them in one value, then what differs in more."""
    defaults = [values[0] for values in choices]
    yield defaults
    for index, values in enumerate(choices):
        for value in values[1:]:
            yield [*defaults[:index], value, *defaults[index + 1 :]]
    yield from islice(product(*choices), _MOST_COMBINATIONS)


def _filled(url: str, values: Mapping[str, str]) -> str:
    return VARIABLE.sub(lambda found: values[found[1]], url)


def _values(variable: Node | None) -> list[_Value]:
    """Return the values of a variable, the default first."""
    default = variable and variable.get("default")
    # A variable without a default is an error in the document; its name means nothing.
    first = str(default.value) if default else "{}"
    listed = elements(variable.get("enum")) if variable else []
    return [(first, None), *((str(v.value), v) for v in listed if str(v.value) != first)]


def _normal(url: str) -> str:
    """Return a URL with its origin in lower case, without a default port and a trailing slash."""
    origin = _origin(url)
    path = _ESCAPED.sub(_unescaped, url[len(origin) :]).rstrip("/")
    origin = origin.lower()
    port = _DEFAULT_PORTS.get(origin.partition("://")[0], ":")
    return f"{origin.removesuffix(port).removesuffix(':')}{path}"


def _unescaped(found: re.Match[str]) -> str:
    """Return an escaped character as it is, if URLs need not escape it."""
    character = chr(int(found[1], 16))
    return character if _UNRESERVED.fullmatch(character) else found[0].upper()


def _origin(url: str) -> str:
    """Return the part of a URL before its path."""
    scheme, mark, rest = url.partition("://")
    return f"{scheme}{mark}{rest.partition('/')[0]}" if mark else ""


def _without_path(server: _Server) -> _Server:
    return server._replace(address=_origin(server.address), others=_origin(server.others))


def _path(address: str) -> str:
    return address[len(_origin(address)) :]


def _compare(before: Sequence[_Server], after: Sequence[_Server], location: Location) -> None:
    removed, added = _missing(before, after), _missing(after, before)
    was, is_now = before[0], after[0]
    if was.address != is_now.address and was.node and is_now.node:
        pair = Pair(was.node, is_now.node).get("url")
        message = f"has the server {is_now.url} instead of {was.url}"
        severity: Severity | None = None
        if was not in removed:
            severity, message = "warning", f"{message} as the first one; it still has the other"
        shown = was.url, is_now.url
        location.add("server-changed", pair, message, severity=severity, shown=shown)
        removed, added = (
            [s for s in side if s is not was and s is not is_now] for side in (removed, added)
        )
    for server in removed:
        message = f"no longer has the server {server.url}"
        location.add("server-removed", Pair(_where(server), None), message)
    for server in added:
        message = f"has the new server {server.url}"
        location.add("server-added", Pair(None, _where(server)), message)
    _variables(before, after, location)


def _variables(before: Sequence[_Server], after: Sequence[_Server], location: Location) -> None:
    """Report servers whose variables may have any value now, or only those that are listed."""
    known = {server.address: server for server in after}
    for old in (server for server in before if not server.chosen):
        new = known.get(old.address)
        pair = Pair(old.node, new and new.node).get("variables")
        if new is None or not all(pair) or bool(old.others) == bool(new.others):
            continue
        if new.others:
            message = "accepts any value for a variable of its server now"
            location.add("server-added", pair, message)
        else:
            message = "accepts only listed values for the variables of its server now"
            location.add("server-removed", pair, message, severity="warning")


def _missing(servers: Sequence[_Server], others: Sequence[_Server]) -> list[_Server]:
    """Return the servers that the other side lacks; one for each value of a variable."""
    too_many = max(len(servers), len(others)) >= _MOST_COMBINATIONS
    compared = [each for each in servers if len(each.chosen) < 2 or not too_many]
    addresses = {each.address for each in others}
    globs = {each.others for each in others if each.others}
    missing: list[_Server] = []
    said: set[str] = set()
    for server in sorted(compared, key=lambda each: len(each.chosen)):
        values = {node.pointer for node in server.chosen}
        address = server.address
        known = address in addresses or any(fnmatchcase(address, each) for each in globs)
        if server.node and not known and said.isdisjoint(values):
            said |= values
            missing.append(server)
    return missing


def _where(server: _Server) -> Node | None:
    """Return where a server is written: the value of a variable, or all of it."""
    return server.chosen[-1] if server.chosen else server.node
