"""Odd and broken MP4s: each is written correctly, or stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.responses import boxes
from wan_ergonomic import VideoFileError
from wan_ergonomic.video import read_metadata, write_metadata
from wan_ergonomic.video._tags import with_about

from .making import BEGIN, MDAT, make, odd, table, track

ABOUT = {"prompt": "A fox in snow"}


def written(path, content):
    """Write metadata into a file with this content; return the content of its file then."""
    path.write_bytes(content)
    write_metadata(path, ABOUT)
    assert read_metadata(path) == ABOUT
    return path.read_bytes()


@pytest.mark.parametrize(("kind", "size"), [("stco", 4), ("co64", 8)])
def test_offsets_move_with_what_they_lead_to(tmp_path, kind, size):
    """In tables of both kinds, of each track."""
    tables = [
        track(**{kind: table(BEGIN, BEGIN + 50, size=size)}),
        track(**{kind: table(BEGIN + 99, size=size)}),
    ]
    data = written(tmp_path / "v.mp4", odd(b"".join(tables), free=b"1234"))
    begin = data.index(MDAT)
    assert data.endswith(boxes(mdat=MDAT, free=b"1234"))
    for one in (table(begin, begin + 50, size=size), table(begin + 99, size=size)):
        assert one in data


def test_each_box_of_pictures_moves_by_its_own_way(tmp_path):
    """The index goes before the first; what is before it stays."""
    first, second = b"a" * 20, b"b" * 20
    start = boxes(ftyp=b"isom\0\0\0\0", free=b"")
    data = start + boxes(mdat=first)
    moov = track(stco=table(len(start) + 8, len(data) + 8 + 200))
    middle = boxes(moov=moov)
    moov = track(stco=table(len(start) + 8, len(data) + len(middle) + 8))
    data = written(tmp_path / "v.mp4", data + boxes(moov=moov) + boxes(mdat=second))
    assert table(data.index(first), data.index(second)) in data
    assert data.startswith(start)


def test_a_box_up_to_the_end_of_the_file_may_be_the_last(tmp_path):
    """Its size is then written as 0."""
    head = boxes(ftyp=b"isom\0\0\0\0", moov=track(stco=table(BEGIN)))
    moov = track(stco=table(len(head) + 8))
    content = boxes(ftyp=b"isom\0\0\0\0", moov=moov) + bytes(4) + b"mdat" + MDAT
    data = written(tmp_path / "v.mp4", content)
    assert table(data.index(MDAT)) in data


def test_a_long_size_is_read(tmp_path):
    """As in files of more than four gigabytes."""
    long = (1).to_bytes(4) + b"mdat" + (16 + len(MDAT)).to_bytes(8) + MDAT
    content = boxes(ftyp=b"isom\0\0\0\0") + long + boxes(moov=track(stco=table(BEGIN + 8)))
    data = written(tmp_path / "v.mp4", content)
    assert table(data.index(MDAT)) in data


def test_a_zero_ends_the_data_of_a_user_in_quicktime(tmp_path):
    """It stays, and the tags come before it."""
    user = boxes(udta=boxes(name=b"mine") + bytes(4))
    data = written(tmp_path / "v.mp4", odd(track(stco=table(BEGIN)) + user))
    assert boxes(name=b"mine") in data


@pytest.mark.parametrize(
    "meta", [b"", boxes(hdlr=bytes(8) + b"mdir"), bytes(4) + boxes(hdlr=bytes(8) + b"mdta")]
)
def test_a_box_of_tags_of_another_form_stays(tmp_path, meta):
    """Ours is added beside it."""
    moov = track(stco=table(BEGIN)) + boxes(udta=boxes(meta=meta))
    data = written(tmp_path / "v.mp4", odd(moov))
    assert boxes(meta=meta) in data


def test_a_tag_of_another_owner_in_our_form_stays(tmp_path):
    """It has another name."""
    other = boxes(**{"----": boxes(mean=b"\0\0\0\0other", name=b"\0\0\0\0x", data=bytes(8) + b"1")})
    handler = boxes(hdlr=bytes(8) + b"mdir")
    user = boxes(udta=boxes(meta=bytes(4) + handler + boxes(ilst=other)))
    data = written(tmp_path / "v.mp4", odd(track(stco=table(BEGIN)) + user))
    assert other in data


GOOD = track(stco=table(BEGIN))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (odd(b""), "has no pictures"),
        (odd(track(stco=table(5))), "its index leads out of the video"),
        (odd(track(stco=table(3, 4, 5)[:-1])), "its index is damaged"),
        (odd(track(saio=b"", stco=table(BEGIN))), "it is encrypted"),
        (odd(GOOD + boxes(mvex=b"")), "it is fragmented"),
        (odd(GOOD, moof=b""), "but has a box moof"),
        (odd(GOOD, meta=b""), "but has a box meta"),
        (odd(GOOD) + boxes(moov=GOOD), "no MP4 with an index and pictures"),
        (boxes(moov=GOOD), "no MP4 with an index and pictures"),
        (odd(boxes(trak=b"1234567890")), "cut off or damaged"),
        (odd(GOOD) + b"tail", "cut off or damaged"),
        (odd(GOOD) + boxes(free=b"") * 100_000, "cut off or damaged"),
        (odd(GOOD) + (4).to_bytes(4) + b"free", "cut off or damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_written_correctly_stays_as_it_is(tmp_path, content, reason):
    """The error says why."""
    path = tmp_path / "v.mp4"
    path.write_bytes(content)
    with pytest.raises(VideoFileError, match=f"the file is unchanged: .*{reason}"):
        write_metadata(path, ABOUT)
    assert path.read_bytes() == content


def test_an_offset_beyond_its_table_is_an_error(tmp_path):
    """A table of four bytes ends at four gigabytes; the file has a hole of that size."""
    path = tmp_path / "v.mp4"
    size, start = 2**32, boxes(ftyp=b"isom\0\0\0\0")
    with path.open("wb") as file:
        file.write(start + (1).to_bytes(4) + b"mdat" + size.to_bytes(8))
        file.seek(len(start) + size)
        file.write(boxes(moov=track(stco=table(2**32 - 1))))
    with pytest.raises(VideoFileError, match="too large for its index"):
        write_metadata(path, ABOUT)


def test_an_index_that_no_video_has_is_not_read(tmp_path):
    """It would fill the memory."""
    path = tmp_path / "v.mp4"
    with path.open("wb") as file:
        file.write(boxes(ftyp=b"isom\0\0\0\0") + (2**27).to_bytes(4) + b"moov")
        file.truncate(16 + 2**27)
    with pytest.raises(VideoFileError, match="larger than that of any video"):
        read_metadata(path)


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    """A real video with metadata."""
    path = make(tmp_path_factory.mktemp("described") / "v.mp4", tags={"artist": "Me"})
    write_metadata(path, ABOUT)
    return path


@given(data=st.data())
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_damaged_file_is_an_error_or_is_written(data, described, tmp_path):
    """Whatever is damaged: no other error, and after an error the file is unchanged."""
    content = bytearray(described.read_bytes())
    end = content.index(b"mdat") + 4
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, end))] = data.draw(st.integers(0, 255))
    path = tmp_path / "v.mp4"
    path.write_bytes(content)
    try:
        write_metadata(path, ABOUT)
    except VideoFileError:
        assert path.read_bytes() == content
    else:
        assert read_metadata(path) == ABOUT


def test_tags_that_another_box_would_take_in_are_not_written(tmp_path):
    """A box of length zero extends to the end, and hides what comes after it."""
    path = tmp_path / "v.mp4"
    path.write_bytes(odd(GOOD + bytes(4) + b"free"))
    before = path.read_bytes()
    with pytest.raises(VideoFileError, match="its index is damaged"):
        write_metadata(path, ABOUT)
    assert path.read_bytes() == before


def test_a_file_that_shrinks_meanwhile_is_an_error(tmp_path, monkeypatch):
    """The part that was copied is removed."""
    path = tmp_path / "v.mp4"
    path.write_bytes(odd(GOOD, mdat=bytes(2**20)))

    def shrink(moov, about):
        with path.open("r+b") as file:
            file.truncate(2**19)
        return with_about(moov, about)

    monkeypatch.setattr("wan_ergonomic.video._metadata.with_about", shrink)
    with pytest.raises(VideoFileError, match="it became shorter meanwhile"):
        write_metadata(path, ABOUT)
    assert [each.name for each in tmp_path.iterdir()] == ["v.mp4"]
