"""Saves a row's video: looked at, described, and in its place whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter

from wan_ergonomic._errors import DownloadError, VideoFileError
from wan_ergonomic._files import sha256_of
from wan_ergonomic._generation import Generation
from wan_ergonomic.video import copy_with_metadata, inspect, problems

from ..output import Output, OutputError, describe, without, write_text
from ..store import BatchRow, Money, Rows
from ._client import BatchClient
from ._records import RowRecords
from ._reuse import Reuse
from ._threads import in_thread

# What is known only once a video is in its place.
_OF_FILE = ("file", "sha256", "bytes", "batch", "row", "line")
# What is seen in it.
_SEEN = ("width", "height", "seconds", "marks")
# A file that cannot be written is tried so often; a virus scanner may hold it for a moment.
_MOST_UNWRITTEN = 3


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
        # More at once would take more memory, not less time.
        self._decoding = CapacityLimiter(os.cpu_count() or 1)

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
            OutputError: It cannot be written here, or put into the output.
        """
        with self._explained(row):
            about = await in_thread(self._made_before, row, generation)
            if about is None:
                raw = self._output.place(f"{row.stem}.raw")
                await client.save(generation, raw, records)
                about = await in_thread(self._make, row, raw, records, limiter=self._decoding)
            await in_thread(self._put, row, about, generation, records)

    async def reuse(self, row: BatchRow) -> bool:
        """Take the video of the same request from an earlier job; return whether there is one.

        Raises:
            OutputError: It cannot be written here, or put into the output.
        """
        if self._reuse is None or not row.own_seed:
            return False
        with self._explained(row):
            found = await in_thread(self._reuse.find, row.body)
            if found is None:
                return False
            raw = self._output.place(f"{row.stem}.raw")
            await in_thread(shutil.copyfile, found, raw)
            about = await in_thread(self._make, row, raw, None, limiter=self._decoding)
            await in_thread(self._put, row, about, None, None)
        return True

    @contextmanager
    def _explained(self, row: BatchRow) -> Iterator[None]:
        """Say of a file that cannot be written on this machine what becomes of it."""
        try:
            yield
        except OutputError:  # pragma: no cover - of a bucket, whose tests need boto3
            raise
        except OSError as error:
            raise self._unwritten(row, error) from error
        except DownloadError as error:
            if isinstance(error.__cause__, OSError):
                raise self._unwritten(row, error.__cause__) from error
            raise

    def _unwritten(self, row: BatchRow, error: OSError) -> OutputError:
        lasting = self.failures(row.n) >= _MOST_UNWRITTEN
        then = (
            "Correct that, and run the batch again to save it." if lasting else "It is tried again."
        )
        return OutputError(
            f"The video of row {row.n} could not be saved: {error.strerror or error}. Nothing is "
            f"paid for again. {then}",
            lasting=lasting,
        )

    def _make(self, row: BatchRow, raw: Path, records: RowRecords | None) -> dict[str, Any]:
        """Make both files of a row in their places; return the video's description."""
        made, said = self._places(row)
        known = self._money.find(row.n, row.sends)
        seen = _looked_at(raw, row)
        about = describe(
            self._batch, row, known, status="done", reason=None, reused=records is None, **seen
        )
        if not (self.metadata and records and _described(raw, made, about)):
            os.replace(raw, made)
        about |= {"file": made.name, "sha256": sha256_of(made), "bytes": made.stat().st_size}
        write_text(said, [json.dumps(about, ensure_ascii=False, indent=2), "\n"])
        return about

    def _made_before(self, row: BatchRow, generation: Generation) -> dict[str, Any] | None:
        """Return the description of a generation's video that is whole in its place already.

        It was made when the output was away; by now, its link may have expired.
        """
        made, said = self._places(row)
        # A drive that is gone is noticed before anything is downloaded.
        made.parent.stat()
        try:
            about: dict[str, Any] = json.loads(said.read_text("utf-8"))
            same = about["generation_id"] == generation.id and about["sha256"] == sha256_of(made)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return about if same else None

    def _put(
        self,
        row: BatchRow,
        about: Mapping[str, Any],
        generation: Generation | None,
        records: RowRecords | None,
    ) -> None:
        """Put a row's files into the output, and record them."""
        places = self._places(row)
        for place in places:
            self._output.publish(place.name)
        name, sha256 = about["file"], about["sha256"]
        if records and generation:
            records.in_place(generation, self._output.where(name), sha256)
        seen = {each: about[each] for each in _SEEN if each in about}
        self._rows.done(row.n, name, {**seen, "bytes": about["bytes"], "reused": about["reused"]})
        for place in places:
            place.unlink(missing_ok=True)
        local = self._output.local(name)
        if self._reuse and local:
            self._reuse.remember(row.body, local, sha256)
        if self.stop_on_bad and seen["marks"]:
            marks = ", ".join(seen["marks"])
            self._rows.hold_alike(row, f"row {row.n} of the same prompt is bad: {marks}")

    def _places(self, row: BatchRow) -> tuple[Path, Path]:
        """Return where a row's video and its description are made."""
        return self._output.place(f"{row.stem}.mp4"), self._output.place(f"{row.stem}.json")


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
