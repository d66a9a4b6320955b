"""The step of the version that a change of the contract asks of an SDK.

By semantic versioning: ``major`` if a program that follows the old contract fails,
``minor`` if it may fail, or if there is something new to use, else ``patch``. Before
version 1.0, where there is no major step, each is one smaller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from wan_ergonomic.contract.diff._finding import Finding

Step = Literal["major", "minor", "patch", "none"]
_ORDER: tuple[Step, ...] = ("major", "minor", "patch")

BEFORE_1_0: Mapping[Step, Step] = {
    "major": "minor",
    "minor": "patch",
    "patch": "patch",
    "none": "none",
}


def version_step(findings: Iterable[Finding]) -> Step:
    """Return the largest step that one of the findings asks for; ``none`` without any."""
    steps = {_step(finding) for finding in findings}
    return next((step for step in _ORDER if step in steps), "none")


def _step(finding: Finding) -> Step:
    if finding.severity == "breaking":
        return "major"
    is_new = finding.severity == "info" and finding.old_pointer is None
    return "minor" if finding.severity == "warning" or is_new else "patch"
