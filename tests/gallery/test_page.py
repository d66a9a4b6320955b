"""The page as text: its data, its policy, and what escapes it; a browser is not needed."""

from __future__ import annotations

import html
import json
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.support.options import needs
from wan_ergonomic._stills import Still
from wan_ergonomic.cli import run
from wan_ergonomic.gallery import GalleryError, _again, _page
from wan_ergonomic.gallery._again import command_again
from wan_ergonomic.gallery._page import START, page
from wan_ergonomic.gallery._row import Row
from wan_ergonomic.gallery._shown import Shown

STILL = Still(webp=b"picture", width=16, height=9, seconds=5.0, rate=30.0)
SOURCES = Path(_page.__file__).parent / "page"


def shown(state="done", still=STILL, **about):
    """Return a row with a still."""
    return Shown(Row(state=state, **about), still)


def data_of(text: bytes):
    """Return the data in a page."""
    found = re.search(rb'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])


NASTY = (
    "</script><script>alert(1)</script>",
    "<!-- <script> &amp; {{title}} \u2028 \0",
    "\"'`${x}\\",
    "سفينة \u202e ورقية",
    "\ud800 half",
)


@pytest.mark.parametrize("text", NASTY)
def test_no_text_ends_the_data_or_changes_the_page(tmp_path, text):
    """Not in the prompt, the name, an option, a reason, a mark, or the title."""
    row = shown(
        prompt=text,
        name=text,
        options={text: text},
        reason=text,
        marks=(text,),
        file=tmp_path / "a",
    )
    made = page([row], text, tmp_path)
    (data,) = data_of(made)["rows"]
    assert (data["prompt"], data["reason"], data["marks"]) == (text, text, [text])
    assert data["options"] == {text: text}
    plain = page([shown(prompt="x", file=tmp_path / "a")], "x", tmp_path)
    assert re.findall(rb"<\w+", made) == re.findall(rb"<\w+", plain)


def test_the_title_is_text(tmp_path):
    """A folder may be called anything."""
    text = page([shown()], "<b>&", tmp_path).decode()
    assert "<title>&lt;b&gt;&amp;</title>" in text
    assert data_of(text.encode())["title"] == "<b>&"


@pytest.mark.parametrize(
    "name",
    ["a b.mp4", "a#b?c%d.mp4", "ünï.mp4", "javascript:alert(1).mp4", "a\\b.mp4", "\udcff.mp4"],
)
def test_paths_are_relative_and_percent_encoded(tmp_path, name):
    """The page can be moved together with its videos."""
    made = page([shown(file=tmp_path / "videos" / name)], "x", tmp_path / "pages")
    (row,) = data_of(made)["rows"]
    assert re.fullmatch(r"\.\./videos/[\w.%~-]+", row["file"])
    assert unquote(row["file"], errors="surrogateescape") == f"../videos/{name}"


def test_a_page_on_another_drive_is_an_error(tmp_path, monkeypatch):
    """As on Windows, where no relative path leads to another drive."""

    class Os:
        @staticmethod
        def fspath(path):
            return path

        class path:  # noqa: N801  # the name in os
            @staticmethod
            def relpath(*_):
                raise ValueError("path is on mount 'D:'")

    monkeypatch.setattr(_page, "os", Os)
    with pytest.raises(GalleryError, match="must be on the same drive as"):
        page([shown(file=tmp_path / "a.mp4")], "x", tmp_path)


def test_the_policy_allows_this_pages_own_scripts_and_videos_only(tmp_path):
    """By the hashes of their text; everything else is forbidden."""
    text = page([shown()], "x", tmp_path).decode()
    policy = html.unescape(re.findall(r'Content-Security-Policy" content="([^"]*)"', text)[0])
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert rules["script-src"].split() == [_page._hash(script) for script in scripts]
    assert rules["style-src"] == _page._hash(
        re.findall(r"<style>(.*?)</style>", text, re.DOTALL)[0]
    )
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert (rules["img-src"], rules["media-src"]) == ("data:", "'self' file:")
    assert len(rules) == 7


def test_the_page_names_no_address(tmp_path):
    """Not even in a comment: the name of a format is no address."""
    text = page([shown()], "x", tmp_path).decode()
    assert set(re.findall(r"\w+://[\w./]*", text)) == {"http://www.w3.org/2000/svg"}


def test_every_source_is_in_the_page(tmp_path):
    """No script is forgotten."""
    text = page([shown()], "x", tmp_path).decode()
    assert {path.stem for path in SOURCES.glob("*.js")} == {*_page._SCRIPTS}
    assert all(path.read_text("utf-8") in text for path in SOURCES.glob("*.[jc]s*"))
    assert "{{" not in text
    assert text.encode().startswith(START)


def test_a_row_has_what_the_page_shows_and_nothing_empty(tmp_path):
    """A page of a thousand rows stays small."""
    done = shown(prompt="A fox", file=tmp_path / "a.mp4", details={"usd": 0.1})
    failed = shown("failed", None, reason="Filtered.", file=tmp_path / "b.mp4")
    first, second = data_of(page([done, failed], "x", tmp_path))["rows"]
    assert first == {
        "key": done.row.key,
        "state": "done",
        "prompt": "A fox",
        "details": {"usd": 0.1},
        "again": "wan generate --prefix= --suffix= -- 'A fox'",
        "file": "a.mp4",
        "still": "data:image/webp;base64,cGljdHVyZQ==",
        "size": [16, 9],
        "seconds": 5.0,
        "rate": 30.0,
    }
    assert second == {"key": failed.row.key, "state": "failed", "reason": "Filtered."}


def test_numbers_that_json_does_not_have_are_shown_as_text(tmp_path):
    """Python reads and writes them, browsers do not."""
    odd = {"a": float("nan"), "b": float("inf"), "c": 1.5}
    (row,) = data_of(page([shown(variables=odd)], "x", tmp_path))["rows"]
    assert row["variables"] == {"a": "nan", "b": "inf", "c": 1.5}


@needs("seed", "resolution", "watermark", "enhance_prompt", "negative_prompt")
def test_the_command_makes_the_same_request(capsys):
    """`preview` shows what it would send, whatever shell characters the prompt has."""
    options: dict[str, Any] = {"seed": 7, "resolution": "480P", "watermark": True}
    options |= {"enhance_prompt": False, "negative_prompt": "-blur"}
    prompt = '--it\'s a "fox"; $(rm) `x`\n& more'
    words = shlex.split(command_again(Row(state="done", prompt=prompt, options=options)))
    assert words[:2] == ["wan", "generate"]
    assert run(["preview", "--json", *words[2:]]) == 0
    body = json.loads(capsys.readouterr().out)["body"]
    assert body == {"model": body["model"], "prompt": prompt, **options}


def test_a_row_without_a_prompt_has_no_command():
    """There is nothing to make."""
    assert command_again(Row(state="done", options={"seed": 1})) == ""
    assert _again._JOIN(["a b"]) == "'a b'"
