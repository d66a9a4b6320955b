"""The JSON form of a comparison, as ``findings.schema.json`` describes it. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.diff._finding import Finding, verdict
from wan_ergonomic.contract.source._fetch import SourceGoneError

SCHEMA_VERSION = 1


def findings_as_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the report of a comparison as an object for JSON."""
    return {
        "schema_version": SCHEMA_VERSION,
        "verdict": verdict(findings),
        "findings": [finding.as_json() for finding in findings],
    }


def failure_as_json(error: ContractError) -> dict[str, Any]:
    """Return the same object for a comparison that was impossible.

    Its verdict is ``gone`` if a source does not exist any more, else ``unclear``.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "verdict": "gone" if isinstance(error, SourceGoneError) else "unclear",
        "reason": str(error),
        "findings": [],
    }
