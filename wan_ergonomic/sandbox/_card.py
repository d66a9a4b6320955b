"""The test card: the still picture that a video shows, drawn from a job's request.

It is text on a plain colour. The text is drawn on the luma plane alone, and the colour
is one value for each chroma plane, so that no conversion of colours is needed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from PIL import Image, ImageDraw

from wan_ergonomic import _spec
from wan_ergonomic._limits import SIZES

from ._font import is_right_to_left, lines, readable, width, write

# The model silently drops the characters of a prompt after these.
_MAX_PROMPT = 800

# Luma of studio range goes from 16 (black) to 235 (white).
WHITE = 235
DIM = 165
# At least three times as bright as the background, and at most a third as bright as white.
TRACK = 124
_BACKGROUND = 50
# The distance from grey, on both chroma planes together.
_SATURATION = 34
# Steps of the golden ratio give the seeds 1, 2, 3 … hues that are far apart.
_HUE_STEP = (math.sqrt(5) - 1) / 2

# The height of a line, in units of the letters' size; its baseline, in units of that height.
_LINE = 1.4
_BASELINE = 0.75
_SETTINGS_SIZE = 2.8
# The smallest size, in pixels, of a single word that is made smaller to fit.
_SMALLEST = 5
_CUT = "…"


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


def picture(card: Card) -> Image.Image:
    """Return the luma plane of the card."""
    luma = Image.new("L", card.size, _BACKGROUND)
    draw = ImageDraw.Draw(luma)
    _header(card, draw)
    _prompt(card, draw)
    _settings(card, draw)
    return luma


def _header(card: Card, draw: ImageDraw.ImageDraw) -> None:
    top, size = 9 * card.unit, 3.4 * card.unit
    write(draw, (card.margin, top), "WAN SANDBOX test card", size, DIM)
    if card.watermark:
        mark = "Wan · AI generated"
        write(draw, (card.size[0] - card.margin - width(mark, size), top), mark, size, WHITE)


def _prompt(card: Card, draw: ImageDraw.ImageDraw) -> None:
    """Draw the prompt in the largest letters that fit; cut it if none do."""
    top, bottom = 14 * card.unit, _settings_top(card) - 2 * card.unit
    room, text = card.size[0] - 2 * card.margin, readable(card.prompt)
    for tenths in range(80, 20, -5):
        size = tenths / 10 * card.unit
        wrapped = list(lines(text, size, room))
        fitting = int((bottom - top) / (size * _LINE))
        if len(wrapped) <= fitting:
            break
    shown = wrapped if len(wrapped) <= fitting else [*wrapped[: fitting - 1], _CUT]
    for i, line in enumerate(shown):
        indent = room - width(line, size) if is_right_to_left(line) else 0
        write(draw, (card.margin + indent, top + (i + _BASELINE) * size * _LINE), line, size, WHITE)


def _settings(card: Card, draw: ImageDraw.ImageDraw) -> None:
    size = _SETTINGS_SIZE * card.unit
    names = 1.5 * size + max(width(name, size) for name, _ in card.settings)
    room = card.size[0] - 2 * card.margin - names
    for i, (name, value) in enumerate(card.settings):
        y = _settings_top(card) + (i + _BASELINE) * size * _LINE
        write(draw, (card.margin, y), name, size, DIM)
        shown, own = _fitted(readable(value), size, room)
        write(draw, (card.margin + names, y), shown, own, WHITE)


def _fitted(value: str, size: float, room: float) -> tuple[str, float]:
    """Return a value as one line, and its size: one word is made smaller to fit, a text is cut."""
    smaller = () if " " in value else range(math.floor(size), _SMALLEST - 1, -1)
    for own in (size, *smaller):
        if width(value, own) <= room:
            return value, own
    return next(lines(value, size, room - width(_CUT, size))) + _CUT, size


def _settings_top(card: Card) -> float:
    bottom = card.size[1] - card.margin - 8 * card.unit
    return bottom - len(card.settings) * _SETTINGS_SIZE * _LINE * card.unit


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(value)[:_MAX_PROMPT].split())
