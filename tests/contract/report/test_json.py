"""The JSON report, and the schema that describes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import wan_ergonomic.contract.report
from tests.contract.diff.catalogue.findings import ALL, BREAKING, comparison
from wan_ergonomic.contract import (
    ContractError,
    SourceGoneError,
    comparison_as_json,
    failure_as_json,
)

SCHEMA = json.loads(
    (Path(wan_ergonomic.contract.report.__file__).parent / "findings.schema.json").read_text(
        "utf-8"
    )
)
VALIDATOR = Draft202012Validator(SCHEMA)


@pytest.mark.parametrize(
    "findings", [ALL, ALL[1:], ALL[2:], ALL[3:], []], ids=lambda f: str(len(f))
)
def test_a_report_is_valid_for_its_schema(findings):
    """For each verdict that a comparison can have."""
    Draft202012Validator.check_schema(SCHEMA)
    VALIDATOR.validate(json.loads(json.dumps(comparison_as_json(comparison(findings)))))
    report = comparison_as_json(comparison(findings))
    assert report["verdict"] == (findings[0].severity if findings else "none")
    assert len(report["findings"]) == len(findings)


@pytest.mark.parametrize(
    ("error", "verdict"), [(SourceGoneError, "gone"), (ContractError, "unclear")]
)
def test_a_failed_comparison_has_a_reason_and_no_findings(error, verdict):
    """Its verdict differs from that of a comparison without findings."""
    report = failure_as_json(error("There is no such file."))
    VALIDATOR.validate(report)
    assert report["reason"] == "There is no such file."
    assert (report["verdict"], report["findings"]) == (verdict, [])


def changed(report: Any, **changes: Any) -> dict[str, Any]:
    """Return a report with changes; None removes a key."""
    return {k: v for k, v in {**report, **changes}.items() if v is not None}


def with_finding(**changes: Any) -> dict[str, Any]:
    """Return a report with one finding that has changes; ... removes a key."""
    found = {k: v for k, v in {**BREAKING.as_json(), **changes}.items() if v is not ...}
    return {**comparison_as_json(comparison([BREAKING])), "findings": [found]}


@pytest.mark.parametrize(
    "report",
    [
        changed(comparison_as_json(comparison(ALL)), verdict=None),
        changed(comparison_as_json(comparison(ALL)), findings=None),
        changed(comparison_as_json(comparison(ALL)), schema_version=2),
        changed(comparison_as_json(comparison(ALL)), verdict="fine"),
        changed(comparison_as_json(comparison(ALL)), verdict="none"),
        changed(comparison_as_json(comparison(ALL)), verdict="warning"),
        changed(comparison_as_json(comparison(ALL[1:])), verdict="breaking"),
        changed(comparison_as_json(comparison(ALL[1:])), verdict="info"),
        changed(comparison_as_json(comparison(ALL[2:])), verdict="docs"),
        changed(comparison_as_json(comparison(ALL[3:])), verdict="info"),
        changed(comparison_as_json(comparison([])), verdict="docs"),
        changed(comparison_as_json(comparison([])), verdict="breaking"),
        changed(comparison_as_json(comparison(ALL)), reason="because"),
        changed(failure_as_json(SourceGoneError("x")), reason=None),
        changed(failure_as_json(SourceGoneError("x")), findings=[BREAKING.as_json()]),
        *(with_finding(**{name: ...}) for name in BREAKING.as_json()),
        with_finding(rule="Not a rule"),
        with_finding(role="delete"),
        with_finding(sides=["nobody"]),
        with_finding(sides=["sender", "sender"]),
        with_finding(old_pointer="no/slash"),
        with_finding(old_pointer="/bad~2escape"),
        with_finding(old_pointer=None, new_pointer=None),
        with_finding(message=""),
        with_finding(impact=[""]),
        with_finding(place="elsewhere"),
        with_finding(more=1),
    ],
)
def test_the_schema_rejects_an_invalid_report(report):
    """Contradictions between verdict, reason and findings included."""
    assert not VALIDATOR.is_valid(report)
