"""The file of a recording: a HAR of its own kind, with parsed bodies, and videos beside it.

Each entry has a ``request`` (``method``, ``url``, ``headers``, ``body``) and a ``response``
(``status``, ``headers``, ``body``). In place of the body of a video, there is the name of the
file beside it as ``file``, or null for a small one.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from wan_ergonomic._version import __version__

from ._errors import RecordingError

Entry = dict[str, Any]


def _box(name: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + name + content


# The boxes that every video has; it shows nothing.
SMALL_VIDEO = b"".join(
    (_box(b"ftyp", b"isom\0\0\2\0isom"), _box(b"moov", bytes(8)), _box(b"mdat", bytes(16)))
)


def write(path: Path, entries: list[Entry]) -> None:
    """Write a recording, whole or not at all.

    Raises:
        RecordingError: It cannot be written.
    """
    log = {
        "version": "1.2",
        "creator": {"name": "wan-ergonomic", "version": __version__},
        "entries": entries,
    }
    text = json.dumps({"log": log}, ensure_ascii=False, indent=2)
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(f"{text}\n", "utf-8")
        os.replace(part, path)
    except OSError as error:
        raise RecordingError(f"{path} cannot be written: {error.strerror}.") from error


def read(path: Path) -> list[Entry]:
    """Return the entries of a recording.

    Raises:
        RecordingError: It cannot be read, or is no recording of this package.
    """
    try:
        entries = json.loads(path.read_text("utf-8"))["log"]["entries"]
        for entry in entries:
            entry["request"]["method"], entry["request"]["url"]
            entry["response"]["status"], entry["response"]["headers"]
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, LookupError, TypeError) as error:
        raise RecordingError(f"{path} is no recording of a RecordingTransport.") from error
    found: list[Entry] = entries
    return found


def content_of(entry: Entry, folder: Path) -> bytes:
    """Return the bytes of a response's body.

    Raises:
        RecordingError: The file of a video is gone.
    """
    response = entry["response"]
    if "file" not in response:
        body = response.get("body", "")
        return body.encode() if isinstance(body, str) else json.dumps(body).encode()
    if response["file"] is None:
        return SMALL_VIDEO
    # A plain name: a recording leads to no other folder.
    file = folder / Path(response["file"]).name
    try:
        return file.read_bytes()
    except OSError as error:
        raise RecordingError(f"{file} cannot be read: {error.strerror}.") from error
