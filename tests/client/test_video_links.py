"""The links of videos: used byte for byte, followed through redirects, https only.

tests/http/test_link_limits.py is about private addresses.
"""

from __future__ import annotations

import io

import pytest

from tests.support.actions import Serve, response
from tests.support.files import names
from tests.support.responses import ID, VIDEO, completed, finished, link
from wan_ergonomic import DownloadError, Generation, Video


def test_a_link_is_requested_byte_for_byte(wan, server):
    """A signature covers exact bytes, so nothing is encoded or decoded."""
    target = (
        "/1d/a%20b/%7Ev~(1);p=1,2.mp4?Expires=1&x=a+b%2Fc%2fd:@/?!$'()*,;~&Signature=q%2B%3D%3d"
    )
    server.script("download", Serve(VIDEO))
    video = Video(url=server.origin + target)
    wan.download(Generation(id=ID, status="completed", video=video), io.BytesIO())
    assert [request.target for request in server.requests] == [target]


def test_redirects_of_a_storage_are_followed(wan, server, storage):
    """To another host, and to another path on the same one."""
    server.script("download", response(302, "", {"Location": link(storage)}))
    storage.script(
        "download", response(307, "", {"Location": "/there.mp4?Signature=1"}), Serve(VIDEO)
    )
    file = io.BytesIO()
    wan.download(finished(server), file)
    assert (file.getvalue(), storage.requests[1].target) == (VIDEO, "/there.mp4?Signature=1")


def test_a_loop_of_redirects_ends_after_five(wan, server, tmp_path):
    """Nothing is written."""
    server.script("download", response(302, "", {"Location": "/round.mp4"}))
    with pytest.raises(DownloadError, match="redirects") as caught:
        wan.download(finished(server), tmp_path / "v.mp4")
    assert caught.value.generation_id == ID
    assert (names(tmp_path), len(server.requests)) == ([], 6)


@pytest.mark.parametrize("url", ["http://wan.invalid/v.mp4", "http://127.0.0.1:9/v.mp4"])
def test_a_client_of_the_real_api_follows_https_only(client_kind, clock, url):
    """Plain http is for a sandbox on this machine, whose own links use it."""
    generation = Generation(id=ID, status="completed", video=Video(url=url))
    with (
        client_kind.client(clock=clock) as wan,
        pytest.raises(DownloadError, match="not https; not followed"),
    ):
        wan.download(generation, io.BytesIO())


def test_the_link_of_a_bare_id_is_polled_for(wan, server, storage):
    """One poll, with the call's extra headers; the storage does not get them."""
    server.script("poll", completed(storage))
    storage.script("download", Serve(VIDEO))
    file = io.BytesIO()
    generation = wan.download(ID, file, extra_headers={"X-Team": "blue"})
    assert (generation.video.url, file.getvalue()) == (link(storage), VIDEO)
    assert [request.headers["x-team"] for request in server.requests] == ["blue"]
    assert "x-team" not in storage.requests[0].headers


@pytest.mark.parametrize("port", [0, 70_000, 10**30])
def test_a_link_with_an_impossible_port_is_not_followed(wan_once, server, port):
    """Not on this machine either."""
    video = Video(url=f"http://127.0.0.1:{port}/v.mp4")
    with pytest.raises(DownloadError):
        wan_once.download(Generation(id=ID, status="completed", video=video), io.BytesIO())
    assert server.requests == []
