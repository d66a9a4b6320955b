"""Where a video goes: a path or a file object, checked before anything is requested."""

from __future__ import annotations

import codecs
import inspect
import io
import os
from contextlib import suppress
from pathlib import Path
from typing import IO

from wan_ergonomic._errors import DownloadError

Target = str | os.PathLike[str] | IO[bytes]

_TEXT = (io.TextIOBase, codecs.StreamWriter, codecs.StreamReaderWriter)


def with_absolute_path(target: Target) -> Target:
    """Return a target whose path is absolute, so that the current folder may change later."""
    if isinstance(target, str | os.PathLike):
        # The current folder may have been deleted; check_target raises the error.
        with suppress(OSError):
            return Path(target).absolute()
    return target


def check_target(target: Target, *, overwrite: bool) -> Path | None:
    """Return the path to write to, with a final symbolic link resolved; None for a file object.

    Raises:
        DownloadError: Nothing can be written there, or a file exists there.
    """
    if not isinstance(target, str | os.PathLike):
        if not _takes_bytes(target):
            raise DownloadError(
                f"A video goes to a path or to a file open for writing bytes, not to {target!r}."
            )
        return None
    path = Path(target)
    try:
        if path.is_symlink():
            path = Path(os.path.realpath(path))
        _check_path(path, overwrite=overwrite)
    except (OSError, ValueError) as error:
        raise DownloadError(f"Nothing can be written to {str(path)!r}: {error}.") from error
    return path


def _takes_bytes(target: object) -> bool:
    """Whether a file object is open, for writing, for bytes, and not asynchronous."""
    write = getattr(target, "write", None)
    # asyncio's StreamWriter has a plain write, but works in its event loop only.
    waits = inspect.iscoroutinefunction(write) or hasattr(target, "drain")
    # tempfile's wrappers are none of these classes, so the encoding is checked too.
    text = isinstance(target, _TEXT) or isinstance(getattr(target, "encoding", None), str)
    if not callable(write) or waits or text or getattr(target, "closed", False):
        return False
    writable = getattr(target, "writable", None)
    return not callable(writable) or bool(writable())


def _check_path(path: Path, *, overwrite: bool) -> None:
    if "\0" in str(path):
        raise ValueError("a path cannot contain a null character")
    # Raises for a character that cannot be encoded as part of a file name.
    os.fsencode(path)
    if path.is_symlink():
        raise DownloadError(f"{path} is a symbolic link that leads back to itself.")
    if path.is_dir():
        raise DownloadError(f"{path} is a folder; name a file in it, such as {path / 'video.mp4'}.")
    if path.parent.is_file():
        raise DownloadError(f"{path.parent} is a file, not a folder.")
    if not path.parent.is_dir():
        raise DownloadError(f"The folder {path.parent} does not exist. Create it first.")
    if path.exists() and not path.is_file():
        raise DownloadError(f"{path} is not a regular file; choose another name.")
    if path.exists() and not overwrite:
        raise DownloadError(f"{path} already exists. Choose another name, or pass overwrite=True.")
