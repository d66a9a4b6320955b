"""Adds our own description of the vendor's account operations to the generator's document.

They are no part of what is vendored, and overlays do not see them. What is published
keeps its names: where one is taken, ours gets a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.document._components import rename
from wan_ergonomic.contract.document._document import METHODS
from wan_ergonomic.contract.source._account import ACCOUNT, read_account, security_of


def with_account(client: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """Return the generator's document with the account operations below ``root`` added.

    Raises:
        ContractError: Their description cannot be used, or the vendor publishes one of their
            paths with a generation's operations.
    """
    account = read_account(root).data
    if twice := sorted(client["paths"].keys() & account["paths"]):
        raise ContractError(
            f"{twice[0]} is in {ACCOUNT}, and published with our operations. Remove it there."
        )
    components = dict(client.get("components", {}))
    names = {}
    for section in ("schemas", "securitySchemes"):
        ours = account.get("components", {}).get(section, {})
        known = components.get(section, {})
        names[section] = _free_names(ours, known)
        added = {names[section][name]: component for name, component in ours.items()}
        components[section] = {**known, **rename(added, names["schemas"])}
    paths = {
        path: {key: _part(key, part, account, names) for key, part in item.items()}
        for path, item in account["paths"].items()
    }
    return {**client, "paths": {**client["paths"], **paths}, "components": components}


def count_operations(document: Mapping[str, Any]) -> int:
    """Return the number of operations in a document."""
    return sum(method in item for item in document["paths"].values() for method in METHODS)


def _free_names(ours: Iterable[str], published: Iterable[str]) -> dict[str, str]:
    """Return for each of our names one that is not taken, not even in other capitals."""
    taken = {*map(_class, published)}
    names = {}
    for name in ours:
        number, free = 1, name
        while _class(free) in taken:
            number += 1
            free = f"{name}{number}"
        taken.add(_class(free))
        names[name] = free
    return names


def _class(name: str) -> str:
    """Return the name of the class that the generator makes of a schema, in small letters."""
    return "".join(filter(str.isalnum, name)).lower()


def _part(
    key: str, part: Any, account: Mapping[str, Any], names: Mapping[str, Mapping[str, str]]
) -> Any:
    """Return a part of a path item with the new names; an operation with its own security."""
    renamed = rename(part, names["schemas"])
    if key not in METHODS:
        return renamed
    called, security = names["securitySchemes"], security_of(part, account)
    own = [{called[name]: scopes for name, scopes in one.items()} for one in security]
    return {**renamed, "security": own}
