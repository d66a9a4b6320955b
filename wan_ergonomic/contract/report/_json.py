"""The JSON form of a comparison, as ``findings.schema.json`` describes it. Pure functions."""

from __future__ import annotations

from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.changes._comparison import Comparison
from wan_ergonomic.contract.changes._version import BEFORE_1_0
from wan_ergonomic.contract.source._fetch import SourceGoneError

SCHEMA_VERSION = 1


def comparison_as_json(comparison: Comparison) -> dict[str, Any]:
    """Return the report of a comparison as an object for JSON."""
    reason = {"reason": comparison.doubt} if comparison.verdict == "unclear" else {}
    applied = comparison.applied
    return {
        "schema_version": SCHEMA_VERSION,
        "compared": comparison.compared_as_json(),
        "not_compared": [one.as_json() for one in comparison.not_compared],
        "verdict": comparison.verdict,
        **reason,
        "version_step": _step(comparison),
        "findings": [finding.as_json() for finding in comparison.findings],
        "accepted": applied.as_json() if applied else None,
    }


def _step(comparison: Comparison) -> dict[str, str] | None:
    step = comparison.version_step
    return {"step": step, "before_1_0": BEFORE_1_0[step]} if step else None


def failure_as_json(error: ContractError) -> dict[str, Any]:
    """Return the same object for a comparison that was impossible.

    Its verdict is ``gone`` if a source does not exist any more, else ``unclear``.
    """
    return {
        **comparison_as_json(Comparison(operations=())),
        "verdict": "gone" if isinstance(error, SourceGoneError) else "unclear",
        "reason": str(error),
        "version_step": None,
    }
