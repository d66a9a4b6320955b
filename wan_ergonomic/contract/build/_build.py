"""From the joined operations to the contract and the generator's document: pure functions.

Overlays first, which know our documents, then what any document may get wrong,
then the names that generated code carries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wan_ergonomic.contract.document._join import validate
from wan_ergonomic.contract.overlay._apply import Overlay, Retired, apply, shallow, survey
from wan_ergonomic.contract.repair._document import Correction, correct


@dataclass(frozen=True)
class Built:
    """The documents, and what building them found.

    Attributes:
        contract: What the vendor promises, corrected and valid.
        client: What the generator reads.
        corrections: What general rules put right.
        retired: The overlay actions that have had their day.
    """

    contract: dict[str, Any]
    client: dict[str, Any]
    corrections: tuple[Correction, ...] = ()
    retired: tuple[Retired, ...] = ()


def build(joined: Mapping[str, Any], overlays: Sequence[Overlay], *, strict: bool) -> Built:
    """Return the contract and the generator's document.

    Args:
        joined: The published operations in one document.
        overlays: What is known to be wrong with them, and our names.
        strict: Whether an overlay action that has had its day is an error.

    Raises:
        ContractError: An overlay cannot be applied, or the result is not valid, or too deep.
    """
    with shallow():
        if strict:
            contract, corrections = correct(apply(joined, overlays, "contract"))
            validate(contract)
            return Built(contract, apply(contract, overlays, "client"), tuple(corrections))
        overlaid, retired = survey(joined, overlays, "contract")
        contract, corrections = correct(overlaid)
        validate(contract)
        client, later = survey(contract, overlays, "client")
        return Built(contract, client, tuple(corrections), (*retired, *later))
