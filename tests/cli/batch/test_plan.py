"""``wan batch plan``: nothing is sent, and no key is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import plain
from tests.support.options import needs
from wan_ergonomic._api_key import KEY_VARIABLES

BAD = '{"prompt": ""}\n'


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    """Nobody has a key."""
    for name in KEY_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def plan(wan, server):
    """Run the command at the sandbox, without a key."""
    return lambda *words: wan("batch", "plan", "--base-url", server.url, *words)


@needs("resolution")
def test_a_plan_shows_each_row_and_the_price_of_all(plan, listed, server):
    """In a pipe the columns are separated by tabs: line, file, prompt, options."""
    before = len(server.received)
    result = plan(listed("A boat", {"prompt": "A fox", "resolution": "1080P"}))
    assert (result.code, result.err) == (0, "")
    first, second, cost = result.text.splitlines()
    assert first.split("\t")[:3] == ["1", "0001-a-boat.mp4", "A boat"]
    assert "resolution=1080P" in second.split("\t")[3]
    assert cost == "2 videos for $0.60"
    assert [each.method for each in server.received[before:]] == ["GET"]


@needs("resolution", "seed")
def test_a_list_may_come_from_a_pipe_or_be_a_matrix(plan, monkeypatch):
    """Also CSV and text; the limit says how many rows are shown."""
    Path("m.toml").write_text('prompt = "A {a}"\nseeds = [1, 2]\n[axes]\na = ["cat", "dog"]\n')
    lines = plan("m.toml", "--limit", "1").text.splitlines()
    assert lines[1:] == ["… and 3 more", "4 videos for $2.00"]
    assert plan("m.toml", "--limit", "0").text.splitlines()[0] == "… and 4 more"
    Path("l.csv").write_text("prompt,who\nA boat,me\n")
    names = plan("l.csv", "--names", "{who}").text.splitlines()[0]
    assert names.split("\t")[1] == "me.mp4"
    Path("piped").write_text("A boat\nA fox\n")
    with Path("piped").open() as piped:
        monkeypatch.setattr("sys.stdin", piped)
        assert plan("-").text.endswith("2 videos for $1.00")


def test_bad_rows_are_named_with_line_and_reason(plan):
    """The code says so, unless they are to be left out; many are counted."""
    Path("l.jsonl").write_text('{"prompt": "A boat"}\n' + BAD * 22)
    result = plan("l.jsonl")
    assert (result.code, result.text.splitlines()[-1]) == (2, "1 video for $0.50")
    errors = result.err.splitlines()
    assert errors[0] == "wan: line 2 cannot be sent: The prompt is empty."
    assert len(errors) == 21
    assert errors[-1] == "wan: 2 more rows cannot be sent."
    assert plan("l.jsonl", "--skip-bad").code == 0


def test_a_plan_is_json_for_programs(plan, listed):
    """With the exact bodies, and what is bad."""
    data = plan(listed("A boat", ""), "--json").data
    assert (data["videos"], data["bad"], data["price_note"]) == (1, 1, None)
    assert data["first"][0]["body"]["prompt"] == "A boat"
    assert data["bad_rows"] == [{"line": 2, "reason": "The prompt is empty."}]


def test_an_unknown_price_is_said_with_its_reason(wan, listed):
    """Nobody listens at the address."""
    result = wan("batch", "plan", listed("A boat"), "--base-url", "http://127.0.0.1:9")
    assert (result.code, result.text.splitlines()[-1]) == (0, "1 video at an unknown price")
    assert result.err.startswith("wan: about the price: the catalogue cannot be read: ")
    assert ".." not in result.err


@needs("negative_prompt")
def test_what_the_model_ignores_is_said(plan, listed):
    """Once, however many rows have it."""
    result = plan(listed(*[{"prompt": "A boat", "negative_prompt": "x" * 501}] * 2))
    assert result.err.count("wan: warning: negative_prompt") == 1


def test_a_terminal_shows_a_table_that_fits(on_terminal, listed, server):
    """With heads; what is too long is cut."""
    words = ["batch", "plan", listed("A boat " * 60), "--base-url", server.url]
    code, drawn = on_terminal(*words)
    head, row, cost = plain(drawn).splitlines()
    assert (code, head.split()) == (0, ["line", "file", "prompt", "options"])
    assert max(len(head), len(row)) <= 80
    assert "…" in row
    assert cost.startswith("1 video for $")


def test_a_plan_needs_a_list_and_one_server(wan, listed):
    """Each mistake says that nothing was sent."""
    result = wan("batch", "plan")
    assert (result.code, result.err) == (
        2,
        "wan: Name the list of prompts, or - for standard input. Nothing was sent or spent.\n",
    )
    both = wan("batch", "plan", listed("A"), "--sandbox", "--base-url", "http://127.0.0.1:9")
    assert "--sandbox has its own address" in both.err
    assert wan("batch", "plan", listed("A"), "--sandbox").code == 0
