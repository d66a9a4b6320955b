"""Restores the body of a recorded message: the bytes that its sender meant, or why nobody can tell.

Recorders keep a body as text or in base64, compressed or not, with or without the
sizes of its chunks, whole or cut short, and do not always say which. Of several
readings, the one that is JSON is the right one: no text is JSON twice by accident.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ._compression import MAGIC, CompressionError, decompress

_NOT_RECORDED = "was not recorded completely"
_NOT_TEXT = "was recorded with characters that replace its bytes"
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE | re.ASCII)
_BRACKETS = {b"{": b"}", b"[": b"]"}
_BEGINNINGS = (b"{", b"[", b'"', b"<")


@dataclass(frozen=True, slots=True)
class Body:
    """A body; if it is unknown, the reason, as the rest of a sentence about it."""

    content: bytes | None
    reason: str = ""


def is_json(content: bytes) -> bool:
    """Whether a body is JSON, in any encoding of Unicode."""
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True


def restore(text: Any, encoding: Any, size: Any, headers: Mapping[str, str]) -> Body:
    """Return the body that a recorder kept as a text.

    Args:
        text: The text; None if the recorder left it out.
        encoding: What the recorder says of the text: ``base64``, or nothing.
        size: The length that the recorder gives; -1 if it does not know it.
        headers: The message's headers, by lower-case name.
    """
    length = _length(size, headers)
    if not text or not isinstance(text, str):
        is_empty = length == 0 or (text == "" and length is None and size != -1)
        return Body(b"") if is_empty else Body(None, _NOT_RECORDED)
    readings = [_decoded(raw, headers) for raw in _readings(text, encoding, length)]
    if not readings:
        return Body(None, "is not valid base64")
    body = next((one for one in readings if one.content and is_json(one.content)), readings[0])
    if body.content is None or is_json(body.content):
        return body
    if _is_cut_short(body.content, length):
        return Body(None, _NOT_RECORDED)
    return Body(None, _NOT_TEXT) if "\ufffd" in text else body


def _length(size: Any, headers: Mapping[str, str]) -> int | None:
    """Return the length of a body; None if nothing gives it."""
    if isinstance(size, int) and size >= 0:
        return size
    stated = headers.get("content-length", "")
    return int(stated) if re.fullmatch(r"[0-9]{1,15}", stated) else None


def _readings(text: str, encoding: Any, length: int | None) -> list[bytes]:
    """Return the bytes that a text may stand for, the likeliest first."""
    plain = text.encode("utf-8", "surrogatepass")
    if isinstance(encoding, str) and encoding.strip().lower() == "base64":
        found = _from_base64(text)
        # Some recorders say so of every text.
        is_text = plain.lstrip()[:1] in _BEGINNINGS or len(plain) == length
        return [*found, plain] if found or is_text else []
    try:
        # Compressed bytes may have been recorded as the characters with their numbers.
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        return [plain]
    return [raw, plain] if raw.startswith(MAGIC) else [plain]


def _from_base64(text: str) -> list[bytes]:
    """Return what base64 stands for, however it is wrapped and padded; nothing if it is invalid."""
    packed = "".join(text.split()).replace("-", "+").replace("_", "/")
    try:
        return [base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)]
    except (binascii.Error, ValueError):
        return []


def _decoded(raw: bytes, headers: Mapping[str, str]) -> Body:
    """Return a body without chunk sizes and compression, in UTF-8 if it names another charset."""
    if is_json(raw):
        return Body(raw)
    if "chunked" in headers.get("transfer-encoding", "").lower():
        raw = _without_chunks(raw)
    try:
        content = decompress(raw, headers.get("content-encoding", ""))
    except CompressionError as error:
        return Body(None, str(error))
    named = _CHARSET.search(headers.get("content-type", ""))
    if named and not is_json(content):
        try:
            return Body(content.decode(named[1]).encode())
        except (LookupError, ValueError):
            pass
    return Body(content)


def _without_chunks(raw: bytes) -> bytes:
    """Return the data of the chunks; the bytes as they are unless all of them are chunks."""
    data, at = bytearray(), 0
    while found := _CHUNK.match(raw, at):
        size, start = int(found[1], 16), found.end()
        if not size:
            return bytes(data)
        data += raw[start : start + size]
        at = start + size + (2 if raw.startswith(b"\r\n", start + size) else 1)
    return raw


def _is_cut_short(content: bytes, length: int | None) -> bool:
    """Whether a body that is not JSON is only the beginning of one."""
    if length is not None and len(content) <= length:
        return len(content) < length
    begun = content.strip()
    return not begun.endswith(_BRACKETS.get(begun[:1], b""))
