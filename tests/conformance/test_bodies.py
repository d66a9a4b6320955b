"""Restoring a body from what a recorder kept of it."""

from __future__ import annotations

import base64
import gzip
import json
import tracemalloc
import zlib
from itertools import count

import pytest

from wan_ergonomic.conformance._bodies import Body, restore
from wan_ergonomic.conformance._compression import MAX_BYTES

TEXT = {"id": "g1", "status": "queued", "text": "caf\u00e9 \u00fb\u00ff>?>?" * 30}
JSON = json.dumps(TEXT, ensure_ascii=False).encode()


def raw_deflate(data):
    """Return data as some servers send deflate: without the header of zlib."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def chunked(data, size=50):
    """Return data in chunks, as HTTP/1.1 sends it."""
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    sized = (b"%x;a=b\r\n%b\r\n" % (len(part), part) for part in parts)
    return b"".join(sized) + b"0\r\nTrailer: x\r\n\r\n"


def in_base64(data, headers=None, size=-1):
    """Restore bytes that were recorded in base64."""
    return restore(base64.b64encode(data).decode(), "base64", size, headers or {})


ENCODINGS = {
    "gzip": (gzip.compress(JSON), "gzip"),
    "gzip that no header names": (gzip.compress(JSON), ""),
    "gzip in two parts": (gzip.compress(JSON[:99]) + gzip.compress(JSON[99:]), "gzip"),
    "gzip, with an empty part": (gzip.compress(b"") + gzip.compress(JSON), "gzip"),
    "gzip twice": (gzip.compress(gzip.compress(JSON)), "gzip, gzip"),
    "gzip twice, named once": (gzip.compress(gzip.compress(JSON)), "gzip"),
    "deflate": (zlib.compress(JSON), "deflate"),
    "fast deflate": (zlib.compress(JSON, 1), "Deflate"),
    "deflate that no header names": (zlib.compress(JSON, 9), ""),
    "raw deflate": (raw_deflate(JSON), "deflate"),
    "deflate, then gzip": (gzip.compress(raw_deflate(JSON)), "deflate, gzip"),
    "decompressed by the recorder": (JSON, "br"),
    "identity": (JSON, "identity"),
}


@pytest.mark.parametrize(("data", "encoding"), ENCODINGS.values(), ids=ENCODINGS)
@pytest.mark.parametrize("size", [-1, None, len(JSON), "12", True])
def test_compression_is_undone_if_the_recorder_kept_it(data, encoding, size):
    """What the bytes are decides; the header and the size may be right or wrong."""
    assert in_base64(data, {"content-encoding": encoding}, size).content == JSON
    both = {"content-encoding": encoding, "transfer-encoding": "chunked"}
    assert in_base64(chunked(data), both, size).content == JSON


@pytest.mark.parametrize(
    ("data", "encoding", "reason"),
    [
        (b"\x28\xb5\x2f\xfd\x00", "zstd", "is compressed with zstd, which cannot be read here"),
        (b"\x28\xb5\x2f\xfd\x00", "", "is compressed with zstd, which cannot be read here"),
        (b"\x8b\x03\x80{}\x03", "br", "is compressed with br, which cannot be read here"),
        (b"\x8b\x03\x80{}\x03", "gzip, BR", "is compressed with br, which cannot be read here"),
        (gzip.compress(b"\x8b\x03\x80"), "br, gzip", "is compressed with br, which"),
        (gzip.compress(JSON)[:40], "gzip", "is damaged or was not recorded completely"),
        (
            gzip.compress(JSON)[:20] + b"xx" * 40,
            "gzip",
            "is damaged or was not recorded completely",
        ),
        (b"\x00\x01\x02\xff", "deflate", "is damaged or was not recorded completely"),
        (b"\x00\x01\x02\xff", "gzip", "is damaged or was not recorded completely"),
        (b"\x00\x01\x02\xff", "unheard-of", "is damaged or was not recorded completely"),
        (gzip.compress(b"x") * 1001, "gzip", "more than 1000 compressed parts"),
    ],
    # Compressed data has the time in it, so it cannot be an id.
    ids=count(),
)
def test_a_body_that_cannot_be_decompressed_is_unknown(data, encoding, reason):
    """The reason is given."""
    body = in_base64(data, {"content-encoding": encoding})
    assert body.content is None
    assert reason in body.reason


def test_a_body_is_not_decompressed_without_end():
    """Neither beyond a size nor more often than a real one needs."""
    bomb = gzip.compress(bytes(MAX_BYTES + 1))
    tracemalloc.start()
    assert "larger than 64 MiB" in in_base64(bomb, {"content-encoding": "gzip"}).reason
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * MAX_BYTES
    nested = JSON
    for _ in range(5):
        nested = gzip.compress(nested)
    assert "more than 3 times" in in_base64(nested).reason


def test_an_empty_compressed_body_is_empty():
    """And is known."""
    assert in_base64(gzip.compress(b""), {"content-encoding": "gzip"}).content == b""


@pytest.mark.parametrize(
    "text",
    [
        base64.encodebytes(JSON).decode(),
        base64.encodebytes(JSON).decode().replace("\n", "\r\n"),
        base64.b64encode(JSON).decode().rstrip("="),
        base64.urlsafe_b64encode(JSON).decode(),
        f" {base64.b64encode(JSON).decode()}\t",
        JSON.decode(),
    ],
)
def test_base64_may_be_written_in_any_way(text):
    """In lines, without padding, for URLs; and some recorders call plain text so."""
    assert restore(text, " Base64", -1, {}).content == JSON


def test_only_base64_is_decoded():
    """Another encoding is only that of the recorder's file."""
    assert restore("abcd", "utf-8", -1, {}).content == b"abcd"
    assert set("-_") <= set(base64.urlsafe_b64encode(JSON).decode())


@pytest.mark.parametrize(("text", "length"), [("true", 4), ("1234", -1), ("null", 4)])
def test_json_that_could_be_base64_is_json(text, length):
    """The other reading is no JSON."""
    assert restore(text, "base64", length, {}).content == text.encode()


def test_text_that_is_neither_base64_nor_json_is_known_only_if_it_is_complete():
    """Its length says so, or it ends as it began."""
    assert restore("<p>no</p>", "base64", 9, {}) == Body(b"<p>no</p>")
    assert restore("\n<p>no</p>", "base64", -1, {}) == Body(b"\n<p>no</p>")
    assert restore("%%%", "base64", -1, {}).content is None
    assert restore("%%%", "base64", 9, {}) == Body(None, "is not valid base64")
    assert restore("%%%", "base64", 3, {}) == Body(b"%%%")


@pytest.mark.parametrize(
    "data", [gzip.compress(JSON), zlib.compress(JSON)], ids=["gzip", "deflate"]
)
def test_bytes_may_be_recorded_as_characters(data):
    """One for each byte. Where a recorder replaced some, the body is unknown."""
    headers = {"content-encoding": "gzip" if data[0] == 0x1F else "deflate"}
    assert restore(data.decode("latin-1"), None, -1, headers).content == JSON
    lost = restore(data.decode("utf-8", "replace"), None, -1, headers)
    assert lost.content is None


def test_text_is_not_taken_for_bytes():
    """Characters above 127 are what they are."""
    assert restore("caf\u00e9", None, -1, {}).content == "caf\u00e9".encode()
    assert restore("\u4e16\u754c", None, -1, {}).content == "\u4e16\u754c".encode()
    replaced = restore("caf\ufffd", None, -1, {})
    assert replaced == Body(None, "was recorded with characters that replace its bytes")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_json_may_be_in_any_encoding_of_unicode(encoding):
    """With a byte order mark or without."""
    data = JSON.decode().encode(encoding)
    found = in_base64(data, {"content-type": "application/json"}).content
    assert json.loads(found or b"") == json.loads(JSON)
    if encoding.startswith("utf-8"):
        assert json.loads(restore(data.decode(), None, -1, {}).content or b"") == json.loads(JSON)


@pytest.mark.parametrize("charset", ["latin-1", '"iso-8859-1"', "x-unknown", "hex", "ascii"])
def test_the_named_charset_is_used_if_there_is_one(charset):
    """An unknown one is ignored."""
    data = JSON.decode().encode("latin-1")
    body = in_base64(data, {"content-type": f"application/json; Charset={charset}"})
    assert body.content == (JSON if "1" in charset else data)
    packed = in_base64(gzip.compress(JSON), {"content-type": f"x/y; charset={charset}"})
    assert packed.content == JSON


@pytest.mark.parametrize(
    ("text", "size", "length"),
    [
        (None, -1, None),
        (None, 5, None),
        (None, None, "5"),
        ("", 5, None),
        ("", -1, None),
        ("", None, "5"),
        (7, 5, None),
        ({}, 0, "5"),
        ('{"id": "g', -1, None),
        ('{"id": "g"', None, None),
        ('{"id": "g"', 3, None),
        ("[1, ", None, "99"),
        ("<p>", 4, None),
    ],
)
def test_a_body_that_was_left_out_or_cut_short_is_unknown(text, size, length):
    """Whether the size or the text itself shows it."""
    headers = {} if length is None else {"content-length": length}
    expected = Body(b"") if text == {} else Body(None, "was not recorded completely")
    assert restore(text, None, size, headers) == expected


@pytest.mark.parametrize(
    ("text", "size", "length"),
    [
        ('{"id": "g', 9, None),
        ('{"id": "g', None, "9"),
        ("{prompt: x}", -1, None),
        ("{prompt: x}\n", -1, None),
        ("", -1, "0"),
        ("<p>", -1, None),
        ("<p>", 2, "\u0662"),
        ("", 0, None),
        ("", None, None),
    ],
)
def test_a_complete_body_is_known_even_if_it_is_not_json(text, size, length):
    """Its size says that it is complete, or nothing says that it is not."""
    headers = {} if length is None else {"content-length": length}
    assert restore(text, None, size, headers).content == text.encode()


@pytest.mark.parametrize("data", [b"5\r\nabc", b"zz\r\n", b"2\nab\n", b"text"])
def test_what_is_not_in_chunks_stays_as_it_is(data):
    """A recorder may have removed the sizes."""
    assert in_base64(data, {"transfer-encoding": "chunked"}).content == data


def test_chunks_may_end_in_a_line_feed_only():
    """Some recorders change line ends."""
    data = b"%x\n%b\n0\n\n" % (len(JSON), JSON)
    assert in_base64(data, {"transfer-encoding": "gzip, Chunked"}).content == JSON
