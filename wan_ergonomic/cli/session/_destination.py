"""Where a video is written, checked before anything is sent or spent.

The API's file names are never used, and an id becomes a safe file name first.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
from itertools import count
from pathlib import Path
from typing import IO

from wan_ergonomic import DownloadError
from wan_ergonomic._files import check_target
from wan_ergonomic.cli._exits import UsageError
from wan_ergonomic.cli._outcome import UNSPENT
from wan_ergonomic.cli._streams import is_terminal

from ._options import Destination

STANDARD_OUTPUT = "-"

_SAFE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def check_destination(destination: Destination, *, as_json: bool) -> None:
    """Check a destination before there is a video to write.

    Raises:
        UsageError: A video cannot be written there.
    """
    if destination.output == STANDARD_OUTPUT:
        _check_standard_output(as_json=as_json)
    elif destination.output is not None:
        check_file(Path(destination.output), force=destination.force)
    else:
        _check_folder(Path())


def _check_standard_output(*, as_json: bool) -> None:
    if as_json:
        raise UsageError(
            f"-o - and --json both write to standard output; use one of them. {UNSPENT}"
        )
    if sys.stdout is None or is_terminal(sys.stdout):
        raise UsageError(
            "-o - writes the video to standard output, which is a terminal or closed here; "
            f"pipe it somewhere or name a file. {UNSPENT}"
        )


def check_file(path: Path, *, force: bool) -> None:
    """Check that a video can be written to a path.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        if path.is_file() and not force:
            raise UsageError(
                f"{path} exists already. Choose another name, or replace it with --force. {UNSPENT}"
            )
        check_target(path, overwrite=True)
    except DownloadError as error:
        raise UsageError(f"{error} {UNSPENT}") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be used: {error.strerror}. {UNSPENT}") from error
    _check_folder(path.parent)


def _check_folder(folder: Path) -> None:
    """Create a temporary file: permissions alone do not show whether a folder is writable."""
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise UsageError(
            f"Nothing can be written to {_described(folder)}: {error.strerror}. Name a file in "
            f"another folder with -o. {UNSPENT}"
        ) from error


def _described(folder: Path) -> str:
    try:
        return f"the folder {folder.absolute()}"
    except OSError:
        return "the current folder, which was deleted"


def target(destination: Destination, generation_id: str) -> Path | IO[bytes]:
    """Return the file or stream that the video of a generation is written to."""
    if destination.output == STANDARD_OUTPUT:
        return sys.stdout.buffer
    return file_for(destination, generation_id)


def file_for(destination: Destination, generation_id: str) -> Path:
    """Return a file for the video, even if the destination is standard output."""
    if destination.output is None or destination.output == STANDARD_OUTPUT:
        return Path(file_name(generation_id))
    return Path(destination.output)


def intended(destination: Destination | None) -> Path | None:
    """Return the file or folder that a video is meant for; None if it is not meant to be kept."""
    if destination is None or destination.output == STANDARD_OUTPUT:
        return None
    return Path(destination.output or ".")


def another_file(file: Path) -> Path:
    """Return a similar name that no file has yet: boat-2.mp4 for boat.mp4."""
    names = (file.with_stem(f"{file.stem}-{number}") for number in count(2))
    return next(name for name in names if not os.path.lexists(name))


def file_name(generation_id: str) -> str:
    """Return a file name for an id: valid on every system, and unique to the id."""
    if _SAFE_ID.fullmatch(generation_id) and len(generation_id) <= 60:
        return f"wan-{generation_id}.mp4"
    # Ids that differ only in case or punctuation must not share a file.
    digest = hashlib.sha256(generation_id.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    words = re.findall(r"[a-z0-9]+", generation_id.lower())
    return f"wan-{'-'.join([*words, digest])[-60:]}.mp4"
