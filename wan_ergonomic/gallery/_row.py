"""One row of a gallery: a video, or the reason why there is none.

A row is made from an object of ``results.jsonl``, of a sidecar or of a video's own
metadata. Whatever such an object holds, a row can be made from it: a value of the
wrong type counts as absent.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Scalar = str | int | float | bool

# Shown of every row, after its variables and the options of its request.
_DETAILS = (
    "batch",
    "row",
    "model",
    "generation_id",
    "client_request_id",
    "usd",
    "submitted",
    "ended",
    "contract",
    "sha256",
    "bytes",
    "width",
    "height",
    "seconds",
    "reused",
)
# Not options, though they are in a request's body.
_NO_OPTIONS = frozenset({"model", "prompt"})
_STATES = frozenset({"done", "failed", "in doubt", "waiting", "bad"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row.

    Attributes:
        state: ``done``, ``failed``, ``in doubt``, ``waiting`` or ``bad`` as the batch wrote it;
            ``missing`` or ``no video`` if its file is; ``unreadable`` for a broken line.
        reason: Why it is in this state; empty if no reason is known.
        name: What a person calls it; its file's name if it has neither a name nor a prompt.
        prompt: The prompt that was sent, or that was to be sent.
        variables: The values of the axes, or of further columns.
        options: The options of the request.
        details: What else was recorded.
        marks: What is conspicuous about the video, such as ``black``.
        file: The video.
    """

    state: str
    reason: str = ""
    name: str = ""
    prompt: str = ""
    variables: Mapping[str, Scalar] = field(default_factory=dict)
    options: Mapping[str, Scalar] = field(default_factory=dict)
    details: Mapping[str, Scalar] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    file: Path | None = None

    @property
    def key(self) -> str:
        """What its stars and its note are kept under: the same whenever the page is made again."""
        for name in ("generation_id", "client_request_id"):
            if known := self.details.get(name):
                return str(known)
        # The state may change: a row that waited is done later.
        same = [self.details.get("batch"), self.name, self.prompt]
        text = json.dumps([*same, {**self.variables}, {**self.options}], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:20]


def row_of(record: Mapping[str, Any], file: Path | None) -> Row:
    """Return the row of an object in the form of a sidecar.

    Args:
        record: The object.
        file: Its video, if it names one.
    """
    request, state = _mapping(record, "request"), _text(record, "status")
    prompt = _text(request, "prompt") or _text(record, "prompt")
    options = {**_scalars(_mapping(record, "options")), **_scalars(request)}
    seed = record.get("seed")
    if "seed" not in options and isinstance(seed, int):
        options["seed"] = seed
    return Row(
        state=state if state in _STATES else "done" if file else "unreadable",
        reason=_text(record, "reason") or _unknown(state, file),
        name=_text(record, "name") or (file.stem if file and not prompt else ""),
        prompt=prompt,
        variables=_scalars(_mapping(record, "variables")),
        options={name: value for name, value in options.items() if name not in _NO_OPTIONS},
        details=_details(record),
        marks=tuple(str(mark) for mark in _list(record, "marks")),
        file=file,
    )


def _unknown(state: str, file: Path | None) -> str:
    known = state in _STATES or file
    return "" if known else f"It has neither a file nor a known status, but {state!r}."


def _details(record: Mapping[str, Any]) -> dict[str, Scalar]:
    usage = _mapping(record, "usage")
    known = {name: record[name] for name in _DETAILS if name in record}
    return _scalars({**({"credits": usage["credits"]} if "credits" in usage else {}), **known})


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


def _mapping(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def _list(record: Mapping[str, Any], name: str) -> list[Any]:
    value = record.get(name)
    return value if isinstance(value, list) else []


def _scalars(values: Mapping[str, Any]) -> dict[str, Scalar]:
    """Return the values that are present; a list or an object as JSON."""
    return {
        str(name): value if isinstance(value, Scalar) else json.dumps(value, ensure_ascii=False)
        for name, value in values.items()
        if value is not None
    }
