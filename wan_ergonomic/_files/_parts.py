"""Partial videos on disk: hidden files beside the target, which a later call can resume.

The file name contains the generation and the version. A call locks the file that it
writes to until the file gets its final name or is removed. So no two calls write to one
file, and a call can take over the file of a process that was killed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from ._locks import lock
from ._versions import is_validator

Step = Callable[[], object]

# Only Windows has it.
_BINARY = getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Part:
    """A partial video that this process has open and locked.

    Attributes:
        path: Its hidden name.
        file: Open for reading and appending.
        validator: The validator of its version; None if a later call cannot use it.
    """

    path: Path
    file: IO[bytes]
    validator: str | None

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return os.fstat(self.file.fileno()).st_size

    def remove(self) -> None:
        """Remove it; a file that cannot be removed is left."""
        for step in _in_order(self.path.unlink, self.file.close):
            with suppress(OSError):
                step()

    def move(self, path: Path) -> None:
        """Give it another name.

        Raises:
            OSError: It cannot be moved there.
        """
        for step in _in_order(partial(self.path.replace, path), self.file.close):
            step()


def _in_order(change: Step, close: Step) -> tuple[Step, Step]:
    """Return the two steps in order: the lock holds until the name is gone.

    Windows neither removes nor moves a file that is open.
    """
    return (close, change) if os.name == "nt" else (change, close)


class Parts:
    """The partial videos of one generation in one folder."""

    def __init__(self, folder: Path, generation_id: str) -> None:
        self._folder = folder
        name = generation_id.encode(errors="surrogatepass")
        # Imported here: only downloads need it, and it is slow.
        import hashlib

        self._prefix = f".wan-{hashlib.sha256(name).hexdigest()[:16]}-"

    def create(self, validator: str | None) -> Part:
        """Create an empty part.

        Raises:
            OSError: No file can be created here.
        """
        while True:
            version = (validator or "").encode().hex()
            path = self._folder / f"{self._prefix}{version}-{os.urandom(4).hex()}.part"
            file = _opened(path, _create)
            locked = lock(file)
            if locked is None:
                return Part(path, file, None)
            if locked and _is(path, file):
                return Part(path, file, validator)
            # Another call took it over before it was locked.
            file.close()

    def claim(self) -> Part | None:
        """Take over the largest part that an earlier call left, locked; None if there is none."""
        left = list(self._left())
        usable = [part for part in left if part.validator and part.size]
        largest = max(usable, key=lambda part: part.size, default=None)
        for part in left:
            if part is not largest:
                part.file.close()
        return largest

    def remove_left(self) -> None:
        """Remove all parts that earlier calls left."""
        for part in self._left():
            part.remove()

    def _left(self) -> Iterator[Part]:
        """Yield each part that no other call writes to, locked."""
        for path in self._folder.glob(f"{self._prefix}*.part"):
            with suppress(OSError):
                file = _opened(path, _existing)
                if lock(file) and _is(path, file):
                    yield Part(path, file, self._validator(path))
                else:
                    file.close()

    def _validator(self, path: Path) -> str | None:
        version = path.stem.removeprefix(self._prefix).partition("-")[0]
        with suppress(ValueError):
            validator = bytes.fromhex(version).decode("ascii")
            return validator if is_validator(validator) else None
        return None


def _opened(path: Path, opener: Callable[[str, int], int]) -> IO[bytes]:
    return open(path, "ab+", opener=opener)


def _create(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_EXCL | _BINARY, 0o666)


def _existing(path: str, flags: int) -> int:
    return os.open(path, (flags | _BINARY) & ~os.O_CREAT)


def _is(path: Path, file: IO[bytes]) -> bool:
    """Whether an open file is a regular file with this name only.

    Others who can write to the folder could put a link to another file in its place.
    """
    opened = os.fstat(file.fileno())
    with suppress(OSError):
        named = path.lstat()
        alone = stat.S_ISREG(opened.st_mode) and opened.st_nlink == 1
        return alone and os.path.samestat(opened, named)
    return False
