"""Finds operations that two documents describe differently.

Only what applies to the operation counts: the operation itself, and the parameters,
servers and security that its path or its document define for it, wherever each
document keeps them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.document._document import Document
from wan_ergonomic.contract.document._equality import as_json, same
from wan_ergonomic.contract.document._join import join


def contradictions(documents: Iterable[Document]) -> list[ContractError]:
    """Return an error for each operation that two documents describe differently."""
    holders: dict[tuple[str, str], list[Document]] = {}
    for document in documents:
        for operation in document.operations():
            holders.setdefault(operation, []).append(document)
    return [
        ContractError(f"The source documents {' '.join(operation)} twice, and the two differ.")
        for operation, (first, *others) in holders.items()
        if any(
            first.text != other.text and not _describe_the_same(first.data, other.data, *operation)
            for other in others
        )
    ]


def _describe_the_same(
    one: Mapping[str, Any], other: Mapping[str, Any], method: str, path: str
) -> bool:
    """Whether two documents, which both have an operation, describe it the same way.

    If a document cannot be joined, for example because a reference leads nowhere, only
    equal documents count as the same.
    """
    try:
        if same(one, other):
            return True
        return same(*(_in_effect(document, method.lower(), path) for document in (one, other)))
    except (ContractError, RecursionError):
        return False


def _in_effect(document: Mapping[str, Any], method: str, path: str) -> dict[str, Any]:
    """Return an operation with all that applies to it, independent of how it is written."""
    # Sorted, because of schemas that refer to each other, the first one found is inlined.
    ordered = json.loads(as_json(document))
    joined, _ = join([(ordered, method, path)])
    operation: dict[str, Any] = joined["paths"][path][method]
    operation.pop("operationId", None)
    parameters, security = operation.get("parameters"), operation.get("security") or []
    if isinstance(parameters, list):
        operation["parameters"] = sorted(parameters, key=as_json)
    components = joined.get("components", {})
    return operation | {
        "openapi": joined["openapi"][:3],
        "schemas": components.get("schemas"),
        "schemes": {
            name: scheme
            for name, scheme in components.get("securitySchemes", {}).items()
            if as_json(name) in as_json(security)
        },
        "security": security,
        "servers": operation.get("servers") or joined.get("servers"),
    }
