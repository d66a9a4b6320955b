"""A video's link may lead to a public address only, unless the caller allows private ones."""

from __future__ import annotations

import io

import httpx
import pytest

from tests.support.actions import Serve, response
from tests.support.loopback import Loopback
from tests.support.responses import ID, VIDEO, finished
from wan_ergonomic import DownloadError, Generation, IncompleteDownloadError, RetryPolicy, Video

# Not in the door: no other package checks addresses.
from wan_ergonomic._http._links import AddressPolicy

ONCE = RetryPolicy(attempts=1)
PRIVATE = [
    "10.0.0.1",
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "127.1",
    "0.0.0.0",  # noqa: S104
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.5",
    "224.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[::127.0.0.1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:100.64.0.1]",
    "[2002:a00:1::]",
    "[64:ff9b::a00:1]",
    "[3fff::1]",
    "[5f00::1]",
    "[fc00::1]",
    "[fe80::1]",
    "[ff02::1]",
]
PUBLIC = [
    "93.184.215.14",
    "2606:4700::1111",
    "::ffff:93.184.215.14",
    "2002:5db8:d70e::1",
    "64:ff9b::5db8:d70e",
]


def video_at(url: str) -> Generation:
    """Return a generation with this link."""
    return Generation(id=ID, status="completed", video=Video(url=url))


def link_by_name(storage: Loopback, name: str) -> str:
    """Return a link to a storage by a host name of this machine."""
    return f"{storage.origin}/v.mp4".replace(storage.host, name)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_allowed(address):
    """Also an IPv4 address that is embedded in an IPv6 address."""
    AddressPolicy(private=False, loopback=False).check([address])


@pytest.mark.parametrize("host", [*PRIVATE, "localhost"])
def test_a_link_to_a_private_address_is_not_followed(client_kind, clock, host):
    """However the address is written. It is an error at once, without a retry."""
    with (
        client_kind.client(clock=clock) as wan,
        pytest.raises(DownloadError, match="not a public address") as caught,
    ):
        wan.download(video_at(f"https://{host}:9/v.mp4"), io.BytesIO(), timeout=5)
    assert (clock.sleeps, caught.value.generation_id) == ([], ID)


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("198.19.255.1", "proxies with fake IP addresses, such as Clash"),
        ("::ffff:198.18.0.1", "proxies with fake IP addresses, such as Clash"),
        ("100.100.0.1", "VPNs such as Tailscale"),
    ],
)
def test_an_address_that_stands_for_another_is_explained(address, source):
    """A user of such a proxy sees it in place of every public address."""
    with pytest.raises(DownloadError, match=source) as caught:
        AddressPolicy(private=False, loopback=False).check([address])
    assert "allow_private_links=True (on the command line, --allow-private-links)" in str(
        caught.value
    )


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "[fc00::1]"])
def test_a_redirect_to_a_private_address_is_not_followed(wan, server, clock, host, tmp_path):
    """For a sandbox, too, only this machine is allowed."""
    server.script("download", response(302, "", {"Location": f"https://{host}/v.mp4"}))
    with pytest.raises(DownloadError, match="not a public address"):
        wan.download(finished(server), tmp_path / "v.mp4")
    assert (clock.sleeps, list(tmp_path.iterdir())) == ([], [])


@pytest.mark.parametrize("found", [["10.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["fe80::1"]])
def test_a_host_name_with_a_private_address_is_not_followed(client_kind, clock, resolver, found):
    """Not even if it has public addresses too; no connection is tried."""
    resolver["cdn.example"] = [found]
    with (
        client_kind.client(clock=clock) as wan,
        pytest.raises(DownloadError, match="not a public address"),
    ):
        wan.download(video_at("https://cdn.example/v.mp4"), io.BytesIO())
    assert clock.sleeps == []


def test_the_address_that_is_checked_is_the_one_connected_to(
    client_kind, server, storage, resolver
):
    """The name is looked up once, so a second lookup cannot return another address."""
    storage.script("download", Serve(VIDEO))
    resolver["store.localhost"] = [["127.0.0.2"], ["10.0.0.1"]]
    file = io.BytesIO()
    with client_kind.client(base_url=server.url, retrying=ONCE) as wan:
        wan.download(video_at(link_by_name(storage, "store.localhost")), file, timeout=5)
    assert (file.getvalue(), resolver["store.localhost"]) == (VIDEO, [["10.0.0.1"]])


def test_each_connection_is_checked(wan, storage, resolver):
    """A retry looks the name up again, and checks what it finds."""
    storage.script("download", Serve(VIDEO, cut=100))
    resolver["store.localhost"] = [["127.0.0.2"], ["10.0.0.1"]]
    with pytest.raises(DownloadError, match="not a public address"):
        wan.download(video_at(link_by_name(storage, "store.localhost")), io.BytesIO(), timeout=5)
    assert len(storage.requests) == 1


def test_every_address_of_a_name_is_tried(client_kind, server, storage, resolver):
    """The first that accepts a connection is used."""
    storage.script("download", Serve(VIDEO))
    resolver["store.localhost"] = [["127.0.0.3", "127.0.0.2"]]
    file = io.BytesIO()
    with client_kind.client(base_url=server.url, retrying=ONCE) as wan:
        wan.download(video_at(link_by_name(storage, "store.localhost")), file, timeout=5)
    assert file.getvalue() == VIDEO


def test_a_name_without_a_reachable_address_may_be_tried_again(client_kind, server, resolver):
    """As any storage that cannot be reached."""
    with Loopback(listening=False) as storage:
        resolver["store.localhost"] = [["127.0.0.3", "127.0.0.1"]]
        generation = video_at(link_by_name(storage, "store.localhost"))
        with (
            client_kind.client(base_url=server.url, retrying=ONCE) as wan,
            pytest.raises(IncompleteDownloadError),
        ):
            wan.download(generation, io.BytesIO(), timeout=5)


@pytest.mark.parametrize(("allowed", "connections"), [(False, 0), (True, 1)])
def test_private_links_can_be_allowed(client_kind, storage, allowed, connections):
    """They still have to be https, so the handshake with this storage fails."""
    storage.script("download", Serve(VIDEO))
    link = f"{storage.origin}/v.mp4".replace("http:", "https:")
    with (
        client_kind.client(retrying=ONCE, allow_private_links=allowed) as wan,
        pytest.raises(DownloadError),
    ):
        wan.download(video_at(link), io.BytesIO(), timeout=2)
    assert (storage.connections, storage.requests) == (connections, [])


def test_a_proxy_may_have_a_private_address(client_kind, server, monkeypatch):
    """The proxy looks up host names itself; an IP address in a link is checked here."""
    server.script("download", response(403))
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, server.url)
    with client_kind.client(retrying=ONCE) as wan:
        with pytest.raises(DownloadError, match="403"):
            wan.download(video_at("https://cdn.example/v.mp4"), io.BytesIO(), timeout=2)
        with pytest.raises(DownloadError, match="not a public address"):
            wan.download(video_at("https://2130706433/v.mp4"), io.BytesIO(), timeout=2)
    requests = [(request.method, request.target) for request in server.requests]
    assert requests == [("CONNECT", "cdn.example:443")]


def test_the_proxy_of_a_callers_transport_may_have_a_private_address(client_kind, server):
    """It is not a storage either."""
    sync = client_kind.backend == "sync"
    make = httpx.HTTPTransport if sync else httpx.AsyncHTTPTransport
    with (
        client_kind.client(retrying=ONCE, transport=make(proxy=server.url)) as wan,
        pytest.raises(IncompleteDownloadError),
    ):
        wan.download(video_at("https://cdn.example/v.mp4"), io.BytesIO(), timeout=2)
    assert [request.target for request in server.requests] == ["cdn.example:443"]
