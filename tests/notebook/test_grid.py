"""Several generations in a grid."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.gallery.folders import frames, write_video
from wan_ergonomic import Generation
from wan_ergonomic.notebook import grid, load_ipython_extension, unload_ipython_extension


@pytest.fixture
def made(tmp_path) -> list[Generation]:
    """Three generations with their videos."""
    return [
        Generation(
            id=f"gen-{n}",
            status="completed",
            file=write_video(tmp_path / f"{n}.mp4", frames(n)),
        )
        for n in range(3)
    ]


def html(shown: Any) -> str:
    """Return the HTML of what a notebook shows."""
    found: str = shown._repr_mimebundle_(include=None, exclude=None)["text/html"]
    return found


def test_a_grid_has_a_card_for_each(made):
    """In their order; the style is there once, and one card alone is wider."""
    shown = html(grid(iter(made)))
    assert shown.count('<div class="wan-card">') == shown.count("<video ") == 3
    assert shown.index("gen-0") < shown.index("gen-1") < shown.index("gen-2")
    assert (shown.count("<style>"), "wan-one" in shown.split("</style>")[1]) == (1, False)
    assert "wan-one" in html(grid(made[:1])).split("</style>")[1]
    assert html(grid(made[:1])) == html(made[0])
    assert html(grid([])).endswith('<div class="wan-cards"></div>')


def test_the_first_videos_that_fit_are_embedded(made):
    """Of the others there is a still."""
    sizes = [one.file.stat().st_size for one in made if one.file]
    shown = html(grid(made, embed_bytes=sizes[0] + sizes[2]))
    kinds = [part.count("<video ") for part in shown.split('<div class="wan-card">')[1:]]
    assert kinds in ([1, 0, 1], [1, 1, 0])
    assert html(grid(made, embed_bytes=0)).count("<img ") == 3


def test_a_grid_can_be_read_in_a_terminal_and_iterated(made):
    """One below the other."""
    shown = grid(made)
    assert (len(shown), list(shown)) == (3, made)
    assert [line for line in repr(shown).splitlines() if line[0] != " "] == [
        f"Generation gen-{n}: completed" for n in range(3)
    ]


def test_the_extension_shows_lists_of_generations_as_grids(made):
    """Any other list is shown as ever; afterwards, all of them are."""
    formats: dict[type, Any] = {}
    formatter = SimpleNamespace(for_type=formats.__setitem__, pop=formats.pop)
    display = SimpleNamespace(formatters={"text/html": formatter})
    shell = SimpleNamespace(display_formatter=display)
    load_ipython_extension(shell)
    assert formats.keys() == {list, tuple}
    for kind, show in formats.items():
        assert show(kind(made)) == html(grid(made))
        assert [show(kind(values)) for values in ([], [1, 2], [made[0], 1])] == [None] * 3
    unload_ipython_extension(shell)
    unload_ipython_extension(shell)
    assert formats == {}
