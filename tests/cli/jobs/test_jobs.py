"""`wan jobs`: what was paid for on this machine."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import SMALL, plain
from wan_ergonomic import Generation, Usage
from wan_ergonomic._spec import server_url
from wan_ergonomic.ledger import Ledger

URL = "https://api.example"


@pytest.fixture
def ledger(tmp_path, monkeypatch) -> Ledger:
    """The ledger that the commands use."""
    monkeypatch.setenv("WAN_LEDGER", str(tmp_path / "ledger"))
    return Ledger(tmp_path / "ledger")


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    """One job of each kind."""
    for number, prompt in enumerate(("A boat", "A fox", "A \x1b[31mlighthouse")):
        ledger.begin(f"r-{number}", {"prompt": prompt}, URL)
    usage = Usage(credits=1_000_000, usd=0.5)
    boat = Generation(id="gen-0", status="completed", usage=usage, client_request_id="r-0")
    ledger.accepted(boat, URL)
    ledger.saved(boat, Path("/videos/boat.mp4"), "ab" * 32)
    ledger.accepted(Generation(id="gen-1", status="queued", client_request_id="r-1"), URL)
    ledger.ended("r-2", "in doubt", "The connection failed.")
    return ledger


def test_generate_records_its_job(wan, api, ledger):
    """By default, without an option; with the file that the video was meant for."""
    assert wan("generate", "A boat", *SMALL, "-o", "boat.mp4", at=api).code == 0
    (job,) = ledger.jobs()
    assert (job.target, job.file) == (Path.cwd() / "boat.mp4", Path.cwd() / "boat.mp4")
    assert job.status == "completed"


def test_submit_records_its_job_without_a_file(wan, api, ledger):
    """It says nothing of a file."""
    result = wan("submit", "A boat", *SMALL, at=api)
    (job,) = ledger.jobs()
    assert (job.generation_id, job.target) == (result.text, None)


@pytest.mark.parametrize("words", [("--sandbox",), ("--no-ledger",)])
def test_nothing_is_recorded_of_what_is_not_billed_or_not_wanted(wan, api, ledger, words):
    """An embedded sandbox bills nothing."""
    at = None if words == ("--sandbox",) else api
    assert wan("submit", "A boat", *SMALL, *words, at=at).code == 0
    assert not ledger.path.exists()


def test_a_ledger_that_cannot_be_written_is_a_warning(wan, api, ledger):
    """The video is made all the same."""
    ledger.path.mkdir()
    result = wan("submit", "A boat", *SMALL, at=api)
    assert result.code == 0
    assert result.err.count("This goes on without it.") == 1


@pytest.mark.usefixtures("filled")
def test_jobs_are_listed_in_plain_lines(wan):
    """The newest first: time, status, id, cost, the file or the prompt, and where if elsewhere."""
    lines = [line.split("  ")[1:] for line in wan("jobs").text.splitlines()]
    assert lines == [
        ["in doubt", "r-2", "", "[api.example] A \ufffd[31mlighthouse"],
        ["queued", "gen-1", "", "[api.example] A fox"],
        ["completed", "gen-0", "$0.50", "[api.example] /videos/boat.mp4"],
    ]


def test_of_a_job_at_the_vendor_no_address_is_listed(wan, ledger):
    """Nearly all are there."""
    ledger.begin("r-1", {"prompt": "A boat"}, server_url())
    assert wan("jobs").text.endswith("  r-1    A boat")


@pytest.mark.usefixtures("filled")
def test_jobs_are_a_table_on_a_terminal(on_terminal):
    """With headings."""
    code, drawn = on_terminal("jobs")
    lines = plain(drawn).splitlines()
    assert code == 0
    assert lines[0].split() == ["submitted", "status", "id", "cost", "file", "or", "prompt"]
    assert "gen-0" in lines[3]


def test_in_a_wide_terminal_only_the_last_column_is_cut(on_terminal, ledger, monkeypatch):
    """What is to be copied is whole."""
    monkeypatch.setenv("COLUMNS", "120")
    known_as = "dabf0a77-7ab4-4f3a-8d6f-1b2c3d4e5f60"
    entry = ledger.begin("r-1", {"prompt": "A paper boat " * 20}, URL)
    done = Generation(id=known_as, status="generating", client_request_id="r-1")
    ledger.accepted(done, URL, entry)
    _, line = plain(on_terminal("jobs")[1]).splitlines()
    assert f"  generating  {known_as}  " in line
    assert line.rstrip().endswith("…")
    assert len(line) <= 120


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--unfinished"], ["gen-1"]),
        (["--in-doubt"], [None]),
        (["--limit", "1"], [None]),
        ([], [None, "gen-1", "gen-0"]),
    ],
)
def test_jobs_can_be_filtered(wan, filled, words, expected):
    """And read by a program."""
    data = wan("jobs", *words, "--json").data
    assert [job["id"] for job in data["jobs"]] == expected
    assert data["ledger"] == str(filled.path)


@pytest.mark.usefixtures("filled")
def test_a_list_that_is_cut_says_so(wan):
    """Nobody should think that there are no more."""
    result = wan("jobs", "--limit", "1")
    assert len(result.text.splitlines()) == 1
    assert result.err == "wan: 2 more; --limit shows them.\n"


def test_an_empty_list_is_said(wan, ledger):
    """It names the ledger."""
    result = wan("jobs")
    assert (result.code, result.text) == (0, "")
    assert result.err == f"wan: no job is in the ledger {ledger.path}.\n"
    for chosen in ("--unfinished", "--in-doubt"):
        assert wan("jobs", chosen).err == f"wan: no such job is in the ledger {ledger.path}.\n"


def test_an_id_is_whole_in_a_narrow_terminal(on_terminal, ledger):
    """It is there to be copied; the prompt is on a line of its own, cut."""
    known_as = "dabf0a77-7ab4-4f3a-8d6f-1b2c3d4e5f60"
    entry = ledger.begin("r-1", {"prompt": "A paper boat " * 20}, URL)
    done = Generation(id=known_as, status="generating", client_request_id="r-1")
    ledger.accepted(done, URL, entry)
    code, drawn = on_terminal("jobs")
    first, second = (line.rstrip() for line in plain(drawn).splitlines())
    assert code == 0
    assert f"  generating  {known_as}" in first
    assert second.startswith("    [api.example] A paper boat")
    assert len(second) <= 80


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("known_as", ["gen-0", "r-0"])
def test_one_job_is_shown_by_either_id(wan, known_as):
    """All that is known of it."""
    text = wan("jobs", "show", known_as).text
    assert "id: gen-0\nstatus: completed\noutcome: accepted\n" in text
    assert 'usage: {"credits": 1000000.0, "usd": 0.5}\nfile: /videos/boat.mp4\n' in text
    assert "error" not in text
    data = wan("jobs", "show", known_as, "--json").data
    assert (data["sha256"], data["body"], data["error"]) == ("ab" * 32, {"prompt": "A boat"}, None)
    assert data["batch"] is None


def test_a_job_can_be_forgotten(wan, filled):
    """The others stay."""
    forgotten = wan("jobs", "forget", "gen-0", "r-2")
    assert (forgotten.code, forgotten.out) == (0, b"")
    assert "No cap on spending counts what was forgotten any more." in forgotten.err
    ledger = filled
    ledger.begin("r-3", {}, URL)
    ledger.ended("r-3", "rejected", "No.")
    assert wan("jobs", "forget", "r-3").err == ""
    assert [job.generation_id for job in filled.jobs()] == ["gen-1"]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("command", ["show", "forget"])
def test_a_job_that_is_not_known_is_a_usage_error(wan, command):
    """It says where to look."""
    result = wan("jobs", command, "gen-9")
    assert result.code == 2
    assert "has no job 'gen-9'. See wan jobs. Nothing was sent or spent." in result.err


def test_a_ledger_that_is_off_is_a_usage_error(wan, monkeypatch):
    """There is nothing to list."""
    monkeypatch.setenv("WAN_LEDGER", "off")
    result = wan("jobs")
    assert result.code == 2
    assert "WAN_LEDGER is off" in result.err


def test_a_broken_command_line_is_explained(wan):
    """As for any other command."""
    assert "There is no command 'lst'" in wan("jobs", "lst").err
    assert wan("jobs", "--help").code == 0


def test_the_last_job_needs_no_id(wan, api, ledger):
    """The newest that was accepted."""
    first = wan("submit", "A boat", *SMALL, at=api).text
    ledger.begin("r-9", {}, api.url)
    assert json.loads(wan("status", "--last", "--json", at=api).text)["id"] == first
    assert wan("wait", "--last", at=api).text == "completed"
    assert wan("download", "--last", "-o", "boat.mp4", at=api).text == "boat.mp4"


def test_without_a_job_there_is_no_last_one(wan, api, ledger):
    """It says so, before anything is sent."""
    result = wan("wait", "--last", at=api)
    assert result.code == 2
    assert f"The ledger {ledger.path} has no accepted job of {api.url} yet." in result.err


def test_the_last_job_is_one_of_the_same_api(wan, api, ledger):
    """An id of another one means nothing there."""
    wan("submit", "A boat", *SMALL, at=api)
    (job,) = ledger.jobs()
    ledger.accepted(Generation(id="gen-9", client_request_id="r-9"), "https://other.example")
    assert json.loads(wan("wait", "--last", "--json", at=api).text)["id"] == job.generation_id
    ledger.forget(job)
    assert f"has no accepted job of {api.url} yet" in wan("wait", "--last", at=api).err


def test_a_job_whose_row_was_damaged_is_listed(wan, ledger):
    """Its body cannot be read any more; its id can."""
    for number, body in enumerate(("not json", "[1]")):
        ledger.begin(f"r-{number}", {}, URL)
        with closing(sqlite3.connect(ledger.path)) as connection, connection:
            connection.execute("UPDATE jobs SET body = ? WHERE entry = ?", (body, number + 1))
    assert [job.body for job in ledger.jobs()] == [{}, {}]
    assert wan("jobs").code == 0


@pytest.mark.parametrize(("words", "text"), [((), "ID is missing."), (("x", "--last"), "exclude")])
def test_an_id_or_the_last_job_is_needed(wan, api, words, text):
    """One of the two."""
    result = wan("wait", *words, at=api)
    assert result.code == 2
    assert text in result.err
