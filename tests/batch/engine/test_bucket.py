"""Batches whose videos go to a bucket of a server of S3 on loopback."""

from __future__ import annotations

import asyncio
import io
import json
import os
import shutil
import subprocess
from http import HTTPStatus

import av
import pytest

from tests.batch import killing
from tests.batch.engine.conftest import Bench
from tests.batch.s3 import s3, s3_running
from tests.support.s3 import error_response
from wan_ergonomic import ConfigurationError
from wan_ergonomic.batch import Settings, Status, open_batch
from wan_ergonomic.batch.engine import _engine, _worker

__all__ = ["s3", "s3_running"]


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """What is tried again is tried soon."""
    monkeypatch.setattr(_engine, "_FIRST_DELAY", 0.05)
    monkeypatch.setattr(_engine, "_LONGEST_DELAY", 0.2)
    monkeypatch.setattr(_engine, "_POLLING_SECONDS", 0.05)
    monkeypatch.setattr(_worker, "_ROUND_SECONDS", 0.1)


@pytest.fixture
def address(s3):
    """The address of videos in a new bucket."""
    return f"s3://{s3.bucket()}/spring/"


@pytest.fixture
def bench(address, tmp_path, sandbox):
    """A batch whose videos go to the bucket."""
    made = Bench(tmp_path, sandbox, address)
    yield made
    made.close()


def held_by(s3, address):
    """Return the files below an address, by name."""
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    return {key.removeprefix(prefix): text for key, text in s3.held(bucket).items()}


def check_files(s3, address, rows):
    """Decode each row's video, and compare it with its description."""
    held = held_by(s3, address)
    assert held.keys() == {
        ".wan/batch.json",
        "results.jsonl",
        *(f"{n}.{suffix}" for n in range(1, rows + 1) for suffix in ("mp4", "json")),
    }
    for line in held["results.jsonl"].splitlines():
        said = json.loads(line)
        video = held[said["file"]]
        with av.open(io.BytesIO(video), "r") as container:
            assert sum(1 for _ in container.decode(video=0)) > 0
        beside = json.loads(held[f"{said['row']}.json"])
        assert beside["bytes"] == said["bytes"] == len(video)
        assert beside["generation_id"] == said["generation_id"]


def downloads(bench):
    """Return how often a video was fetched from the vendor."""
    return sum(each.path.endswith(".mp4") for each in bench.sandbox.received)


def test_a_batch_fills_a_bucket(bench, s3, address):
    """Nothing but the databases is left on this machine; a second run sends nothing."""
    bench.add("A", "B")
    for _ in range(2):
        status = bench.batch.run(bench.client(), ledger=bench.ledger, on_trouble=pytest.fail)
        assert status.counts == {"done": 2}
    assert (bench.batch.name, bench.sent) == ("spring", 2)
    check_files(s3, address, 2)
    left = {path.name.partition(".")[0] for path in bench.folder.hidden.iterdir()}
    assert left == {"batch", "engine", "lock"}
    jobs = bench.ledger.jobs()
    assert {job.place for job in jobs} == {f"{address}1.mp4", f"{address}2.mp4"}
    assert {(job.file, job.unfinished) for job in jobs} == {(None, False)}


def test_the_command_fills_a_bucket_and_goes_on_there(s3, address, sandbox, tmp_path):
    """It runs in a process of its own; status needs no credentials."""
    killing.write_list(tmp_path / "list.jsonl", 2)
    words = killing.command(
        sandbox.url, "run", str(tmp_path / "list.jsonl"), "--out", address, "--names", "{n}"
    )
    env = killing.environment(sandbox, tmp_path)
    billed = sandbox.billed
    for _ in range(2):
        done = subprocess.run(words, env=env, check=False, capture_output=True, text=True)
        assert (done.returncode, done.stdout.split(";")[0]) == (0, f"{address}: 2 done"), done
    assert sandbox.billed == billed + 2
    check_files(s3, address, 2)
    bare = {name: value for name, value in env.items() if not name.startswith("AWS_")}
    status = [*killing.command(sandbox.url, "status", address)[:5], address]
    shown = subprocess.run(status, env=bare, check=True, capture_output=True, text=True)
    assert shown.stdout.startswith(f"{address}: 2 done")


def test_a_network_that_is_away_costs_nothing(bench, s3, address):
    """The finished video waits on this machine, and is fetched and paid for once."""
    bench.add("A", "B")
    before = downloads(bench)
    troubles: list[str] = []

    def back(text):
        troubles.append(text)
        assert bench.rows.get(1).state == bench.rows.get(2).state == "accepted"
        s3.start()

    stopped: list[Status] = []

    def away(status):
        if not stopped and status.count("accepted"):
            stopped.append(status)
            s3.stop()

    bench.batch.run(bench.client(), on_status=away, on_trouble=back)
    assert bench.batch.status().counts == {"done": 2}
    assert len(troubles) == 1
    assert "cannot be reached" in troubles[0]
    assert "nothing is paid for again" in troubles[0]
    assert (bench.sent, downloads(bench) - before) == (2, 2)
    assert [row.reason for row in bench.batch.rows()] == [None, None]
    check_files(s3, address, 2)


def test_trouble_with_a_bucket_is_told_once(bench, s3, monkeypatch):
    """Until a file was uploaded in between."""
    bench.add("A", "B")
    assert bench.make(1) == ["on"]
    told: list[str] = []

    async def save_with(maker):
        assert [await step(2) for step in (maker.submit, maker.wait)] == ["on", "on"]
        monkeypatch.setattr(maker, "_on_trouble", told.append)
        s3.stop()
        assert [await maker.save(2) for _ in range(2)] == ["later", "later"]
        s3.start()
        assert await maker.save(2) == "on"
        assert not maker._output_away

    async def run():
        async with bench.client() as client:
            await save_with(bench.maker(client))

    asyncio.run(run())
    assert len(told) == 1


def test_access_that_is_denied_in_the_middle_stops_the_batch(bench, s3, address):
    """Nothing more is sent; the next run uploads what is finished, without fetching it again."""
    bench.batch.change(concurrency=1)
    bench.add("A", "B")
    before = downloads(bench)
    troubles: list[str] = []
    s3.fault = lambda request: (
        error_response(HTTPStatus.FORBIDDEN, "AccessDenied")
        if request.path.endswith(".mp4")
        else None
    )
    status = bench.batch.run(bench.client(), on_trouble=troubles.append)
    assert status.counts == {"accepted": 1, "waiting": 1}
    assert "run the batch again to upload it" in bench.rows.get(1).reason
    assert troubles == [bench.rows.get(1).reason]
    assert (bench.sent, downloads(bench) - before) == (1, 1)
    s3.fault = lambda _: None
    assert bench.batch.run(bench.client(), on_trouble=pytest.fail).counts == {"done": 2}
    assert (bench.sent, downloads(bench) - before) == (2, 2)
    check_files(s3, address, 2)


def test_a_list_of_results_that_cannot_be_written_is_reported(bench, s3):
    """The run has ended all the same."""
    bench.add("A")
    s3.fault = lambda request: (
        error_response(HTTPStatus.FORBIDDEN, "AccessDenied")
        if request.path.endswith(".jsonl")
        else None
    )
    troubles: list[str] = []
    assert bench.batch.run(bench.client(), on_trouble=troubles.append).is_successful
    assert len(troubles) == 1
    assert "results.jsonl is kept in" in troubles[0]


def test_a_video_on_this_machine_is_taken_for_a_bucket(bench, s3, tmp_path, sandbox):
    """Also if the bucket is away at first; one in a bucket is not taken."""
    folder = Bench(tmp_path / "other", sandbox)
    folder.add("A", seed=5)
    folder.make(1)
    folder.close()
    shutil.copy(tmp_path / "other" / "ledger.sqlite3", tmp_path / "ledger.sqlite3")
    bench.add("A", seed=5)
    sent = bench.sent
    s3.stop()
    assert bench.make(1, reuse=True) == ["later"]
    assert "cannot be reached" in bench.rows.get(1).reason
    s3.start()
    assert bench.make(1, reuse=True) == ["end"]
    assert bench.rows.get(1).video["reused"]
    assert bench.sent == sent
    bench.add("B", "B", seed=6, extend=True)
    assert bench.make(2, 3, reuse=True) == ["on", "on"]


def test_a_second_machine_does_not_begin_the_batch_again(bench, address, monkeypatch, tmp_path):
    """Its rows would be paid for twice."""
    bench.add("A")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "other machine"))
    settings = Settings(base_url=bench.sandbox.url, output=address, names="{n}")
    with pytest.raises(ConfigurationError, match=r"holds another batch.*Nothing was sent"):
        open_batch(address, create=settings)
    os.remove(next((tmp_path / "other machine").rglob("batch.sqlite3")))
    with pytest.raises(ConfigurationError, match=r"no batch in s3://.* that this machine knows"):
        open_batch(address)


def test_a_batch_is_opened_again_by_its_address(bench, address):
    """Without asking the bucket; without an address there is nothing to open."""
    bench.add("A")
    with open_batch(address) as again:
        assert again.status().counts == {"waiting": 1}
    with pytest.raises(ConfigurationError, match="Name the folder or the bucket"):
        open_batch()


def test_a_bucket_that_is_gone_stops_a_run_before_it_sends(bench, s3):
    """The batch was begun with a bucket that was there."""
    bench.add("A")
    bench.batch._output._claimed = ""
    s3.fault = lambda _: error_response(HTTPStatus.NOT_FOUND, "NoSuchBucket")
    with pytest.raises(ConfigurationError, match="does not exist"):
        bench.batch.run(bench.client())
    assert bench.sent == 0
    assert bench.batch.status().counts == {"waiting": 1}
