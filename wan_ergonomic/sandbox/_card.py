"""The test card: what a video shows, drawn once, before anything moves.

Turns a job's request into still pictures. Knows nothing of frames, codecs or
files; those are `_video`'s.
"""

from __future__ import annotations

import colorsys
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from PIL import Image, ImageDraw, ImageFont

from wan_ergonomic import _spec

# What the model really makes, from Alibaba's documentation. There is no 4:3 or 3:4 at 480P.
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

# The model reads this many characters and drops the rest without a word.
_MAX_PROMPT = 800

_WHITE = (255, 255, 255, 255)
_DIM = (255, 255, 255, 150)
_FAINT = (255, 255, 255, 110)
_SHADE = (8, 10, 18, 120)
_BARS = ("#c0c0c0", "#c0c000", "#00c0c0", "#00c000", "#c000c0", "#c00000", "#0000c0")

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything a video's bytes depend on."""

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
        """A hundredth of the short side: all measures are in these."""
        return min(self.size) / 100

    @property
    def margin(self) -> int:
        """The empty border, in pixels."""
        return round(6 * self.unit)

    def dice(self, use: str) -> random.Random:
        """Return the source of everything that differs between seeds, for one use."""
        return random.Random(f"{self.seed}/{self.edition}/{use}")

    def palette(self) -> Iterator[Colour]:
        """Yield colours that go together, others for each seed."""
        hue = self.dice("hue").random()
        while True:
            red, green, blue = colorsys.hls_to_rgb(hue % 1, 0.5, 0.75)
            yield round(red * 255), round(green * 255), round(blue * 255)
            hue += 0.13


def font(size: float) -> Font:
    """Return the one font there is on every machine: the one inside Pillow."""
    return _font(round(size))


@cache
def _font(size: int) -> Font:
    return ImageFont.load_default(size)


def backdrop(card: Card) -> Image.Image:
    """Return the picture behind everything: a gradient of the seed's colours under a grid."""
    colours = card.palette()
    dark, light = (tuple(c // 6 for c in next(colours)), tuple(c // 2 for c in next(colours)))
    mask = Image.linear_gradient("L").rotate(45, Image.Resampling.BILINEAR, expand=True)
    third = mask.width // 4
    mask = mask.crop((third, third, mask.width - third, mask.height - third)).resize(card.size)
    image = Image.composite(
        Image.new("RGB", card.size, light), Image.new("RGB", card.size, dark), mask
    )
    draw = ImageDraw.Draw(image, "RGBA")
    width, height = card.size
    step = min(card.size) / 8
    for i in range(1, round(width / step)):
        draw.line((i * step, 0, i * step, height), fill=(255, 255, 255, 14))
    for i in range(1, round(height / step)):
        draw.line((0, i * step, width, i * step), fill=(255, 255, 255, 14))
    return image


def lettering(card: Card) -> Image.Image:
    """Return the text of the card on nothing, to be laid over what moves."""
    image = Image.new("RGBA", card.size)
    draw = ImageDraw.Draw(image)
    _header(card, draw)
    _prompt(card, draw)
    _settings(card, draw)
    if card.watermark:
        _, top, right, _ = leader_box(card)
        place = (right, top - 2 * card.unit)
        draw.text(place, "Wan · AI generated", _FAINT, font(4 * card.unit), "rs")
    return image


def _header(card: Card, draw: ImageDraw.ImageDraw) -> None:
    width, _ = card.size
    height = round(2 * card.unit)
    for i, colour in enumerate(_BARS):
        left, right = i * width // len(_BARS), (i + 1) * width // len(_BARS)
        draw.rectangle((left, 0, right, height), fill=colour)
    top = card.margin + height
    draw.text((card.margin, top), "WAN SANDBOX", _WHITE, font(3.6 * card.unit), "ls")
    draw.text((width - card.margin, top), "test card", _DIM, font(3.6 * card.unit), "rs")


def _prompt(card: Card, draw: ImageDraw.ImageDraw) -> None:
    top = 14 * card.unit
    bottom = min(leader_box(card)[1] - 6 * card.unit, _settings_top(card)) - 2 * card.unit
    for tenths in range(85, 20, -5):
        size = tenths / 10 * card.unit
        lines = list(_wrapped(card.prompt, font(size), card.size[0] - 2 * card.margin))
        fitting = int((bottom - top) / (size * 1.25))
        if len(lines) <= fitting:
            break
    for i, line in enumerate(lines[:fitting]):
        draw.text((card.margin, top + i * size * 1.25), line, _WHITE, font(size), "la")


def _settings(card: Card, draw: ImageDraw.ImageDraw) -> None:
    size = 2.9 * card.unit
    top = _settings_top(card)
    names = 1.5 * size + max(font(size).getlength(name) for name, _ in card.settings)
    room = leader_box(card)[0] - 2 * card.margin - names
    for i, (name, value) in enumerate(card.settings):
        y = top + i * size * 1.4
        draw.text((card.margin, y), name, _DIM, font(size), "la")
        shown = next(_wrapped(value, font(size), room), "")
        draw.text((card.margin + names, y), shown, _WHITE, font(size), "la")


def _settings_top(card: Card) -> float:
    return leader_box(card)[3] - len(card.settings) * 2.9 * 1.4 * card.unit


def leader_box(card: Card) -> tuple[int, int, int, int]:
    """Return where the countdown turns, in even pixels."""
    width, height = card.size
    side = _even(24 * card.unit)
    right, bottom = _even(width - card.margin), _even(height - card.margin - 8 * card.unit)
    return right - side, bottom - side, right, bottom


def leader(card: Card) -> Image.Image:
    """Return the still part of the countdown: a disc with rings and a cross."""
    left, _, right, _ = leader_box(card)
    side = (right - left) * 2
    image = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(image)
    draw.ellipse((0, 0, side - 1, side - 1), fill=_SHADE, outline=_DIM, width=side // 60)
    inner = side // 8
    draw.ellipse((inner, inner, side - inner, side - inner), outline=_DIM, width=side // 90)
    return image.resize((side // 2, side // 2), Image.Resampling.BOX)


def _even(length: float) -> int:
    return round(length / 2) * 2


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
        line = ""
        for character in word:
            if with_font.getlength(line + character) > room:
                yield line
                line = ""
            line += character
    if line:
        yield line


def _text(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case _:
            return " ".join(str(value)[:_MAX_PROMPT].split())
