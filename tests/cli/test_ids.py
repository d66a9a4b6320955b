"""Ids as people give them: copied with what stood around them, or only their beginning."""

from __future__ import annotations

import pytest

from tests.cli.conftest import SMALL
from wan_ergonomic import Generation
from wan_ergonomic.cli._ids import as_id


@pytest.mark.parametrize(
    "given",
    [
        "gen-1",
        " gen-1\n",
        '"gen-1"',
        "\u2018gen-1\u2019",
        "“gen-1”,",
        "https://api.example/v2/video?generation_id=gen-1",
        "https://api.example/v2/video?x=1&generation_id=gen%2D1&y=2",
    ],
)
def test_what_an_id_was_copied_with_is_left_out(given):
    """From a message, from JSON, or from a log of requests."""
    assert as_id(given) == "gen-1"


@pytest.mark.parametrize("given", ["-gen", "a:b/c=", "''", ""])
def test_other_ids_stay_as_they_are(given):
    """The vendor may name its jobs as it likes."""
    assert as_id(given) == given


@pytest.mark.parametrize("command", ["status", "wait", "url", "watch"])
def test_the_beginning_of_an_id_is_enough(wan, api, ledger, command):
    """As in other tools that have long ids."""
    whole = wan("submit", "A boat", *SMALL, at=api).text
    result = wan(command, f"'{whole[:8]}'", at=api)
    assert result.code == 0, result.err
    (job,) = ledger.jobs()
    assert job.status == "completed" or command == "url"


@pytest.mark.parametrize("command", ["status", "wait", "url", "watch", "download"])
def test_an_empty_id_is_refused(wan, api, command):
    """As a variable of a shell is that was never set: the API is not asked about it."""
    before = len(api.received)
    result = wan(command, " ", at=api)
    assert result.code == 2
    assert "The id is empty." in result.err
    assert len(api.received) == before


def test_a_beginning_that_several_ids_have_is_not_guessed(wan, api, ledger):
    """Nothing is asked of the API either."""
    for number in range(7):
        ledger.begin(f"r-{number}", {"prompt": "A boat"}, api.url)
        job = Generation(id=f"boat-{number}", status="queued", client_request_id=f"r-{number}")
        ledger.accepted(job, api.url)
    result = wan("status", "boat", at=api)
    assert result.code == 2
    assert "7 ids begin with 'boat': boat-0, boat-1, boat-2, boat-3, boat-4 and 2 more." in (
        result.err
    )
    assert wan("jobs", "show", "boat-").code == 2


def test_jobs_of_another_api_are_not_meant(wan, api, ledger):
    """Their ids mean nothing here."""
    ledger.begin("r-1", {"prompt": "A boat"}, "https://api.example")
    job = Generation(id="boat-1", status="queued", client_request_id="r-1")
    ledger.accepted(job, "https://api.example")
    assert "404" in wan("status", "boat", at=api).err
    assert wan("jobs", "show", "boat").code == 0


@pytest.mark.parametrize("given", ["boa", "boat-1-and-what-is-not-part-of-any-id"])
def test_what_is_too_short_or_long_is_taken_for_a_whole_id(wan, ledger, given):
    """A job is not forgotten by a single letter."""
    ledger.begin("r-1", {"prompt": "A boat"}, "https://api.example")
    job = Generation(id=f"{given}t-1", status="queued", client_request_id="r-1")
    ledger.accepted(job, "https://api.example")
    assert wan("jobs", "forget", given).code == 2
    assert ledger.jobs()


def test_a_ledger_that_cannot_be_read_is_no_obstacle(wan, api, tmp_path, monkeypatch):
    """The API may know the id."""
    (tmp_path / "notes").write_text("Not a ledger.")
    monkeypatch.setenv("WAN_LEDGER", str(tmp_path / "notes"))
    assert "404" in wan("status", "boat", at=api).err


def test_without_a_ledger_an_id_is_taken_as_it_is(wan, api, monkeypatch):
    """There is nothing to look it up in."""
    monkeypatch.setenv("WAN_LEDGER", "off")
    assert "404" in wan("status", "boat", at=api).err


def test_a_submission_is_looked_for_by_its_beginning(wan, api, ledger):
    """It is in doubt, so the ledger knows it by its request id."""
    ledger.begin("lost-1-of-two", {"prompt": "A boat"}, api.url)
    ledger.ended("lost-1-of-two", "in doubt", "The connection failed.")
    result = wan("recover", "'lost-1'", "--timeout", "0.1", at=api)
    assert "lost-1-of-two" in result.err
    assert "has no submission" not in result.err
