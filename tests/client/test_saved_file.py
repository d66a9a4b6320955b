"""The file of a video, as the generation that ``download`` returns knows it."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from tests.support.actions import Serve, response
from tests.support.responses import ID, VIDEO, completed, finished
from wan_ergonomic import DownloadError
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


def test_a_file_is_recorded_once_it_is_there(client_kind, server, clock, tmp_path):
    """Not by the poll for a fresh link before it."""
    server.script("submit", completed(server))
    server.script("poll", completed(server))
    server.script("download", response(403), Serve(VIDEO))
    troubles: list[str] = []
    ledger = Ledger(tmp_path / "ledger.sqlite3", on_trouble=troubles.append)
    with client_kind.client(base_url=server.url, clock=clock, ledger=ledger) as wan:
        wan.download(wan.generate("A boat"), tmp_path / "v.mp4")
    assert (troubles, [job.file for job in ledger.jobs()]) == ([], [tmp_path / "v.mp4"])


def test_an_error_of_the_target_names_the_job(saving, server, tmp_path):
    """It is paid for, and can be downloaded again."""
    (tmp_path / "v.mp4").write_bytes(b"mine")
    with pytest.raises(DownloadError, match="overwrite=True") as caught:
        saving.download(finished(server), tmp_path / "v.mp4")
    assert caught.value.generation_id == ID
    assert caught.value.__notes__ == [
        f"Generation {ID} keeps its video: download it again, at no cost."
    ]
