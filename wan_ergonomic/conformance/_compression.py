"""Decompresses a recorded body, as often as it was compressed.

The header says what the server did, not whether the recorder undid it. So the bytes
decide, and text is left as it is.
"""

from __future__ import annotations

import re
import zlib
from typing import Any

MAX_BYTES = 64 * 2**20

# The API and a proxy can compress a body each; no real one is compressed more often.
_MAX_LAYERS = 4
_MAX_STREAMS = 1000
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
# How gzip and zlib begin, and no text in UTF-8.
MAGIC = (_GZIP, b"\x78\x9c", b"\x78\xda")
_HEADER, _NO_HEADER = zlib.MAX_WBITS | 32, -zlib.MAX_WBITS
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# Python's standard library cannot undo these.
_UNSUPPORTED = ("br", "zstd", "compress", "dcb", "dcz")
_DAMAGED = "is compressed, and is damaged or was not recorded completely"


class CompressionError(Exception):
    """A body cannot be decompressed; the text is the rest of a sentence about it."""


def decompress(content: bytes, encodings: str) -> bytes:
    """Return a body without compression.

    Args:
        content: The body as it was recorded.
        encodings: Its Content-Encoding header; empty if there is none.

    Raises:
        CompressionError: It is damaged, too large, or compressed in an unsupported way.
    """
    named = [name.strip().lower() for name in encodings.split(",")]
    for _ in range(_MAX_LAYERS):
        if content.startswith(MAGIC):
            content = _inflate(content, _HEADER)
        elif content.startswith(_ZSTD):
            raise CompressionError(_unsupported("zstd"))
        elif not encodings or _is_text(content):
            return content
        elif unsupported := next((name for name in _UNSUPPORTED if name in named), None):
            raise CompressionError(_unsupported(unsupported))
        elif "deflate" in named:
            content = _inflate(content, _HEADER, _NO_HEADER)
        else:
            raise CompressionError(_DAMAGED)
    raise CompressionError(f"is compressed more than {_MAX_LAYERS - 1} times")


def _unsupported(name: str) -> str:
    return f"is compressed with {name}, which cannot be read here"


def _is_text(content: bytes) -> bool:
    try:
        return not _CONTROL.search(content.decode())
    except UnicodeDecodeError:
        return False


def _inflate(content: bytes, *windows: int) -> bytes:
    """Return the data of a stream that has one of these headers, or of several in a row."""
    plain = b""
    for _ in range(_MAX_STREAMS):
        inflater, more = _first_that_fits(content, windows)
        plain += more
        if len(plain) >= MAX_BYTES:
            raise CompressionError(f"is larger than {MAX_BYTES // 2**20} MiB when decompressed")
        if not inflater.eof:
            raise CompressionError(_DAMAGED)
        content = inflater.unused_data
        if not content.startswith(_GZIP):
            return plain
    raise CompressionError(f"consists of more than {_MAX_STREAMS} compressed parts")


def _first_that_fits(content: bytes, windows: tuple[int, ...]) -> tuple[Any, bytes]:
    """Return a stream's decompressor and its data."""
    for window in windows:
        inflater = zlib.decompressobj(window)
        try:
            return inflater, inflater.decompress(content, MAX_BYTES)
        except zlib.error:
            continue
    raise CompressionError(_DAMAGED)
