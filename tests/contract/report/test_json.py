"""The JSON report, and the schema that describes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import wan_ergonomic.contract.report
from tests.contract.diff.catalogue.findings import ALL, BREAKING
from wan_ergonomic.contract import (
    ContractError,
    SourceGoneError,
    failure_as_json,
    findings_as_json,
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
    VALIDATOR.validate(json.loads(json.dumps(findings_as_json(findings))))
    report = findings_as_json(findings)
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
    return {**findings_as_json([BREAKING]), "findings": [found]}


@pytest.mark.parametrize(
    "report",
    [
        changed(findings_as_json(ALL), verdict=None),
        changed(findings_as_json(ALL), findings=None),
        changed(findings_as_json(ALL), schema_version=2),
        changed(findings_as_json(ALL), verdict="fine"),
        changed(findings_as_json(ALL), verdict="none"),
        changed(findings_as_json(ALL), verdict="warning"),
        changed(findings_as_json(ALL[1:]), verdict="breaking"),
        changed(findings_as_json(ALL[1:]), verdict="info"),
        changed(findings_as_json(ALL[2:]), verdict="docs"),
        changed(findings_as_json(ALL[3:]), verdict="info"),
        changed(findings_as_json([]), verdict="docs"),
        changed(findings_as_json([]), verdict="breaking"),
        changed(findings_as_json(ALL), reason="because"),
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
