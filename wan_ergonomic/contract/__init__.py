"""Reads, compares and corrects what the vendor publishes, and builds the client from it.

Other packages import from here only. Needs the ``contract`` extra. Each name is loaded
when it is first used, because a comparison needs few of the imports of a build.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wan_ergonomic._errors import ContractError

if TYPE_CHECKING:
    from wan_ergonomic.contract.build._lock import Provenance
    from wan_ergonomic.contract.build._regenerate import check, regenerate
    from wan_ergonomic.contract.changes._accepted import accept
    from wan_ergonomic.contract.changes._compare import compare
    from wan_ergonomic.contract.changes._comparison import Comparison
    from wan_ergonomic.contract.changes._policy import Policy, read_policy
    from wan_ergonomic.contract.diff._finding import SEVERITIES, Finding
    from wan_ergonomic.contract.document._document import Document
    from wan_ergonomic.contract.other_models._make import make_other_model
    from wan_ergonomic.contract.report._compared import accepted, compared, proposed_step
    from wan_ergonomic.contract.report._github import (
        annotation,
        comparison_as_annotations,
        failure_as_annotation,
    )
    from wan_ergonomic.contract.report._json import comparison_as_json, failure_as_json
    from wan_ergonomic.contract.report._markdown import comparison_as_markdown, markdown_table
    from wan_ergonomic.contract.report._words import (
        findings_as_lines,
        headline,
        statement,
        unsaid_change,
    )
    from wan_ergonomic.contract.source._fetch import SourceGoneError
    from wan_ergonomic.contract.source._pairs import read_names
    from wan_ergonomic.contract.source._read import read_source
    from wan_ergonomic.contract.watch._account import watch_account
    from wan_ergonomic.contract.watch._live import with_live
    from wan_ergonomic.contract.watch._report import (
        watch_as_annotations,
        watch_as_json,
        watch_as_lines,
        watch_as_markdown,
    )
    from wan_ergonomic.contract.watch._watch import WatchResult, watch_published

_NAMES = {
    "build._lock": ("Provenance",),
    "build._regenerate": ("check", "regenerate"),
    "changes._accepted": ("accept",),
    "changes._compare": ("compare",),
    "changes._comparison": ("Comparison",),
    "changes._policy": ("Policy", "read_policy"),
    "diff._finding": ("SEVERITIES", "Finding"),
    "document._document": ("Document",),
    "other_models._make": ("make_other_model",),
    "report._compared": ("accepted", "compared", "proposed_step"),
    "report._github": ("annotation", "comparison_as_annotations", "failure_as_annotation"),
    "report._json": ("comparison_as_json", "failure_as_json"),
    "report._markdown": ("comparison_as_markdown", "markdown_table"),
    "report._words": ("findings_as_lines", "headline", "statement", "unsaid_change"),
    "source._fetch": ("SourceGoneError",),
    "source._pairs": ("read_names",),
    "source._read": ("read_source",),
    "watch._account": ("watch_account",),
    "watch._live": ("with_live",),
    "watch._report": (
        "watch_as_annotations",
        "watch_as_json",
        "watch_as_lines",
        "watch_as_markdown",
    ),
    "watch._watch": ("WatchResult", "watch_published"),
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [
    "SEVERITIES",
    "Comparison",
    "ContractError",
    "Document",
    "Finding",
    "Policy",
    "Provenance",
    "SourceGoneError",
    "WatchResult",
    "accept",
    "accepted",
    "annotation",
    "check",
    "compare",
    "compared",
    "comparison_as_annotations",
    "comparison_as_json",
    "comparison_as_markdown",
    "failure_as_annotation",
    "failure_as_json",
    "findings_as_lines",
    "headline",
    "make_other_model",
    "markdown_table",
    "proposed_step",
    "read_names",
    "read_policy",
    "read_source",
    "regenerate",
    "statement",
    "unsaid_change",
    "watch_account",
    "watch_as_annotations",
    "watch_as_json",
    "watch_as_lines",
    "watch_as_markdown",
    "watch_published",
    "with_live",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
