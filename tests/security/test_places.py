"""Where a link, a file and a server may be."""

from __future__ import annotations

import hashlib
import io
import socket
from pathlib import Path

import pytest

from tests.support.actions import Serve
from tests.support.responses import ID, VIDEO, finished
from wan_ergonomic import ContractError, DownloadError, Generation, Video
from wan_ergonomic.contract.source._fetch import follow, retrieve
from wan_ergonomic.sandbox import Sandbox

ETAG = b'"v1"'


def test_a_site_local_address_is_private_too(client_kind, clock):
    """Networks may still use the former private range of IPv6."""
    video = Video(url="https://[fec0::1]:9/v.mp4")
    generation = Generation(id=ID, status="completed", video=video)
    with (
        client_kind.client(clock=clock) as wan,
        pytest.raises(DownloadError, match="not a public address"),
    ):
        wan.download(generation, io.BytesIO(), timeout=5)


def part_file(target: Path) -> Path:
    """Return the part file that an earlier download of a target would have left."""
    digest = hashlib.sha256(ID.encode()).hexdigest()[:16]
    return target.with_name(f".wan-{digest}-{ETAG.hex()}-00000000.part")


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_a_link_in_place_of_a_part_leads_to_no_other_file(client_kind, server, tmp_path, link):
    """Somebody who may write to the folder cannot redirect a download to another file."""
    precious, target = tmp_path / "precious", tmp_path / "v.mp4"
    precious.write_bytes(b"mine")
    getattr(part_file(target), link)(precious)
    server.script("download", Serve(VIDEO))
    with client_kind.client(base_url=server.url) as wan:
        wan.download(finished(server), target)
    assert (precious.read_bytes(), target.read_bytes()) == (b"mine", VIDEO)
    assert not target.is_symlink()


def test_a_page_that_was_fetched_leads_to_no_file(tmp_path):
    """Neither a path nor a file URL in it is read: its author has no right to local files."""
    path = tmp_path / "precious.json"
    path.write_text("{}", "utf-8")
    assert follow("https://a.example/page.md", str(path)) == f"https://a.example{path}"
    with pytest.raises(ContractError, match="was not fetched"):
        retrieve(follow("https://a.example/page.md", path.as_uri()))


def test_a_sandbox_is_reached_from_this_machine_only():
    """It listens on one loopback address and no other."""
    with Sandbox() as sandbox:
        host, _, port = sandbox.url.removeprefix("http://").rpartition(":")
        socket.create_connection((host, int(port)), timeout=10).close()
        with pytest.raises(OSError, match=r"."):
            socket.create_connection(("127.0.0.2", int(port)), timeout=10).close()
    assert host == "127.0.0.1"
