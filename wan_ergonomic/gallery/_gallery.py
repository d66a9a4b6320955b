"""Makes a gallery: reads a folder, takes the stills, writes the page and the contact sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ._errors import GalleryError
from ._folder import read_folder
from ._page import START, page
from ._save import check_replaceable, save
from ._sheet import PNG, sheet
from ._shown import show

PAGE = "gallery.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """What was written.

    Attributes:
        page: The page.
        sheet: The contact sheet, if there is one.
        states: How many rows are in which state, such as ``{"done": 12, "failed": 1}``.
    """

    page: Path
    sheet: Path | None
    states: Mapping[str, int]


def make_gallery(
    folder: Path | str, output: Path | str | None = None, *, contact_sheet: Path | str | None = None
) -> Gallery:
    """Write a page that shows the videos of a folder, and a contact sheet if one is named.

    Args:
        folder: Has ``results.jsonl`` and sidecars as a batch writes them, or just videos.
        output: The page; by default ``gallery.html`` in the folder. A gallery that is
            there already is replaced.
        contact_sheet: A PNG file with a still of every row; one that is there is replaced.

    Returns:
        What was written.

    Raises:
        GalleryError: The folder has nothing to show, or a file cannot be written.
    """
    folder = Path(folder)
    target = Path(output) if output is not None else folder / PAGE
    check_replaceable(target, START, "gallery")
    picture = _checked(contact_sheet)
    rows = show(read_folder(folder))
    html = page(rows, folder.absolute().name, target.parent)
    if picture:
        save(picture, sheet(rows))
    save(target, html)
    states = Counter(shown.row.state for shown in rows)
    return Gallery(page=target, sheet=picture, states=dict(states))


def _checked(contact_sheet: Path | str | None) -> Path | None:
    if contact_sheet is None:
        return None
    path = Path(contact_sheet)
    if path.suffix.lower() != ".png":
        raise GalleryError(f"The contact sheet is a PNG file, so {path} must end with .png.")
    check_replaceable(path, PNG, "PNG file")
    return path
