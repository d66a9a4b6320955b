"""Where a link, a file and a server may be."""

from __future__ import annotations

import hashlib
import io
import socket
from pathlib import Path

import pytest

from tests.support.loopback import Store
from tests.support.responses import ID, VIDEO, finished
from wan_ergonomic import ContractError, DownloadError, Generation, Video
from wan_ergonomic.contract.source._fetch import follow, retrieve
from wan_ergonomic.sandbox import Sandbox

ETAG = b'"v1"'


def test_an_address_of_a_site_of_old_is_private_too(client_kind, clock):
    """IPv6 had another private range once, and networks that use it may be left."""
    video = Video(url="https://[fec0::1]:9/v.mp4")
    generation = Generation(id=ID, status="completed", video=video)
    with (
        client_kind.client(clock=clock) as wan,
        pytest.raises(DownloadError, match="not a public address"),
    ):
        wan.download(generation, io.BytesIO(), timeout=5)


def left_behind(target: Path) -> Path:
    """Return where an earlier download to a target would have left what it had."""
    digest = hashlib.sha256(f"{target.name}\0{ID}".encode()).hexdigest()[:16]
    return target.with_name(f".wan-{digest}-{ETAG.hex()}.part")


def test_a_link_in_place_of_a_part_leads_to_no_other_file(client_kind, server, tmp_path):
    """Whoever may write to a folder must not have us write elsewhere."""
    precious, target = tmp_path / "precious", tmp_path / "v.mp4"
    precious.write_bytes(b"mine")
    left_behind(target).symlink_to(precious)
    server.script("download", Store(VIDEO))
    with client_kind.client(base_url=server.url) as wan:
        wan.download(finished(server), target)
    assert (precious.read_bytes(), target.read_bytes()) == (b"mine", VIDEO)
    assert not target.is_symlink()


def test_a_page_that_was_fetched_leads_to_no_file(tmp_path):
    """Neither by a path nor by an address: what is on this machine is not its author's."""
    path = tmp_path / "precious.json"
    path.write_text("{}", "utf-8")
    assert follow("https://a.example/page.md", str(path)) == f"https://a.example{path}"
    with pytest.raises(ContractError, match="is not fetched"):
        retrieve(follow("https://a.example/page.md", path.as_uri()))


def test_a_sandbox_is_reached_from_this_machine_only():
    """It listens on the one address that it names, of all that lead here."""
    with Sandbox() as sandbox:
        host, _, port = sandbox.url.removeprefix("http://").rpartition(":")
        socket.create_connection((host, int(port)), timeout=10).close()
        with pytest.raises(OSError, match=r"."):
            socket.create_connection(("127.0.0.2", int(port)), timeout=10).close()
    assert host == "127.0.0.1"
