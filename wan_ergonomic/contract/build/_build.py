"""From the joined operations to the contract and the generator's document: pure functions.

First come the overlays, which were written for our documents. General repair follows; it
leaves a correct document as it is. The overlays of the client stage come last: they give
generated code its names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wan_ergonomic.contract.document._validate import validate
from wan_ergonomic.contract.overlay._apply import apply, shallow, survey
from wan_ergonomic.contract.overlay._overlay import Overlay, Unneeded
from wan_ergonomic.contract.repair._document import Correction, correct
from wan_ergonomic.contract.repair._usual import usual

from ._client import simplified


@dataclass(frozen=True)
class Built:
    """The documents, and what building them found.

    Attributes:
        contract: What the vendor publishes, corrected and valid.
        client: The generator's input.
        corrections: What general repair corrected; empty if the overlays were enough.
        unneeded: The overlay actions that are not needed any more.
    """

    contract: dict[str, Any]
    client: dict[str, Any]
    corrections: tuple[Correction, ...] = ()
    unneeded: tuple[Unneeded, ...] = ()


def build(
    joined: Mapping[str, Any],
    overlays: Sequence[Overlay],
    *,
    strict: bool,
    host: str | None = None,
    model: str | None = None,
) -> Built:
    """Return the contract and the generator's document.

    Args:
        joined: The published operations in one document.
        overlays: Corrections of the published documents, and our names.
        strict: Whether an overlay action that is not needed is an error.
        host: The URL that documented servers without a host are relative to.
        model: The model that the package is for, if it is known.

    Raises:
        ContractError: An overlay cannot be applied, or the result is not valid, or too deep.
    """
    with shallow():
        if strict:
            contract, corrections = _repaired(apply(joined, overlays, "contract"), host, model)
            client = simplified(apply(contract, overlays, "client"))
            return Built(contract, client, corrections)
        overlaid, unneeded = survey(joined, overlays, "contract")
        contract, corrections = _repaired(overlaid, host, model)
        client, later = survey(contract, overlays, "client")
        return Built(contract, simplified(client), corrections, (*unneeded, *later))


def _repaired(
    document: dict[str, Any], host: str | None, model: str | None
) -> tuple[dict[str, Any], tuple[Correction, ...]]:
    corrected, corrections = correct(document, host)
    contract, rewritten = usual(corrected, model)
    validate(contract)
    return contract, (*corrections, *rewritten)
