"""What a generation shows in a notebook: its facts, as HTML and as text."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.support.responses import ID, QUERY, SIGNATURE
from wan_ergonomic import Drift, Failure, Generation, Usage, Video
from wan_ergonomic.notebook import status_line

LINK = f"https://store.example/1d/v.mp4?{QUERY}"
# A tag, the end of an attribute, an entity; clears the screen, reverses the direction of writing,
# and cannot be encoded.
HOSTILE = "<script>alert(1)</script>\"'><img src=x>&lt;\x1b[2J\x9b2J\u202ey\ud800"
BODY = {"model": "wan", "prompt": "A boat\nat dusk", "resolution": "480P", "seed": 7}


class Tags(HTMLParser):
    """Notes the tags and the text of a fragment."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(fragment)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Note a tag, with the names of its attributes."""
        self.tags.append(" ".join([tag, *sorted(name for name, _ in attrs)]))

    def handle_data(self, data: str) -> None:
        """Add to the text, unless it is CSS."""
        if self.tags and self.tags[-1] != "style":
            self.text += f"{data} "


def shown(**fields: Any) -> dict[str, str]:
    """Return what a notebook shows of a generation with these fields."""
    return Generation(id=ID, **fields)._repr_mimebundle_(include=None, exclude=None)


def text(**fields: Any) -> list[str]:
    """Return the plain text of a generation with these fields, by lines."""
    return shown(**fields)["text/plain"].splitlines()


def html(**fields: Any) -> Tags:
    """Return the parsed HTML of a generation with these fields."""
    return Tags(shown(**fields)["text/html"])


def test_a_card_has_status_prompt_seed_settings_and_cost():
    """In text and in HTML, in the same words."""
    fields = {"status": "queued", "request": BODY, "usage": Usage(credits=1_000_000.0)}
    assert text(**fields) == [
        f"Generation {ID}: queued",
        "  prompt      A boat at dusk",
        "  seed        7",
        "  resolution  480P",
        "  cost        $0.50 (1,000,000 credits)",
    ]
    card = html(**fields).text
    wanted = ["queued", ID, "A boat\nat dusk", "seed", "7", "480P", "$0.50 (1,000,000 credits)"]
    assert [part for part in wanted if part not in card] == []
    assert "wan " not in card


def test_a_card_of_an_id_alone_is_short():
    """Nothing is made up."""
    assert text() == [f"Generation {ID}: unknown"]
    assert html().tags == ["style", "div class", "div class", "div class", *STATUS]


STATUS = ["span class data-state", "code class"]


def test_a_seed_that_was_not_set_is_said_to_be_random():
    """The API chooses one."""
    assert "  seed       a random one" in text(request={"prompt": "A", "watermark": True})
    assert "  watermark  yes" in text(request={"prompt": "A", "watermark": True})
    assert "  watermark  no" in text(request={"prompt": "A", "watermark": False})


@pytest.mark.parametrize(
    ("usage", "line"),
    [
        (Usage(usd=0.1), ["  cost  $0.10"]),
        (Usage(credits=0.0, usd=0.0), ["  cost  $0.00 (0 credits)"]),
        (Usage(), []),
        (None, []),
    ],
)
def test_a_cost_is_shown_as_far_as_it_is_known(usage, line):
    """In dollars, and in credits if the API names them."""
    assert text(usage=usage)[1:] == line


def test_a_card_says_why_a_job_failed_and_where_the_api_departs():
    """The vendor's own words."""
    drift = Drift(kind="value", operation="poll", pointer="/a", expected="b", found="c")
    fields = {"status": "error", "error": Failure(name="Nope", message="no"), "drift": (drift,)}
    assert text(**fields)[1:] == [
        "  error  Nope: no",
        "  drift  poll returned c at /a; the contract requires b (value)",
    ]


def test_a_video_that_is_not_saved_says_how_to_save_it():
    """And until when its link works, if that is known."""
    saving = "  video  not saved here: download(generation, PATH) saves it"
    until = "; the link works until 2100-01-01 00:00 UTC"
    assert text(status="completed", video=Video(url=LINK))[1:] == [f"{saving}{until}"]
    assert text(status="completed", video=Video(url="https://a.example"))[1:] == [saving]
    assert text(status="completed")[1:] == [saving]
    assert text(status="queued")[1:] == []


def test_no_notebook_shows_a_key_or_a_signed_link(client_kind, canary_key):
    """Not even where the API repeats one in its words."""
    spoken = f"{LINK} {canary_key}"
    with client_kind.client(base_url="http://127.0.0.1:9"):
        bundle = shown(
            status=spoken,
            video=Video(url=LINK),
            error=Failure(name="no", message=spoken),
            request={"prompt": spoken, "x": spoken},
        )
        line = status_line("pending", spoken, spoken, spoken)
    for part in (*bundle.values(), line):
        assert "store.example" in part
        assert (SIGNATURE in part, "Expires" in part, canary_key in part) == (False, False, False)


def test_no_text_becomes_a_part_of_the_html_or_steers_what_shows_it(tmp_path):
    """Every field comes from a person or a server."""
    harmless = Generation(
        id="x",
        status="x",
        error=Failure(name="x", message="x"),
        request={"prompt": "x", "x": "x"},
        drift=(Drift(kind="x", operation="x", pointer="x", expected="x", found="x"),),
        file=tmp_path / "x",
    )
    hostile = Generation(
        id=HOSTILE,
        status=HOSTILE,
        error=Failure(name=HOSTILE, message=HOSTILE),
        request={"prompt": HOSTILE, HOSTILE: HOSTILE},
        drift=(Drift(kind=HOSTILE, operation="x", pointer="x", expected="x", found=HOSTILE),),
        file=Path(HOSTILE),
    )
    bundles = [one._repr_mimebundle_() for one in (harmless, hostile)]
    tags = [Tags(bundle["text/html"]).tags for bundle in bundles]
    assert tags[0] == tags[1]
    assert Tags(bundles[1]["text/html"]).text.count("<script>alert(1)</script>") >= 6
    lines = [status_line(word, word, word, word) for word in ("x", HOSTILE)]
    assert Tags(lines[0]).tags == Tags(lines[1]).tags
    for part in (*bundles[1].values(), lines[1]):
        assert [c for c in part if c != "\n" and not c.isprintable()] == []


def test_letters_and_emoji_that_are_joined_stay_joined():
    """They need characters that cannot be seen."""
    joined = "👨\u200d👩\u200d👧 \u0645\u06cc\u200c\u062e\u0648\u0627"
    bundle = shown(request={"prompt": joined})
    assert [joined in part for part in bundle.values()] == [True, True]


def test_a_prompt_is_shortened_where_it_is_a_reminder():
    """In the line of a call that waits."""
    assert f"{'a' * 120}…<" in status_line("pending", "queued", "1 s", "a" * 121)
    assert f"{'a' * 120}<" in status_line("pending", "queued", "1 s", "a" * 120)


def test_a_generation_says_the_same_wherever_its_file_is(tmp_path):
    """A file is of this machine; it changes neither equality nor the repr."""
    one = Generation(id=ID)
    assert replace(one, file=tmp_path) == one
    assert repr(replace(one, file=tmp_path)) == repr(one)


def test_a_path_is_shown_from_the_current_folder_or_the_home_folder_on(tmp_path, monkeypatch):
    """The folders above say who works here."""
    home = tmp_path / "home"
    here = home / "me" / "work"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(home / "me"))
    monkeypatch.setenv("USERPROFILE", str(home / "me"))
    for file, expected in (
        (here / "a" / "b.mp4", str(Path("a", "b.mp4"))),
        (home / "me" / "b.mp4", str(Path("~", "b.mp4"))),
        (tmp_path / "b.mp4", str(tmp_path / "b.mp4")),
    ):
        assert text(file=file)[1:] == [f"  video  {expected}"]


def test_the_core_loads_no_html_before_a_notebook_asks():
    """Nor is IPython ever imported."""
    code = """
import sys
from wan_ergonomic import Generation, WanClient
WanClient("any-key")
before = {name for name in sys.modules if "notebook" in name or "_progress" in name}
Generation(id="x")._repr_mimebundle_()
print(sorted(before), "wan_ergonomic.notebook" in sys.modules, "IPython" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] True False"
