"""What an output is, wherever its files go, and how one is written to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol


class OutputError(OSError):
    """A finished file could not be put into the output; it is kept where it was made.

    Attributes:
        lasting: Whether a person must change something before it can succeed.
    """

    def __init__(self, message: str, *, lasting: bool) -> None:
        super().__init__(message)
        self.lasting = lasting


class Output(Protocol):
    """Where finished files go. Every method may block.

    Attributes:
        name: What a batch is called by default.
        hidden: The folder on this machine for this package alone: the database, the lock, and
            files in the making.
    """

    name: str
    hidden: Path

    def __str__(self) -> str:
        """Return the path or address, as people write it."""

    def make(self) -> None:
        """Make what is needed on this machine.

        Raises:
            ConfigurationError: A folder cannot be made or written.
        """

    def claim(self, batch: str) -> None:
        """Check that the output can be written and holds no other batch.

        Args:
            batch: What tells the batch from all others.

        Raises:
            ConfigurationError: It cannot be used; nothing was sent.
        """

    def place(self, name: str) -> Path:
        """Return where a file is to be made, before it is published."""

    def publish(self, name: str) -> None:
        """Make a file that is in its place appear in the output, whole or not at all.

        The file may stay in its place, for whoever made it to remove.

        Raises:
            OSError: It cannot be published; it is still in its place.
        """

    def where(self, name: str) -> str:
        """Return the path or address of a published file."""

    def local(self, name: str) -> Path | None:
        """Return the path of a published file that is on this machine."""

    def write(self, name: str, lines: Iterable[str]) -> None:
        """Write a text file, which appears whole.

        Raises:
            OSError: It cannot be written.
        """
