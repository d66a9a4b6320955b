"""The folder on this machine where files are made, and where a batch's database is."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from uuid import uuid4

from wan_ergonomic._errors import ConfigurationError


def work_folder_of(address: str) -> Path:
    """Return the folder on this machine for a batch whose videos go to an address.

    It is in the user's state folder, under a name that a person recognizes.
    """
    readable = re.sub(r"[^A-Za-z0-9]+", "-", address.partition("://")[2]).strip("-")[:60]
    digest = hashlib.sha256(address.encode()).hexdigest()[:8]
    return _state() / "wan" / "batches" / f"{readable}-{digest}"


def make_work_folder(path: Path, what: str, *, and_also: Path | None = None) -> None:
    """Make a folder, unless it is there.

    Args:
        path: The folder.
        what: What it is, for the message.
        and_also: Another folder that must be writable.

    Raises:
        ConfigurationError: It is a file, or cannot be made or written.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        # A video that cannot be saved is paid for all the same.
        for each in (path, and_also or path):
            TemporaryFile(dir=each).close()
    except OSError as error:
        raise ConfigurationError(
            f"{what} cannot be used: {error.strerror or error}. Nothing was sent or spent."
        ) from error


def write_text(path: Path, lines: Iterable[str]) -> None:
    """Write a text file, and put it on disk.

    Raises:
        OSError: It cannot be written.
    """
    with path.open("w", encoding="utf-8") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def text_in_the_making(folder: Path, lines: Iterable[str]) -> Iterator[Path]:
    """Write a text file that is moved away or removed at the end.

    Raises:
        OSError: It cannot be written.
    """
    # Two workers may write the same one at once.
    made = folder / f"{uuid4().hex}.part"
    try:
        write_text(made, lines)
        yield made
    finally:
        made.unlink(missing_ok=True)


def _state() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or "~/AppData/Local").expanduser()
    return Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser()
