"""What is written into the video of a generation, and by whom."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.actions import Serve
from tests.support.files import names
from tests.support.responses import ID, SIGNATURE, VIDEO, completed, finished
from wan_ergonomic import Generation, Usage, _spec
from wan_ergonomic.ledger import Ledger
from wan_ergonomic.video import about, metadata_for, read_metadata

BODY = {"model": "alibaba/wan2.2-t2v-plus", "prompt": "A fox", "seed": 0, "watermark": False}
URL = "https://api.example"


@pytest.fixture
def ledger(tmp_path):
    """A ledger that knows the generation."""
    folder = tmp_path / "state"
    made = Ledger(folder / "ledger")
    entry = made.begin("request-1", BODY, URL)
    generation = Generation(
        id=ID, status="completed", client_request_id="request-1", usage=Usage(credits=200_000)
    )
    made.accepted(generation, URL, entry)
    return made


def test_a_generation_says_what_it_was_made_from():
    """False and 0 are values."""
    usage = Usage(credits=200_000, usd=0.1)
    said = about(Generation(id=ID, request=BODY, usage=usage, client_request_id="request-1"))
    ended = datetime.fromisoformat(said.pop("ended"))
    assert abs((datetime.now(UTC) - ended).total_seconds()) < 60
    assert said == {
        "format": 1,
        "status": "done",
        "prompt": "A fox",
        "options": {"seed": 0, "watermark": False},
        "request": BODY,
        "seed": 0,
        "model": "alibaba/wan2.2-t2v-plus",
        "generation_id": ID,
        "client_request_id": "request-1",
        "usage": {"credits": 200_000, "usd": 0.1},
        "usd": 0.1,
        "contract": _spec.contract()["info"]["version"],
    }


def test_an_id_alone_says_its_model_and_the_date():
    """More is not known."""
    said = about(Generation(id=ID))
    assert set(said) == {"format", "status", "model", "generation_id", "ended", "contract"}
    assert said["model"] == _spec.model()


def test_the_ledger_knows_the_rest(ledger):
    """When it was submitted and when it ended, too."""
    job = ledger.find(ID)
    said = about(Generation(id=ID), job)
    assert (said["request"], said["client_request_id"], said["usd"]) == (BODY, "request-1", 0.1)
    assert said["submitted"] == job.submitted.isoformat(timespec="seconds")
    assert said["ended"] == job.ended.isoformat(timespec="seconds")


def test_a_video_is_saved_with_its_metadata(wan_once, server, tmp_path, made, ledger):
    """In both clients, by the id alone; the link is not mentioned."""
    server.script("poll", completed(server))
    server.script("download", Serve(made))
    path = tmp_path / "v.mp4"
    wan_once.download(ID, path, finish=metadata_for(ledger))
    assert (read_metadata(path) or {})["request"] == BODY
    assert (SIGNATURE.encode() in path.read_bytes(), names(tmp_path)) == (False, ["state", "v.mp4"])


def test_a_video_without_a_ledger_says_what_its_generation_knows(wan_once, server, tmp_path, made):
    """Each video says the same of itself when it is downloaded again."""
    server.script("download", Serve(made))
    path = tmp_path / "v.mp4"
    wan_once.download(finished(server), path, finish=metadata_for())
    assert (read_metadata(path) or {})["generation_id"] == ID


def test_a_video_that_takes_no_metadata_is_saved_as_it_was_sent(wan_once, server, tmp_path, ledger):
    """It is paid for; the reason is said."""
    server.script("download", Serve(VIDEO))
    said: list[str] = []
    wan_once.download(
        finished(server), tmp_path / "v.mp4", finish=metadata_for(ledger, said.append)
    )
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO
    assert said == ["the video is saved as it was sent, without metadata: it has no pictures."]
    assert names(tmp_path) == ["state", "v.mp4"]


def test_a_broken_ledger_keeps_no_video_back(wan_once, server, tmp_path, made):
    """What it knows is left out."""
    (tmp_path / "ledger").mkdir()
    server.script("download", Serve(made))
    path = tmp_path / "v.mp4"
    wan_once.download(finished(server), path, finish=metadata_for(Ledger(tmp_path / "ledger")))
    assert (read_metadata(path) or {})["generation_id"] == ID
