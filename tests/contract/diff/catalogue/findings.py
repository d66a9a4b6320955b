"""Findings written by hand, for tests of reports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wan_ergonomic import _spec
from wan_ergonomic.contract import Comparison, Document
from wan_ergonomic.contract.diff._finding import Finding
from wan_ergonomic.contract.source._pairs import pair_operations

POST = "/paths/~1v2~1video~1generations/post"
SCHEMA = f"{POST}/requestBody/content/application~1json/schema"

# What an attacker could write into a document to have an effect in a report.
HOSTILE = (
    "| a | `b` ``` | <img src=x onerror=alert(1)> <!-- </details> @someone closes #1 GH-2\n"
    "![x](https://evil.example/x.png) [y](javascript:z) **bold** _it_ \\| \\` $x$ ~~gone~~ &amp;"
    "\r\n::error::x %0A \x1b[31m"
)


def finding(**changes: Any) -> Finding:
    """Return a finding that breaks senders, with some fields replaced."""
    usual: dict[str, Any] = {
        "rule": "request-property-enum-value-removed",
        "role": "create",
        "severity": "breaking",
        "sides": ("sender",),
        "old_pointer": f"{SCHEMA}/properties/resolution/enum/0",
        "new_pointer": None,
        "before": "480P",
        "after": None,
        "message": "create: request property 'resolution' no longer lists \"480P\"",
        "place": "request/resolution",
        "impact": ("PromptDefaults.resolution", "PRESETS"),
        "old_document": "contract.json",
        "new_document": None,
    }
    return Finding(**{**usual, **changes})


BREAKING = finding()
WARNING = finding(
    rule="response-property-enum-value-added",
    severity="warning",
    sides=("parser",),
    role="poll",
    old_pointer=None,
    new_pointer="/paths/~1a/get/responses/200/content/application~1json/schema/properties/status",
    before=None,
    after="paused",
    message="poll: response property 'status' now lists \"paused\"",
    place="response/200/status",
    impact=("Generation.status", "STATUSES"),
    old_document=None,
    new_document="poll.json",
)
INFO = finding(
    rule="new-optional-request-property",
    severity="info",
    sides=(),
    old_pointer=None,
    new_pointer=f"{SCHEMA}/properties/camera",
    before=None,
    after={"type": "string", "enum": ["pan", "tilt"]},
    message="create: request property 'camera' was added",
    place="request/camera",
    impact=("PromptDefaults", "Options"),
    old_document=None,
    new_document="new.json",
)
DOCS = finding(
    rule="request-property-description-changed",
    severity="docs",
    sides=(),
    new_pointer=f"{SCHEMA}/properties/prompt/description",
    before="A text.",
    after="Some text.",
    message="create: request property 'prompt' has a reworded description",
    place="request/prompt",
    impact=(),
    new_document="new.json",
)
_PUBLISHED = [Document("", _spec.contract(), "contract.json")]
OPERATIONS = tuple(pair_operations(_PUBLISHED, _PUBLISHED))
ALL = (BREAKING, WARNING, INFO, DOCS)


def comparison(findings: Iterable[Finding] = (), **changes: Any) -> Comparison:
    """Return a comparison with these findings, and with some fields replaced."""
    usual = {"operations": OPERATIONS, "findings": tuple(findings)}
    return Comparison(**{**usual, **changes})
