"""Saves a row's video: looked at, described, and in its place whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wan_ergonomic._errors import VideoFileError
from wan_ergonomic._generation import Generation
from wan_ergonomic.video import copy_with_metadata, inspect, problems

from ..output import Output, describe, without
from ..store import BatchRow, Money, Rows
from ._client import BatchClient
from ._records import RowRecords
from ._reuse import Reuse
from ._threads import in_thread

# What is known only once a video is in its place.
_OF_FILE = ("file", "sha256", "bytes", "batch", "row", "line")


class Saver:
    """Saves the videos of a batch.

    Attributes:
        metadata: Whether a video is to say of itself how it was made.
        stop_on_bad: Whether a bad video holds the other rows of its prompt.
    """

    def __init__(
        self,
        batch: str,
        output: Output,
        rows: Rows,
        money: Money,
        *,
        metadata: bool = True,
        stop_on_bad: bool = False,
        reuse: Reuse | None = None,
    ) -> None:
        self._batch = batch
        self._output = output
        self._rows = rows
        self._money = money
        self._reuse = reuse
        self.metadata = metadata
        self.stop_on_bad = stop_on_bad
        self._failed: Counter[int] = Counter()

    def failures(self, n: int) -> int:
        """Return how often in a row the video of a row could not be saved."""
        self._failed[n] += 1
        return self._failed[n]

    async def save(
        self, row: BatchRow, generation: Generation, client: BatchClient, records: RowRecords
    ) -> None:
        """Download a video and put it into its place.

        Raises:
            WanError: It cannot be downloaded.
            OSError: It cannot be written.
        """
        raw = self._output.place(f"{row.stem}.raw")
        await client.save(generation, raw, records)
        await in_thread(self._publish, row, raw, generation, records)

    async def reuse(self, row: BatchRow) -> bool:
        """Take the video of the same request from an earlier job; return whether there is one."""
        if self._reuse is None or not row.own_seed:
            return False
        found = await in_thread(self._reuse.find, row.body)
        if found is None:
            return False
        raw = self._output.place(f"{row.stem}.raw")
        await in_thread(shutil.copyfile, found, raw)
        await in_thread(self._publish, row, raw, None, None)
        return True

    def _publish(
        self, row: BatchRow, raw: Path, generation: Generation | None, records: RowRecords | None
    ) -> None:
        name = f"{row.stem}.mp4"
        seen = _looked_at(raw, row)
        known = self._money.find(row.n, row.sends)
        about = describe(
            self._batch, row, known, status="done", reason=None, reused=records is None, **seen
        )
        made = self._output.place(name)
        if not (self.metadata and records and _described(raw, made, about)):
            os.replace(raw, made)
        sha256, size = _digest(made), made.stat().st_size
        file = {"file": name, "sha256": sha256, "bytes": size}
        text = json.dumps({**about, **file}, ensure_ascii=False, indent=2)
        self._output.publish(name)
        self._output.write(f"{row.stem}.json", [text, "\n"])
        if records and generation:
            records.in_place(generation, self._output.where(name), sha256)
        self._rows.done(row.n, name, {**seen, "bytes": size, "reused": records is None})
        if self._reuse:
            self._reuse.remember(row.body, Path(self._output.where(name)), sha256)
        if self.stop_on_bad and seen["marks"]:
            marks = ", ".join(seen["marks"])
            self._rows.hold_alike(row, f"row {row.n} of the same prompt is bad: {marks}")


def _described(raw: Path, made: Path, about: Mapping[str, Any]) -> bool:
    """Copy a video with what it is to say of itself; return whether that can be written to it."""
    try:
        with raw.open("rb") as source, made.open("wb") as target:
            copy_with_metadata(source, target, without(about, *_OF_FILE))
            target.flush()
            os.fsync(target.fileno())
    except VideoFileError:
        # It is paid for, so it is kept as it was sent.
        return False
    raw.unlink()
    return True


def _looked_at(raw: Path, row: BatchRow) -> dict[str, Any]:
    """Return what is seen in a video."""
    try:
        found = inspect(raw)
    except VideoFileError as error:
        return {"marks": [f"unreadable: {error}"]}
    return {
        "width": found.width,
        "height": found.height,
        "seconds": found.seconds,
        "marks": problems(found, row.body),
    }


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
