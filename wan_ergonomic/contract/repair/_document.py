"""Repairs defects that any published document may have.

The rules depend on no particular document; a defect of our documents alone belongs in
an overlay. A correct document is returned unchanged. Every correction is reported, and
adds only what a valid document needs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wan_ergonomic._json import escape
from wan_ergonomic.contract.document._components import free_name, rename
from wan_ergonomic.contract.document._document import METHODS
from wan_ergonomic.contract.document._pointer import COMPONENT, component_name
from wan_ergonomic.contract.document._validate import schemas_in

from ._composites import correct_composites
from ._operations import correct_operation, remove_undefined
from ._schemas import Note, correct_schema
from ._security import correct_security
from ._servers import correct_own_servers, correct_servers

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_INFO = {"title", "version", "summary", "description", "termsOfService", "contact", "license"}
_PATH_ITEM = {*METHODS, "parameters", "servers", "summary", "description"}


@dataclass(frozen=True)
class Correction:
    """One correction.

    Attributes:
        pointer: The place, as a JSON pointer.
        what: What was wrong and how it was corrected, for a person.
    """

    pointer: str
    what: str

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {self.what}"


def correct(
    document: Mapping[str, Any], host: str | None = None, *, ours: bool = True
) -> tuple[dict[str, Any], list[Correction]]:
    """Return the repaired document, and the corrections.

    Args:
        document: The document.
        host: The URL that a server without a host is relative to.
        ours: Whether it is our vendor's; only such a document is given our vendor's host and name.

    Raises:
        ContractError: A server has no host, and none is given.
    """
    found: list[Correction] = []

    def note(pointer: str, what: str) -> None:
        found.append(Correction(pointer, what))

    result: dict[str, Any] = _copy(document)
    _head(result, note, "AIML API" if ours else "API")
    result["servers"] = correct_servers(result.get("servers"), host, note, ours=ours)
    result = _components(result, note)
    _paths(result, host, note)
    schemas = result.get("components", {}).get("schemas", {})
    for name in schemas:
        pointer = f"/components/schemas/{escape(name)}"
        correct_schema(schemas, name, pointer, note, newer=result["openapi"] >= "3.1")
    correct_composites(result, note)
    correct_security(result, note)
    _mappings(result, schemas, note)
    return result, found


def _copy(node: Any) -> Any:
    """Return a copy without shared parts: an alias in YAML puts one object in two places."""
    if isinstance(node, Mapping):
        return {key: _copy(value) for key, value in node.items()}
    return [_copy(item) for item in node] if isinstance(node, list) else node


def _head(document: dict[str, Any], note: Note, title: str) -> None:
    version = document.get("openapi")
    if not re.fullmatch(r"3\.[01]\.\d+", str(version)):
        newer = str(version).startswith(("3.1", "3.2"))
        document["openapi"] = "3.1.0" if newer else "3.0.0"
        note(
            "/openapi",
            f"{version!r} is not a version such as 3.0.3 or 3.1.0; it is read as "
            f"{document['openapi']}.",
        )
    info = document.get("info")
    if not isinstance(info, dict):
        info = document["info"] = {}
    for key, filling in (("title", title), ("version", "1.0.0")):
        if not isinstance(info.get(key), str):
            given = info.get(key)
            info[key] = filling if given is None else str(given)
            note(f"/info/{key}", f"{given!r} was replaced by {info[key]!r}.")
    remove_undefined(info, _INFO, "/info", note)


def _components(document: dict[str, Any], note: Note) -> dict[str, Any]:
    """Remove components that are not objects, and rename those with invalid names."""
    components = document.get("components")
    if components is None:
        document.pop("components", None)
        return document
    if not isinstance(components, dict):
        del document["components"]
        note("/components", "The components are not an object; they were removed.")
        return document
    names: dict[str, str] = {}
    for kind in [kind for kind, held in components.items() if not isinstance(held, dict)]:
        del components[kind]
        note(f"/components/{kind}", "It is not an object; it was removed.")
    for name in components.get("schemas", {}):
        if not _NAME.fullmatch(name):
            better = re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("_") or "schema"
            taken = {**components["schemas"], **dict.fromkeys(names.values())}
            names[name] = free_name(better, taken)
            note(
                f"/components/schemas/{escape(name)}",
                f"The name is invalid; it was replaced by {names[name]!r}.",
            )
    if not names:
        return document
    renamed: dict[str, Any] = rename(document, names)
    schemas = renamed["components"]["schemas"]
    renamed["components"]["schemas"] = {names.get(name, name): s for name, s in schemas.items()}
    return renamed


def _paths(document: dict[str, Any], host: str | None, note: Note) -> None:
    seen: dict[str, str] = {}
    for published in list(document["paths"]):
        path = f"/{published.lstrip('/')}"
        pointer = f"/paths/{escape(path)}"
        if path != published:
            document["paths"][path] = document["paths"].pop(published)
            note(pointer, f"A path must begin with one slash; {published!r} was replaced.")
        item = document["paths"][path]
        remove_undefined(item, _PATH_ITEM, pointer, note)
        for method in [method for method in METHODS if method in item]:
            where = f"{pointer}/{method}"
            newer = document["openapi"] >= "3.1"
            correct_operation(item[method], path, where, note, newer=newer)
            correct_own_servers(item[method], host, where, note)
            _unique_id(item[method], seen, where, note)


def _unique_id(operation: dict[str, Any], seen: dict[str, str], pointer: str, note: Note) -> None:
    identity = operation.get("operationId")
    if identity is None:
        return
    operation["operationId"] = free_name(identity, seen)
    if identity in seen:
        note(
            f"{pointer}/operationId",
            f"{seen[identity]} has the same {identity!r}; it was replaced by "
            f"{operation['operationId']!r}.",
        )
    seen[operation["operationId"]] = pointer


def _mappings(document: dict[str, Any], schemas: Mapping[str, Any], note: Note) -> None:
    """Remove the values of discriminators that lead nowhere."""
    for pointer, discriminator in schemas_in(document, frozenset({"propertyName"})):
        mapping: Any = discriminator.get("mapping")
        for value, target in list(mapping.items()) if isinstance(mapping, dict) else ():
            name = str(target)
            if (component_name(name) if name.startswith(COMPONENT) else name) not in schemas:
                del mapping[value]
                note(
                    f"{pointer}/mapping/{escape(value)}",
                    f"{target} does not exist; the value was removed.",
                )
