"""A video appears whole or not at all.

Bytes go to a hidden file beside the target, which takes the target's name only
once it is complete and is an MP4. One that broke off is kept under a name that
says which generation and which version (ETag) it is part of, so that a later
call, in this process or another, resumes from there. The vendor's file names
are never used.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import IO
from uuid import uuid4

from wan_ergonomic._errors import DownloadError, IncompleteDownloadError

from ._mp4 import HEAD, is_complete_mp4, is_mp4

Target = str | os.PathLike[str] | IO[bytes]

_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18})")
_STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e]{1,60}"')
_IN_MEMORY = 2**24
_COPY_BYTES = 2**20


def check_target(target: Target, *, overwrite: bool) -> Path | None:
    """Return the path to write to, or None for a file object.

    Raises:
        DownloadError: Nothing can be written there, or a file exists there.
    """
    if not isinstance(target, str | os.PathLike):
        writes = callable(getattr(target, "write", None)) and not isinstance(target, io.TextIOBase)
        if not writes or getattr(target, "closed", False):
            raise DownloadError(
                f"A video goes to a path or to a file open for writing bytes, not to {target!r}."
            )
        return None
    path = Path(target)
    try:
        _check_path(path, overwrite=overwrite)
    except (OSError, ValueError) as error:
        raise DownloadError(f"Nothing can be written to {str(path)!r}: {error}.") from error
    return path


def _check_path(path: Path, *, overwrite: bool) -> None:
    if "\0" in str(path):
        raise ValueError("a path cannot contain a null character")
    # An unpaired surrogate has no bytes in a file name.
    os.fsencode(path)
    if path.is_dir():
        raise DownloadError(f"{path} is a folder; name a file in it, such as {path / 'video.mp4'}.")
    if not path.parent.is_dir():
        raise DownloadError(f"The folder {path.parent} does not exist. Create it first.")
    if path.exists() and not path.is_file():
        raise DownloadError(f"{path} is not a regular file; choose another name.")
    if path.exists() and not overwrite:
        raise DownloadError(f"{path} already exists. Choose another name, or allow overwriting.")


class PartFile:
    """The file that a download fills: open, then begin and write for each response, then publish.

    Every method but ``request_headers`` may block. Methods may be called from
    different threads, one after the other: a write that a cancellation has left
    running ends before the file is closed.

    Attributes:
        offset: Bytes held so far.
        etag: The strong ETag of the version they belong to, if there is one.
        total: Bytes in all, once known.
    """

    def __init__(self, target: Target, generation_id: str, *, overwrite: bool) -> None:
        self.offset = 0
        self.etag: str | None = None
        self.total: int | None = None
        self._target = target
        self._overwrite = overwrite
        self._generation_id = generation_id
        self._path: Path | None = None
        self._file: IO[bytes] = io.BytesIO()
        self._lock = RLock()

    def open(self) -> None:
        """Check the target, and take over what an earlier call left of the same video.

        Raises:
            DownloadError: Nothing can be written there.
        """
        self._path = check_target(self._target, overwrite=self._overwrite)
        with self._writing():
            if self._path:
                name = f"{self._path.name}\0{self._generation_id}".encode(errors="surrogatepass")
                self._prefix = f".wan-{hashlib.sha256(name).hexdigest()[:16]}-"
                self._temporary = self._path.with_name(f".wan-{uuid4().hex}.tmp")
                self._claim(self._path.parent)
                self._file = self._temporary.open("ab+")
            else:
                self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - close() closes it

    def close(self) -> None:
        """Keep an incomplete file for a later call, if that call can verify its version."""
        with self._lock:
            # A full disk can refuse even the last bytes that closing would write.
            with suppress(OSError):
                self._file.close()
            if not self._path:
                return
            # After publishing, the file has moved and offset is 0.
            with suppress(OSError):
                if self.offset and self.etag:
                    name = f"{self._prefix}{self.etag.encode().hex()}.part"
                    self._temporary.replace(self._path.with_name(name))
                else:
                    self._temporary.unlink()

    def _claim(self, folder: Path) -> None:
        """Take over what an earlier call left; by a rename, so that only one call can."""
        for earlier in folder.glob(f"{self._prefix}*.part"):
            with suppress(ValueError, FileNotFoundError):
                etag = bytes.fromhex(earlier.stem.removeprefix(self._prefix)).decode("ascii")
                regular = earlier.is_file() and not earlier.is_symlink()
                if not regular or not _STRONG_ETAG.fullmatch(etag):
                    # Anyone who may write here could have put a link to another file in its place.
                    continue
                earlier.rename(self._temporary)
                self.offset, self.etag = self._temporary.stat().st_size, etag
                return

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
        if self.offset and self.etag:
            return {"Range": f"bytes={self.offset}-", "If-Range": self.etag}
        return {}

    def begin(self, status_code: int, headers: Mapping[str, str]) -> None:
        """Take the head of a response: resume at the offset, or start over.

        Raises:
            IncompleteDownloadError: The response is another part than was requested.
        """
        etag = headers.get("etag", "")
        if status_code == 206:
            sent = _CONTENT_RANGE.fullmatch(headers.get("content-range", ""))
            if not sent or int(sent[1]) != self.offset or etag != (self.etag or ""):
                self.restart()
                raise IncompleteDownloadError("The storage sent another part of the video.")
            self.total = int(sent[2])
            return
        self.restart()
        length = headers.get("content-length", "")
        self.total = int(length) if length.isascii() and length.isdigit() else None
        self.etag = etag if _STRONG_ETAG.fullmatch(etag) else None

    def restart(self) -> None:
        """Discard the bytes held."""
        with self._writing():
            self._file.seek(0)
            self._file.truncate()
        self.offset, self.etag, self.total = 0, None, None

    def write(self, chunk: bytes) -> None:
        """Add the next bytes.

        Raises:
            DownloadError: They cannot be written, or do not begin an MP4.
        """
        with self._writing():
            self._file.write(chunk)
        began, self.offset = self.offset, self.offset + len(chunk)
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

    def publish(self) -> None:
        """Give the file its name, or copy it into the file object, once it is complete.

        Raises:
            IncompleteDownloadError: Bytes are missing.
            DownloadError: It is not an MP4, or cannot be written.
        """
        if self.total is not None and self.offset != self.total:
            if self.offset > self.total:
                self.restart()
            raise IncompleteDownloadError(f"The video broke off at byte {self.offset:,}.")
        self._check_head()
        with self._writing():
            complete = is_complete_mp4(self._file, self.offset)
        if not complete:
            if self.total is not None:
                # The storage has no more bytes than these.
                self.restart()
            raise IncompleteDownloadError("The storage did not send a complete MP4.")
        with self._writing():
            if self._path:
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
                self._name(self._path)
            else:
                self._file.seek(0)
                assert not isinstance(self._target, str | os.PathLike)
                _copy(self._file, self._target)

    def _name(self, path: Path) -> None:
        if not self._overwrite:
            # Atomic, unlike a check and a rename; some file systems have no hard links.
            with suppress(OSError, NotImplementedError):
                path.hardlink_to(self._temporary)
                self.offset = 0
                return
            check_target(path, overwrite=False)
        self._temporary.replace(path)


def _copy(file: IO[bytes], target: IO[bytes]) -> None:
    """Copy all bytes; an unbuffered file may take fewer than it is given, and returns how many."""
    while chunk := file.read(_COPY_BYTES):
        taken: object = target.write(chunk)
        while isinstance(taken, int) and taken < len(chunk):
            if not taken:
                raise OSError("it takes no more bytes")
            chunk = chunk[taken:]
            taken = target.write(chunk)
