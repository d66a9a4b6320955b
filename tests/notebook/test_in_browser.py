"""Cells as Chromium shows them, among the rules that Jupyter has for its outputs.

Skipped where Chromium or the extra ``browser`` is not installed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.gallery.folders import frames, write_video
from tests.support.browser import SECONDS, chromium
from wan_ergonomic import Failure, Generation, Usage, Video
from wan_ergonomic.notebook import grid, status_line

# What JupyterLab and its exports say of lists in outputs, and their colors.
JUPYTER = """
<style>
  .output dl { width: 100%; overflow: hidden; padding: 0; margin: 0; }
  .output dt { font-weight: bold; float: left; width: 20%; }
  .output dd { float: left; width: 80%; }
  .output p { margin: 0 0 1em; }
  .output code { background: #fff; color: #000; border: 1px solid; padding: 2px; }
  body { background: white; color: rgba(0, 0, 0, .87); }
  @media (prefers-color-scheme: dark) { body { background: #111; color: #fff; } }
</style>
"""
# Where the text of a card leaves the card, or cannot be seen.
OUTSIDE = """
() => [...document.querySelectorAll(".wan-card")].flatMap((card) => {
  const edge = card.getBoundingClientRect();
  return [...card.querySelectorAll("p, dd, dt, code, span, video, img")].filter((each) => {
    const own = each.getBoundingClientRect();
    return own.left < edge.left || own.right > edge.right || own.bottom > edge.bottom || !own.width;
  }).map((each) => each.textContent);
})
"""
PLAYED = """
() => Promise.all([...document.querySelectorAll("video")].map((video) => video.play()
  .then(() => new Promise((done) => video.requestVideoFrameCallback(done)))
  .then(() => [video.videoWidth, video.videoHeight])))
"""


@pytest.fixture(scope="module")
def browser() -> Any:
    """Chromium."""
    with chromium() as started:
        yield started


def page_of(folder: Path) -> Path:
    """Write a page with every kind of cell, and long words; return its path."""
    wide = write_video(folder / "wide.mp4", frames(20, (192, 108)))
    tall = write_video(folder / "tall.mp4", frames(90, (108, 192)))
    request = {"model": "wan", "prompt": "A boat " * 40, "negative_prompt": "x" * 300, "seed": 7}
    link = Video(url="https://store.example/v.mp4?Expires=4102444800&Signature=abc")
    one = Generation(
        id="g" * 80, status="completed", video=link, usage=Usage(credits=2e6), request=request
    )
    fields: dict[str, Any] = {"id": "gen", "request": request}
    made = [
        Generation(**fields, status="completed", file=wide),
        Generation(**fields, status="completed", file=tall),
        Generation(**fields, status="generating"),
        Generation(**fields, status="error", error=Failure(name="no", message="y" * 200)),
        one,
    ]
    cells = [
        grid([one])._repr_mimebundle_()["text/html"],
        grid(made)._repr_mimebundle_()["text/html"],
        grid(made, embed_bytes=0)._repr_mimebundle_()["text/html"],
        status_line("pending", "generating", "45 s, next poll in 5 s", "A boat " * 30),
    ]
    path = folder / "cells.html"
    outputs = "".join(f'<div class="output">{cell}</div>' for cell in cells)
    path.write_text(f"<!doctype html><meta charset=utf-8>{JUPYTER}{outputs}", "utf-8")
    return path


@pytest.fixture(params=["light", "dark"])
def page(browser, tmp_path, request) -> Any:
    """The page, in one of two color schemes, with what it has requested."""
    context = browser.new_context(color_scheme=request.param)
    opened = context.new_page()
    opened.requested = list[str]()
    opened.on("request", lambda each: opened.requested.append(each.url.partition(":")[0]))
    opened.set_default_timeout(SECONDS * 1000)
    opened.goto(page_of(tmp_path).as_uri())
    yield opened
    context.close()


@pytest.mark.parametrize("width", [1200, 420])
def test_cells_can_be_read_and_played(page, width):
    """Nothing is cut off, every video plays, and nothing is requested but the page."""
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert page.evaluate(PLAYED) == [[192, 108], [108, 192]]
    assert set(page.requested) <= {"file", "data"}


def test_axe_finds_no_text_that_is_too_faint_and_no_video_without_a_name(page):
    """The colors are the notebook's own. A test has no captions for a video without sound."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    results = axe.run(page, context={"include": [[".output"]]})
    found = [(each["id"], each["nodes"][0]["html"]) for each in results.response["violations"]]
    assert [each for each in found if each[0] not in {"video-caption"}] == []
