"""Reads our own description of the vendor's account operations.

They are no part of what is vendored. Each operation is known by its id there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic._spec import openapi_folder
from wan_ergonomic.contract.document._document import METHODS, Document
from wan_ergonomic.contract.document._validate import validate
from wan_ergonomic.contract.document._yaml import load

FILE = "account.yaml"
ACCOUNT = f"openapi/account/{FILE}"


def read_account(root: Path | None = None) -> Document:
    """Return our description of the account operations.

    Args:
        root: The folder that contains ``openapi/``; by default, this package's own.

    Raises:
        ContractError: It cannot be read, is not valid OpenAPI 3.0, or cannot be joined
            to what the vendor publishes.
    """
    file = (openapi_folder().parent if root is None else root) / ACCOUNT
    try:
        text = file.read_text("utf-8")
        data = load(text)
    except (OSError, ValueError) as error:
        raise ContractError(f"{ACCOUNT} cannot be read: {error}.") from error
    _check(data)
    return Document(text, data, FILE)


def account_operations(description: Document) -> dict[str, tuple[str, str]]:
    """Return the method in lower case and the path of each operation, by its id."""
    return {
        operation["operationId"]: (method, path)
        for method, path, operation in _operations(description.data)
    }


def _operations(data: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, item in data["paths"].items():
        yield from ((method, path, item[method]) for method in METHODS if method in item)


def _check(data: Any) -> None:
    from referencing.exceptions import Unresolvable

    version = data.get("openapi") if isinstance(data, dict) else None
    if not isinstance(version, str) or not version.startswith("3.0."):
        raise ContractError(
            f"{ACCOUNT} is not OpenAPI 3.0, which can be joined to any version that the vendor "
            "publishes. Begin it with the line: openapi: 3.0.3"
        )
    try:
        validate(data, f"Correct it in {ACCOUNT}.")
    except Unresolvable as error:
        raise ContractError(
            f"{ACCOUNT} has a reference that leads nowhere: {error.ref}."
        ) from error
    if problem := next(_problems(data), None):
        raise ContractError(f"{ACCOUNT}: {problem}.")


def _problems(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is valid OpenAPI, but cannot be joined."""
    components = data.get("components", {})
    for section in components.keys() - {"schemas", "securitySchemes"}:
        yield f"components/{section} is not read; write its contents where they are used"
    known = components.get("securitySchemes", {})
    for method, path, operation in _operations(data):
        name = f"{method.upper()} {path}"
        if "operationId" not in operation:
            yield f"{name} has no operationId"
        for scheme in names_of(security_of(operation, data)):
            if scheme not in known:
                yield f"{name} needs the security scheme {scheme!r}, which is not described"


def security_of(operation: Mapping[str, Any], data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the security requirements of an operation: its own, or those of the document."""
    found: list[dict[str, Any]] = operation.get("security", data.get("security", []))
    return found


def names_of(security: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the names of the schemes in security requirements."""
    return (name for requirement in security for name in requirement)
