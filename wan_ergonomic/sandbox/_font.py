"""Draws text in any script with the Noto fonts of two packages: the same on every machine.

No font has every character, so a line is split into runs of one face each. Pillow shapes
each run: it joins letters, places marks and orders the characters by their direction. If
a line begins in a right-to-left script, its runs are drawn from right to left, too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import manimgx_fonts
import manimgx_fonts_cjk
from PIL import ImageDraw, ImageFont

# The third font of the collection has the simplified Chinese forms of characters.
_SIMPLIFIED_CHINESE = 2
_REGULAR = 400
# No font has this character, so it is drawn as the glyph for a missing character.
_MISSING = "\uffff"
# The Unicode categories of marks and joiners, which belong to the character before them.
_JOINING = frozenset({"Mn", "Mc", "Me", "Cf"})


class Run(NamedTuple):
    """A part of a line in one face."""

    face: Path
    text: str


@cache
def _faces() -> tuple[Path, ...]:
    """Return the files of all faces, in the order in which they are tried."""
    common, large = (Path(str(p.__file__)).parent for p in (manimgx_fonts, manimgx_fonts_cjk))
    plain, upright = common / "NotoSans[wght].ttf", common.glob("Noto*[[]wght[]].ttf")
    others = sorted(path for path in upright if path != plain and "Italic" not in path.name)
    return (plain, *others, *large.glob("*.ttc"))


@cache
def _font(face: Path, size: int) -> ImageFont.FreeTypeFont:
    index = _SIMPLIFIED_CHINESE if face.suffix == ".ttc" else 0
    font = ImageFont.truetype(face, size, index=index)
    # The first weight of a variable font is not the regular one.
    font.set_variation_by_axes([_REGULAR])
    return font


@cache
def _has(face: Path, character: str) -> bool:
    font = _font(face, 20)
    drawn, missing = font.getmask(character), font.getmask(_MISSING)
    return (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))


@cache
def _find(character: str) -> Path | None:
    """Return the first face that has a character; control characters and surrogates have none."""
    faces = () if unicodedata.category(character) in {"Cc", "Cs"} else _faces()
    return next((face for face in faces if _has(face, character)), None)


def _face(character: str) -> Path:
    return _find(character) or _faces()[0]


def joins(character: str) -> bool:
    """Whether a character is part of the one before it."""
    return unicodedata.category(character) in _JOINING


def _runs(text: str) -> list[Run]:
    """Return the runs of a line in logical order."""
    runs: list[Run] = []
    for number, word in enumerate(text.split(" ")):
        own = _runs_of_word(word)
        if runs and own and runs[-1].face == own[0].face:
            # The space becomes part of the run, so that right-to-left text orders it correctly.
            first = own.pop(0)
            runs[-1] = Run(first.face, f"{runs[-1].text} {first.text}")
        elif number:
            runs.append(Run(_faces()[0], " "))
        runs += own
    return runs


def _runs_of_word(word: str) -> list[Run]:
    """Return the runs of a word; marks and punctuation stay in the run before them if they can."""
    runs: list[Run] = []
    for character in word:
        face = _face(character)
        if runs and (face == runs[-1].face or _stays(runs[-1].face, character)):
            runs[-1] = Run(runs[-1].face, runs[-1].text + character)
        else:
            runs.append(Run(face, character))
    return runs


def _stays(face: Path, character: str) -> bool:
    return not character.isalnum() and (joins(character) or _has(face, character))


def is_right_to_left(text: str) -> bool:
    """Whether the first letter of a text belongs to a right-to-left script."""
    strong = (unicodedata.bidirectional(character) for character in text)
    return next((kind for kind in strong if kind in {"L", "R", "AL"}), "L") != "L"


def readable(text: str) -> str:
    """Return a text; a character that no font has becomes its code point, such as [E000]."""
    return "".join(c if c.isspace() or joins(c) or _find(c) else f"[{ord(c):X}]" for c in text)


def width(text: str, size: float) -> float:
    """Return the width of a line, in pixels."""
    return sum(_font(run.face, round(size)).getlength(run.text) for run in _runs(text))


def write(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: float, fill: int
) -> None:
    """Draw a line.

    Args:
        draw: The picture.
        at: The left end of its baseline.
        text: The line.
        size: The size of the letters, in pixels.
        fill: The value of their pixels.
    """
    x, y = at
    runs = _runs(text)
    for run in reversed(runs) if is_right_to_left(text) else runs:
        font = _font(run.face, round(size))
        draw.text((x, y), run.text, fill, font, "ls")
        x += font.getlength(run.text)


def lines(text: str, size: float, room: float) -> Iterator[str]:
    """Yield lines that fit; a word that is longer than a line is broken.

    Args:
        text: Words with white space between them.
        size: The size of the letters, in pixels.
        room: The width of a line, in pixels.
    """
    line, used = "", 0.0
    space = width(" ", size)
    for word in text.split():
        more = _width_of_word(word, round(size))
        if line and used + space + more <= room:
            line, used = f"{line} {word}", used + space + more
            continue
        if line:
            yield line
        line, used = word, more
        if more > room:
            *whole, line = _pieces(word, size, room)
            yield from whole
            used = width(line, size)
    if line:
        yield line


@lru_cache(maxsize=4096)
def _width_of_word(word: str, size: int) -> float:
    """Return the width of a word; cached, because a long prompt is measured repeatedly."""
    return width(word, size)


def _pieces(word: str, size: float, room: float) -> Iterator[str]:
    """Yield the parts of a word, each at most as wide as a line."""
    piece, used = "", 0.0
    for character in word:
        # Measuring the whole piece for each character would take seconds.
        advance = 0.0 if joins(character) else _advance(character, round(size))
        if piece and used + advance > room:
            yield piece
            piece, used = "", 0.0
        piece += character
        used += advance
    yield piece


@cache
def _advance(character: str, size: int) -> float:
    return _font(_face(character), size).getlength(character)
