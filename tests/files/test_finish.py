"""A complete video can be changed before it appears under its name."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO

import pytest

from tests.support.files import largest_file, names
from tests.support.responses import ID, VIDEO, boxes
from wan_ergonomic import DownloadError
from wan_ergonomic._files import PartFile

from .test_part_file import whole_part

MORE = VIDEO + boxes(free=b"more")


def add(source: IO[bytes], copy: IO[bytes]) -> bool:
    """Change a video."""
    assert (source.read(), copy.read()) == (VIDEO, b"")
    copy.write(MORE)
    return True


def test_the_changed_video_is_the_one_that_appears(tmp_path):
    """Nothing else is left."""
    part = whole_part(tmp_path)

    def finish(source: IO[bytes], copy: IO[bytes]) -> bool:
        assert not (tmp_path / "v.mp4").exists()
        return add(source, copy)

    part.publish(finish)
    part.close()
    assert ((tmp_path / "v.mp4").read_bytes(), names(tmp_path)) == (MORE, ["v.mp4"])


def test_a_video_that_is_not_changed_appears_as_it_came(tmp_path):
    """Whatever was written to the copy."""
    part = whole_part(tmp_path)
    part.publish(lambda source, copy: not add(source, copy))
    part.close()
    assert ((tmp_path / "v.mp4").read_bytes(), names(tmp_path)) == (VIDEO, ["v.mp4"])


def test_an_existing_file_is_replaced_by_the_changed_video(tmp_path):
    """If that is allowed."""
    (tmp_path / "v.mp4").write_bytes(b"old")
    part = whole_part(tmp_path, overwrite=True)
    part.publish(add)
    assert ((tmp_path / "v.mp4").read_bytes(), names(tmp_path)) == (MORE, ["v.mp4"])


def test_an_error_keeps_the_video_for_another_attempt(tmp_path):
    """As it came; the copy is removed."""

    def fail(_: IO[bytes], copy: IO[bytes]) -> bool:
        copy.write(MORE[:50])
        raise KeyboardInterrupt

    part = whole_part(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        part.publish(fail)
    part.close()
    (kept,) = names(tmp_path)
    assert (tmp_path / kept).read_bytes() == VIDEO
    later = PartFile(tmp_path / "v.mp4", ID, overwrite=False)
    later.open()
    assert later.offset == len(VIDEO)
    later.publish(add)
    assert names(tmp_path) == ["v.mp4"]


def test_a_copy_that_a_killed_process_left_is_not_resumed(tmp_path):
    """Its bytes are not those of the storage; the next download removes it."""
    left: list[Path] = []
    part = whole_part(tmp_path)

    def kill(source: IO[bytes], copy: IO[bytes]) -> bool:
        left.append(tmp_path / f"{Path(copy.name).stem[:-8]}12345678.part")
        left[0].write_bytes(MORE * 2)
        return add(source, copy)

    part.publish(kill)
    part.close()
    left[0].write_bytes(MORE * 2)
    later = PartFile(tmp_path / "w.mp4", ID, overwrite=False)
    later.open()
    assert later.offset == 0
    later.begin(200, {"etag": '"v1"'})
    later.write(VIDEO)
    later.publish()
    later.close()
    assert names(tmp_path) == ["v.mp4", "w.mp4"]


def test_a_name_that_is_taken_meanwhile_keeps_the_video(tmp_path):
    """The error says so; the copy is removed."""
    part = whole_part(tmp_path)
    (tmp_path / "v.mp4").write_bytes(b"mine")
    with pytest.raises(DownloadError, match=r"already exists.* is kept beside it"):
        part.publish(add)
    part.close()
    kept, video = names(tmp_path)
    assert ((tmp_path / kept).read_bytes(), (tmp_path / video).read_bytes()) == (VIDEO, b"mine")


def test_the_same_video_is_not_kept_a_second_time(tmp_path):
    """Another call has saved it meanwhile, with the same change."""
    first, second = whole_part(tmp_path), whole_part(tmp_path)
    first.publish(add)
    with pytest.raises(DownloadError, match="already exists"):
        second.publish(add)
    for part in (first, second):
        part.close()
    assert names(tmp_path) == ["v.mp4"]


def test_a_file_object_gets_the_video_as_it_came(tmp_path):
    """There is no file to change."""
    target = io.BytesIO()
    part = PartFile(target, ID, overwrite=False)
    part.open()
    part.begin(200, {})
    part.write(VIDEO)
    part.publish(add)
    part.close()
    assert (target.getvalue(), names(tmp_path)) == (VIDEO, [])


def test_a_full_disk_is_an_error_of_the_one_who_writes(tmp_path):
    """It passes unchanged, and the video is kept."""

    def fill(_: IO[bytes], copy: IO[bytes]) -> bool:
        with largest_file(len(VIDEO)):
            copy.write(MORE)
            copy.flush()
        return True

    part = whole_part(tmp_path)
    with pytest.raises(OSError, match="File too large"):
        part.publish(fill)
    part.close()
    (kept,) = names(tmp_path)
    assert (tmp_path / kept).read_bytes() == VIDEO
