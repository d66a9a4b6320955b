"""Wherever a command is stopped, the one that it advises goes on from there."""

import shlex

import pytest

from tests.cli.test_signals import CODES
from tests.support.loopback import Hang, Loopback, Store
from tests.support.responses import ID, VIDEO, accepted, completed, seen

MODULE = "python -m wan_ergonomic"
# More than Python holds back before it writes.
CUT = 9000


@pytest.fixture
def server():
    """A server that does as a test scripts it."""
    with Loopback() as running:
        yield running


def arrived(server, stage, folder):
    """Whether a command has come as far as a stage."""
    if stage == "download":
        return any(path.stat().st_size for path in folder.glob("*.tmp"))
    return server.received("poll")


@pytest.mark.parametrize("kind", CODES)
@pytest.mark.parametrize("stage", ["between polls", "poll", "download"])
def test_the_advised_command_goes_on_where_this_one_stopped(start, server, tmp_path, kind, stage):
    """With one submission, and no byte of the video that has to travel twice."""
    looks = {"between polls": seen("queued"), "poll": Hang(), "download": completed(server)}
    server.script("submit", accepted())
    server.script("poll", looks[stage])
    server.script("download", Store(VIDEO, cut=CUT, then=(Hang(),)))
    running = start("generate", "A boat", "-o", "b.mp4", "--json", at=server)
    running.until(lambda: arrived(server, stage, tmp_path))
    if stage == "between polls":
        running.hear('"poll"')
    stopped = running.end(kind)
    assert (stopped.code, stopped.events[-1]["id"], stopped.out) == (CODES[kind], ID, b"")
    left = [path.suffix for path in tmp_path.iterdir()]
    assert left == ([".part"] if stage == "download" else [])

    server.script("poll", completed(server))
    server.script("download", Store(VIDEO))
    words = shlex.split(stopped.events[-1]["command"].removeprefix(MODULE))
    resumed = start(*words, at=None).end()
    assert (resumed.code, [path.name for path in tmp_path.iterdir()]) == (0, ["b.mp4"])
    assert (tmp_path / "b.mp4").read_bytes() == VIDEO
    asked = server.received("download")[-1].headers.get("range")
    assert asked == (f"bytes={CUT}-" if stage == "download" else None)
    assert len(server.received("submit")) == 1
