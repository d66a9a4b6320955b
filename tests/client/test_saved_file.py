"""The file of a video, as the generation that ``download`` returns knows it."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from tests.support.actions import Serve
from tests.support.responses import ID, VIDEO, completed, finished
from wan_ergonomic.ledger import Ledger


@pytest.fixture
def saving(wan, server):
    """A client of a server that has a video."""
    server.script("poll", completed(server))
    server.script("download", Serve(VIDEO))
    return wan


def test_download_returns_the_file(saving, server, tmp_path, monkeypatch):
    """As an absolute path, so that the current folder may change; polls keep it."""
    monkeypatch.chdir(tmp_path)
    saved = saving.download(finished(server), "v.mp4")
    assert saved.file == Path(tmp_path, "v.mp4")
    assert saved.file.read_bytes() == VIDEO
    assert saving.status(saved).file == saved.file
    assert saved == finished(server)


@pytest.mark.skipif(os.name == "nt", reason="links need a right")
def test_a_file_behind_a_link_is_returned_as_what_it_is(saving, server, tmp_path):
    """The link may lead elsewhere tomorrow."""
    (tmp_path / "link.mp4").symlink_to(tmp_path / "v.mp4")
    saved = saving.download(finished(server), tmp_path / "link.mp4")
    assert saved.file == Path(os.path.realpath(tmp_path), "v.mp4")


def test_a_file_object_leaves_no_file(saving, server):
    """There is none that could be shown. An earlier file is of another download."""
    assert saving.download(finished(server), io.BytesIO()).file is None


def test_a_job_of_the_ledger_knows_its_file(client_kind, server, clock, tmp_path):
    """So a notebook of another day plays it."""
    server.script("submit", completed(server))
    server.script("download", Serve(VIDEO))
    ledger = Ledger(tmp_path / "ledger.sqlite3")
    with client_kind.client(base_url=server.url, clock=clock, ledger=ledger) as wan:
        wan.download(wan.generate("A boat"), tmp_path / "v.mp4")
    (job,) = ledger.jobs()
    assert job.generation
    assert (job.generation.id, job.generation.file) == (ID, tmp_path / "v.mp4")
