"""A file object gets all bytes, or there is an error."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import pytest

from tests.support.stand_in import stand_in
from wan_ergonomic._files import _streams, write_all

# More than a pipe holds.
DATA = bytes(range(256)) * 1000


@contextmanager
def pipe(buffering: int) -> Iterator[tuple[int, IO[bytes]]]:
    """A non-blocking pipe: its end to read from, and a file object that writes to it."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with open(writing, "wb", buffering=buffering) as file:
        yield reading, file
    os.close(reading)


@pytest.mark.parametrize("buffering", [0, 8192, 2**17])
def test_a_non_blocking_pipe_gets_all_bytes(buffering):
    """Its reader takes them when it likes."""
    got: list[bytes] = []
    with pipe(buffering) as (reading, file):

        def read() -> None:
            while sum(map(len, got)) < len(DATA):
                got.append(os.read(reading, 5000))

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        write_all(file, [DATA[:7], DATA[7:]])
        reader.join(30)
        # Closing the file would write what it has buffered.
        assert b"".join(got) == DATA


@pytest.mark.parametrize("buffering", [0, 8192])
def test_a_pipe_that_nobody_reads_from_is_an_error(monkeypatch, clock, buffering):
    """After half a minute, on the clock."""
    stand_in(monkeypatch, _streams, "time", monotonic=clock.now, sleep=clock.sleep)
    with pipe(buffering) as (reading, file):
        with pytest.raises(OSError, match="nothing was read from it for 30 s"):
            write_all(file, [DATA])
        # Closing the file writes what it has buffered.
        os.read(reading, len(DATA))
    assert 30 <= clock.now() - 1000 < 31


class Silent(io.BytesIO):
    """A file object whose write returns nothing, and without a flush."""

    flush = None  # type: ignore[assignment]

    def write(self, data) -> None:  # type: ignore[override]
        """Write all of it."""
        super().write(data)


def test_a_write_that_returns_nothing_has_written_all():
    """Only Python's own raw files mean by it that they would block."""
    file = Silent()
    write_all(file, [b"ab", b"", b"c"])
    assert file.getvalue() == b"abc"


class Later(io.BytesIO):
    """A file object whose write has to be awaited, which only calling it shows."""

    def write(self, data):
        """Return something to await."""

        async def later() -> int:
            return len(data)

        return later()


def test_a_write_that_has_to_be_awaited_is_an_error():
    """Nothing would be written."""
    with pytest.raises(OSError, match="asynchronous"):
        write_all(Later(), [b"abc"])


class Slow(io.BytesIO):
    """A file object whose buffer cannot be written out at once."""

    waits = 2

    def flush(self) -> None:
        """Write the buffer out, the third time."""
        if self.waits:
            self.waits -= 1
            raise BlockingIOError


def test_a_buffer_is_written_out_in_the_end():
    """However often that has to be tried."""
    file = Slow()
    write_all(file, [b"ab"])
    assert (file.getvalue(), file.waits) == (b"ab", 0)
