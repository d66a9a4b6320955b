"""A whole MP4 is told from a part of one by its outermost boxes."""

from __future__ import annotations

import io

import pytest

from tests.support.responses import VIDEO, boxes
from wan_ergonomic._files._mp4 import is_complete_mp4, is_mp4

FTYP, MOOV, MDAT = boxes(ftyp=b"isom"), boxes(moov=b""), boxes(mdat=bytes(9))


def whole(data: bytes) -> bool:
    """Whether these bytes are taken for all of a video."""
    return is_complete_mp4(io.BytesIO(data), len(data))


def test_no_part_is_complete_mp4():
    """From the first byte to the last but one."""
    assert [size for size in range(len(VIDEO) + 1) if whole(VIDEO[:size])] == [len(VIDEO)]


@pytest.mark.parametrize("more", [b"\0", b"more", bytes(7)])
def test_nor_is_what_has_more(more):
    """What follows would have to be a box."""
    assert not whole(VIDEO + more)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (FTYP + MOOV + b"\0\0\0\0mdat" + bytes(99), True),
        (FTYP + MOOV + b"\0\0\0\1mdat" + (20).to_bytes(8) + bytes(4), True),
        (FTYP + MOOV + b"\0\0\0\1mdat" + (21).to_bytes(8) + bytes(4), False),
        (FTYP + MOOV + b"\0\0\0\1mdat" + (0).to_bytes(8) + bytes(4), False),
        (FTYP + MOOV + b"\0\0\0\7mda", False),
        (FTYP + MDAT, False),
        (FTYP + MOOV, False),
        (FTYP + boxes(free=b"") * 99_997 + MOOV + MDAT, True),
        (FTYP + boxes(free=b"") * 99_998 + MOOV + MDAT, False),
    ],
    ids=[
        *("to the end", "large", "too large", "no size", "small"),
        *("no movie", "nothing in it", "many", "too many"),
    ],
)
def test_boxes_have_the_sizes_that_the_format_allows(data, expected):
    """A size of 0 leads to the end of the file, one of 1 is in the next eight bytes."""
    assert whole(data) is expected


@pytest.mark.parametrize(
    ("head", "expected"), [(VIDEO[:12], True), (b"<html>", False), (b"", False)]
)
def test_an_mp4_says_so_at_its_beginning(head, expected):
    """The rest need not have come."""
    assert is_mp4(head) is expected
