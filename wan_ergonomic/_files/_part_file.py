"""A video appears whole or not at all.

Bytes go to a hidden file beside the target, which takes the target's name only
once it is complete and is an MP4. One that broke off is kept under a name that
says which generation and which version (ETag) it is part of, so that a later
call, in this process or another, goes on from there. The vendor's file names
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
from typing import IO, Self
from uuid import uuid4

from wan_ergonomic._errors import DownloadError, IncompleteDownloadError

from ._mp4 import HEAD, is_mp4, is_whole

Target = str | os.PathLike[str] | IO[bytes]

_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18})")
_STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e]{1,60}"')
_IN_MEMORY = 2**24
_AT_ONCE = 2**20


def check_target(target: Target, *, overwrite: bool) -> Path | None:
    """Return the path to write to, or None for a file object.

    Raises:
        DownloadError: Nothing can be written there, or something is there already.
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
        raise ValueError("a path holds no null character")
    # Half of a character has no bytes.
    os.fsencode(path)
    if path.is_dir():
        raise DownloadError(f"{path} is a folder; name a file in it, such as {path / 'video.mp4'}.")
    if not path.parent.is_dir():
        raise DownloadError(f"The folder {path.parent} does not exist. Create it first.")
    if path.exists() and not path.is_file():
        raise DownloadError(f"{path} is not a regular file; choose another name.")
    if path.exists() and not overwrite:
        raise DownloadError(f"{path} exists already. Choose another name, or allow overwriting.")


class PartFile:
    """What a download fills; a context manager.

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
        self._path = check_target(target, overwrite=overwrite)
        self._generation_id = generation_id
        if self._path:
            name = f"{self._path.name}\0{generation_id}".encode(errors="surrogatepass")
            self._prefix = f".wan-{hashlib.sha256(name).hexdigest()[:16]}-"
            self._own = self._path.with_name(f".wan-{uuid4().hex}.tmp")

    def __enter__(self) -> Self:
        with self._writing():
            if self._path:
                self._claim()
                self._file: IO[bytes] = self._own.open("ab+")
            else:
                self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)
        return self

    def __exit__(self, *_: object) -> None:
        # A full disk can refuse even the last bytes that closing would write.
        with suppress(OSError):
            self._file.close()
        if not self._path:
            return
        # What was published is no longer here.
        with suppress(OSError):
            if self.offset and self.etag:
                name = f"{self._prefix}{self.etag.encode().hex()}.part"
                self._own.replace(self._path.with_name(name))
            else:
                self._own.unlink()

    def _claim(self) -> None:
        """Take over what an earlier call left; a rename, so that only one call can."""
        assert self._path
        for earlier in self._path.parent.glob(f"{self._prefix}*.part"):
            with suppress(ValueError, FileNotFoundError):
                etag = bytes.fromhex(earlier.stem.removeprefix(self._prefix)).decode("ascii")
                whole = _STRONG_ETAG.fullmatch(etag) and not earlier.is_symlink()
                if not whole or not earlier.is_file():
                    # Whoever may write here could have led us to another file with it.
                    continue
                earlier.rename(self._own)
                self.offset, self.etag = self._own.stat().st_size, etag
                return

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.offset = 0
            raise DownloadError(
                f"The video of generation {self._generation_id} could not be written: "
                f"{error.strerror or error}. It can be downloaded again."
            ) from error

    def request_headers(self) -> dict[str, str]:
        """Return the headers that ask for what is missing, of the same version only."""
        if self.offset and self.etag:
            return {"Range": f"bytes={self.offset}-", "If-Range": self.etag}
        return {}

    def begin(self, status_code: int, headers: Mapping[str, str]) -> None:
        """Take the head of an answer: go on from the offset, or start over.

        Raises:
            IncompleteDownloadError: It is another part than was asked for.
        """
        etag = headers.get("etag", "")
        if status_code == 206:
            asked = _CONTENT_RANGE.fullmatch(headers.get("content-range", ""))
            if not asked or int(asked[1]) != self.offset or etag != (self.etag or ""):
                self.restart()
                raise IncompleteDownloadError("The store answered with another part of the video.")
            self.total = int(asked[2])
            return
        self.restart()
        length = headers.get("content-length", "")
        self.total = int(length) if length.isascii() and length.isdigit() else None
        self.etag = etag if _STRONG_ETAG.fullmatch(etag) else None

    def restart(self) -> None:
        """Forget what is held."""
        with self._writing():
            self._file.seek(0)
            self._file.truncate()
        self.offset, self.etag, self.total = 0, None, None

    def write(self, chunk: bytes) -> None:
        """Add the next bytes.

        Raises:
            DownloadError: They cannot be written, or are the beginning of no MP4.
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
            raise DownloadError(f"What the link holds is no MP4: it begins with {head!r}.")

    def publish(self) -> None:
        """Give the file its name, or the file object its bytes, once all is well.

        Raises:
            IncompleteDownloadError: Bytes are missing.
            DownloadError: It is no MP4, or cannot be written.
        """
        if self.total is not None and self.offset != self.total:
            if self.offset > self.total:
                self.restart()
            raise IncompleteDownloadError(f"The video broke off at byte {self.offset:,}.")
        self._check_head()
        with self._writing():
            whole = is_whole(self._file, self.offset)
        if not whole:
            if self.total is not None:
                # There is no more to come.
                self.restart()
            raise IncompleteDownloadError("What the store sent is not the whole of an MP4.")
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
            # In one step, unlike a look and a rename; some systems cannot.
            with suppress(OSError, NotImplementedError):
                path.hardlink_to(self._own)
                self.offset = 0
                return
            check_target(path, overwrite=False)
        self._own.replace(path)


def _copy(file: IO[bytes], target: IO[bytes]) -> None:
    """Copy all; what is not buffered may take less at once than it is given, and says so."""
    while chunk := file.read(_AT_ONCE):
        taken: object = target.write(chunk)
        while isinstance(taken, int) and taken < len(chunk):
            if not taken:
                raise OSError("it takes no more bytes")
            chunk = chunk[taken:]
            taken = target.write(chunk)
