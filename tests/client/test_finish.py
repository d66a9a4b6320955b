"""A video is changed before it appears, and the ledger has the hash of what appeared."""

from __future__ import annotations

import hashlib

import pytest

from tests.support.actions import Serve
from tests.support.files import names
from tests.support.responses import ID, VIDEO, accepted, boxes, completed
from wan_ergonomic import IncompleteDownloadError
from wan_ergonomic._generation import Generation
from wan_ergonomic.ledger import Ledger

MORE = VIDEO + boxes(free=b"more")


def test_the_hash_in_the_ledger_is_that_of_the_file_on_disk(client_kind, server, tmp_path, clock):
    """With what was written into it; the generation still knows its request."""
    server.script("submit", accepted())
    server.script("poll", completed(server))
    server.script("download", Serve(VIDEO))
    ledger, seen = Ledger(tmp_path / "ledger"), []

    def finish(generation, _, copy):
        seen.append(generation.request["prompt"])
        copy.write(MORE)
        return True

    with client_kind.client(base_url=server.url, clock=clock, ledger=ledger) as client:
        done = client.generate("A boat")
        client.download(done, tmp_path / "v.mp4", finish=finish)
        client.download(done, tmp_path / "w.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == MORE
    assert (tmp_path / "w.mp4").read_bytes() == VIDEO
    assert seen == ["A boat"]
    (job,) = ledger.jobs()
    assert job.sha256 == hashlib.sha256(VIDEO).hexdigest()
    with client_kind.client(base_url=server.url, clock=clock, ledger=ledger) as client:
        client.download(done, tmp_path / "v.mp4", overwrite=True, finish=finish)
    (job,) = ledger.jobs()
    assert job.sha256 == hashlib.sha256(MORE).hexdigest()


def test_a_download_that_broke_off_is_finished_when_it_is_whole(wan_once, server, tmp_path):
    """Not before, and once."""
    server.script("poll", completed(server))
    server.script("download", Serve(VIDEO, cut=1000), Serve(VIDEO))
    calls: list[bytes] = []

    def finish(_, source, copy):
        calls.append(source.read())
        copy.write(MORE)
        return True

    with pytest.raises(IncompleteDownloadError):
        wan_once.download(ID, tmp_path / "v.mp4", finish=finish)
    assert calls == []
    wan_once.download(ID, tmp_path / "v.mp4", finish=finish)
    assert calls == [VIDEO]
    assert [each.headers.get("range") for each in server.received("download")] == [
        None,
        "bytes=1000-",
    ]
    assert names(tmp_path) == ["v.mp4"]


@pytest.mark.parametrize(
    "error", [IncompleteDownloadError("mine"), OSError("mine"), KeyError("mine")]
)
def test_an_error_of_the_callers_own_passes_unchanged(client_kind, server, tmp_path, clock, error):
    """Nothing is fetched again for it, and the video is kept."""
    server.script("poll", completed(server))
    server.script("download", Serve(VIDEO))

    def finish(*_):
        raise error

    with (
        client_kind.client(base_url=server.url, clock=clock) as client,
        pytest.raises(type(error)) as raised,
    ):
        client.download(Generation(id=ID), tmp_path / "v.mp4", finish=finish)
    assert raised.value is error
    assert len(server.received("download")) == 1
    (kept,) = names(tmp_path)
    assert kept.endswith(".part")
