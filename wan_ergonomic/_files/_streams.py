"""Writes all bytes to a file object that may accept only some at a time, or none for a while."""

from __future__ import annotations

import inspect
import io
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import IO

# Writing fails if the reader of a pipe reads nothing for this many seconds.
STALL_SECONDS = 30.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.001, 0.05


def write_all(file: IO[bytes], chunks: Iterable[bytes]) -> None:
    """Write all bytes and flush them; wait while a non-blocking pipe is full.

    Raises:
        OSError: They cannot be written.
    """
    for chunk in chunks:
        rest = chunk
        while rest:
            rest = rest[_until_ready(partial(_write_once, file, rest)) :]
    if callable(getattr(file, "flush", None)):
        _until_ready(partial(_flush_once, file))


def _until_ready(attempt: Callable[[], int]) -> int:
    """Repeat an attempt until it returns something other than 0."""
    began, pause = time.monotonic(), _FIRST_PAUSE
    while not (result := attempt()):
        if time.monotonic() - began > STALL_SECONDS:
            raise OSError(f"nothing was read from it for {STALL_SECONDS:.0f} s")
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
    return result


def _write_once(file: IO[bytes], chunk: bytes) -> int:
    """Write once; return how many bytes were written, 0 if the file would block."""
    try:
        taken: object = file.write(chunk)
    except BlockingIOError as full:
        return getattr(full, "characters_written", 0)
    if inspect.isawaitable(taken):
        getattr(taken, "close", lambda: None)()
        raise OSError("its write method is asynchronous")
    if taken is None and isinstance(file, io.RawIOBase):
        return 0
    if taken == 0 and isinstance(taken, int):
        raise OSError("it takes no more bytes")
    # File objects of other libraries may return None.
    return taken if isinstance(taken, int) else len(chunk)


def _flush_once(file: IO[bytes]) -> int:
    try:
        file.flush()
    except BlockingIOError:
        return 0
    return 1
