"""What the ledger knows of a job, from the moment before it is sent."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wan_ergonomic import Failure, Generation, Usage, Video
from wan_ergonomic.ledger import Job, Ledger, Recorder

# Not in the door: a row is turned into a job only here.
from wan_ergonomic.ledger._job import from_row

URL = "https://api.example"
BODY = {"prompt": "A boat", "seed": 7}
GENERATION = Generation(
    id="gen-1",
    status="queued",
    usage=Usage(credits=1_000_000, usd=0.5),
    request=BODY,
    client_request_id="r-1",
)


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    """An empty ledger."""
    return Ledger(tmp_path / "ledger", target=tmp_path / "boat.mp4")


def job_of(ledger: Ledger, known_as: str = "r-1") -> Job:
    """Return a job that is there."""
    job = ledger.find(known_as)
    assert job
    return job


def test_a_submission_that_is_about_to_be_sent_is_known(ledger, tmp_path):
    """With all that is needed to look it up."""
    began = datetime.now(UTC)
    ledger.begin("r-1", BODY, URL)
    job = job_of(ledger)
    assert (job.outcome, job.body, job.base_url) == ("submitting", BODY, URL)
    assert job.target == tmp_path / "boat.mp4"
    assert began <= job.submitted == job.updated <= datetime.now(UTC)
    assert (job.generation, job.usage, job.unfinished) == (None, None, False)


def test_a_job_may_be_part_of_a_batch(ledger):
    """Also one whose beginning could not be recorded."""
    ledger.begin("r-1", BODY, URL, batch="boats")
    ledger.accepted(GENERATION, URL)
    assert job_of(ledger).batch == "boats"
    recorder = Recorder(ledger, URL, batch="foxes")
    entry = recorder.begin("r-2", BODY, 0.5)
    assert job_of(ledger, "r-2").batch == "foxes"
    recorder.accepted(Generation(id="gen-2", client_request_id="r-2"), entry)
    recorder.accepted(Generation(id="gen-3", client_request_id="r-3"), None)
    assert [job.batch for job in ledger.jobs()] == ["foxes", "foxes", "boats"]
    ledger.begin("r-4", BODY, URL)
    assert job_of(ledger, "r-4").batch is None


def test_an_accepted_job_can_be_found_by_either_id(ledger):
    """Its generation can be waited for in another process."""
    ledger.begin("r-1", BODY, URL)
    ledger.accepted(GENERATION, URL)
    assert job_of(ledger, "gen-1") == job_of(ledger, "r-1")
    assert job_of(ledger).generation == GENERATION
    assert job_of(ledger).unfinished
    assert ledger.find("gen-2") is None


def test_an_accepted_job_is_known_even_if_its_beginning_is_not(ledger):
    """The ledger may have been locked at that moment."""
    ledger.accepted(GENERATION, URL)
    assert job_of(ledger).generation == GENERATION


@pytest.mark.parametrize("outcome", ["rejected", "in doubt"])
def test_a_submission_that_was_not_accepted_says_why(ledger, outcome):
    """In doubt or rejected: it has no generation to wait for."""
    ledger.begin("r-1", BODY, URL)
    ledger.ended("r-1", outcome, "Too many requests.")
    job = job_of(ledger)
    assert (job.outcome, job.error, job.unfinished) == (outcome, "Too many requests.", False)


def test_a_submission_in_doubt_may_name_its_generation(ledger):
    """The job that has this id already is left as it is."""
    ledger.accepted(GENERATION, URL)
    ledger.begin("r-2", BODY, URL)
    ledger.ended("r-2", "in doubt", "409", "gen-1")
    assert job_of(ledger, "r-2").generation_id == "gen-1"
    assert job_of(ledger, "r-1").outcome == "accepted"


def test_what_is_seen_later_is_kept_beside_what_was_known(ledger):
    """A poll normally does not repeat the cost."""
    ledger.accepted(GENERATION, URL)
    ledger.seen(Generation(id="gen-1", status="completed", video=Video(url="https://x/v")))
    job = job_of(ledger)
    assert (job.status, job.usage) == ("completed", GENERATION.usage)
    assert job.updated >= job.submitted


def test_a_failed_job_is_finished_and_says_why(ledger):
    """There is no video to wait for."""
    ledger.accepted(GENERATION, URL)
    ledger.seen(Generation(id="gen-1", status="error", error=Failure(name="E", message="m")))
    assert (job_of(ledger).error, job_of(ledger).unfinished) == ("E: m", False)


def test_a_saved_video_finishes_a_job(ledger, tmp_path):
    """With its file and hash."""
    ledger.accepted(GENERATION, URL)
    ledger.saved(GENERATION, tmp_path / "boat.mp4", "ab" * 32)
    job = job_of(ledger)
    assert (job.file, job.sha256, job.unfinished) == (tmp_path / "boat.mp4", "ab" * 32, False)


def test_a_video_in_a_bucket_finishes_a_job(ledger):
    """It has an address and is no file."""
    ledger.accepted(GENERATION, URL)
    ledger.saved(GENERATION, "s3://bucket/boat.mp4", "ab" * 32)
    job = job_of(ledger)
    assert (job.file, job.place, job.unfinished) == (None, "s3://bucket/boat.mp4", False)


def test_a_job_of_another_machine_is_not_added(ledger):
    """The ledger is of what was paid for here."""
    ledger.seen(GENERATION)
    ledger.saved(GENERATION, Path("boat.mp4"), "ab" * 32)
    assert ledger.jobs() == []


def test_jobs_are_listed_the_newest_first(ledger):
    """All, the unfinished ones, or a few."""
    for number in range(3):
        ledger.begin(f"r-{number}", BODY, URL)
    ledger.accepted(GENERATION, URL)
    listed = [job.client_request_id for job in ledger.jobs()]
    assert listed == ["r-2", "r-1", "r-0"]
    assert [job.client_request_id for job in ledger.jobs(unfinished=True)] == ["r-1"]
    assert len(ledger.jobs(limit=2)) == 2


def test_a_forgotten_job_is_gone(ledger):
    """The others stay."""
    ledger.begin("r-1", BODY, URL)
    ledger.begin("r-2", BODY, URL)
    ledger.forget(job_of(ledger))
    assert [job.client_request_id for job in ledger.jobs()] == ["r-2"]


def test_a_submission_that_nobody_ended_is_in_doubt_after_half_an_hour():
    """Its process was killed before the response came."""
    now = datetime.now(UTC)
    row = dict.fromkeys(("generation_id", "status", "credits", "usd", "error", "target"))
    row |= dict.fromkeys(("file", "sha256", "ended", "reserved_usd", "batch"))
    row |= {
        "entry": 1,
        "client_request_id": "r",
        "base_url": URL,
        "body": "{}",
        "outcome": "submitting",
    }
    for minutes, outcome in ((29, "submitting"), (31, "in doubt")):
        then = (now - timedelta(minutes=minutes)).timestamp()
        job = from_row({**row, "submitted": then, "updated": then}, now)
        assert job.outcome == outcome


def test_a_job_can_be_pickled(ledger):
    """Like everything that a caller holds."""
    ledger.accepted(GENERATION, URL)
    job = job_of(ledger)
    assert pickle.loads(pickle.dumps(job)) == job  # noqa: S301 - made here
