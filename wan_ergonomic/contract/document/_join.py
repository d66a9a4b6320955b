"""Joins operations of published documents into one document.

The joined document has no tags and no component that nothing references. By default,
references are replaced by what they lead to, so that overlays can address our
operations by role (``$.paths.*.post…``) wherever the vendor keeps a schema. In the
documents of another model, schemas stay components.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain, repeat
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from wan_ergonomic._errors import ContractError

from ._agreement import Agreement, called, effect_of
from ._components import merge
from ._compose import composed
from ._inline import Copier, TooManyValuesError
from ._node import Tree, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Part = tuple[Mapping[str, Any], str, str]


def dump(document: Mapping[str, Any]) -> str:
    """Return a document as JSON with sorted keys: one text for equal documents."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def join(
    parts: Iterable[Part],
    *,
    inline: bool = True,
    origins: Iterable[str] = (),
    unread: Mapping[str, str] = MappingProxyType({}),
    host: str | None = None,
) -> tuple[dict[str, Any], dict[str, str]]:
    """Join single operations into one self-contained document.

    Args:
        parts: (document, method in lower case, path) for each operation. The result has the
            title of the first document, and the highest of their versions of OpenAPI.
        inline: Whether to replace references by what they lead to, and to merge compositions
            that stand for one schema. Recursive schemas stay components; so do all but the
            outermost schemas of a document that would become too large. All operations must
            then have one server, which becomes the document's.
        origins: For each part, the name of the file that its document is from, for messages.
        unread: For references to files that cannot be read, why, for messages.
        host: The URL that a server without a host is relative to; two servers that are the same
            then do not disagree.

    Returns:
        The document, and the components that were renamed because two documents use one
        name for different schemas, as {old: new}.

    Raises:
        ContractError: A reference leads nowhere or in a circle, or two documents disagree
            about the server or a security scheme.
    """
    joined: dict[str, Any] = {"paths": {}}
    schemas: dict[str, Any] = {}
    renamed: dict[str, str] = {}
    head = _Head(joined, host)
    try:
        for group in _grouped(parts, origins):
            copied, components = _copied(group, None if inline else 0, unread)
            if inline:
                copied, components = composed(copied), composed(components, by_name=True)
            copied, names = merge(schemas, components, copied)
            renamed |= names
            for (_, path), item in zip(group.operations, copied, strict=True):
                joined["paths"].setdefault(path, {}).update(item)
            head.add(group, copied, inline=inline)
    except RecursionError as error:
        raise ContractError(
            "A published document is nested too deeply to be read. Give another source."
        ) from error
    if schemas:
        joined.setdefault("components", {})["schemas"] = schemas
    return joined, renamed


@dataclass
class _Group:
    """One document and its operations, each as (method in lower case, path)."""

    document: Mapping[str, Any]
    origin: str
    operations: list[tuple[str, str]] = field(default_factory=list)

    def names(self) -> list[str]:
        """Return a name of the document for each operation: those of a page have one origin."""
        origin = f" ({self.origin})" if self.origin else ""
        return [f"the document of {m.upper()} {path}{origin}" for m, path in self.operations]


def _grouped(parts: Iterable[Part], origins: Iterable[str]) -> Iterable[_Group]:
    """Return each document once, with its operations."""
    groups: dict[int, _Group] = {}
    for (document, method, path), origin in zip(parts, chain(origins, repeat("")), strict=False):
        group = groups.setdefault(id(document), _Group(document, origin))
        group.operations.append((method, path))
    return groups.values()


def _copied(
    group: _Group, levels: int | None, unread: Mapping[str, str]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    copier = Copier(group.document, levels, unread)
    try:
        items = [_item(group.document, *operation, copier) for operation in group.operations]
    except TooManyValuesError:
        return _copied(group, 1, unread)
    return items, copier.schemas


def _item(document: Mapping[str, Any], method: str, path: str, copier: Copier) -> dict[str, Any]:
    """Return the path item of one operation, with what applies to its path moved into it."""
    item = Tree(document).top().get("paths", path)
    published = value_of(item and item.resolved()) or {}
    operation = copier.copy(_object(published, method))
    operation = {key: value for key, value in operation.items() if key != "tags"}
    if operation.get("security") is None:
        operation.pop("security", None)
        if document.get("security") is not None:
            operation["security"] = copier.copy(document["security"])
    if "servers" in published:
        operation.setdefault("servers", copier.copy(published["servers"]))
    inherited = copier.copy(published.get("parameters"))
    own = operation.get("parameters", [])
    if isinstance(inherited, list) and inherited and isinstance(own, list):
        named = [_key(parameter) for parameter in own]
        inherited = [each for each in inherited if _key(each) not in named]
        operation["parameters"] = own + inherited
    return {method: operation}


def _key(parameter: Any) -> Any:
    is_object = isinstance(parameter, Mapping)
    return (parameter.get("in"), parameter.get("name")) if is_object else parameter


class _Head:
    """What a joined document defines for all its operations."""

    def __init__(self, joined: dict[str, Any], host: str | None) -> None:
        self._joined = joined
        self._host = host
        self._agreement = Agreement()

    def add(self, group: _Group, items: Sequence[dict[str, Any]], *, inline: bool) -> None:
        """Add what a document defines for its operations, which were copied already."""
        document = group.document
        self._joined["openapi"] = max(document["openapi"], self._joined.get("openapi", ""))
        self._joined.setdefault("info", document.get("info"))
        operations = [operation for item in items for operation in item.values()]
        if inline:
            for operation, name in zip(operations, group.names(), strict=True):
                self._servers(operation.pop("servers", None) or document.get("servers"), name)
        else:
            self._servers(document.get("servers"), group.names()[0])
        named = [_names(operation.get("security")) for operation in operations]
        self._schemes(group, frozenset(chain(*named)))

    def _servers(self, servers: Any, name: str) -> None:
        if servers:
            self._joined.setdefault("servers", servers)
            self._agreement.check("the server", called(servers, self._host), name)

    def _schemes(self, group: _Group, used: frozenset[str]) -> None:
        """Add the security schemes. One that an operation uses replaces an unused one."""
        published = _object(_object(group.document, "components"), "securitySchemes")
        schemes: dict[str, Any] = Copier(group.document, None).copy(published)
        if schemes:
            known = self._joined.setdefault("components", {}).setdefault("securitySchemes", {})
            for name, scheme in schemes.items():
                if name not in used:
                    known.setdefault(name, scheme)
                elif self._agreement.check(
                    f"the security scheme {name!r}", effect_of(scheme), group.names()[0]
                ):
                    known[name] = scheme


def _names(security: Any) -> Iterator[str]:
    """Yield the names of the schemes in a list of security requirements."""
    for requirement in security if isinstance(security, list) else ():
        yield from requirement if isinstance(requirement, Mapping) else ()


def _object(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return an object that a document has under a key; an empty one for null or nothing."""
    value = {} if holder.get(key) is None else holder[key]
    if not isinstance(value, Mapping):
        raise ContractError(
            f"{key!r} of a published document is not an object. "
            "Correct it in a copy, and pass that."
        )
    return value
