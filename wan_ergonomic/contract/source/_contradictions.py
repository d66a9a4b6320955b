"""Finds operations that two documents describe differently.

Only what applies to the operation counts: the operation itself, and the parameters,
servers and security that its path or its document define for it, wherever each
document keeps them. Words for people do not count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.document._agreement import called, effect_of
from wan_ergonomic.contract.document._document import Document
from wan_ergonomic.contract.document._equality import (
    as_json,
    first_difference,
    keyword_without_documentation,
    same,
    without_documentation,
)
from wan_ergonomic.contract.document._join import join


def contradictions(documents: Iterable[Document]) -> list[ContractError]:
    """Return an error for each operation that two documents describe differently."""
    holders: dict[tuple[str, str], list[Document]] = {}
    for document in documents:
        for operation in document.operations():
            holders.setdefault(operation, []).append(document)
    found = []
    for operation, (first, *others) in holders.items():
        differing = ((other, _difference(first, other, *operation)) for other in others)
        for other, difference in differing:
            if difference:
                found.append(_error(operation, first, other, difference))
                break
    return found


def _error(
    operation: tuple[str, str], first: Document, other: Document, difference: str
) -> ContractError:
    both = " and ".join(dict.fromkeys([first.origin, other.origin]))
    return ContractError(
        f"The source documents {' '.join(operation)} twice, and the two differ: {difference} "
        f"({both}). Give a source with one of them."
    )


def _difference(one: Document, other: Document, method: str, path: str) -> str | None:
    """Return how two documents, which both have an operation, describe it differently.

    If a document cannot be joined, for example because a reference leads nowhere, only
    equal documents count as the same.
    """
    if one.text == other.text:
        return None
    try:
        if same(one.data, other.data):
            return None
        a, b = (_in_effect(document.data, method.lower(), path) for document in (one, other))
        return first_difference(a, b)
    except ContractError as error:
        return f"they cannot be compared: {str(error).partition('. ')[0]}"
    except RecursionError:
        return "they are nested too deeply to be compared"


def _in_effect(document: Mapping[str, Any], method: str, path: str) -> dict[str, Any]:
    """Return an operation with all that applies to it, independent of how it is written."""
    # Sorted, because of schemas that refer to each other, the first one found is inlined.
    ordered = json.loads(as_json(document))
    joined, _ = join([(ordered, method, path)])
    operation: dict[str, Any] = joined["paths"][path][method]
    for words in ("operationId", "summary"):
        operation.pop(words, None)
    parameters, security = operation.get("parameters"), operation.get("security") or []
    if isinstance(parameters, list):
        operation["parameters"] = sorted(parameters, key=as_json)
    components = joined.get("components", {})
    return {
        **without_documentation(operation),
        "openapi": joined["openapi"][:3],
        "schemas": keyword_without_documentation("properties", components.get("schemas")),
        "schemes": {
            name: effect_of(scheme)
            for name, scheme in components.get("securitySchemes", {}).items()
            if as_json(name) in as_json(security)
        },
        "security": security,
        "server": called(joined.get("servers")),
    }
