"""The proposed step of the version."""

from __future__ import annotations

import pytest

from tests.contract.diff.catalogue.findings import BREAKING, DOCS, INFO, WARNING, finding
from wan_ergonomic.contract.changes._version import BEFORE_1_0, version_step

OTHER = finding(severity="info", sides=(), old_pointer="/a", new_pointer="/a")


@pytest.mark.parametrize(
    ("findings", "step", "before"),
    [
        ([DOCS, INFO, WARNING, BREAKING], "major", "minor"),
        ([WARNING], "minor", "patch"),
        ([DOCS, INFO], "minor", "patch"),
        ([OTHER, DOCS], "patch", "patch"),
        ([], "none", "none"),
    ],
)
def test_the_worst_finding_decides(findings, step, before):
    """Something new is more than a changed detail; before 1.0, each step is one smaller."""
    found = version_step(findings)
    assert (found, BEFORE_1_0[found]) == (step, before)
