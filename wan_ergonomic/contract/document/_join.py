"""Joins operations of published documents into one document.

The joined document has no tags and no component that nothing references. By default,
references are replaced by what they lead to, so that overlays can address our
operations by role (``$.paths.*.post…``) wherever the vendor keeps a schema. In the
documents of another model, schemas stay components.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from wan_ergonomic._errors import ContractError

from ._components import merge
from ._inline import Copier, TooManyValuesError
from ._node import Tree, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Part = tuple[Mapping[str, Any], str, str]


def dump(document: Mapping[str, Any]) -> str:
    """Return a document as JSON with sorted keys: one text for equal documents."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def join(parts: Iterable[Part], *, inline: bool = True) -> tuple[dict[str, Any], dict[str, str]]:
    """Join single operations into one self-contained document.

    Args:
        parts: (document, method in lower case, path) for each operation. The result has the
            title of the first document.
        inline: Whether to replace references by what they lead to. Recursive schemas stay
            components; so do all but the outermost schemas of a document that would become
            too large.

    Returns:
        The document, and the components that were renamed because two documents use one
        name for different schemas, as {old: new}.

    Raises:
        ContractError: A reference leads nowhere or in a circle, or two documents disagree
            about their servers or a security scheme.
    """
    joined: dict[str, Any] = {"paths": {}}
    schemas: dict[str, Any] = {}
    renamed: dict[str, str] = {}
    try:
        for document, group in _grouped(parts):
            copied, components = _copied(document, group, None if inline else 0)
            copied, names = merge(schemas, components, copied)
            renamed |= names
            for (_, path), item in zip(group, copied, strict=True):
                joined["paths"].setdefault(path, {}).update(item)
            _head(joined, document)
    except RecursionError as error:
        raise ContractError("A published document is nested too deeply to be read.") from error
    if schemas:
        joined.setdefault("components", {})["schemas"] = schemas
    return joined, renamed


def _grouped(
    parts: Iterable[Part],
) -> Iterator[tuple[Mapping[str, Any], list[tuple[str, str]]]]:
    """Yield each document once, with its operations."""
    groups: dict[int, tuple[Mapping[str, Any], list[tuple[str, str]]]] = {}
    for document, method, path in parts:
        groups.setdefault(id(document), (document, []))[1].append((method, path))
    yield from groups.values()


def _copied(
    document: Mapping[str, Any], operations: list[tuple[str, str]], levels: int | None
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    copier = Copier(document, levels)
    try:
        return [_item(document, *operation, copier) for operation in operations], copier.schemas
    except TooManyValuesError:
        return _copied(document, operations, 1)


def _item(document: Mapping[str, Any], method: str, path: str, copier: Copier) -> dict[str, Any]:
    """Return the path item of one operation, with what applies to its path moved into it."""
    item = Tree(document).top().get("paths", path)
    published = value_of(item and item.resolved()) or {}
    operation = copier.copy(_object(published, method))
    operation = {key: value for key, value in operation.items() if key != "tags"}
    if "security" not in operation and "security" in document:
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


def _head(joined: dict[str, Any], document: Mapping[str, Any]) -> None:
    """Add what a document defines for all its operations."""
    joined.setdefault("openapi", document["openapi"])
    joined.setdefault("info", document.get("info"))
    if document.get("servers"):
        _add(joined, "servers", document["servers"], _addresses)
    for name, scheme in _object(_object(document, "components"), "securitySchemes").items():
        components = joined.setdefault("components", {"securitySchemes": {}})
        _add(components["securitySchemes"], name, scheme, _without_hints)


def _object(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = holder.get(key, {})
    if not isinstance(value, Mapping):
        raise ContractError(f"{key!r} of a published document is not an object.")
    return value


def _add(into: dict[str, Any], key: str, value: Any, compared: Callable[[Any], Any]) -> None:
    """Add a value, unless there is one already: then the parts that are compared must be equal."""
    if compared(into.setdefault(key, value)) != compared(value):
        raise ContractError(f"The published documents disagree about {key!r}.")


def _addresses(servers: Any) -> Any:
    """Return the URLs of a list of servers, without their descriptions."""
    if not isinstance(servers, list):
        return servers
    urls = (server.get("url") if isinstance(server, Mapping) else server for server in servers)
    return [str(url).rstrip("/") for url in urls]


def _without_hints(scheme: Any) -> Any:
    """Return a security scheme without the members that are for people only."""
    if not isinstance(scheme, Mapping):
        return scheme
    hints = {"description", "bearerFormat"}
    return {key: value for key, value in scheme.items() if key not in hints}
