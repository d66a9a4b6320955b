"""`wan gallery`: the page, the contact sheet, and what is printed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.gallery.folders import write_matrix, write_results, write_trouble


@pytest.fixture
def videos():
    """A folder of a batch, in the current one."""
    folder = Path("videos")
    folder.mkdir()
    write_results(
        folder, write_matrix(folder, ["A fox"], [1, 2], ["480P"]) + write_trouble(folder, 9)
    )
    return folder


def test_the_page_is_printed_and_the_rows_are_counted(wan, videos):
    """The path is data; the counts are for a person."""
    result = wan("gallery", "videos/")
    assert (result.code, result.text) == (0, "videos/gallery.html")
    assert result.err == (
        "wan: 10 rows: 3 done, 1 failed, 1 in doubt, 1 waiting, 1 bad, 2 missing, 1 no video.\n"
    )
    assert (videos / "gallery.html").exists()


def test_one_row_is_no_rows(wan):
    """The count reads as a sentence."""
    write_results(Path(), [{"status": "failed", "prompt": "x"}])
    assert wan("gallery", ".").err == "wan: 1 row: 1 failed.\n"


@pytest.mark.usefixtures("videos")
def test_json_has_the_same(wan):
    """As one object."""
    result = wan("gallery", "videos", "-o", "page.html", "--sheet", "sheet.png", "--json")
    states = {"done": 3, "failed": 1, "in doubt": 1, "waiting": 1, "bad": 1, "missing": 2}
    assert result.data == {
        "page": "page.html",
        "sheet": "sheet.png",
        "states": {**states, "no video": 1},
    }
    assert result.err == ""
    assert Path("sheet.png").read_bytes()[1:4] == b"PNG"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["s3://bucket/x/"], "Copy s3://bucket/x/ to one first, as with `aws s3 sync`."),
        (["nowhere"], "nowhere cannot be read: No such file or directory."),
        (["videos", "-o", "videos/row-0.mp4"], "exists and is no gallery"),
        (["videos", "--sheet", "sheet.jpg"], "sheet.jpg must end with .png."),
    ],
)
@pytest.mark.usefixtures("videos")
def test_what_cannot_be_made_exits_with_2(wan, words, message):
    """Nothing is written, and nothing was spent."""
    result = wan("gallery", *words)
    assert (result.code, result.out) == (2, b"")
    assert message in result.err
    assert "Nothing was sent or spent." in result.err


@pytest.mark.usefixtures("videos")
def test_open_starts_the_browser(start, monkeypatch, tmp_path):
    """The one that the environment names, with the page's address."""
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    program.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{program} %s")
    assert start("gallery", "videos", "--open").end().code == 0
    assert (tmp_path / "opened").read_text() == f"{(tmp_path / 'videos/gallery.html').as_uri()}\n"


@pytest.mark.usefixtures("videos")
def test_without_a_browser_the_page_is_named(start, monkeypatch):
    """On a server there is none."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BROWSER", "false %s")
    monkeypatch.setenv("PATH", "/nowhere")
    result = start("gallery", "videos", "--open").end()
    assert result.code == 0
    assert "No browser could be started; open videos/gallery.html in one." in result.err


def test_without_its_extra_the_command_names_it(wan, monkeypatch):
    """PyAV is not installed with the command."""
    ours = ("wan_ergonomic.gallery", "wan_ergonomic._stills")
    for name in [name for name in sys.modules if name.startswith(ours)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "av", None)
    result = wan("gallery", "videos")
    assert result.code == 2
    assert "pip install 'wan-ergonomic[gallery]'" in result.err
