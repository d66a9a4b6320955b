"""Adds our own description of the vendor's account operations to the generator's document.

They are no part of what is vendored, and overlays do not see them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.document._components import merge
from wan_ergonomic.contract.document._validate import validate
from wan_ergonomic.contract.document._yaml import load

ACCOUNT = "openapi/account/account.yaml"


def with_account(client: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """Return the generator's document with the account operations below ``root`` added.

    Raises:
        ContractError: Their description cannot be read or is not valid OpenAPI, or the vendor
            publishes one of them with a generation's operations.
    """
    account = _description(root / ACCOUNT)
    components = dict(client.get("components", {}))
    schemas = dict(components.get("schemas", {}))
    paths, _ = merge(schemas, account["components"]["schemas"], account["paths"])
    if twice := sorted(client["paths"].keys() & paths):
        raise ContractError(
            f"{twice[0]} is in {ACCOUNT}, and published with our operations. Remove it there."
        )
    components["schemas"] = schemas
    schemes = account["components"]["securitySchemes"]
    components["securitySchemes"] = {**schemes, **components.get("securitySchemes", {})}
    return {**client, "paths": {**client["paths"], **paths}, "components": components}


def _description(file: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = load(file.read_text("utf-8"))
        validate(document)
    except (OSError, ValueError) as error:
        raise ContractError(f"{ACCOUNT} cannot be read: {error}.") from error
    return document
