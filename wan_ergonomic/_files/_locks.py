"""Locks on open files, which the operating system releases when a process ends, however it ends."""

from __future__ import annotations

import errno
import sys
from typing import IO

_TAKEN = frozenset({errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK})

if sys.platform == "win32":
    import msvcrt

    # A byte far beyond any video: on Windows nobody else can read or write a locked byte.
    _LOCKED_BYTE = 2**62

    def _lock(file: IO[bytes]) -> None:
        position = file.tell()
        file.seek(_LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        finally:
            file.seek(position)
else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock(file: IO[bytes]) -> bool | None:
    """Lock a file until it is closed, without waiting.

    Returns:
        Whether it is locked now; None if the file system has no locks.
    """
    try:
        _lock(file)
    except OSError as error:
        return False if error.errno in _TAKEN else None
    return True
