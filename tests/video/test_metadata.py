"""What a video says of itself is written into its file, and everything else stays as it was."""

from __future__ import annotations

import json
import os
import stat

import av
import pytest

from tests.support.files import largest_file, names
from tests.support.responses import SIGNATURE, boxes
from wan_ergonomic import VideoFileError, WanClient
from wan_ergonomic._files._mp4 import is_complete_mp4
from wan_ergonomic.video import copy_with_metadata, read_metadata, write_metadata

from .making import FRAMES, make, packets, tags_of

ABOUT = {
    "format": 1,
    "prompt": "A fox in snow",
    "options": {"resolution": "480P", "watermark": False, "seed": 7},
    "seed": 7,
    "model": "alibaba/wan2.2-t2v-plus",
    "generation_id": "gen-1",
    "submitted": "2026-11-29T22:00:00+00:00",
}

PROMPTS = [
    "A fox in snow",
    "雪の中の狐、そして猫",
    "ثعلب في الثلج",
    "Лиса в снегу 🦊",
    'She said "no" and \\left',
    "one\ntwo\r\nthree\ttab",
    "x" * 10_000,
    "狐" * 10_000,
    "null \0 character",
    "half \ud800 character",
]


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda text: ascii(text)[:20])
def test_what_is_written_is_read(video, prompt):
    """In any script, with any line ends, whole."""
    write_metadata(video, {"prompt": prompt})
    assert read_metadata(video) == {"prompt": prompt}
    assert names(video.parent) == ["v.mp4"]
    with av.open(video) as container:
        assert len(list(container.decode(video=0))) == FRAMES


@pytest.mark.parametrize("movflags", ["disable_chpl", "faststart"])
def test_pictures_and_times_stay_as_they_were(tmp_path, movflags):
    """Wherever the index was, it is before the pictures then."""
    path = make(tmp_path / "v.mp4", options={"movflags": movflags})
    before = packets(path)
    write_metadata(path, ABOUT)
    assert packets(path) == before
    assert path.read_bytes().index(b"moov") < path.read_bytes().index(b"mdat")
    with path.open("rb") as file:
        assert is_complete_mp4(file, path.stat().st_size)


def test_every_stream_stays(tmp_path):
    """Sound and data are copied, too."""
    path = make(tmp_path / "v.mp4", audio=True, data=True)
    before = packets(path)
    assert {kind for _, kind, *_ in before} == {"video", "audio", "data"}
    write_metadata(path, ABOUT)
    assert packets(path) == before


def test_a_rotated_video_stays_rotated(tmp_path):
    """The matrix is in the index, which is changed."""
    path = make(tmp_path / "v.mp4")
    rotate(path)
    write_metadata(path, ABOUT)
    with av.open(path) as container:
        assert abs(next(container.decode(video=0)).rotation) == 90


def rotate(path):
    """Give a video the matrix of a quarter turn."""
    matrix = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]
    turned = [0, 0x10000, 0, 0xFFFF0000, 0, 0, 0, 0, 0x40000000]
    old, new = (b"".join(n.to_bytes(4) for n in one) for one in (matrix, turned))
    data = path.read_bytes()
    at = data.index(old, data.index(b"tkhd"))
    path.write_bytes(data[:at] + new + data[at + len(old) :])


def test_players_show_it(video):
    """Title, comment and date are the tags that they know; the whole object has its own name."""
    encoder = tags_of(video)["encoder"]
    write_metadata(video, ABOUT)
    tags = tags_of(video)
    assert (tags["title"], tags["date"], tags["encoder"]) == (
        "A fox in snow",
        ABOUT["submitted"],
        encoder,
    )
    assert tags["comment"].splitlines() == [
        "A fox in snow",
        "Model: alibaba/wan2.2-t2v-plus",
        "Resolution: 480P",
        "Watermark: no",
        "Seed: 7",
        "Generation: gen-1",
        "Date: 2026-11-29T22:00:00+00:00",
    ]
    assert json.loads(tags["wan-ergonomic"]) == ABOUT


@pytest.mark.parametrize(
    ("prompt", "title"),
    [
        ("one\n two ", "one two"),
        ("word " * 30, f"{'word ' * 15}word…"),
        ("x" * 200, f"{'x' * 79}…"),
    ],
)
def test_the_title_is_one_short_line(video, prompt, title):
    """A list of files has no room for more."""
    write_metadata(video, {"prompt": prompt})
    assert tags_of(video)["title"] == title


def test_tags_of_others_stay(tmp_path):
    """Those that are known, and those of a form of their own."""
    path = make(tmp_path / "v.mp4", tags={"title": "Mine", "artist": "Me"})
    write_metadata(path, ABOUT)
    tags = tags_of(path)
    assert (tags["title"], tags["artist"], tags["date"]) == ("Mine", "Me", ABOUT["submitted"])
    own = make(
        tmp_path / "w.mp4", tags={"camera.iso": "200"}, options={"movflags": "use_metadata_tags"}
    )
    write_metadata(own, ABOUT)
    assert tags_of(own)["camera.iso"] == "200"
    assert read_metadata(own) == ABOUT


def test_what_was_written_earlier_is_replaced(video):
    """By each later call, with its tags for players; nothing is left of it."""
    write_metadata(video, ABOUT)
    write_metadata(video, {**ABOUT, "prompt": "A cat"})
    assert (read_metadata(video) or {})["prompt"] == "A cat"
    assert (tags_of(video)["title"], b"fox" in video.read_bytes()) == ("A cat", False)
    once = video.read_bytes()
    write_metadata(video, {**ABOUT, "prompt": "A cat"})
    assert video.read_bytes() == once


def test_a_file_that_says_nothing_has_no_metadata(video):
    """That is no error."""
    assert read_metadata(video) is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "has no index"),
        (b"a text, not a video", "cut off or damaged"),
        (boxes(ftyp=b"isom", mdat=b""), "has no index"),
    ],
)
def test_what_is_no_video_cannot_be_read(tmp_path, content, reason):
    """The error names the file."""
    path = tmp_path / "v.mp4"
    path.write_bytes(content)
    with pytest.raises(VideoFileError, match=f"v.mp4: it cannot be read as a video: .*{reason}"):
        read_metadata(path)


@pytest.mark.parametrize("name", ["nothing.mp4", "null\0.mp4", "."])
def test_what_cannot_be_opened_is_an_error(tmp_path, name):
    """Of both functions."""
    with pytest.raises(VideoFileError, match="cannot be read as a video"):
        read_metadata(tmp_path / name)
    with pytest.raises(VideoFileError, match="was not written"):
        write_metadata(tmp_path / name, ABOUT)


def test_metadata_of_a_broken_download_is_read(video):
    """The index comes first and is whole."""
    write_metadata(video, ABOUT)
    video.write_bytes(video.read_bytes()[:-10])
    assert read_metadata(video) == ABOUT


@pytest.mark.parametrize("broken", [b"{]", b"[1]", b"[" * 100_000], ids=lambda text: str(text)[:8])
def test_metadata_that_is_no_json_object_is_an_error(video, broken):
    """Somebody has changed it."""
    write_metadata(video, {"x": "a" * len(broken)})
    text = json.dumps({"x": "a" * len(broken)}).encode()
    video.write_bytes(video.read_bytes().replace(text, broken.ljust(len(text))))
    with pytest.raises(VideoFileError, match="is no JSON object"):
        read_metadata(video)


def test_too_much_to_say_is_an_error(video, made):
    """A megabyte is many times the longest prompt."""
    with pytest.raises(VideoFileError, match="more than 1,048,576 bytes"):
        write_metadata(video, {"prompt": "x" * 2**20})
    assert (video.read_bytes(), names(video.parent)) == (made, ["v.mp4"])


def test_a_truncated_video_stays_as_it_is(video, made):
    """So that its download can be tried again."""
    video.write_bytes(made[:-1])
    with pytest.raises(VideoFileError, match="the file is unchanged: it is cut off or damaged"):
        write_metadata(video, ABOUT)
    assert (video.read_bytes(), names(video.parent)) == (made[:-1], ["v.mp4"])


def test_a_fragmented_video_stays_as_it_is(tmp_path):
    """Its offsets are in many places."""
    path = make(tmp_path / "v.mp4", options={"movflags": "frag_keyframe+empty_moov"})
    before = path.read_bytes()
    with pytest.raises(VideoFileError, match="no plain MP4, but has a box m"):
        write_metadata(path, ABOUT)
    assert path.read_bytes() == before


def test_on_a_full_disk_the_file_stays_as_it_is(video, made):
    """The copy is removed."""
    with largest_file(1000), pytest.raises(VideoFileError, match="unchanged: File too large"):
        write_metadata(video, ABOUT)
    assert (video.read_bytes(), names(video.parent)) == (made, ["v.mp4"])


def test_where_no_file_can_be_created_the_file_stays_as_it_is(tmp_path, made):
    """As in a folder that cannot be written to; this one was removed under an open file."""
    gone = tmp_path / "gone"
    gone.mkdir()
    (gone / "v.mp4").write_bytes(made)
    with (gone / "v.mp4").open("rb") as file:
        (gone / "v.mp4").unlink()
        gone.rmdir()
        with pytest.raises(VideoFileError, match="No such file or directory"):
            write_metadata(f"/proc/self/fd/{file.fileno()}", ABOUT)
        assert file.read() == made


def test_the_mode_of_a_file_and_a_link_to_it_stay(video, tmp_path):
    """What was private stays private."""
    video.chmod(0o640)
    link = tmp_path / "link.mp4"
    link.symlink_to(video)
    write_metadata(link, ABOUT)
    assert link.is_symlink()
    assert stat.S_IMODE(os.stat(video).st_mode) == 0o640
    assert read_metadata(video) == ABOUT


def test_a_copy_leaves_its_source(video, made, tmp_path):
    """Only the copy has the metadata."""
    with video.open("rb") as source, (tmp_path / "w.mp4").open("wb") as target:
        copy_with_metadata(source, target, ABOUT)
    assert (video.read_bytes(), read_metadata(tmp_path / "w.mp4")) == (made, ABOUT)


def test_no_key_and_no_signed_link_is_written(video):
    """Wherever in the object they are."""
    key = "sk-live-0123456789"
    with WanClient(api_key=key):
        link = f"https://cdn.example/v.mp4?Signature={SIGNATURE}"
        about = {"prompt": f"{key} and {link}", "more": [{"deep": (key, 1, None)}]}
        write_metadata(video, about)
    written = video.read_bytes()
    assert (key.encode() in written, SIGNATURE.encode() in written) == (False, False)
    assert read_metadata(video) == {
        "prompt": "*** and https://cdn.example/v.mp4?…",
        "more": [{"deep": ["***", 1, None]}],
    }
