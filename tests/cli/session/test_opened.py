"""`--open`: the video, or the folder of several, in the program of the system."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from tests.cli.conftest import SMALL


@pytest.fixture
def launched(monkeypatch) -> list[str]:
    """What was opened."""
    found: list[str] = []

    def launch(place: str) -> int:
        found.append(place)
        return 0

    monkeypatch.setattr(typer, "launch", launch)
    return found


def test_a_video_is_opened_once_it_is_saved(wan, api, launched):
    """With its whole path; without the option, nothing is."""
    wan("generate", "A boat", "-o", "a.mp4", *SMALL, at=api)
    assert launched == []
    result = wan("generate", "A boat", "-o", "b.mp4", "--open", *SMALL, at=api)
    assert (result.code, launched) == (0, [str(Path("b.mp4").absolute())])


def test_of_several_videos_the_folder_is_opened(wan, api, launched):
    """Once."""
    words = ("A red boat", "A blue kite", "-o", "v/", "--open", *SMALL)
    assert wan("generate", *words, at=api).code == 0
    ids = [wan("submit", "A boat", *SMALL, at=api).text for _ in range(2)]
    assert wan("watch", *ids, "-o", "w/", "--open", at=api).code == 0
    assert launched == [str(Path("v").absolute()), str(Path("w").absolute())]


@pytest.mark.parametrize("outcome", [1, OSError("no program")])
def test_what_nothing_can_open_is_said(wan, api, monkeypatch, outcome):
    """The video is there all the same."""

    def launch(_: str) -> int:
        if isinstance(outcome, OSError):
            raise outcome
        return int(outcome)

    monkeypatch.setattr(typer, "launch", launch)
    result = wan("generate", "A boat", "-o", "b.mp4", "--open", *SMALL, at=api)
    assert result.code == 0
    assert "no program could be started for b.mp4; open it yourself." in result.err


def test_standard_output_cannot_be_opened(wan, api):
    """Nothing is sent."""
    billed = api.billed
    result = wan("generate", "A boat", "-o", "-", "--open", at=api)
    assert (result.code, api.billed) == (2, billed)
    assert "--open opens a file, and -o - writes none." in result.err


@pytest.mark.parametrize("several", [(), ("A blue kite",)])
def test_a_person_who_waits_is_told_that_leaving_is_safe(
    on_terminal, api, several, monkeypatch, tmp_path
):
    """If a ledger knows the job."""
    monkeypatch.setenv("WAN_LEDGER", str(tmp_path / "ledger"))
    for words, times in (((), 1), (("--no-ledger",), 0)):
        code, drawn = on_terminal("generate", "A red boat", *several, *words, *SMALL, at=api)
        assert code == 0
        assert len(re.findall("You may leave with Ctrl-C", drawn)) == times


def test_no_folder_is_opened_if_nothing_was_saved_in_it(wan, api, launched):
    """Each job has failed, or had before."""
    failing = ("A boat [scenario: fails]", "A kite [scenario: fails]")
    result = wan("generate", *failing, "-o", "none/", "--open", *SMALL, at=api)
    assert (result.code, launched) == (3, [])
    ids = wan("submit", *failing, *SMALL, at=api).text.split()
    assert wan("watch", *ids, "-o", "none/", "--open", at=api).code == 3
    assert launched == []
