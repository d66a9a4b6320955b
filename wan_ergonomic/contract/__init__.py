"""What the vendor publishes: read, compared, corrected, and built into the client.

The door of the package: everything else imports from here. It needs the ``contract``
extra. Each name is loaded when it is first used, because a comparison needs little of
what building needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wan_ergonomic._errors import ContractError

if TYPE_CHECKING:
    from wan_ergonomic.contract.build._lock import Provenance
    from wan_ergonomic.contract.build._regenerate import check, regenerate
    from wan_ergonomic.contract.changes import compare
    from wan_ergonomic.contract.diff._finding import SEVERITIES, Finding, verdict
    from wan_ergonomic.contract.document._document import Document
    from wan_ergonomic.contract.other_models._make import make_other_model
    from wan_ergonomic.contract.report._github import (
        annotation,
        failure_as_annotation,
        findings_as_annotations,
    )
    from wan_ergonomic.contract.report._json import failure_as_json, findings_as_json
    from wan_ergonomic.contract.report._markdown import findings_as_markdown, markdown_table
    from wan_ergonomic.contract.report._words import (
        findings_as_lines,
        headline,
        statement,
        unsaid_change,
    )
    from wan_ergonomic.contract.source._fetch import SourceGoneError
    from wan_ergonomic.contract.source._read import read_source
    from wan_ergonomic.contract.watch._report import (
        watch_as_annotations,
        watch_as_json,
        watch_as_lines,
        watch_as_markdown,
    )
    from wan_ergonomic.contract.watch._watch import WatchResult, watch_published

_HOMES = {
    "Document": "wan_ergonomic.contract.document._document",
    "Finding": "wan_ergonomic.contract.diff._finding",
    "Provenance": "wan_ergonomic.contract.build._lock",
    "SEVERITIES": "wan_ergonomic.contract.diff._finding",
    "SourceGoneError": "wan_ergonomic.contract.source._fetch",
    "WatchResult": "wan_ergonomic.contract.watch._watch",
    "annotation": "wan_ergonomic.contract.report._github",
    "check": "wan_ergonomic.contract.build._regenerate",
    "compare": "wan_ergonomic.contract.changes",
    "failure_as_annotation": "wan_ergonomic.contract.report._github",
    "failure_as_json": "wan_ergonomic.contract.report._json",
    "findings_as_annotations": "wan_ergonomic.contract.report._github",
    "findings_as_json": "wan_ergonomic.contract.report._json",
    "findings_as_lines": "wan_ergonomic.contract.report._words",
    "findings_as_markdown": "wan_ergonomic.contract.report._markdown",
    "headline": "wan_ergonomic.contract.report._words",
    "make_other_model": "wan_ergonomic.contract.other_models._make",
    "markdown_table": "wan_ergonomic.contract.report._markdown",
    "read_source": "wan_ergonomic.contract.source._read",
    "regenerate": "wan_ergonomic.contract.build._regenerate",
    "statement": "wan_ergonomic.contract.report._words",
    "unsaid_change": "wan_ergonomic.contract.report._words",
    "verdict": "wan_ergonomic.contract.diff._finding",
    "watch_as_annotations": "wan_ergonomic.contract.watch._report",
    "watch_as_json": "wan_ergonomic.contract.watch._report",
    "watch_as_lines": "wan_ergonomic.contract.watch._report",
    "watch_as_markdown": "wan_ergonomic.contract.watch._report",
    "watch_published": "wan_ergonomic.contract.watch._watch",
}

__all__ = [
    "SEVERITIES",
    "ContractError",
    "Document",
    "Finding",
    "Provenance",
    "SourceGoneError",
    "WatchResult",
    "annotation",
    "check",
    "compare",
    "failure_as_annotation",
    "failure_as_json",
    "findings_as_annotations",
    "findings_as_json",
    "findings_as_lines",
    "findings_as_markdown",
    "headline",
    "make_other_model",
    "markdown_table",
    "read_source",
    "regenerate",
    "statement",
    "unsaid_change",
    "verdict",
    "watch_as_annotations",
    "watch_as_json",
    "watch_as_lines",
    "watch_as_markdown",
    "watch_published",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
