"""`wan docs`: the documentation, found by its words and shown without a network."""

from __future__ import annotations

import re
from typing import Any

import pytest
from typer.main import get_command

from wan_ergonomic.cli._app import app
from wan_ergonomic.cli.docs._pages import folder, read_pages, sections
from wan_ergonomic.cli.docs._reference import reference
from wan_ergonomic.cli.docs._search import search


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("in doubt", "guide/money#a-submission-in-doubt"),
        ("cap", "guide/money#a-cap"),
        ("XDG_CONFIG_HOME", "reference/configuration#environment-variables"),
        ("exit codes", "reference/exit-codes"),
        ("wan batch resolve", "reference/command-line#wan-batch-resolve"),
        (
            "lost-connection",
            "reference/scenarios#the-response-to-the-submission-is-lost-or-unusual",
        ),
        ("ctrl-c", "faq#i-pressed-ctrl-c-is-my-video-lost"),
        ("from sora", "from/sora"),
    ],
)
def test_words_find_what_says_most_about_them(wan, words, name):
    """In a heading before a text, and all of them."""
    found = wan("docs", *words.split(), "--json").data
    assert found[0]["name"] == name
    for each in found:
        text = f"{each['page']} {each['title']} {each['text']}".lower()
        assert all(word in text for word in words.lower().split())


def test_the_best_section_is_shown_and_others_are_named(wan):
    """The section on standard output, as Markdown; the names beside it can be shown, too."""
    result = wan("docs", "in doubt")
    assert result.text.startswith("## A submission in doubt\n")
    names = re.findall(r"^  wan docs '(.*)'$", result.err, re.MULTILINE)
    assert len(names) == 8
    for name in names:
        assert wan("docs", name, "--json").data[0]["name"] == name
    assert wan("docs", "in doubt", "--quiet").err == ""


@pytest.mark.parametrize("name", ["guide/money", "money"])
def test_a_page_is_shown_by_its_name(wan, name):
    """The whole of it."""
    text = (folder() / "guide" / "money.md").read_text("utf-8").strip()
    assert wan("docs", name).text.strip() == text
    assert wan("docs", name).err == ""


def test_without_words_all_pages_are_listed(wan):
    """Those for the first minutes first; also the one that is written from the code."""
    lines = wan("docs").text.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["index", "quick-start", "architecture"]
    assert len(lines) == len([*folder().rglob("*.md")])
    pages = wan("docs", "--json").data
    assert [each["name"] for each in pages] == [line.split()[0] for line in lines]
    assert all("text" not in each for each in pages)


def test_words_that_are_nowhere_are_an_error(wan):
    """With similar ones, if there are any; nothing was sent."""
    result = wan("docs", "gallerys")
    assert (result.code, result.text) == (2, "")
    assert "nothing about 'gallerys'. It has the words gallery" in result.err
    assert "wan docs alone lists its pages." in wan("docs", "###").err
    assert wan("docs", "xyzzyplugh").err.endswith(
        "wan docs alone lists its pages. Nothing was sent or spent.\n"
    )


def test_on_a_terminal_markdown_is_drawn(on_terminal):
    """Not its marks."""
    code, drawn = on_terminal("docs", "guide/money#a-cap")
    assert code == 0
    assert "A cap" in drawn
    assert "## A cap" not in drawn
    assert "```" not in drawn


def test_the_reference_has_each_command_with_each_option():
    """As `--help` has them."""
    wan: Any = get_command(app)
    text = reference(wan)
    for name, command in wan.commands.items():
        assert f"## wan {name}" in text
        for each in getattr(command, "commands", {"": command}).values():
            options = {option for one in each.params for option in one.opts}
            assert [o for o in options if o.startswith("-") and o not in text] == []


def test_a_heading_within_a_block_is_no_section():
    """A comment of a shell or a configuration file begins like one."""
    text = "# A page\n\n```toml\n# a comment\n```\n\n## Next\n\ntext\n"
    assert [each.name for each in sections("p", text)] == ["p", "p#next"]


def test_objects_are_found_without_importing_them(wan):
    """On the site their docstrings are there; pydoc has them offline."""
    assert "python -m pydoc wan_ergonomic.WanClient`" in wan("docs", "reference/api/client").text


def test_a_word_finds_longer_ones_and_a_query_of_none_finds_nothing():
    """As people write a part of a name."""
    pages = read_pages({})
    every = [each for name, text in pages.items() for each in sections(name, text)]
    assert "guide/gallery" in {each.name for each in search("galler", every)}
    assert search("…", every) == []


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("how much does it cost", "faq#what-does-a-video-cost"),
        ("lost my video", "faq#i-pressed-ctrl-c-is-my-video-lost"),
        ("can I cancel a job", "faq#can-i-cancel-a-job"),
        ("resume after crash", "guide/batches#while-it-runs-and-after-a-crash"),
    ],
)
def test_a_question_is_found_by_what_it_is_about(wan, question, page):
    """By most of its words, if no section has all of them."""
    found = wan("docs", question, "--json").data
    assert found[0]["name"] == page
