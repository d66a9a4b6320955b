"""Real videos: a moving test card, as H.264 in MP4.

The same card always gives the same bytes: one thread, fixed settings, no timestamps,
and integer colour conversion. Pictures are converted to the codec's planes once; each
frame is then a few small pastes.
"""

from __future__ import annotations

import hashlib
import math
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import av
from PIL import Image, ImageDraw

from ._card import Card, backdrop, font, leader, leader_box, lettering

if TYPE_CHECKING:
    from av.video.stream import VideoStream

RATE = 30
SECONDS = 5
FRAMES = RATE * SECONDS

_KEPT = 16
_OPTIONS = {"preset": "ultrafast", "crf": "24", "threads": "1"}
# ITU-R BT.601 with studio range, as the integer conversion below produces.
_SMPTE170M = 6
_STUDIO_RANGE = 1

# Luma at full size; both chroma planes at half the width and height.
_SCALES = (1, 2, 2)

Point = tuple[int, int]
Box = tuple[int, int, int, int]
Planes = list[Image.Image]


@dataclass(frozen=True, slots=True)
class Video:
    """A finished file and its strong entity tag."""

    data: bytes
    etag: str


class Videos:
    """Renders each card at its first request and keeps the last few."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Card, Video] = OrderedDict()

    def get(self, card: Card) -> Video:
        """Return a card's video. Takes about a second the first time: call it in a thread."""
        with self._lock:
            if card not in self._kept:
                data = render(card)
                self._kept[card] = Video(data, f'"{hashlib.sha256(data).hexdigest()[:32]}"')
            self._kept.move_to_end(card)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return self._kept[card]


class Layer:
    """A picture as the codec's three planes, with masks for transparency."""

    def __init__(self, image: Image.Image) -> None:
        half = (image.width // 2, image.height // 2)
        luma, blue, red = image.convert("RGB").convert("YCbCr").split()
        self.planes = [
            luma.point([16 + (value * 219 + 127) // 255 for value in range(256)]),
            *(
                plane.resize(half, Image.Resampling.BOX).point(
                    [16 + (value * 224 + 127) // 255 for value in range(256)]
                )
                for plane in (blue, red)
            ),
        ]
        alpha = image.getchannel("A") if image.mode == "RGBA" else Image.new("L", image.size, 255)
        small = alpha.resize(half, Image.Resampling.BOX)
        self.masks = [alpha, small, small]

    def paste_on(self, planes: Planes, at: Point) -> None:
        """Paste this layer on the planes of a frame, at even coordinates."""
        for plane, own, mask, scale in zip(planes, self.planes, self.masks, _SCALES, strict=True):
            plane.paste(own, (at[0] // scale, at[1] // scale), mask)

    def cut(self, part: Box) -> Layer:
        """Return an even part of this layer."""
        cut = copy(self)
        cut.planes, cut.masks = _cut(self.planes, part), _cut(self.masks, part)
        return cut


def render(card: Card) -> bytes:
    """Return a card's video: an MP4 whose index comes first, so that it plays while it loads."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "video.mp4")
        options = {"movflags": "+faststart", "fflags": "+bitexact"}
        with av.open(path, "w", options=options) as container:
            stream = container.add_stream("libx264", rate=RATE, options=_OPTIONS)
            _configure(stream, card)
            for number, planes in enumerate(_frames(card)):
                container.mux(stream.encode(_frame(card, planes, number)))
            container.mux(stream.encode(None))
        return path.read_bytes()


def _configure(stream: VideoStream, card: Card) -> None:
    stream.width, stream.height = card.size
    stream.pix_fmt = "yuv420p"
    codec = stream.codec_context
    codec.color_range = _STUDIO_RANGE
    codec.colorspace = codec.color_primaries = codec.color_trc = _SMPTE170M


def _frame(card: Card, planes: Planes, number: int) -> av.VideoFrame:
    frame = av.VideoFrame(*card.size, "yuv420p")
    for target, plane in zip(frame.planes, planes, strict=True):
        # The codec wants its rows padded; cropping beyond the edge pads.
        rows = target.buffer_size // target.line_size
        target.update(plane.crop((0, 0, target.line_size, rows)).tobytes())
    frame.pts = number
    return frame


def _frames(card: Card) -> Iterator[Planes]:
    """Yield the planes of each picture in turn."""
    empty, over = Layer(backdrop(card)), Layer(lettering(card))
    ground = [plane.copy() for plane in empty.planes]
    over.paste_on(ground, (0, 0))
    orbs, sweeps = list(_orbs(card)), _sweeps(card)
    corner = leader_box(card)[:2]
    for number in range(FRAMES):
        planes = [plane.copy() for plane in ground]
        boxes = [orb.box_at(card, number) for orb in orbs]
        for part in (_inside(box, card.size) for box in boxes):
            # Backdrop, all the light that falls in this part, and the lettering once.
            patches = _cut(empty.planes, part)
            for orb, box in zip(orbs, boxes, strict=True):
                at = (box[0] - part[0], box[1] - part[1])
                orb.layer.paste_on(patches, at)
            over.cut(part).paste_on(patches, (0, 0))
            for plane, patch, scale in zip(planes, patches, _SCALES, strict=True):
                plane.paste(patch, (part[0] // scale, part[1] // scale))
        sweeps[number % RATE].paste_on(planes, corner)
        _clock(card, planes[0], number)
        yield planes


def _cut(planes: Planes, part: Box) -> Planes:
    """Return a part of each plane, the part being measured in whole pixels."""
    left, top, right, bottom = part
    return [
        plane.crop((left // scale, top // scale, right // scale, bottom // scale))
        for plane, scale in zip(planes, _SCALES, strict=True)
    ]


def _inside(box: Box, size: Point) -> Box:
    left, top, right, bottom = box
    return max(left, 0), max(top, 0), min(right, size[0]), min(bottom, size[1])


@dataclass(frozen=True, slots=True)
class Orb:
    """A soft ball of light on a path that closes after the last frame."""

    layer: Layer
    side: int
    turns: Point
    phase: float

    def box_at(self, card: Card, number: int) -> Box:
        """Return where the orb is in a frame, in even pixels."""
        angle = math.tau * number / FRAMES
        across = 0.5 + 0.45 * math.sin(self.turns[0] * angle + self.phase)
        down = 0.5 + 0.4 * math.cos(self.turns[1] * angle + 2 * self.phase)
        x = round((card.size[0] * across - self.side / 2) / 2) * 2
        y = round((card.size[1] * down - self.side / 2) / 2) * 2
        return x, y, x + self.side, y + self.side


def _orbs(card: Card) -> Iterator[Orb]:
    dice = card.dice("orbs")
    colours = card.palette()
    for share in (0.5, 0.34, 0.22):
        side = round(share * 100 * card.unit / 4) * 4
        fade = Image.radial_gradient("L").resize((side, side))
        image = Image.new("RGBA", (side, side), next(colours))
        image.putalpha(fade.point([max(0, 190 - value * 190 // 180) for value in range(256)]))
        turns = (dice.choice((-2, -1, 1, 2)), dice.choice((-1, 1)))
        yield Orb(Layer(image), side, turns, dice.uniform(0, math.tau))


def _sweeps(card: Card) -> list[Layer]:
    """Return the countdown's disc for each frame of a second."""
    disc = leader(card)
    side = disc.width
    sweeps = []
    for number in range(RATE):
        hand = Image.new("RGBA", (side * 2, side * 2))
        pie = (side // 8, side // 8, side * 2 - side // 8, side * 2 - side // 8)
        end = -90 + 360 * (number + 1) / RATE
        ImageDraw.Draw(hand).pieslice(pie, -90, end, fill=(255, 255, 255, 70))
        picture = disc.copy()
        picture.alpha_composite(hand.resize((side, side), Image.Resampling.BOX))
        sweeps.append(Layer(picture))
    return sweeps


def _clock(card: Card, luma: Image.Image, number: int) -> None:
    """Draw what only needs brightness: the countdown's digit, the bar and the time."""
    draw = ImageDraw.Draw(luma)
    left, top, right, bottom = leader_box(card)
    centre = ((left + right) / 2, (top + bottom) / 2)
    draw.text(centre, str(SECONDS - number // RATE), 235, font(13 * card.unit), "mm")
    width, height = card.size
    base = height - card.margin
    room = width - 2 * card.margin
    done = card.margin + room * (number + 1) / FRAMES
    thick = max(2, round(card.unit * 0.8))
    draw.rectangle((card.margin, base, card.margin + room, base + thick), fill=70)
    draw.rectangle((card.margin, base, done, base + thick), fill=235)
    time = f"{number / RATE:05.2f} s    frame {number + 1:03d} / {FRAMES}"
    draw.text((card.margin, base - 1.5 * card.unit), time, 235, font(3 * card.unit), "ls")
