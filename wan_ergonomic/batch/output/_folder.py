"""An output on this machine: a folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from ._work import make_work_folder, text_in_the_making


class Folder:
    """A folder on this machine, which need not be there yet.

    Attributes:
        name: Its name, as it was given.
        path: The folder.
        hidden: What is in it for this package alone: the database, and files in the making.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).expanduser().absolute()
        self.name = Path(path).name or "batch"
        self.hidden = self.path / ".wan"

    def __str__(self) -> str:
        return str(self.path)

    def make(self) -> None:
        """Make the folder, unless it is there.

        Raises:
            ConfigurationError: It is a file, or cannot be made or written.
        """
        make_work_folder(self.hidden, f"The folder {self.path}", and_also=self.path)

    def claim(self, batch: str) -> None:
        """Do nothing: who has the folder has the batch in it, too."""

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

    def local(self, name: str) -> Path:
        """Return the path of a published file."""
        return self.path / name

    def write(self, name: str, lines: Iterable[str]) -> None:
        """Write a text file, which appears whole.

        Raises:
            OSError: It cannot be written.
        """
        with text_in_the_making(self.hidden, lines) as made:
            os.replace(made, self.path / name)
        _sync(self.path)


def open_folder(path: str | os.PathLike[str]) -> Folder:
    """Make a folder for a batch, unless it is there.

    Raises:
        ConfigurationError: It is a file, or cannot be made or written.
    """
    folder = Folder(path)
    folder.make()
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
