"""Makes folders as a batch leaves them: real videos, sidecars, and a list of results."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageDraw

RATE = 12


@cache
def frames(
    hue: int, size: tuple[int, int] = (192, 108), seconds: float = 1.0
) -> tuple[Image.Image, ...]:
    """Return pictures of a disc that moves from left to right over a sky of a color."""
    width, height = size
    count = round(seconds * RATE)
    sky = Image.linear_gradient("L").resize(size)
    flat = Image.new("L", size, hue % 256)
    still = Image.merge("HSV", (flat, Image.new("L", size, 120), sky)).convert("RGB")
    pictures = []
    for number in range(count):
        picture = still.copy()
        x = width * number // count
        ImageDraw.Draw(picture).ellipse((x, height // 3, x + height // 3, 2 * height // 3), "white")
        pictures.append(picture)
    return tuple(pictures)


def pixel(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    """Return red, green and blue of a pixel."""
    found = image.convert("RGB").getpixel((x, y))
    assert isinstance(found, tuple)
    return found


def write_video(path: Path, pictures: Sequence[Image.Image]) -> Path:
    """Write pictures as H.264 in MP4."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast"})
        stream.pix_fmt = "yuv420p"
        stream.width, stream.height = pictures[0].size
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_image(picture)
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def record(number: int, prompt: str, **more: Any) -> dict[str, Any]:
    """Return what a batch records of a row that is done."""
    options = {"resolution": "480P", "seed": 7, **more.pop("options", {})}
    return {
        "format": 1,
        "batch": "videos",
        "row": number,
        "status": "done",
        "prompt": prompt,
        "options": options,
        "request": {"model": "alibaba/wan2.2-t2v-plus", "prompt": prompt, **options},
        "seed": options["seed"],
        "model": "alibaba/wan2.2-t2v-plus",
        "generation_id": f"generation-{number}",
        "usage": {"credits": 200_000, "usd": 0.1},
        "usd": 0.1,
        "submitted": "2026-11-29T22:00:00+00:00",
        "ended": f"2026-11-29T22:{number // 60 % 60:02}:{number % 60:02}+00:00",
        "file": f"row-{number}.mp4",
        **more,
    }


def write_results(folder: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """Write the list of results."""
    lines = (f"{json.dumps(each)}\n" for each in records)
    (folder / "results.jsonl").write_text("".join(lines), "utf-8")


PROMPTS = (
    "A paper boat sails down a gutter after the rain, seen from just above the water",
    "A fox crosses a frozen lake at dawn, mist rising, long lens, muted colors, slow pan",
    'A sign that says "</script><img src=x onerror=alert(1)>" & more, in neon',
    "سفينة ورقية تبحر في الشارع بعد المطر",
    "雪の中を歩く狐、夜明けの霧",
    "A lighthouse in a storm",
)


def write_matrix(
    folder: Path,
    prompts: Iterable[str] = PROMPTS,
    seeds: Iterable[int] = (1, 2, 3, 4),
    resolutions: Iterable[str] = ("480P", "1080P"),
    size: tuple[int, int] = (192, 108),
) -> list[dict[str, Any]]:
    """Write one video for each combination, with its record; return the records."""
    records = []
    for number, (prompt, seed, resolution) in enumerate(product(prompts, seeds, resolutions)):
        options = {"seed": seed, "resolution": resolution}
        records.append(record(number, prompt, options=options))
        write_video(folder / f"row-{number}.mp4", frames(number * 37, size))
    write_results(folder, records)
    return records


# Every state that a row can have.
TROUBLE: tuple[Mapping[str, Any], ...] = (
    {"status": "failed", "reason": "The prompt was rejected by the content filter.", "file": None},
    {"status": "in doubt", "reason": "The connection was lost after sending.", "file": None},
    {"status": "waiting", "reason": "The budget of 5 USD is used up.", "file": None},
    {"status": "bad", "reason": "seed must be a whole number, not 'x'.", "file": None},
    {"file": "gone.mp4"},
    {"file": "text.mp4"},
    {"file": "../outside.mp4"},
    {"marks": ["black", "wrong size: 640x480"]},
)


def write_trouble(folder: Path, start: int = 0) -> list[dict[str, Any]]:
    """Write a row in each state, and a broken line; return the records."""
    (folder / "text.mp4").write_text("This is no video.")
    records = [record(start + n, f"Trouble {n}", **each) for n, each in enumerate(TROUBLE)]
    marked = records[-1]
    marked["file"] = f"row-{start + len(TROUBLE) - 1}.mp4"
    write_video(folder / marked["file"], frames(5))
    return records
