"""The test card: the still picture that a video shows, drawn from a job's request.

It is text on a plain colour. The text is drawn on the luma plane alone, and the colour
is one value for each chroma plane, so that no conversion of colours is needed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from PIL import Image, ImageDraw, ImageFont

from wan_ergonomic import _spec

# The model's true sizes, from Alibaba's documentation. 480P has no 4:3 and no 3:4.
SIZES: Mapping[tuple[str, str], tuple[int, int]] = {
    ("480P", "16:9"): (832, 480),
    ("480P", "9:16"): (480, 832),
    ("480P", "1:1"): (624, 624),
    ("1080P", "16:9"): (1920, 1080),
    ("1080P", "9:16"): (1080, 1920),
    ("1080P", "1:1"): (1440, 1440),
    ("1080P", "4:3"): (1632, 1248),
    ("1080P", "3:4"): (1248, 1632),
}

# The model silently drops the characters of a prompt after these.
_MAX_PROMPT = 800

# Luma of studio range goes from 16 (black) to 235 (white).
WHITE = 235
DIM = 165
_BACKGROUND = 50
# The distance from grey, on both chroma planes together.
_SATURATION = 34
# Steps of the golden ratio give the seeds 1, 2, 3 … hues that are far apart.
_HUE_STEP = (math.sqrt(5) - 1) / 2

_LINE = 1.3
_SETTINGS_SIZE = 3.0

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything that a video's bytes depend on."""

    prompt: str
    settings: tuple[tuple[str, str], ...]
    size: tuple[int, int]
    seed: int
    watermark: bool
    edition: int = 0

    @classmethod
    def of(cls, request: Mapping[str, Any], edition: int = 0) -> Self:
        """Return the card of a request that has its seed and the server's defaults."""
        size = SIZES[request["resolution"], request["aspect_ratio"]]
        names = sorted(_spec.request_schema()["properties"].keys() & request.keys() - {"prompt"})
        settings = ((name, _text(request[name])) for name in names)
        return cls(
            prompt=request["prompt"][:_MAX_PROMPT],
            settings=(*settings, ("size", f"{size[0]} x {size[1]}")),
            size=size,
            seed=request["seed"],
            watermark=request["watermark"],
            edition=edition,
        )

    @property
    def unit(self) -> float:
        """A hundredth of the short side, in pixels; all lengths are in these."""
        return min(self.size) / 100

    @property
    def margin(self) -> int:
        """The width of the empty border, in pixels."""
        return round(6 * self.unit)

    @property
    def chroma(self) -> tuple[int, int]:
        """The blue and the red chroma of the whole card, which its seed decides."""
        hue = math.tau * (self.seed * _HUE_STEP + self.edition / 2)
        return (
            128 + round(_SATURATION * math.cos(hue)),
            128 + round(_SATURATION * math.sin(hue)),
        )


@cache
def font(size: float) -> Font:
    """Return Pillow's own font, which is the same on every machine."""
    return ImageFont.load_default(round(size))


def picture(card: Card) -> Image.Image:
    """Return the luma plane of the card."""
    luma = Image.new("L", card.size, _BACKGROUND)
    draw = ImageDraw.Draw(luma)
    _header(card, draw)
    _prompt(card, draw)
    _settings(card, draw)
    return luma


def _header(card: Card, draw: ImageDraw.ImageDraw) -> None:
    top, typeface = 9 * card.unit, font(3.6 * card.unit)
    draw.text((card.margin, top), "WAN SANDBOX test card", DIM, typeface, "ls")
    if card.watermark:
        draw.text((card.size[0] - card.margin, top), "Wan · AI generated", WHITE, typeface, "rs")


def _prompt(card: Card, draw: ImageDraw.ImageDraw) -> None:
    """Draw the prompt in the largest letters that fit; cut it if none do."""
    top, bottom = 14 * card.unit, _settings_top(card) - 2 * card.unit
    for tenths in range(85, 20, -5):
        size = tenths / 10 * card.unit
        lines = list(_wrapped(card.prompt, font(size), card.size[0] - 2 * card.margin))
        fitting = int((bottom - top) / (size * _LINE))
        if len(lines) <= fitting:
            break
    for i, line in enumerate(lines[:fitting]):
        draw.text((card.margin, top + i * size * _LINE), line, WHITE, font(size), "la")


def _settings(card: Card, draw: ImageDraw.ImageDraw) -> None:
    size = _SETTINGS_SIZE * card.unit
    typeface = font(size)
    names = 1.5 * size + max(typeface.getlength(name) for name, _ in card.settings)
    room = card.size[0] - 2 * card.margin - names
    for i, (name, value) in enumerate(card.settings):
        y = _settings_top(card) + i * size * _LINE
        draw.text((card.margin, y), name, DIM, typeface, "la")
        shown = next(_wrapped(value, typeface, room), "")
        draw.text((card.margin + names, y), shown, WHITE, typeface, "la")


def _settings_top(card: Card) -> float:
    bottom = card.size[1] - card.margin - 8 * card.unit
    return bottom - len(card.settings) * _SETTINGS_SIZE * _LINE * card.unit


def _wrapped(text: str, with_font: Font, room: float) -> Iterator[str]:
    """Yield lines that fit; a word that is longer than a line is broken."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if with_font.getlength(longer) <= room:
            line = longer
            continue
        if line:
            yield line
        line, width = "", 0.0
        for character in word:
            # Measuring the whole line for each character would take seconds.
            advance = with_font.getlength(character)
            width += advance
            if width > room:
                yield line
                line, width = "", advance
            line += character
    if line:
        yield line


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(value)[:_MAX_PROMPT].split())
