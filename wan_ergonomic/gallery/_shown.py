"""Rows together with their stills: what the page and the contact sheet show."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from wan_ergonomic._stills import NoVideoError, Still, still_of

from ._metadata import recorded_in
from ._row import Row, row_of


class Shown(NamedTuple):
    """A row, and the still of its video if it has one."""

    row: Row
    still: Still | None


def show(rows: Sequence[Row]) -> list[Shown]:
    """Return each row with its still.

    A row whose file is no video gets the state ``no video``. A row that is nothing
    but a file gets what the metadata of the file says.
    """
    # Decoding does not hold the interpreter's lock.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(_show, rows))


def _show(row: Row) -> Shown:
    if row.file is None:
        return Shown(row, None)
    try:
        still = still_of(row.file)
    except NoVideoError as error:
        if row.state != "done":
            return Shown(row, None)
        return Shown(replace(row, state="no video", reason=str(error)), None)
    return Shown(_with_metadata(row, row.file), still)


def _with_metadata(row: Row, file: Path) -> Row:
    if row.prompt or row.details:
        return row
    known = row_of(recorded_in(file), file)
    # What is wrong with its sidecar stays said.
    return replace(known, reason=row.reason or known.reason)
