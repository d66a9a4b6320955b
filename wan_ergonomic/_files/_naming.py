"""Gives a complete video its final name, in one step, never replacing a file by accident."""

from __future__ import annotations

import errno
import filecmp
import os
import sys
from contextlib import suppress
from pathlib import Path

from wan_ergonomic._errors import DownloadError

from ._parts import Part
from ._target import check_target

# Errors of fsync that mean lost data; any other means that the file system has no fsync.
_LOST = frozenset({errno.EIO, errno.ENOSPC, errno.EDQUOT})


def give_name(part: Part, path: Path, *, overwrite: bool) -> None:
    """Move a part to its target.

    Raises:
        DownloadError: A file with that name exists by now, and may not be overwritten.
        OSError: It cannot be moved.
    """
    _sync(part)
    if overwrite:
        # What was private stays private.
        with suppress(OSError):
            part.path.chmod(path.stat().st_mode & 0o777)
    else:
        # Atomic, unlike a check and a rename; some file systems have no hard links.
        with suppress(OSError, NotImplementedError):
            path.hardlink_to(part.path)
            part.remove()
            return
        _check_free(part, path)
    part.move(path)


def write_soon(part: Part, first: int, last: int) -> None:
    """Let the system begin to write these bytes, so that the fsync has little left to do."""
    if sys.platform == "linux":  # pragma: no branch
        # Bytes that are not written yet are not dropped, but their writing begins.
        with suppress(OSError):
            fadvise = os.posix_fadvise
            fadvise(part.file.fileno(), first, last - first, os.POSIX_FADV_DONTNEED)


def _sync(part: Part) -> None:
    part.file.flush()
    try:
        os.fsync(part.file.fileno())
    except OSError as error:
        if error.errno in _LOST:
            raise


def _check_free(part: Part, path: Path) -> None:
    try:
        check_target(path, overwrite=False)
    except DownloadError as error:
        with suppress(OSError):
            if filecmp.cmp(part.path, path, shallow=False):
                # Another call has saved the same video.
                part.remove()
                raise
        kept = "What was fetched is kept beside it for another attempt."
        raise DownloadError(f"{error} {kept}" if part.validator else str(error)) from error
