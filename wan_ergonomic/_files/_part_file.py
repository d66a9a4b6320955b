"""A video appears whole or not at all.

Bytes go to a hidden file beside the target, which takes the target's name only
once it is complete and is an MP4. A partial one is kept, so that a later
call, in this process or another, resumes from it. The vendor's file names
are never used.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import RLock
from typing import IO

from wan_ergonomic._errors import DownloadError, IncompleteDownloadError

from ._mp4 import HEAD, is_complete_mp4, is_mp4
from ._naming import give_name, write_soon
from ._parts import Part, Parts
from ._streams import write_all
from ._target import Target, check_target, with_absolute_path
from ._versions import is_same_version, validator_of

_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)")
_NONE_LEFT = re.compile(r"bytes \*/(\d{1,18})")
_IN_MEMORY = 2**24
_COPY_BYTES = 2**20
# How many bytes are left to the system at once to write; waiting for all at the end takes longer.
_AHEAD = 2**23

# Reads a complete video, writes a changed one; returns whether that takes the video's place.
# Files, not names: another user of the folder could put a link in place of a name.
Finish = Callable[[IO[bytes], IO[bytes]], bool]


class PartFile:
    """The file that a download fills: open, then begin and write for each response, then publish.

    Every method but ``request_headers`` and ``has_all`` may block. Methods may be
    called from different threads, one at a time; ``close`` waits for a write that a
    cancelled call has left running.

    Attributes:
        offset: Bytes held so far.
        total: Bytes in all, once known.
        path: Where the video goes; None for a file object, and until it is opened.
    """

    def __init__(self, target: Target, generation_id: str, *, overwrite: bool) -> None:
        self.offset = 0
        self.total: int | None = None
        self._target = with_absolute_path(target)
        self._overwrite = overwrite
        self._generation_id = generation_id
        self.path: Path | None = None
        # Both are None for a file object.
        self._parts: Parts | None = None
        self._part: Part | None = None
        self._file: IO[bytes] = io.BytesIO()
        self._validator: str | None = None
        self._lock = RLock()

    def open(self) -> None:
        """Check the target, and take over an earlier call's partial video, if there is one.

        Raises:
            DownloadError: Nothing can be written there.
        """
        self.path = check_target(self._target, overwrite=self._overwrite)
        with self._writing():
            if self.path:
                self._parts = Parts(self.path.parent, self._generation_id)
                self._use(self._parts.claim() or self._parts.create(None))
            else:
                # Imported here: only downloads into file objects need it, and it is slow.
                import tempfile

                self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - close() closes it

    def _use(self, part: Part) -> None:
        self._part, self._file, self._validator = part, part.file, part.validator
        self.offset = self._file.seek(0, os.SEEK_END)

    def close(self) -> None:
        """Keep an incomplete file for a later call, if that call can verify its version."""
        with self._lock:
            if self._part and not (self.offset and self._part.validator):
                self._part.remove()
            # A full disk can refuse even the last bytes that closing would write.
            with suppress(OSError):
                self._file.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except OSError as error:
            self.offset = 0
            raise DownloadError(
                f"The video of generation {self._generation_id} could not be written: "
                f"{error.strerror or error}. It can be downloaded again."
            ) from error

    def request_headers(self) -> dict[str, str]:
        """Return the headers that request the missing bytes, of the same version only."""
        if self.offset and self._validator:
            return {"Range": f"bytes={self.offset}-", "If-Range": self._validator}
        return {}

    def has_all(self, status_code: int, headers: Mapping[str, str]) -> bool:
        """Whether a response says that no byte is missing."""
        sent = _NONE_LEFT.fullmatch(headers.get("content-range", ""))
        if status_code != 416 or not sent or not 0 < self.offset == int(sent[1]):
            return False
        self.total = self.offset
        return True

    def begin(self, status_code: int, headers: Mapping[str, str]) -> None:
        """Read the status and headers of a response: resume at the offset, or start over.

        Raises:
            IncompleteDownloadError: The response is not the part that was requested.
        """
        if status_code == 206:
            self._resume(headers)
            return
        length = headers.get("content-length", "")
        self._start(validator_of(headers))
        self.total = int(length) if length.isascii() and length.isdigit() else None

    def _resume(self, headers: Mapping[str, str]) -> None:
        sent = _CONTENT_RANGE.fullmatch(headers.get("content-range", ""))
        same = not self.offset or is_same_version(self._validator or "", headers)
        if not sent or int(sent[1]) != self.offset or not same:
            self.restart()
            raise IncompleteDownloadError("The storage sent another part of the video.")
        if not self.offset:
            self._start(validator_of(headers))
        if sent[2] != "*":
            self.total = int(sent[2])

    def _start(self, validator: str | None) -> None:
        """Discard the bytes held, and begin a part for a version."""
        self.restart()
        self._validator = validator
        if self._part and self._parts and self._part.validator != validator:
            with self._writing():
                earlier, self._part = self._part, self._parts.create(validator)
                self._file = self._part.file
                earlier.remove()

    def restart(self) -> None:
        """Discard the bytes held."""
        with self._writing():
            self._file.seek(0)
            self._file.truncate()
        self.offset, self._validator, self.total = 0, None, None

    def write(self, chunk: bytes) -> None:
        """Add the next bytes.

        Raises:
            DownloadError: They cannot be written, or do not begin an MP4.
        """
        with self._writing():
            self._file.write(chunk)
        began, self.offset = self.offset, self.offset + len(chunk)
        if self._part and began // _AHEAD < self.offset // _AHEAD:
            write_soon(self._part, max(0, began - _AHEAD), self.offset)
        if began < HEAD <= self.offset:
            self._check_head()

    def _check_head(self) -> None:
        with self._writing():
            self._file.seek(0)
            head = self._file.read(HEAD)
            self._file.seek(0, os.SEEK_END)
        if not is_mp4(head):
            self.restart()
            raise DownloadError(f"The link does not hold an MP4: the file begins with {head!r}.")

    def publish(self, finish: Finish | None = None) -> None:
        """Give the file its name, or copy it into the file object, once it is complete.

        Args:
            finish: Called with the complete video, open for reading, and with an empty file for a
                changed copy of it, which takes its place if this returns True. Not called for a
                file object.

        Raises:
            IncompleteDownloadError: Bytes are missing, or there are too many.
            DownloadError: It is not an MP4, or cannot be written.
        """
        if self.total is not None and self.offset != self.total:
            text = f"The storage sent {self.offset:,} of the video's {self.total:,} bytes."
            if self.offset > self.total:
                self.restart()
            raise IncompleteDownloadError(text)
        self._check_head()
        with self._writing():
            announced = self.total is not None
            complete = is_complete_mp4(self._file, self.offset, all_came=announced)
            self._file.seek(0, os.SEEK_END)
        if not complete:
            if announced:
                # The storage has no more bytes, so there is nothing to resume.
                self.restart()
            raise IncompleteDownloadError("The storage did not send a complete MP4.")
        finished = self._finished(finish) if finish and self._part else None
        with self._writing():
            if self.path and self._part and self._parts:
                self._give_name(self.path, self._part, finished)
                self._part, self.offset = None, 0
                self._parts.remove_left()
            else:
                self._copy()

    def _finished(self, finish: Finish) -> Part | None:
        """Return a changed copy of the video; None if the video is to stay as it is."""
        assert self._part
        assert self._parts
        with self._writing():
            self._part.file.flush()
            self._part.file.seek(0)
            # Its name has no version, so that no later call resumes it.
            copy = self._parts.create(None)
        changed = False
        try:
            changed = finish(self._part.file, copy.file)
        finally:
            if not changed:
                copy.remove()
        # The video is kept if the copy does not get its name.
        return replace(copy, validator=self._part.validator) if changed else None

    def _give_name(self, path: Path, part: Part, finished: Part | None) -> None:
        if finished is None:
            give_name(part, path, overwrite=self._overwrite)
            return
        try:
            give_name(finished, path, overwrite=self._overwrite)
        except BaseException:
            if not finished.path.exists():
                # Another call has saved the same.
                part.remove()
            finished.remove()
            raise
        part.remove()

    def _copy(self) -> None:
        assert not isinstance(self._target, str | os.PathLike)
        self._file.seek(0)
        try:
            write_all(self._target, iter(partial(self._file.read, _COPY_BYTES), b""))
        except (TypeError, ValueError) as error:
            # The file object takes text, or was closed meanwhile.
            raise OSError(str(error)) from error
