"""`wan resume`: every paid job of this machine gets its video."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.support.actions import Do, response
from tests.support.responses import MP4, VIDEO, link
from tests.support.waiting import SECONDS
from wan_ergonomic import Generation
from wan_ergonomic.cli.generation import _resume
from wan_ergonomic.ledger import Ledger


@pytest.fixture
def ledger(tmp_path, monkeypatch) -> Ledger:
    """The ledger that the commands use."""
    monkeypatch.setenv("WAN_LEDGER", str(tmp_path / "ledger"))
    return Ledger(tmp_path / "ledger")


def submitted(ledger: Ledger, number: int, url: str, target: str | Path | None = None) -> None:
    """Record a job that was submitted and not awaited."""
    request_id = f"r-{number}"
    mine = Ledger(ledger.path, target=target)
    mine.begin(request_id, {}, url)
    job = Generation(id=f"gen-{number}", status="queued", client_request_id=request_id)
    mine.accepted(job, url)


def done(number: int, storage) -> object:
    """Return the response to a poll of a completed job."""
    body = {"id": f"gen-{number}", "status": "completed", "video": {"url": link(storage)}}
    return response(200, body)


@pytest.fixture
def stored(storage):
    """A storage that has the video."""
    storage.script("download", response(200, VIDEO, MP4))
    return storage


def test_every_unfinished_job_is_awaited_and_saved(wan, server, stored, ledger):
    """The oldest first, each where it was meant to go."""
    submitted(ledger, 1, server.url, "boat.mp4")
    submitted(ledger, 2, server.url, ".")
    submitted(ledger, 3, server.url)
    server.script("poll", *(done(number, stored) for number in (1, 2, 3)))
    result = wan("resume", at=server)
    files = [Path.cwd() / "boat.mp4", Path.cwd() / "wan-gen-2.mp4", Path("wan-gen-3.mp4")]
    assert (result.code, result.text.splitlines()) == (0, [str(file) for file in files])
    assert all(file.read_bytes() == VIDEO for file in files)
    assert ledger.jobs(unfinished=True) == []
    assert not server.received("submit")


def test_a_job_that_fails_does_not_stop_the_others(wan, server, stored, ledger):
    """Its message is said, and its exit code is that of the command."""
    submitted(ledger, 1, server.url, "one.mp4")
    submitted(ledger, 2, server.url, "two.mp4")
    failed = response(200, {"id": "gen-1", "status": "error", "error": {"name": "E"}})
    server.script("poll", failed, done(2, stored))
    result = wan("resume", at=server)
    assert (result.code, result.text) == (3, str(Path.cwd() / "two.mp4"))
    assert "Generation gen-1 ended with status 'error'" in result.err


def test_a_failure_is_an_event_for_programs(wan, server, ledger):
    """With --json."""
    submitted(ledger, 1, server.url)
    server.script("poll", response(200, {"id": "gen-1", "status": "error"}))
    result = wan("resume", "--json", at=server)
    assert result.code == 3
    assert result.events[-1]["id"] == "gen-1"


def test_a_file_that_took_the_name_meanwhile_stays(wan, server, stored, ledger):
    """The video gets a free name beside it."""
    submitted(ledger, 1, server.url, "boat.mp4")
    Path("boat.mp4").write_text("mine")
    server.script("poll", done(1, stored))
    assert wan("resume", at=server).text == str(Path.cwd() / "boat-2.mp4")
    assert Path("boat.mp4").read_text() == "mine"


def test_what_another_command_has_saved_meanwhile_is_left_out(wan, server, stored, ledger):
    """Two that run at once each save what the other one has not, and both succeed."""
    submitted(ledger, 1, server.url, "one.mp4")
    submitted(ledger, 2, server.url, "two.mp4")

    def other_saves() -> None:
        ledger.saved(Generation(id="gen-2"), "elsewhere.mp4", "hash")

    server.script("poll", (Do(other_saves), done(1, stored)))
    result = wan("resume", at=server)
    assert (result.code, result.text) == (0, str(Path.cwd() / "one.mp4"))
    assert "wan: another command has saved gen-2: elsewhere.mp4" in result.err
    assert not any("gen-2" in poll.target for poll in server.received("poll"))


@pytest.mark.parametrize(("after", "code"), [(0.2, 0), (None, 4)])
def test_a_command_that_comes_second_looks_whether_its_job_is_saved(
    wan, server, stored, ledger, *, after, code, monkeypatch
):
    """The other one has made the file, and records it a moment later; or it is a stranger's."""
    monkeypatch.setattr(_resume, "_RECORDING_SECONDS", SECONDS if after else 0.1)
    submitted(ledger, 1, server.url, "one.mp4")
    timers = []

    def other_saves() -> None:
        Path("one.mp4").write_bytes(VIDEO)
        if after:
            saved = Generation(id="gen-1"), Path("one.mp4"), "hash"
            timers.append(threading.Timer(after, ledger.saved, saved))
            timers[0].start()

    server.script("poll", (Do(other_saves), done(1, stored)))
    result = wan("resume", "--quiet", at=server)
    for timer in timers:
        timer.join()
    assert (result.code, result.out) == (code, b"")
    assert ("one.mp4 already exists" in result.err) == (code == 4)


def test_jobs_at_another_address_are_named(wan, server, ledger):
    """The key goes to the address that was chosen, and to no other."""
    submitted(ledger, 1, "https://other.example")
    result = wan("resume", at=server)
    assert result.code == 0
    assert "to resume the jobs at https://other.example, add --base-url" in result.err
    assert f"no job at {server.url} is unfinished" in result.err
    assert wan("resume", "--quiet", at=server).err == ""
    assert server.requests == []


def test_an_embedded_sandbox_has_nothing_to_resume(wan):
    """Its jobs end with their command."""
    result = wan("resume", "--sandbox")
    assert result.code == 2
    assert "An embedded sandbox has no earlier jobs" in result.err


def test_what_is_no_fault_of_a_job_ends_the_command(wan, server, ledger):
    """A file that cannot be written, or a wrong command line."""
    submitted(ledger, 1, server.url)
    result = wan("resume", "--timeout", "-1", at=server)
    assert result.code == 2
    assert "timeout must be a positive number" in result.err


@pytest.mark.parametrize(("number", "said"), [(1, "1 submission was"), (2, "2 submissions were")])
def test_what_may_be_lost_is_mentioned(wan, server, ledger, number, said):
    """It has no id to resume, so it is looked for by another command."""
    for each in range(number):
        ledger.begin(f"r-{each}", {"prompt": "A boat"}, server.url)
    ledger.begin("r-9", {"prompt": "A boat"}, "https://other.example")
    result = wan("resume", at=server)
    assert result.code == 0
    assert f"wan: whether {said} accepted is not known." in result.err
    assert f"wan recover --all --base-url {server.url}" in result.err
