"""No name that others send decides where a video is saved."""

from __future__ import annotations

import pytest

from tests.support.actions import Serve, response
from tests.support.files import names
from tests.support.operations import poll_query
from tests.support.responses import ID, VIDEO, finished, link, poll_response
from wan_ergonomic import DownloadError

# _part_file is not in the door: the tests replace the file system for it.


def test_file_names_in_responses_are_not_used(wan_once, server, tmp_path):
    """Neither the API's, nor the storage's, nor the link's."""
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    video = {"url": link(server).replace("v.mp4", "../../evil.mp4"), "file_name": "../../evil.mp4"}
    server.script("poll", poll_response("completed", video=video))
    headers = {"Content-Disposition": 'attachment; filename="../../evil.mp4"'}
    server.script("download", response(200, VIDEO, headers))
    wan_once.download(ID, folder / "v.mp4")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [folder / "v.mp4"]


# Where the id is a part of the path, the client rejects this one.
DOTS = [".."] if poll_query("..") else []


@pytest.mark.parametrize("identity", ["../../evil", "/etc/evil", "a/b", *DOTS, "C:evil", "x" * 300])
def test_an_id_is_not_part_of_a_path(wan_once, server, tmp_path, identity):
    """The part file of a broken download is beside its target, whatever the id is."""
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    url = {"url": link(server)}
    server.script("poll", response(200, {"id": identity, "status": "completed", "video": url}))
    server.script("download", Serve(VIDEO, cut=100))
    with pytest.raises(DownloadError) as caught:
        wan_once.download(identity, folder / "v.mp4")
    (left,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert (left.parent, caught.value.generation_id) == (folder, identity)


def test_an_etag_is_not_part_of_a_path(wan_once, server, tmp_path):
    """The part file encodes it."""
    server.script("download", Serve(VIDEO, etag='"../../evil"', cut=100))
    with pytest.raises(DownloadError):
        wan_once.download(finished(server), tmp_path / "v.mp4")
    (name,) = names(tmp_path)
    assert (name.startswith(".wan-"), "evil" in name) == (True, False)
