"""The video of a generation in a cell: the file itself, or a still of it, or why there is neither.

A cell is kept in the notebook's file, so the video plays wherever the notebook
is opened, and needs neither the file nor a link.
"""

from __future__ import annotations

import base64
from pathlib import Path

from ._text import escape

# What one cell embeds of videos, in bytes. A notebook's file has a third more of it.
EMBED_BYTES = 16 * 2**20
# The length of a still's longer side, in pixels.
_STILL = 640


class Budget:
    """How many bytes of video a cell may still embed."""

    def __init__(self, size: int) -> None:
        self.left = size

    def take(self, file: Path) -> bytes | None:
        """Return what is in a file, or None if that is more than is left.

        Raises:
            OSError: The file cannot be read.
        """
        with file.open("rb") as stream:
            # The file may grow meanwhile.
            data = stream.read(self.left + 1)
        if len(data) > self.left:
            return None
        self.left -= len(data)
        return data


def media(file: Path, label: str, budget: Budget) -> str:
    """Return the HTML for a saved video.

    Args:
        file: Where it was saved.
        label: What the video shows, for those who do not see it.
        budget: What the cell may still embed.
    """
    try:
        # Opening anything else, such as a pipe, could take forever.
        if not file.is_file():
            return _note("The file is no longer there.")
        size = file.stat().st_size
        data = budget.take(file) if size <= budget.left else None
    except (OSError, ValueError) as error:
        return _note(f"The file cannot be read: {getattr(error, 'strerror', None) or error}.")
    if data is None:
        return f"{_still(file, label)}{_note(f'{size / 1e6:.1f} MB: too large for this cell.')}"
    if data[4:8] != b"ftyp":
        return _note("The file is not an MP4.")
    return (
        f'<video controls loop muted playsinline preload="metadata" aria-label="{escape(label)}" '
        f'src="data:video/mp4;base64,{base64.b64encode(data).decode()}"></video>'
    )


def _still(file: Path, label: str) -> str:
    """Return a still of a video; "" where the extra for it is not installed, or it is no video."""
    try:
        from wan_ergonomic._stills import NoVideoError, still_of
    except ImportError:
        return ""
    try:
        webp = still_of(file, _STILL).webp
    except NoVideoError:
        return ""
    data = base64.b64encode(webp).decode()
    return f'<img alt="{escape(label)}" src="data:image/webp;base64,{data}">'


def _note(text: str) -> str:
    return f'<p class="wan-note">{escape(text)}</p>'
