"""Wherever a command is interrupted, the command that it prints resumes from there."""

import shlex
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.conftest import MODULE
from tests.cli.test_signals import CODES
from tests.support.actions import Hang, Serve
from tests.support.responses import ID, VIDEO, accepted, completed, poll_response

# More than Python buffers before it writes.
CUT = 9000


def has_reached(server, stage):
    """Whether a command has reached a stage."""
    if stage == "download":
        # It may get its name in between, or be moved.
        with suppress(FileNotFoundError):
            return any(path.stat().st_size for path in Path().glob("*.part"))
        return False
    return server.received("poll")


@pytest.mark.parametrize(
    ("stage", "number"),
    [
        ("between polls", signal.SIGINT),
        ("poll", signal.SIGINT),
        ("poll", signal.SIGTERM),
        ("download", signal.SIGINT),
        ("download", signal.SIGHUP),
    ],
)
def test_the_printed_command_resumes_where_this_one_stopped(start, wan, server, stage, number):
    """Nothing is submitted twice, and no byte of the video is downloaded twice."""
    polls = {
        "between polls": poll_response("queued"),
        "poll": Hang(),
        "download": completed(server),
    }
    server.script("submit", accepted())
    server.script("poll", polls[stage])
    server.script("download", Serve(VIDEO, cut=CUT, then=(Hang(),)))
    running = start("generate", "A boat", "-o", "b.mp4", "--json", at=server)
    running.until(lambda: has_reached(server, stage))
    if stage == "between polls":
        running.wait_for('"poll"')
    if stage == "download":
        running.until(lambda: any(part.stat().st_size >= CUT for part in Path().glob("*.part")))
    stopped = running.end(number)
    assert (stopped.code, stopped.events[-1]["id"], stopped.out) == (CODES[number], ID, b"")
    left = [path.suffix for path in Path().iterdir()]
    assert left == ([".part"] if stage == "download" else [])

    server.script("poll", completed(server))
    server.script("download", Serve(VIDEO))
    words = shlex.split(stopped.events[-1]["command"].removeprefix(MODULE))
    resumed = wan(*words)
    assert (resumed.code, [path.name for path in Path().iterdir()]) == (0, ["b.mp4"])
    assert Path("b.mp4").read_bytes() == VIDEO
    range_sent = server.received("download")[-1].headers.get("range")
    assert range_sent == (f"bytes={CUT}-" if stage == "download" else None)
    assert len(server.received("submit")) == 1
