"""Partial videos on disk: kept however a process ends, and written to by one call at a time."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest

from tests.support.actions import Hang, Serve
from tests.support.files import names
from tests.support.responses import ID, VIDEO, finished, link
from tests.support.stand_in import stand_in
from tests.support.waiting import until
from wan_ergonomic import DownloadError

# Not in the door: only part files use them.
from wan_ergonomic._files import _locks, _parts
from wan_ergonomic._files._parts import Part, Parts

ETAG = '"v1"'

DOWNLOAD = """
import sys
from wan_ergonomic import Generation, Video, WanClient

url, link, generation_id, path = sys.argv[1:]
job = Generation(id=generation_id, status="completed", video=Video(url=link))
WanClient("a-key", base_url=url).download(job, path)
"""


def create(parts: Parts, size: int = 5, validator: str = ETAG) -> Part:
    """Return a new part of some bytes, open and locked."""
    part = parts.create(validator)
    part.file.write(bytes(size))
    part.file.flush()
    return part


@pytest.fixture
def parts(tmp_path) -> Parts:
    """The parts of a generation in a folder."""
    return Parts(tmp_path, ID)


def holds_bytes(folder: Path) -> bool:
    """Whether a file in a folder has bytes; a part without any may be replaced meanwhile."""
    with suppress(FileNotFoundError):
        return any(path.stat().st_size for path in folder.iterdir())
    return False


@pytest.mark.skipif(os.name == "nt", reason="there are no such signals")
@pytest.mark.parametrize("number", ["SIGKILL", "SIGTERM"])
def test_a_process_that_is_killed_leaves_a_part_to_go_on_from(wan, server, tmp_path, number):
    """The next call requests the rest, and leaves nothing but the video."""
    server.script("download", Serve(VIDEO, cut=9000, then=(Hang(),)), Serve(VIDEO))
    job, target = finished(server), tmp_path / "v.mp4"
    command = [sys.executable, "-c", DOWNLOAD, server.url, link(server), ID, str(target)]
    with subprocess.Popen(command) as process:
        try:
            until(lambda: holds_bytes(tmp_path))
        finally:
            process.send_signal(getattr(signal, number))
    (left,) = tmp_path.iterdir()
    size = left.stat().st_size
    wan.download(job, target)
    assert (names(tmp_path), target.read_bytes()) == (["v.mp4"], VIDEO)
    assert server.requests[-1].headers["range"] == f"bytes={size}-"


def test_a_part_that_another_call_writes_to_is_not_taken(parts, tmp_path):
    """Two calls would write into one file."""
    first = create(parts)
    assert parts.claim() is None
    parts.remove_left()
    assert names(tmp_path) == [first.path.name]
    first.file.close()
    second = parts.claim()
    assert second
    assert (second.path, second.validator) == (first.path, ETAG)
    second.remove()


def test_of_several_parts_the_largest_is_taken(parts, tmp_path):
    """The others are removed once the video is saved."""
    for size in (3, 9, 0, 5):
        create(parts, size).file.close()
    claimed = parts.claim()
    assert claimed
    assert claimed.path.stat().st_size == 9
    parts.remove_left()
    assert names(tmp_path) == [claimed.path.name]
    claimed.remove()


def test_a_part_that_has_another_name_too_is_not_taken(parts, tmp_path):
    """A process was killed between the two steps of giving a video its name."""
    part = create(parts)
    part.file.close()
    (tmp_path / "v.mp4").hardlink_to(part.path)
    assert parts.claim() is None


def test_a_part_that_another_call_has_finished_meanwhile_is_not_taken(parts, monkeypatch):
    """Between finding it and locking it."""
    create(parts).file.close()

    def finish(file: IO[bytes]) -> bool:
        Path(file.name).unlink()
        return True

    monkeypatch.setattr(_parts, "lock", finish)
    assert parts.claim() is None


def test_a_folder_in_place_of_a_part_is_left_alone(parts):
    """It is not ours."""
    part = create(parts)
    part.remove()
    part.path.mkdir()
    assert parts.claim() is None
    parts.remove_left()
    assert part.path.is_dir()


def test_a_new_part_that_another_call_took_is_made_again(parts, monkeypatch, tmp_path):
    """Between creating it and locking it."""
    locks = iter([False, True])
    monkeypatch.setattr(_parts, "lock", lambda _: next(locks))
    part = parts.create(ETAG)
    assert len(names(tmp_path)) == 2
    part.remove()


def test_without_locks_a_video_is_saved_and_no_part_is_kept(
    wan_once, server, tmp_path, monkeypatch
):
    """A later call could not tell whether another one is writing to it."""
    stand_in(monkeypatch, _locks, "fcntl", flock=without_locks)
    server.script("download", Serve(VIDEO, cut=1000), Serve(VIDEO))
    with pytest.raises(DownloadError):
        wan_once.download(finished(server), tmp_path / "v.mp4")
    assert names(tmp_path) == []
    wan_once.download(finished(server), tmp_path / "v.mp4")
    assert names(tmp_path) == ["v.mp4"]


def without_locks(*_: object) -> None:
    """Fail as on a network file system without a lock service."""
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))
