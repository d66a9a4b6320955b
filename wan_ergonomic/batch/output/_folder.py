"""An output on this machine: a folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile
from typing import Protocol
from uuid import uuid4

from wan_ergonomic._errors import ConfigurationError


class Output(Protocol):
    """Where finished files go. Every method may block and may raise ``OSError``."""

    def place(self, name: str) -> Path:
        """Return where a file is to be made, before it is published."""

    def publish(self, name: str) -> None:
        """Make a file that is in its place appear in the output."""

    def where(self, name: str) -> str:
        """Return the path or address of a published file."""

    def write(self, name: str, lines: Iterable[str]) -> None:
        """Write a text file, which appears whole."""


class Folder:
    """A folder on this machine, which need not be there yet.

    Attributes:
        path: The folder.
        hidden: What is in it for this package alone: the database, and files in the making.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).expanduser().absolute()
        self.hidden = self.path / ".wan"

    def __str__(self) -> str:
        return str(self.path)

    def place(self, name: str) -> Path:
        """Return where a file is to be made, before it is published."""
        return self.hidden / name

    def publish(self, name: str) -> None:
        """Make a file that is in its place appear in the folder.

        Raises:
            OSError: It cannot be moved.
        """
        os.replace(self.hidden / name, self.path / name)
        _sync(self.path)

    def where(self, name: str) -> str:
        """Return the path of a published file."""
        return str(self.path / name)

    def write(self, name: str, lines: Iterable[str]) -> None:
        """Write a text file, which appears whole.

        Raises:
            OSError: It cannot be written.
        """
        # Two workers may write the same one at once.
        made = self.place(f"{uuid4().hex}.part")
        try:
            with made.open("w", encoding="utf-8") as file:
                file.writelines(lines)
                file.flush()
                os.fsync(file.fileno())
            os.replace(made, self.path / name)
        finally:
            made.unlink(missing_ok=True)
        _sync(self.path)


def open_folder(path: str | os.PathLike[str]) -> Folder:
    """Make a folder for a batch, unless it is there.

    Raises:
        ConfigurationError: It is a file, or cannot be made or written.
    """
    folder = Folder(path)
    try:
        folder.hidden.mkdir(parents=True, exist_ok=True)
        # A video that cannot be saved is paid for all the same.
        for each in (folder.hidden, folder.path):
            TemporaryFile(dir=each).close()
    except OSError as error:
        raise ConfigurationError(
            f"The folder {folder.path} cannot be used: {error.strerror or error}. Nothing was "
            "sent or spent."
        ) from error
    return folder


def _sync(folder: Path) -> None:
    """Put a folder's entries on disk, where folders can be opened."""
    if sys.platform == "win32":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
