"""Moves what was built into place: all of it, or nothing.

The staging folder is beside the target, so that each move is a rename.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from wan_ergonomic._errors import ContractError

# Words for a file that is new, removed or changed by what was built, and for what a check finds.
BUILT = ("new", "removed", "changed")
CHECKED = ("missing", "extra", "different")
_IGNORED = shutil.ignore_patterns("__pycache__", ".*")


def write_text(file: Path, text: str) -> None:
    """Write a text file, with its folders, the same bytes on every system."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8", newline="\n")


@contextmanager
def staging(beside: Path) -> Iterator[Path]:
    """Make a folder to build in, and remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix=".regenerate-", dir=beside))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def copied(root: Path, names: Iterable[str]) -> Iterator[Path]:
    """Copy these files and folders, where they exist, into a folder that is removed at the end."""
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            if (root / name).is_dir():
                shutil.copytree(root / name, Path(folder, name), ignore=_IGNORED)
            elif (root / name).exists():
                shutil.copyfile(root / name, Path(folder, name))
        yield Path(folder)


def files_in(root: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Return every file under these names, a folder's included, by its path relative to ``root``.

    Empty folders are ignored, as by git, and so is ``__pycache__``.
    """
    files: list[Path] = []
    for name in names:
        files += [root / name, *(root / name).rglob("*")]
    found = {file.relative_to(root): file for file in files if file.is_file()}
    return {
        name.as_posix(): file.read_bytes()
        for name, file in found.items()
        if "__pycache__" not in name.parts
    }


def differences(
    root: Path, stage: Path, names: Iterable[str], words: tuple[str, str, str] = BUILT
) -> list[str]:
    """Name each file that is only in the stage, only under ``root``, or different in the two.

    Args:
        root: Where the results go.
        stage: The results.
        names: Each file or folder that is compared as a whole.
        words: What each line begins with, in this order.
    """
    names = tuple(names)
    ours, theirs = files_in(root, names), files_in(stage, names)
    new, removed, changed = words
    found = [f"{new}: {name}" for name in theirs.keys() - ours.keys()]
    found += [f"{removed}: {name}" for name in ours.keys() - theirs.keys()]
    both = ours.keys() & theirs.keys()
    found += [f"{changed}: {name}" for name in both if ours[name] != theirs[name]]
    return sorted(found, key=lambda line: line.split(": ", 1)[1])


@contextmanager
def installed(stage: Path, root: Path, names: Iterable[str]) -> Iterator[None]:
    """Move each result into place; move everything back if the block raises.

    Args:
        stage: The results. A name that is missing here is removed from ``root``.
        root: Where they go.
        names: Each file or folder that is replaced as a whole.

    Raises:
        ContractError: One could not be moved; all files are as before.
    """
    with ExitStack() as undo:
        for name in names:
            _move(stage / name, root / name, stage / "replaced" / name, name, undo)
        yield
        undo.pop_all()


def _move(source: Path, target: Path, aside: Path, name: str, undo: ExitStack) -> None:
    try:
        aside.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            os.replace(target, aside)
            undo.callback(os.replace, aside, target)
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(source, target)
            undo.callback(os.replace, target, source)
    except OSError as error:
        raise ContractError(
            f"{name} could not be replaced: {error}. No file was changed. Close what uses the "
            "file, or allow writing to it, and run the same command again."
        ) from error
