"""An async download never blocks its event loop with file I/O."""

from __future__ import annotations

import asyncio
import io
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PosixPath

import pytest

from tests.support.actions import Serve
from tests.support.loopback import Loopback
from tests.support.responses import VIDEO, finished
from tests.support.stand_in import stand_in
from wan_ergonomic import AsyncWanClient

# Not in the door: the tests replace the file system for them.
from wan_ergonomic._files import _naming, _target

# Seconds; a loop that is not blocked runs a callback much sooner.
_PROMPT = 10


class Loop:
    """The running event loop, and whether it runs callbacks during file I/O.

    Attributes:
        responsive: The result of each check.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.responsive: list[bool] = []

    def check(self) -> None:
        """Check that the loop runs a callback; called during file I/O."""
        done = threading.Event()
        self._loop.call_soon_threadsafe(done.set)
        self.responsive.append(done.wait(_PROMPT))


class Slow(io.BytesIO):
    """A file object whose writes last until the event loop has run a callback."""

    def __init__(self, loop: Loop) -> None:
        super().__init__()
        self._event_loop = loop

    def write(self, data) -> int:
        """Wait for the event loop, then write."""
        self._event_loop.check()
        return super().write(data)


async def save(server: Loopback, target: Path | io.BytesIO) -> None:
    """Download the server's video."""
    server.script("download", Serve(VIDEO))
    async with AsyncWanClient("a-key", base_url=server.url) as wan:
        await wan.download(finished(server), target)


def test_a_slow_file_object_does_not_block_the_loop(server):
    """Its writes run in a thread."""

    async def main() -> None:
        slow = Slow(loop := Loop())
        await save(server, slow)
        assert (loop.responsive, slow.getvalue()) == ([True], VIDEO)

    asyncio.run(main())


def checked_fsync(loop: Loop) -> Callable[[int], None]:
    """Return an fsync that checks the loop."""

    def fsync(number: int) -> None:
        loop.check()
        os.fsync(number)

    return fsync


def checked_path(loop: Loop, *, hard_links: bool) -> type[Path]:
    """Return a class of paths whose renames check the loop."""

    class Checked(PosixPath):
        def hardlink_to(self, target):
            loop.check()
            if not hard_links:
                raise OSError("no hard links here")
            super().hardlink_to(target)

        def replace(self, target):
            loop.check()
            return super().replace(target)

    return Checked


@pytest.mark.parametrize("step", ["fsync", "link", "replace"])
def test_saving_a_file_does_not_block_the_loop(server, tmp_path, monkeypatch, step):
    """Flushing it to disk and giving it its name run in a thread."""

    async def main() -> None:
        loop = Loop()
        if step == "fsync":
            stand_in(monkeypatch, _naming, "os", fsync=checked_fsync(loop))
        else:
            path = checked_path(loop, hard_links=step == "link")
            monkeypatch.setattr(_target, "Path", path)
        await save(server, tmp_path / "v.mp4")
        assert set(loop.responsive) == {True}

    asyncio.run(main())
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO


async def cancel_at_first_progress(wan: AsyncWanClient, server: Loopback, path: Path) -> None:
    """Start a download, and cancel it when it reports progress."""
    writing, loop = asyncio.Event(), asyncio.get_running_loop()

    def progress(_done: int, _total: int | None) -> None:
        loop.call_soon(writing.set)

    download = asyncio.create_task(wan.download(finished(server), path, on_progress=progress))
    await writing.wait()
    download.cancel()
    with pytest.raises(asyncio.CancelledError):
        await download


def test_a_download_cancelled_during_a_write_closes_its_file(server, tmp_path):
    """Another download can use the same part file at once."""
    server.script("download", Serve(VIDEO, cut=1000), Serve(VIDEO))

    async def main() -> None:
        async with AsyncWanClient("a-key", base_url=server.url) as wan:
            await cancel_at_first_progress(wan, server, tmp_path / "v.mp4")
            assert [path.suffix for path in tmp_path.iterdir()] in ([".part"], [])
            await wan.download(finished(server), tmp_path / "v.mp4")

    asyncio.run(main())
    assert [path.name for path in tmp_path.iterdir()] == ["v.mp4"]


def test_a_coroutine_that_is_destroyed_closes_its_file(server, tmp_path):
    """As when its event loop ends: nothing can be awaited then."""
    server.script("download", Serve(VIDEO, cut=1000))
    wan = AsyncWanClient("a-key", base_url=server.url)
    running = wan.download(finished(server), tmp_path / "v.mp4")

    async def begin() -> None:
        # Run it until its first await, without a task, which asyncio.run would cancel.
        running.send(None)

    asyncio.run(begin())
    with suppress(RuntimeError):
        running.close()
    assert list(tmp_path.iterdir()) == []
