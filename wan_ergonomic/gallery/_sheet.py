"""A contact sheet: one picture with a still of every row, in their order, with captions.

Captions are in Pillow's own font, which needs no further package and has little more than
Latin letters. A text that it cannot show is replaced by the name of the file. The numbers
are those of the page, which shows every text.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from ._shown import Shown

PNG = b"\x89PNG\r\n\x1a\n"

_GAP, _EDGE, _LINE = 12, 16, 17
_TEXT_SIZE = 13
# More never fits.
_LONGEST_TEXT = 100
# No font has this character, so it is drawn as the glyph for a missing one.
_MISSING = "\uffff"
_PAPER, _INK, _QUIET, _EMPTY = (255, 255, 255), (26, 26, 26), (95, 95, 95), (232, 232, 232)
# So many rows, and the length of a still's longer side in pixels. Beyond the last, the smallest.
_SIZES = ((60, 288), (240, 224), (600, 176), (math.inf, 144))
# Columns for each row of stills: the shape of a screen.
_SHAPE = 1.6


class _Cell(NamedTuple):
    width: int
    height: int

    @property
    def step(self) -> tuple[int, int]:
        """The distance to the next one, across and down."""
        return self.width + _GAP, self.height + 2 * _LINE + _GAP


def sheet(rows: Sequence[Shown]) -> bytes:
    """Return a contact sheet as PNG."""
    cell = _cell(rows)
    across, down = cell.step
    columns = max(1, round(math.sqrt(len(rows) * _SHAPE * down / across)))
    lines = math.ceil(len(rows) / columns)
    size = (2 * _EDGE - _GAP + columns * across, 2 * _EDGE - _GAP + lines * down)
    picture = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(picture)
    for number, shown in enumerate(rows):
        line, column = divmod(number, columns)
        place = (_EDGE + column * across, _EDGE + line * down)
        _draw_still(picture, draw, shown, place, cell)
        _draw_caption(draw, shown, number + 1, (place[0], place[1] + cell.height), cell.width)
    png = io.BytesIO()
    picture.save(png, "PNG")
    return png.getvalue()


def _cell(rows: Sequence[Shown]) -> _Cell:
    """Return the size that fits the tallest and the widest still."""
    longest = next(length for most, length in _SIZES if len(rows) <= most)
    shapes = [(s.still.width, s.still.height) for s in rows if s.still] or [(16, 9)]
    scaled = [(w * longest / max(w, h), h * longest / max(w, h)) for w, h in shapes]
    return _Cell(round(max(w for w, _ in scaled)), round(max(h for _, h in scaled)))


def _draw_still(
    picture: Image.Image, draw: ImageDraw.ImageDraw, shown: Shown, at: tuple[int, int], cell: _Cell
) -> None:
    x, y = at
    if shown.still is None:
        draw.rectangle((x, y, x + cell.width - 1, y + cell.height - 1), fill=_EMPTY)
        draw.text((x + 8, y + 8), shown.row.state, _INK, _font())
        return
    with Image.open(io.BytesIO(shown.still.webp)) as still:
        still.thumbnail(cell)
        left = x + (cell.width - still.width) // 2
        picture.paste(still, (left, y + (cell.height - still.height) // 2))


def _draw_caption(
    draw: ImageDraw.ImageDraw, shown: Shown, number: int, at: tuple[int, int], room: int
) -> None:
    row, (x, y) = shown.row, at
    texts = [row.name or row.prompt, row.file.stem if row.file else ""]
    text = next((each for each in texts if _is_drawable(each)), "")
    seed = f"seed {row.options['seed']}" if "seed" in row.options else row.state
    draw.text((x, y + 3), _fitting(f"{number}  {text}", room), _INK, _font())
    draw.text((x, y + 3 + _LINE), _fitting(seed, room), _QUIET, _font())


def _is_drawable(text: str) -> bool:
    """Whether the font has every character that would be shown."""
    return all(character.isspace() or _has(character) for character in text[:_LONGEST_TEXT])


@cache
def _has(character: str) -> bool:
    drawn, lacking = (_font().getmask(each) for each in (character, _MISSING))
    return (drawn.size, bytes(drawn)) != (lacking.size, bytes(lacking))


def _fitting(text: str, room: int) -> str:
    """Return a text on one line, cut where it would not fit."""
    line = " ".join(text[:_LONGEST_TEXT].split())
    if _font().getlength(line) <= room:
        return line
    while line and _font().getlength(f"{line}…") > room:
        line = line[:-1]
    return f"{line}…"


@cache
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(_TEXT_SIZE)
