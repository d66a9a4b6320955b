"""Making a gallery: what is written, what is replaced, and what is not."""

from __future__ import annotations

import io
import os

import pytest
from PIL import Image

from wan_ergonomic._stills import Still
from wan_ergonomic.gallery import GalleryError, _save, make_gallery
from wan_ergonomic.gallery._row import Row
from wan_ergonomic.gallery._sheet import sheet
from wan_ergonomic.gallery._shown import Shown, show

from .folders import frames, pixel, record, write_matrix, write_results, write_trouble, write_video


def contents(folder):
    """Return the files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_page_is_written_beside_the_videos(tmp_path):
    """And says how many rows are in which state."""
    records = write_matrix(tmp_path, ["A fox"], [1, 2], ["480P"]) + write_trouble(tmp_path, 10)
    write_results(tmp_path, records)
    made = make_gallery(tmp_path)
    assert (made.page, made.sheet) == (tmp_path / "gallery.html", None)
    assert made.states == {
        "done": 3,
        "failed": 1,
        "in doubt": 1,
        "waiting": 1,
        "bad": 1,
        "missing": 2,
        "no video": 1,
    }
    assert b'"title":"' + tmp_path.name.encode() in made.page.read_bytes()


def test_a_gallery_is_replaced_by_the_next_one(tmp_path):
    """The first page is no row of the second; no other file is left behind."""
    write_matrix(tmp_path, ["A fox"], [1], ["480P"])
    before = make_gallery(tmp_path).page.read_bytes()
    write_video(tmp_path / "b.mp4", frames(9))
    made = make_gallery(str(tmp_path), str(tmp_path / "gallery.html"))
    assert made.states == {"done": 2}
    assert made.page.read_bytes() != before
    assert set(contents(tmp_path)) == {"b.mp4", "gallery.html", "results.jsonl", "row-0.mp4"}


def test_another_file_is_not_replaced(tmp_path):
    """A wrong name must not cost a video that was paid for."""
    write_matrix(tmp_path, ["A fox"], [1], ["480P"])
    before = contents(tmp_path)
    video = tmp_path / "row-0.mp4"
    with pytest.raises(GalleryError, match=r"row-0\.mp4 exists and is no gallery"):
        make_gallery(tmp_path, video)
    (tmp_path / "x.png").write_text("no picture")
    with pytest.raises(GalleryError, match=r"x\.png exists and is no PNG file"):
        make_gallery(tmp_path, contact_sheet=tmp_path / "x.png")
    with pytest.raises(GalleryError, match=r"x\.jpg must end with \.png"):
        make_gallery(tmp_path, contact_sheet=tmp_path / "x.jpg")
    with pytest.raises(GalleryError, match="cannot be replaced: Is a directory"):
        make_gallery(tmp_path, tmp_path)
    assert contents(tmp_path) == {**before, "x.png": b"no picture"}


def test_a_page_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    """Whole or not at all: here the disk is full after some bytes."""
    path = tmp_path / "gallery.html"
    path.write_text("the old one")

    class Os:
        @staticmethod
        def fsync(_):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(_save, "os", Os)
    with pytest.raises(GalleryError, match="cannot be written: No space left on device"):
        _save.save(path, b"the new one")
    assert contents(tmp_path) == {"gallery.html": b"the old one"}


def test_a_page_in_a_folder_that_is_missing_is_an_error(tmp_path):
    """The message has the system's reason."""
    write_matrix(tmp_path, ["A fox"], [1], ["480P"])
    with pytest.raises(GalleryError, match=r"cannot be written: No such file"):
        make_gallery(tmp_path, tmp_path / "x" / "y.html")


def test_others_can_read_a_page_as_far_as_the_umask_allows(tmp_path):
    """It is made for showing; a temporary file would be private."""
    before = os.umask(0o022)
    try:
        _save.save(tmp_path / "a", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644


def test_a_contact_sheet_has_a_still_of_every_row(tmp_path):
    """In their order; a row without a video is a grey field."""
    videos = [write_video(tmp_path / f"{n}.mp4", frames(90 * n, (320, 180))) for n in range(2)]
    write_results(
        tmp_path,
        [record(n, "A fox", file=video.name) for n, video in enumerate(videos)]
        + [record(2, "A fox", status="failed", file=None)],
    )
    made = make_gallery(tmp_path, contact_sheet=tmp_path / "sheet.png")
    assert made.sheet == tmp_path / "sheet.png"
    with Image.open(str(made.sheet)) as image:
        first, second, third = (pixel(image, *at) for at in ((26, 166), (326, 166), (26, 374)))
    assert first[0] > first[1]
    assert second[1] > second[0]
    assert third == (232, 232, 232)
    assert make_gallery(tmp_path, contact_sheet=str(made.sheet)).sheet == made.sheet


def webp(size):
    """Return a still of a size."""
    data = io.BytesIO()
    Image.new("RGB", size, "navy").save(data, "WEBP")
    return Still(webp=data.getvalue(), width=size[0], height=size[1], seconds=1, rate=12)


def size_of(rows):
    """Return the size of a contact sheet."""
    return Image.open(io.BytesIO(sheet(rows))).size


def test_a_contact_sheet_has_the_shape_of_a_screen():
    """Whatever the shape of its videos, and however many there are."""
    wide, tall = Row(state="done", name="a"), Row(state="done", name="b")
    for count in (12, 100, 400, 1000):
        for size in ((288, 162), (162, 288)):
            width, height = size_of([Shown(wide, webp(size))] * count)
            assert 1.1 < width / height < 2.3
            assert width * height < 40_000_000
    both = size_of([Shown(wide, webp((288, 162))), Shown(tall, webp((162, 288)))])
    assert both[1] > 288
    assert size_of([Shown(Row(state="failed"), None)]) == (320, 228)


def caption(row):
    """Return the pixels of a row's caption."""
    image = Image.open(io.BytesIO(sheet([Shown(row, None)])))
    return image.crop((0, 178, image.width, 195)).tobytes()


def test_a_caption_is_one_line_that_fits(tmp_path):
    """What it cannot show is replaced by the file's name, as its font has few letters."""
    long, longer = (caption(Row(state="done", name="word " * n)) for n in (40, 41))
    assert long == longer != caption(Row(state="done", name="word"))
    file = tmp_path / "row-7.mp4"
    assert caption(Row(state="done", name="雪の中", file=file)) == caption(
        Row(state="done", name="row-7")
    )
    assert caption(Row(state="done", prompt="雪の中")) == caption(Row(state="done"))
    assert caption(Row(state="done", prompt="a fox")) != caption(Row(state="done"))


def test_a_caption_has_the_seed():
    """Or the state, for a row without one."""
    rows = [Row(state="done", name="a", options=o) for o in ({"seed": 1}, {"seed": 2}, {})]
    assert len({sheet([Shown(row, None)]) for row in rows}) == 3


def test_rows_keep_their_order(tmp_path):
    """Though their stills are taken at once."""
    files = [write_video(tmp_path / f"{n}.mp4", frames(n)) for n in range(9)]
    rows = [Row(state="done", prompt="x", file=file) for file in files]
    assert [shown.row.file for shown in show(rows)] == files
