"""Builds our documents from the published ones: upstream, contract, client.

Pure functions over parsed JSON. ``join`` puts the wanted operations into one
document in which nothing is referenced, nothing is unreachable and nothing is grouped by
tag, so that overlays can name a place by its role (``$.paths.*.post…``)
wherever the vendor keeps it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from .._errors import ContractError
from ._overlays import Overlay, Stage, apply

if TYPE_CHECKING:
    from collections.abc import Iterable

_INHERITED = ("parameters", "servers", "summary", "description")


def dump(document: Mapping[str, Any]) -> str:
    """Serialise with sorted keys: the same text for the same content."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def join(parts: Iterable[tuple[Mapping[str, Any], str, str]]) -> dict[str, Any]:
    """Join single operations into one self-contained document.

    Args:
        parts: (document, method in lower case, path) for each operation; the
            first one names the result.

    Raises:
        ContractError: A reference leads nowhere or in a circle, or two
            documents disagree about their server or a security scheme.
    """
    joined: dict[str, Any] = {"paths": {}}
    for document, method, path in parts:
        item = resolve(document["paths"][path], document)
        operation = {k: v for k, v in _object(item, method).items() if k != "tags"}
        if "security" not in operation and "security" in document:
            operation["security"] = document["security"]
        place = joined["paths"].setdefault(path, {k: item[k] for k in _INHERITED if k in item})
        place[method] = operation
        joined.setdefault("openapi", document["openapi"])
        joined.setdefault("info", document.get("info"))
        if "servers" in document:
            _agree(joined, "servers", document["servers"])
        for name, scheme in _object(_object(document, "components"), "securitySchemes").items():
            components = joined.setdefault("components", {"securitySchemes": {}})
            _agree(components["securitySchemes"], name, scheme)
    return joined


def _object(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = holder.get(key, {})
    if not isinstance(value, Mapping):
        raise ContractError(f"{key!r} of a published document is no object.")
    return value


def _agree(into: dict[str, Any], key: str, value: Any) -> None:
    if into.setdefault(key, value) != value:
        raise ContractError(f"The published documents disagree about {key!r}.")


def resolve(node: Any, document: Mapping[str, Any], trail: tuple[str, ...] = ()) -> Any:
    """Return a copy of ``node`` with each reference replaced by what it points to."""
    if isinstance(node, list):
        return [resolve(item, document, trail) for item in node]
    if not isinstance(node, Mapping):
        return node
    reference = node.get("$ref")
    if not isinstance(reference, str):
        return {key: resolve(value, document, trail) for key, value in node.items()}
    if reference in trail:
        raise ContractError(f"The reference {reference} leads back to itself.")
    return resolve(_lookup(reference, document), document, (*trail, reference))


def _lookup(reference: str, document: Mapping[str, Any]) -> Any:
    if not reference.startswith("#/"):
        raise ContractError(f"The reference {reference} leads outside its document.")
    node: Any = document
    for part in reference[2:].split("/"):
        key = unquote(part).replace("~1", "/").replace("~0", "~")
        if not isinstance(node, Mapping) or key not in node:
            raise ContractError(f"The reference {reference} leads nowhere.")
        node = node[key]
    return node


def build(document: Mapping[str, Any], overlays: Iterable[Overlay], stage: Stage) -> dict[str, Any]:
    """Carry out every action of one stage, in order.

    Raises:
        ContractError: An action matches nothing, or no longer changes anything.
    """
    result = dict(document)
    for overlay in overlays:
        if overlay.stage == stage:
            for action in overlay.actions:
                result = apply(result, action)
    return result


def validate(document: Mapping[str, Any]) -> None:
    """Refuse a document that is not valid OpenAPI.

    Raises:
        ContractError: Says where and why.
    """
    kind = OpenAPIV31SpecValidator if document["openapi"] >= "3.1" else OpenAPIV30SpecValidator
    for error in kind(dict(document)).iter_errors():
        where = "/".join(str(part) for part in error.absolute_path)
        raise ContractError(f"Not valid OpenAPI at /{where}: {error.message}")
