"""Reads a batch's folder: ``results.jsonl``, then sidecars, then videos without either.

Nothing in the folder makes it fail: what cannot be read becomes a row that says so.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ._errors import GalleryError
from ._row import Row, row_of

RESULTS = "results.jsonl"


class _UnreadableError(Exception):
    """A text is no JSON object; the message says why."""


def read_folder(folder: Path) -> list[Row]:
    """Return the rows of a folder: those of its list, then other sidecars, then other videos.

    Raises:
        GalleryError: There is no such folder, or nothing in it that can be shown.
    """
    rows: list[Row] = []
    try:
        names = sorted(os.listdir(folder))
        if RESULTS in names:
            rows += _listed(folder)
    except OSError as error:
        raise GalleryError(f"{folder} cannot be read: {error.strerror}.") from error
    for source in (_sidecars, _videos):
        shown = {row.file for row in rows}
        rows += [row for row in source(folder, names) if row.file not in shown]
    if not rows:
        raise GalleryError(f"{folder} has no {RESULTS}, no sidecars and no .mp4 files.")
    return rows


def _listed(folder: Path) -> Iterator[Row]:
    for number, line in enumerate((folder / RESULTS).read_bytes().split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            yield _row(folder, _object(line))
        except _UnreadableError as error:
            yield Row(state="unreadable", reason=f"Line {number} of {RESULTS} {error}.")


def _sidecars(folder: Path, names: list[str]) -> Iterator[Row]:
    for name in names:
        path = folder / name
        if path.suffix != ".json" or not path.is_file():
            continue
        video = path.with_suffix(".mp4")
        try:
            record = _object(path.read_bytes())
        except (OSError, _UnreadableError) as error:
            # Without a video it may be any JSON file.
            if video.exists():
                why = error if isinstance(error, _UnreadableError) else "cannot be read"
                yield Row(state="done", name=video.stem, reason=f"{name} {why}.", file=video)
            continue
        if video.exists() or {"format", "status"} <= record.keys():
            yield _row(folder, {"file": video.name, **record})


def _videos(folder: Path, names: list[str]) -> Iterator[Row]:
    for name in names:
        path = folder / name
        if path.suffix.lower() == ".mp4" and path.is_file():
            yield Row(state="done", name=path.stem, file=path)


def _object(text: bytes) -> Mapping[str, Any]:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _UnreadableError(f"is no JSON ({error})") from error
    if not isinstance(record, dict):
        raise _UnreadableError("is no JSON object")
    return record


def _row(folder: Path, record: Mapping[str, Any]) -> Row:
    name = record.get("file")
    if not isinstance(name, str) or not name:
        return row_of(record, None)
    path = Path(os.path.normpath(folder / name))
    if "\0" in name or not path.is_relative_to(os.path.normpath(folder)):
        row = row_of(record, None)
        return replace(row, state="missing", reason=f"Its file, {name!r}, is not in the folder.")
    row = row_of(record, path)
    if path.is_file():
        return row
    # A row that failed has a reason of its own.
    lost = row.state == "done"
    reason = f"{name} is not in the folder." if lost else row.reason
    return replace(row, state="missing" if lost else row.state, reason=reason, file=None)
