"""Stills of videos, and rows together with them."""

from __future__ import annotations

import io

import av
import pytest
from PIL import Image

from wan_ergonomic._errors import WanError
from wan_ergonomic._stills import NoVideoError, still_of
from wan_ergonomic.gallery._row import Row
from wan_ergonomic.gallery._shown import show
from wan_ergonomic.video import write_metadata

from .folders import RATE, frames, pixel, write_video


@pytest.fixture
def video(tmp_path):
    """A video of a second."""
    return write_video(tmp_path / "a.mp4", frames(20))


def test_a_still_is_small_and_from_within_the_video(tmp_path):
    """The first frames are often empty; here the disc has moved to the middle by then."""
    still = still_of(write_video(tmp_path / "a.mp4", frames(20, (640, 360))))
    assert (still.width, still.height, still.seconds, still.rate) == (640, 360, 1.0, RATE)
    image = Image.open(io.BytesIO(still.webp))
    assert image.size == (288, 162)
    assert min(pixel(image, 166, 81)) > 230
    assert min(pixel(image, 20, 81)) < 200


def test_a_long_video_is_not_decoded_far(tmp_path):
    """At 120 frames a second, half a second would be 60 frames."""
    path = tmp_path / "a.mp4"
    shades = [Image.new("RGB", (64, 36), (8 * n, 8 * n, 8 * n)) for n in range(30)]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=120, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for shade in shades:
            container.mux(stream.encode(av.VideoFrame.from_image(shade)))
        container.mux(stream.encode(None))
    image = Image.open(io.BytesIO(still_of(path).webp))
    assert abs(pixel(image, 30, 18)[0] - 8 * 15) < 12


def write_sound(path):
    """Write an MP4 file with sound only."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000)
        frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        frame.sample_rate = 8000
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def cut_frames(path):
    """Overwrite all that is not the index."""
    data = path.read_bytes()
    start = data.index(b"mdat") + 4
    path.write_bytes(data[:start] + bytes(len(data) - start))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda path: path.write_text("no video"), "Invalid data"),
        (lambda path: path.write_bytes(b""), "Invalid data"),
        (lambda path: path.unlink(), "No such file"),
        (write_sound, "it has no video stream"),
        (cut_frames, ""),
        (lambda path: path.write_text("#EXTM3U\n#EXTINF:1,\n/etc/passwd\n"), "Invalid data"),
    ],
)
def test_what_is_no_video_is_said_to_be_so(video, spoil, reason):
    """A playlist with the name of a video leads nowhere else."""
    spoil(video)
    with pytest.raises(NoVideoError, match=rf"^a\.mp4 cannot be read as a video: .*{reason}"):
        still_of(video)


def test_a_video_without_frames_is_said_to_be_so(tmp_path):
    """Its index promises none."""
    path = tmp_path / "a.mp4"
    options = {"movflags": "empty_moov"}
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream("libx264", rate=12)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        container.start_encoding()
    with pytest.raises(NoVideoError, match="it has no frames"):
        still_of(path)


def test_a_row_that_is_done_but_no_video_says_so(video):
    """Another state keeps its own reason."""
    video.write_text("text")
    done, failed = show(
        [Row(state="done", file=video), Row(state="failed", reason="Filtered.", file=video)]
    )
    assert (done.row.state, failed.row.state) == ("no video", "failed")
    assert done.row.reason.startswith("a.mp4 cannot be read as a video")
    assert (failed.row.reason, failed.still) == ("Filtered.", None)


def test_a_row_without_a_file_has_no_still():
    """Nothing is opened."""
    (shown,) = show([Row(state="failed")])
    assert shown.still is None


def test_a_video_alone_shows_what_its_metadata_says(video):
    """And what was wrong with its sidecar."""
    write_metadata(video, {"prompt": "A fox", "options": {"seed": 3}, "reason": "Late."})
    (shown, other) = show(
        [Row(state="done", file=video), Row(state="done", file=video, reason="Broken.")]
    )
    assert (shown.row.prompt, shown.row.options, shown.row.reason) == (
        "A fox",
        {"seed": 3},
        "Late.",
    )
    assert (other.row.prompt, other.row.reason) == ("A fox", "Broken.")


def test_a_video_without_metadata_is_shown(video):
    """By its name."""
    (shown,) = show([Row(state="done", file=video)])
    assert (shown.row.state, shown.row.name) == ("done", "a")
    assert shown.still


@pytest.mark.parametrize("error", [WanError("no MP4"), OSError("gone")])
def test_a_video_whose_metadata_cannot_be_read_is_shown(video, monkeypatch, error):
    """Likewise."""

    def read_metadata(_):
        raise error

    monkeypatch.setattr("wan_ergonomic.gallery._metadata.read_metadata", read_metadata)
    (shown,) = show([Row(state="done", file=video)])
    assert shown.row.name == "a"


def test_a_row_with_a_sidecar_does_not_ask_the_metadata(video):
    """The sidecar is newer: what became of a row is written there."""
    write_metadata(video, {"prompt": "An owl"})
    (shown,) = show([Row(state="done", prompt="A fox", file=video)])
    assert shown.row.prompt == "A fox"
