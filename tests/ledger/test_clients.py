"""A client with a ledger: each step of a paid job is on the disk before anyone learns of it."""

from __future__ import annotations

import hashlib
import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.conftest import CANARY_KEY
from tests.support.actions import Do, Hang, response
from tests.support.responses import ID, MP4, PROMPT, SIGNATURE, VIDEO, accepted, completed
from tests.support.waiting import SECONDS, until
from wan_ergonomic import BadRequestError, GenerationFailedError, SubmissionInDoubtError
from wan_ergonomic.ledger import Job, Ledger

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    """An empty ledger."""
    return Ledger(tmp_path / "ledger")


@pytest.fixture
def wan(client_kind, server, clock, ledger):
    """Each client, with a ledger."""
    with client_kind.client(base_url=server.url, clock=clock, ledger=ledger) as client:
        yield client


def only(ledger: Ledger) -> Job:
    """Return the one job of a ledger."""
    (job,) = ledger.jobs()
    return job


def test_a_job_is_recorded_from_its_submission_to_its_file(wan, server, storage, ledger, tmp_path):
    """With its cost and the hash of its video."""
    usage = {"meta": {"usage": {"credits_used": 1_000_000}}}
    server.script("submit", accepted(**usage))
    server.script("poll", completed(storage))
    storage.script("download", response(200, VIDEO, MP4))
    wan.download(wan.generate(PROMPT), tmp_path / "boat.mp4")
    job = only(ledger)
    posted = server.requests[0]
    assert job.client_request_id == posted.headers["x-client-request-id"]
    assert (job.generation_id, job.status, job.base_url) == (ID, "completed", server.url)
    assert job.usage
    assert job.usage.credits == 1_000_000
    assert job.file == tmp_path / "boat.mp4"
    assert job.sha256 == hashlib.sha256(VIDEO).hexdigest()


def test_a_submission_is_on_the_disk_before_it_is_sent(wan, server, ledger):
    """Another process sees it while the server has not answered."""
    seen: list[str] = []
    look = Do(lambda: seen.append(only(ledger).outcome))
    server.script("submit", (look, accepted()))
    wan.submit(PROMPT)
    assert seen == ["submitting"]


def test_the_id_is_on_the_disk_before_the_caller_has_it(wan, server, storage, ledger):
    """A callback that ends the process loses nothing."""
    server.script("submit", accepted())
    server.script("poll", completed(storage))
    seen: list[str | None] = []
    wan.generate(PROMPT, on_submit=lambda _: seen.append(only(ledger).generation_id))
    assert seen == [ID]


def test_a_rejection_is_recorded(wan, server, ledger):
    """Nothing was accepted or charged."""
    server.script("submit", response(400, {"message": "Bad"}))
    with pytest.raises(BadRequestError):
        wan.submit(PROMPT)
    assert only(ledger).outcome == "rejected"
    assert "Nothing was accepted or charged" in str(only(ledger).error)


def test_doubt_is_recorded(wan, server, ledger):
    """With the id that the response names."""
    server.script("submit", response(409, {"id": ID}))
    with pytest.raises(SubmissionInDoubtError):
        wan.submit(PROMPT)
    assert (only(ledger).outcome, only(ledger).generation_id) == ("in doubt", ID)


def test_a_submission_that_is_sent_again_is_one_job(wan, server, ledger):
    """It has one request id."""
    server.script("submit", response(429, {}, {"Retry-After": "1"}), accepted())
    wan.submit(PROMPT)
    assert only(ledger).outcome == "accepted"


def test_a_failure_is_recorded(wan, server, ledger):
    """As the vendor puts it."""
    server.script("submit", accepted())
    error = {"name": "E", "message": "m"}
    server.script("poll", response(200, {"id": ID, "status": "error", "error": error}))
    with pytest.raises(GenerationFailedError):
        wan.generate(PROMPT)
    assert (only(ledger).status, only(ledger).error) == ("error", "E: m")


def test_a_job_that_is_known_by_its_id_is_updated(wan, server, storage, ledger):
    """A wait in another process goes on in the same row."""
    server.script("submit", accepted())
    server.script("poll", completed(storage))
    wan.submit(PROMPT)
    wan.wait(ID)
    assert only(ledger).status == "completed"
    wan.status(ID)
    assert len(ledger.jobs()) == 1


def test_no_key_and_no_signed_link_is_in_the_file(wan, server, storage, tmp_path):
    """The ledger grants access to nothing."""
    server.script("submit", accepted())
    server.script("poll", completed(storage))
    storage.script("download", response(200, VIDEO, MP4))
    wan.download(wan.generate(PROMPT), tmp_path / "boat.mp4")
    for file in tmp_path.glob("ledger*"):
        content = file.read_bytes()
        assert CANARY_KEY.encode() not in content
        assert SIGNATURE.encode() not in content


def test_a_ledger_that_cannot_be_written_stops_nothing(
    client_kind, server, storage, clock, tmp_path
):
    """It is said once, and the job is made."""
    said: list[str] = []
    broken = Ledger(tmp_path, on_trouble=said.append)
    server.script("submit", accepted())
    server.script("poll", completed(storage))
    storage.script("download", response(200, VIDEO, MP4))
    with client_kind.client(base_url=server.url, clock=clock, ledger=broken) as wan:
        wan.download(wan.generate(PROMPT), tmp_path / "boat.mp4")
    (text,) = said
    assert text.endswith("Is a directory. This goes on without it.")


@pytest.mark.parametrize(
    "end", [(accepted(), "accepted"), (response(400, {}), "rejected")], ids=["200", "400"]
)
def test_what_came_of_a_submission_is_recorded_once_others_have_written(
    wan, server, ledger, monkeypatch, end
):
    """It waits for them longer than other records do: an id is not learnt twice."""
    # The usual time.
    monkeypatch.setattr(ledger._store, "_seconds", 0.05)
    sent, outcome = end
    release = threading.Event()
    with ThreadPoolExecutor(1) as pool:

        def hold() -> None:
            locked = threading.Event()
            pool.submit(_hold, ledger.path, locked, release)
            assert locked.wait(SECONDS)
            threading.Timer(0.5, release.set).start()

        server.script("submit", (Do(hold), sent))
        with suppress(BadRequestError):
            wan.submit(PROMPT)
        assert release.is_set()
    assert only(ledger).outcome == outcome


def _hold(path: Path, locked: threading.Event, release: threading.Event) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        locked.set()
        release.wait()


SUBMITTING = """
import os, signal, sys
from wan_ergonomic import WanClient
from wan_ergonomic.ledger import Ledger

def die(generation):
    os.kill(os.getpid(), signal.SIGKILL)

with WanClient("key", base_url=sys.argv[1], ledger=Ledger(sys.argv[2])) as wan:
    wan.generate("A boat", on_submit=die)
"""


def test_a_process_that_is_killed_leaves_the_id(server, ledger):
    """Whatever happens once the id is known here."""
    server.script("submit", accepted())
    command = [sys.executable, "-c", SUBMITTING, server.url, str(ledger.path)]
    done = subprocess.run(command, cwd=ROOT, timeout=SECONDS, check=False)
    assert done.returncode == -signal.SIGKILL
    assert only(ledger).generation_id == ID


def test_a_process_that_is_killed_before_the_response_leaves_the_request_id(server, ledger):
    """The vendor can look it up."""
    server.script("submit", Hang())
    command = [sys.executable, "-c", SUBMITTING, server.url, str(ledger.path)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        until(lambda: server.received("submit"))
        process.kill()
    (posted,) = server.requests
    assert only(ledger).client_request_id == posted.headers["x-client-request-id"]
    assert only(ledger).outcome == "submitting"


def test_a_client_without_a_ledger_writes_nothing(client_kind, server, tmp_path, monkeypatch):
    """The ledger is off unless one is given."""
    monkeypatch.setenv("WAN_LEDGER", str(tmp_path / "ledger"))
    server.script("submit", accepted())
    with client_kind.client(base_url=server.url) as wan:
        wan.submit(PROMPT)
    assert list(tmp_path.iterdir()) == []
