"""The pictures show what the project does now."""

from __future__ import annotations

import html
import re

import pytest

from .pictures import COMMAND, IMAGES, run, terminal_as_svg


def shown(picture: str) -> str:
    """Return what is written in a picture of a terminal, without spaces and amounts."""
    words = html.unescape("".join(re.findall(r"<text[^>]*>(.*?)</text>", picture)))
    return re.sub(r"\s|[\d,.]+(?=\s*credits)|\$[\d.]+", "", words)


def test_the_picture_of_a_terminal_is_what_is_printed_now():
    """Made anew with scripts/pictures.py."""
    pytest.importorskip("pty")
    stored = (IMAGES / "terminal.svg").read_text("utf-8")
    assert shown(terminal_as_svg(run(COMMAND))) == shown(stored)
    assert "Accepted:" in shown(stored)


@pytest.mark.parametrize("name", ["terminal.svg", "money.svg", "icon.svg"])
def test_a_picture_loads_nothing(name):
    """It is shown where nothing else may be requested."""
    picture = (IMAGES / name).read_text("utf-8")
    addresses = set(re.findall(r"https?://[^\"'\s)]+", picture))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert "url(" not in picture.replace("url(#", "")
