"""Joins, corrects, validates and simplifies the documents of another model for the generator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.document import _join
from wan_ergonomic.contract.document._document import METHODS, Document, describe
from wan_ergonomic.contract.document._flatten import flatten
from wan_ergonomic.contract.document._inline import Copier
from wan_ergonomic.contract.document._validate import validate
from wan_ergonomic.contract.overlay._apply import survey
from wan_ergonomic.contract.overlay._overlay import Overlay
from wan_ergonomic.contract.repair._document import Correction, correct
from wan_ergonomic.contract.repair._vendor import is_vendors

from ._shape import Shaped, shape

_NEXT = "Correct it in a copy, and pass that."


@dataclass(frozen=True)
class OtherModel:
    """The documents of another model, ready for the generator.

    Attributes:
        documents: The documents that have operations, in the source's order.
        operations: Each operation as (METHOD, path).
        contract: What the vendor publishes, corrected.
        shaped: The generator's input.
        corrections: What was corrected.
    """

    documents: tuple[Document, ...]
    operations: tuple[tuple[str, str], ...]
    contract: dict[str, Any]
    shaped: Shaped
    corrections: tuple[Correction, ...]


def prepare(
    documents: Sequence[Document], overlays: Sequence[Overlay], host: str | None = None
) -> OtherModel:
    """Join and correct documents, validate them, and shape them for the generator.

    Raises:
        ContractError: They cannot be repaired; says what is wrong.
    """
    for document in documents:
        _check_paths(document)
    holders: dict[tuple[str, str], Document] = {}
    for document in documents:
        for operation in document.operations():
            holders.setdefault(operation, document)
    if not holders:
        raise ContractError(
            f"The source has no operation to make a client of: it documents {describe(documents)}. "
            "Give a source with an operation."
        )
    parts = [(doc.data, method.lower(), path) for (method, path), doc in holders.items()]
    origins = [document.origin for document in holders.values()]
    held = {id(document) for document in holders.values()}
    kept = tuple(document for document in documents if id(document) in held)
    try:
        unread = dict(chain.from_iterable(document.unread.items() for document in kept))
        joined = _join.join(parts, inline=False, origins=origins, unread=unread, host=host)
        contract, corrections = _corrected(joined, overlays, host)
        return OtherModel(kept, tuple(holders), contract, shape(contract), tuple(corrections))
    except RecursionError as error:
        raise ContractError(
            "The source is nested too deeply to be read. Give another source."
        ) from error


def _check_paths(document: Document) -> None:
    """Check that each operation can be read, because it would be missing without a word.

    Raises:
        ContractError: One cannot; says why.
    """
    copier = Copier(document.data, None, document.unread)
    for path, item in document.data["paths"].items():
        if document.only is None or document.only[1] == path:
            try:
                _check_item(item, copier)
            except ContractError as error:
                raise ContractError(f"The operations of {path} are not known. {error}") from error


def _check_item(item: Any, copier: Copier) -> None:
    is_elsewhere = isinstance(item, Mapping) and isinstance(item.get("$ref"), str)
    found = copier.follow(item["$ref"])[1] if is_elsewhere else item
    if is_elsewhere and not isinstance(found, Mapping):
        raise ContractError(f"{item['$ref']} is not an object. {_NEXT}")
    held = found if isinstance(found, Mapping) else {}
    for method in [method for method in METHODS if method in held]:
        if not isinstance(held[method], Mapping):
            raise ContractError(f"{method!r} is not an object. {_NEXT}")


def _corrected(
    joined: tuple[dict[str, Any], dict[str, str]], overlays: Sequence[Overlay], host: str | None
) -> tuple[dict[str, Any], list[Correction]]:
    """Return a joined document as a valid one, and what was corrected."""
    document, renamed = joined
    clashes = [
        Correction(f"/components/schemas/{new}", f"Renamed: another document has its own {old!r}.")
        for old, new in renamed.items()
    ]
    # They are about our vendor's API, and claim what is not known of another one.
    ours = is_vendors(document, host)
    family = [overlay for overlay in overlays if ours and overlay.scope == "family"]
    overlaid, unneeded = survey(document, family, "contract")
    unused = {(each.overlay, each.index) for each in unneeded}
    applied = [
        Correction(action.target, action.reason)
        for overlay in family
        for index, action in enumerate(overlay.actions)
        if overlay.stage == "contract" and (overlay.name, index) not in unused
    ]
    contract, corrections = correct(overlaid, host, ours=ours)
    schemas = contract.get("components", {}).get("schemas", {})
    for name, schema in schemas.items():
        # Raises for a schema that would keep the validator running for ever.
        flatten(schema, schemas, (name,))
    validate(contract)
    return contract, clashes + applied + corrections
