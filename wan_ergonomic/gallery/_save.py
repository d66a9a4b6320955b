"""Writes a file whole or not at all, and replaces no file that is of another kind."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from ._errors import GalleryError


def check_replaceable(path: Path, start: bytes, kind: str) -> None:
    """Check that a path is free, or has a file that begins as one of ours does.

    Args:
        path: Where a file is to be written.
        start: How files of this kind begin.
        kind: What such a file is called, for the message.

    Raises:
        GalleryError: Something else is there, or it cannot be read.
    """
    try:
        with path.open("rb") as file:
            found = file.read(len(start))
    except FileNotFoundError:
        return
    except OSError as error:
        raise GalleryError(f"{path} cannot be replaced: {error.strerror}.") from error
    if found != start:
        raise GalleryError(f"{path} exists and is no {kind}, so it is not replaced.")


def save(path: Path, data: bytes) -> None:
    """Write a file; a reader sees the old one or the new one, never a part.

    Raises:
        GalleryError: It cannot be written; what was there before is as it was.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            with part.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise
    except OSError as error:
        raise GalleryError(f"{path} cannot be written: {error.strerror}.") from error
