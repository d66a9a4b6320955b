"""Whether bytes are a whole MP4, a part of one, or something else, by its top-level boxes."""

from __future__ import annotations

import io

import pytest

from tests.support.responses import VIDEO, boxes

# Not in the door: only part files use it.
from wan_ergonomic._files._mp4 import is_complete_mp4, is_mp4

FTYP, MOOV, MDAT = boxes(ftyp=b"isom"), boxes(moov=b""), boxes(mdat=bytes(9))


def is_whole(data: bytes) -> bool:
    """Return whether these bytes are recognised as a whole video."""
    return is_complete_mp4(io.BytesIO(data), len(data))


def test_no_part_is_a_complete_mp4():
    """However many bytes are missing at its end."""
    assert [size for size in range(len(VIDEO) + 1) if is_whole(VIDEO[:size])] == [len(VIDEO)]


@pytest.mark.parametrize("more", [b"\0", b"more", bytes(7)])
def test_an_mp4_with_more_bytes_is_not_complete(more):
    """They would have to be another box."""
    assert not is_whole(VIDEO + more)


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
        (boxes(free=bytes(8)) + FTYP + MOOV + MDAT, True),
        (MOOV + MDAT, False),
        (FTYP + boxes(free=b"") * 99_997 + MOOV + MDAT, True),
        (FTYP + boxes(free=b"") * 99_998 + MOOV + MDAT, False),
    ],
    ids=[
        *("to the end", "64-bit size", "size too large", "size too small", "no size"),
        *(
            "no moov",
            "no mdat",
            "ftyp after another box",
            "no ftyp",
            "100,000 boxes",
            "too many boxes",
        ),
    ],
)
def test_the_size_of_a_box_is_read_in_each_of_its_forms(data, expected):
    """A size of 0 means to the end of the file; one of 1, that 64 bits follow."""
    assert is_whole(data) is expected


@pytest.mark.parametrize("more", [b"\0", b"more", bytes(7), b"\n" * 20, b"\xff" * 99, MDAT[:6]])
def test_bytes_after_the_last_box_are_no_fault_if_the_announced_length_came(more):
    """Some encoders and storages pad."""
    data = VIDEO + more
    assert is_complete_mp4(io.BytesIO(data), len(data), all_came=True)


@pytest.mark.parametrize("data", [FTYP + MOOV, VIDEO[:-1], FTYP + MOOV + MDAT + MDAT[:-1], MDAT])
def test_a_cut_box_is_a_fault_even_if_the_announced_length_came(data):
    """A storage may have only part of a video, and announce that."""
    assert not is_complete_mp4(io.BytesIO(data), len(data), all_came=True)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (VIDEO[:12], True),
        (boxes(free=bytes(8)), True),
        (boxes(uuid=bytes(16)), True),
        (b"<html>", False),
        (b'{"message": "no"}', False),
        (b"", False),
    ],
)
def test_an_mp4_is_recognised_by_its_first_box(head, expected):
    """The rest need not have arrived; ftyp need not come first."""
    assert is_mp4(head) is expected
