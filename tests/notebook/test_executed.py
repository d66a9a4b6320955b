"""A notebook that is executed against the sandbox, as Jupyter does it.

Skipped without the extra ``notebook``. What Chromium shows of it is in ``test_in_browser``.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.options import small
from wan_ergonomic.sandbox import Sandbox, _video

from .executed import execute, html_of

CELLS = (
    """
from wan_ergonomic import AsyncWanClient, PollingPolicy, WanClient
from wan_ergonomic.notebook import grid
often = PollingPolicy(min_interval=0.05, max_interval=0.05)
wan, awan = WanClient(polling=often), AsyncWanClient(polling=often)
options = OPTIONS
""",
    "made = wan.generate('A <b>boat</b>', **options)",
    "made",
    "saved = wan.download(made, 'boat.mp4'); saved",
    "await awan.download(await awan.generate('A kite', **options), 'kite.mp4')",
    "await awan.wait(made.id); wan.wait(made, progress=False).id == made.id",
    "grid([saved, made])",
    "[saved, made]",
    "%load_ext wan_ergonomic.notebook\n[saved, made]",
    "[1, saved]",
    "wan.generate('[scenario: fails] A fox', **options)",
)


@pytest.fixture(scope="module")
def cells(tmp_path_factory) -> list[list[Any]]:
    """The outputs of each cell."""
    folder = tmp_path_factory.mktemp("notebook")
    frames, _video.FRAMES = _video.FRAMES, 15
    try:
        with Sandbox(speed=2000) as sandbox:
            sources = [cell.replace("OPTIONS", repr(small())) for cell in CELLS]
            return execute(sources, folder, WAN_BASE_URL=sandbox.url, WAN_API_KEY=sandbox.key)
    finally:
        _video.FRAMES = frames


def test_generate_replaces_one_output(cells):
    """It ends as one line, and shows nothing else."""
    ((output,),) = [cells[1]]
    assert output["output_type"] == "display_data"
    assert ": completed after " in output["data"]["text/plain"]
    assert 'data-state="completed">completed</span>' in output["data"]["text/html"]


def test_a_generation_is_shown_as_a_card(cells):
    """Without a video until it is downloaded; then the video plays in the cell."""
    before, after = html_of(cells[2]), html_of(cells[3])
    assert "A &lt;b&gt;boat&lt;/b&gt;" in before
    assert ("<video " in before, "<video " in after) == (False, True)
    assert "boat.mp4" in after


def test_the_async_client_shows_the_same(cells):
    """With top-level ``await``."""
    progress, card = cells[4]
    assert ": completed after " in progress["data"]["text/plain"]
    assert "<video " in html_of([card])


def test_wait_shows_progress_unless_told_not_to(cells):
    """One output for two calls, then the value of the cell."""
    progress, value = cells[5]
    assert ": completed after " in progress["data"]["text/plain"]
    assert value["data"] == {"text/plain": "True"}


def test_generations_are_shown_as_a_grid(cells):
    """By ``grid``; of a list, with the extension."""
    assert html_of(cells[6]).count('<div class="wan-card">') == 2
    assert "text/html" not in cells[7][0]["data"]
    assert html_of(cells[8]) == html_of(cells[6])
    assert "text/html" not in cells[9][0]["data"]


def test_a_failure_is_shown_where_the_progress_was(cells):
    """The traceback follows it."""
    progress, error = cells[10]
    assert "(GenerationFailedError)" in progress["data"]["text/plain"]
    assert (error["output_type"], error["ename"]) == ("error", "GenerationFailedError")


def test_no_output_has_a_signed_link_or_the_key(cells):
    """Notebooks are passed on."""
    text = json.dumps(cells)
    assert ("Signature" in text, "sandbox-key" in text) == (False, False)
