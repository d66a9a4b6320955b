"""What is seen in a video, and what of it is a problem."""

from __future__ import annotations

import random
import sys
from dataclasses import replace

import av
import pytest

from tests.support.options import needs
from wan_ergonomic import ConfigurationError, VideoFileError, _spec
from wan_ergonomic._limits import SECONDS
from wan_ergonomic.sandbox import _video
from wan_ergonomic.sandbox._card import Card
from wan_ergonomic.video import BLACK, FROZEN, Inspection, inspect, problems, write_metadata

from .making import FRAMES, add_silence, make
from .test_metadata import rotate

FINE = Inspection(
    width=832,
    height=480,
    seconds=SECONDS,
    frames=150,
    codec="h264",
    audio=False,
    black=False,
    frozen=False,
    complete=True,
)
MODEL = {"model": _spec.model()}


def test_a_moving_video_has_nothing_odd(video):
    """Its size, length and codec are those that it was made with; metadata changes nothing."""
    expected = replace(FINE, width=64, height=48, seconds=0.5, frames=FRAMES)
    assert inspect(video) == expected
    write_metadata(video, {"prompt": "A fox"})
    assert inspect(video) == expected


@pytest.mark.parametrize(
    ("shade", "black", "frozen"),
    [
        (lambda _: 16, True, True),
        (lambda number: 16 + number, True, False),
        (lambda _: 128, False, True),
        (lambda number: 128 + number % 2, False, True),
        (lambda number: 128 + number, False, False),
        (lambda number: 235 if number == FRAMES - 1 else 16, False, False),
    ],
)
def test_black_and_frozen_are_about_all_frames(tmp_path, shade, black, frozen):
    """One frame that is bright, or that differs, is enough."""
    seen = inspect(make(tmp_path / "v.mp4", shade))
    assert (seen.black, seen.frozen) == (black, frozen)


def test_one_frame_is_frozen(tmp_path):
    """Nothing moves in it."""
    seen = inspect(make(tmp_path / "v.mp4", frames=1))
    assert (seen.frames, seen.frozen, seen.seconds) == (1, True, 0.033)


def test_a_small_light_is_not_black(tmp_path):
    """A night with a candle is a good video; so is one that moves in a corner only."""
    path = tmp_path / "v.mp4"
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 832, 480, "yuv420p"
        for number in range(FRAMES):
            frame = av.VideoFrame(832, 480, "yuv420p")
            for plane, value in zip(frame.planes, (16, 128, 128), strict=True):
                plane.update(bytes([value]) * plane.buffer_size)
            luma = bytearray(frame.planes[0])
            for row in range(16):
                begin = frame.planes[0].line_size * row + number
                luma[begin : begin + 16] = b"\xeb" * 16
            frame.planes[0].update(bytes(luma))
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    seen = inspect(path)
    assert (seen.black, seen.frozen) == (False, False)


def test_a_long_video_is_compared_in_samples(tmp_path):
    """Every frame is decoded; the last sample is near the end."""
    path = make(tmp_path / "v.mp4", lambda number: 128 if number < 150 else 200, frames=156)
    seen = inspect(path)
    assert (seen.frames, seen.frozen, seen.complete) == (156, False, True)


def test_a_fragmented_video_is_read(tmp_path):
    """Its count of frames is in many places."""
    path = make(tmp_path / "v.mp4", options={"movflags": "frag_keyframe+empty_moov"})
    assert inspect(path).frames == FRAMES


@needs("resolution", "aspect_ratio", "seed", "watermark")
def test_the_sandboxes_video_is_fine(tmp_path, monkeypatch):
    """A test card has a bar that grows, and a clock."""
    monkeypatch.setattr(_video, "FRAMES", 15)
    path = tmp_path / "v.mp4"
    path.write_bytes(
        _video.render(Card.of({**_spec.server_defaults(), "prompt": "A boat", "seed": 7}))
    )
    seen = inspect(path)
    assert (seen.black, seen.frozen, seen.complete, seen.seconds) == (False, False, True, 0.5)


def test_a_rotated_video_has_the_size_that_is_shown(video):
    """A phone writes its videos in this way."""
    rotate(video)
    seen = inspect(video)
    assert (seen.width, seen.height) == (48, 64)


def test_sound_is_seen(tmp_path):
    """The model makes none."""
    assert inspect(make(tmp_path / "v.mp4", audio=True)).audio


def test_a_frame_that_cannot_be_decoded_is_seen(tmp_path):
    """Damaged data, and data that is missing."""
    noise = random.Random(1)
    path = make(tmp_path / "v.mp4", lambda _: noise.randrange(40, 200), size=(320, 240))
    whole = path.read_bytes()
    begin = whole.index(b"mdat") + 4
    damaged = bytearray(whole)
    middle = begin + (whole.index(b"moov") - begin) // 2
    damaged[middle : middle + 60] = bytes(60)
    path.write_bytes(damaged)
    assert not inspect(path).complete
    fast = make(tmp_path / "f.mp4", options={"movflags": "faststart"}, size=(320, 240))
    fast.write_bytes(fast.read_bytes()[:-40])
    seen = inspect(fast)
    assert (seen.complete, seen.frames < FRAMES) == (False, True)


def test_an_error_that_the_decoder_hides_is_seen(tmp_path):
    """It would show all frames, some of them wrong."""
    noise, found = random.Random(1), 0
    path = make(tmp_path / "v.mp4", lambda _: noise.randrange(40, 200), size=(320, 240))
    whole = path.read_bytes()
    begin, end = whole.index(b"mdat") + 4, whole.index(b"moov") - 24
    for _ in range(60):
        damaged = bytearray(whole)
        damaged[noise.randrange(begin, end)] ^= 0xFF
        path.write_bytes(damaged)
        found += not inspect(path).complete
    # Not every wrong byte makes a frame that cannot be decoded.
    assert found >= 20


def test_what_is_no_video_is_an_error(tmp_path, video):
    """So is a video without a frame that can be decoded."""
    text = tmp_path / "v.txt"
    text.write_text("a text, not a video")
    data = video.read_bytes()
    begin, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    video.write_bytes(data[:begin] + bytes(end - begin) + data[end:])
    for path in (text, video, tmp_path / "nothing", tmp_path):
        with pytest.raises(VideoFileError, match="cannot be read as a video"):
            inspect(path)


def test_no_link_is_followed(server, tmp_path):
    """FFmpeg would, as a list of videos asks it to."""
    path = tmp_path / "v.mp4"
    path.write_text(f"#EXTM3U\n#EXTINF:5,\n{server.url}/v.ts\n#EXT-X-ENDLIST\n")
    for name in (path, f"{server.url}/v.mp4", f"concat:{path}"):
        with pytest.raises(VideoFileError):
            inspect(name)
    assert server.requests == []


def test_sound_alone_is_no_video(tmp_path):
    """There are no pictures in it."""
    path = tmp_path / "v.m4a"
    with av.open(path, "w", format="mp4") as container:
        add_silence(container, container.add_stream("aac", rate=44100))
    with pytest.raises(VideoFileError, match="it has no pictures"):
        inspect(path)


def test_without_the_extra_it_is_named(video, monkeypatch):
    """Metadata needs no extra."""
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'wan-ergonomic\[video\]'"):
        inspect(video)


def test_a_fine_video_has_no_problem():
    """Of any request."""
    for request in ({}, {"model": "another"}, {"resolution": "1080P"}):
        assert problems(FINE, request) == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"black": True, "frozen": True}, ["black"]),
        ({"frozen": True}, ["frozen"]),
        (
            {"complete": False, "frames": 140},
            ["damaged: only 140 frames can be decoded without an error"],
        ),
    ],
)
def test_what_is_wrong_with_any_video_is_said(changes, found):
    """Whatever was requested."""
    assert problems(replace(FINE, **changes), {}) == found


@needs("resolution", "aspect_ratio")
@pytest.mark.parametrize(
    ("size", "options", "found"),
    [
        ((832, 480), {"resolution": "480P", "aspect_ratio": "16:9"}, []),
        ((854, 480), {"resolution": "480P", "aspect_ratio": "16:9"}, []),
        ((1920, 1088), {"resolution": "1080P", "aspect_ratio": "16:9"}, []),
        (
            (640, 480),
            {"resolution": "480P", "aspect_ratio": "16:9"},
            ["wrong size: 640x480 instead of 832x480"],
        ),
        (
            (832, 480),
            {"resolution": "480P", "aspect_ratio": "9:16"},
            ["wrong size: 832x480 instead of 480x832"],
        ),
        (
            (1440, 1080),
            {"resolution": "1080P", "aspect_ratio": "4:3"},
            ["wrong size: 1440x1080 instead of 1632x1248"],
        ),
        ((640, 480), {"resolution": "720P", "aspect_ratio": "16:9"}, []),
        ((640, 480), {"resolution": "480P", "aspect_ratio": "4:3"}, []),
    ],
)
def test_the_size_is_that_of_the_request(size, options, found):
    """A few pixels more or less are not wrong; a size that is not known is not judged."""
    seen = replace(FINE, width=size[0], height=size[1])
    assert problems(seen, {**MODEL, **options}) == found
    assert problems(seen, {**options, "model": "another"}) == []


@pytest.mark.usefixtures("contract_as_it_was")
def test_what_a_request_leaves_out_is_what_the_server_adds():
    """By the contract."""
    defaults = _spec.server_defaults()
    assert (defaults["resolution"], defaults["aspect_ratio"]) == ("1080P", "16:9")
    assert problems(FINE, MODEL) == ["wrong size: 832x480 instead of 1920x1080"]


@pytest.mark.parametrize("seconds", [2.1, 5.6, 10])
def test_the_length_is_that_of_the_model(seconds):
    """Half a second more or less is not wrong."""
    request = {**MODEL, "resolution": "unknown"}
    for fine in (4.5, 5, 5.5):
        assert problems(replace(FINE, seconds=fine), request) == []
    (found,) = problems(replace(FINE, seconds=seconds), request)
    assert found == f"wrong length: {seconds:.3g} s instead of 5 s"


def test_thresholds_leave_room_for_noise():
    """And are far below what a picture shows."""
    assert 16 < BLACK < 64
    assert 1 <= FROZEN <= 5
