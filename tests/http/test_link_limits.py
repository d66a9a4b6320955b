"""A link leads to the public internet, or nowhere."""

from __future__ import annotations

import io
import socket

import httpx
import pytest

from tests.support.actions import Serve, response
from tests.support.loopback import Loopback
from tests.support.responses import ID, VIDEO, finished
from tests.support.stand_in import stand_in
from wan_ergonomic import DownloadError, Generation, IncompleteDownloadError, RetryPolicy, Video
from wan_ergonomic._http import _network
from wan_ergonomic._http._network import AddressPolicy

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
    "192.168.1.1",
    "224.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[::127.0.0.1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:100.64.0.1]",
    "[2002:a00:1::]",
    "[64:ff9b::a00:1]",
    "[fc00::1]",
    "[fe80::1]",
    "[ff02::1]",
]


def at(url: str) -> Generation:
    """Return a generation whose video is there."""
    return Generation(id=ID, status="completed", video=Video(url=url))


@pytest.fixture
def resolver(monkeypatch):
    """What names mean: each lookup of a name gives its next list of addresses."""
    names: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def look_up(host, port, *rest, **options):
        if host not in names:
            return real(host, port, *rest, **options)
        if options.get("flags", 0) & socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        found = names[host].pop(0)
        return [entry for one in found for entry in real(one, port, type=socket.SOCK_STREAM)]

    async def alook_up(host, port, **options):
        return look_up(host, port, **options)

    stand_in(monkeypatch, _network, "socket", getaddrinfo=look_up)
    stand_in(monkeypatch, _network, "anyio", getaddrinfo=alook_up)
    return names


@pytest.mark.parametrize(
    "address",
    [
        "93.184.215.14",
        "2606:4700::1111",
        "::ffff:93.184.215.14",
        "2002:5db8:d70e::1",
        "64:ff9b::5db8:d70e",
    ],
)
def test_a_public_address_may_be_followed(address):
    """Also where an IPv4 address is written, or translated, as one of IPv6."""
    reach = AddressPolicy(private=False, loopback=False)
    assert reach.check(socket.getaddrinfo(address, 443, type=socket.SOCK_STREAM)) == [address]


def named(storage: Loopback, name: str) -> str:
    """Return a link to a storage by a name of this machine, which may be http."""
    return f"{storage.origin}/v.mp4".replace(storage.host, name)


@pytest.mark.parametrize("host", [*PRIVATE, "localhost"])
def test_a_link_into_a_private_network_is_not_followed(client_kind, clock, host):
    """However the address is written; it is said at once, and nothing is tried again."""
    with (
        client_kind.client(clock=clock) as wan,
        pytest.raises(DownloadError, match="not a public address") as caught,
    ):
        wan.download(at(f"https://{host}:9/v.mp4"), io.BytesIO(), timeout=5)
    assert (clock.sleeps, caught.value.generation_id) == ([], ID)


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "[fc00::1]"])
def test_a_redirect_into_a_private_network_is_not_followed(
    client_kind, server, clock, host, tmp_path
):
    """Not with a sandbox either, whose own machine is the only one allowed."""
    server.script("download", response(302, "", {"Location": f"https://{host}/v.mp4"}))
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(DownloadError, match="not a public address"),
    ):
        wan.download(finished(server), tmp_path / "v.mp4")
    assert (clock.sleeps, list(tmp_path.iterdir())) == ([], [])


@pytest.mark.parametrize("found", [["10.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["fe80::1"]])
def test_a_name_of_a_private_address_is_not_followed(client_kind, clock, resolver, found):
    """Nor one that stands for public addresses as well; no connection is tried."""
    resolver["cdn.example"] = [found]
    with (
        client_kind.client(clock=clock) as wan,
        pytest.raises(DownloadError, match="not a public address"),
    ):
        wan.download(at("https://cdn.example/v.mp4"), io.BytesIO())
    assert clock.sleeps == []


def test_what_is_checked_is_what_is_connected_to(client_kind, server, storage, resolver):
    """A name is looked up once, so it cannot mean something else the second time."""
    storage.script("download", Serve(VIDEO))
    resolver["storage.localhost"] = [["127.0.0.2"], ["10.0.0.1"]]
    file = io.BytesIO()
    with client_kind.client(base_url=server.url, retrying=ONCE) as wan:
        wan.download(at(named(storage, "storage.localhost")), file, timeout=5)
    assert (file.getvalue(), resolver["storage.localhost"]) == (VIDEO, [["10.0.0.1"]])


def test_a_name_that_changes_its_meaning_is_checked_again(
    client_kind, server, storage, clock, resolver
):
    """Each connection has a check of its own, that of a second attempt too."""
    storage.script("download", Serve(VIDEO, cut=100))
    resolver["storage.localhost"] = [["127.0.0.2"], ["10.0.0.1"]]
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(DownloadError, match="not a public address"),
    ):
        wan.download(at(named(storage, "storage.localhost")), io.BytesIO(), timeout=5)
    assert len(storage.requests) == 1


def test_every_address_of_a_name_is_tried(client_kind, server, storage, resolver):
    """The one that answers is the right one."""
    storage.script("download", Serve(VIDEO))
    resolver["storage.localhost"] = [["127.0.0.3", "127.0.0.2"]]
    file = io.BytesIO()
    with client_kind.client(base_url=server.url, retrying=ONCE) as wan:
        wan.download(at(named(storage, "storage.localhost")), file, timeout=5)
    assert file.getvalue() == VIDEO


def test_a_name_whose_addresses_are_all_silent_is_tried_again(client_kind, server, resolver):
    """As any storage that cannot be reached."""
    with Loopback(listening=False) as storage:
        resolver["storage.localhost"] = [["127.0.0.3", "127.0.0.1"]]
        with (
            client_kind.client(base_url=server.url, retrying=ONCE) as wan,
            pytest.raises(IncompleteDownloadError),
        ):
            wan.download(at(named(storage, "storage.localhost")), io.BytesIO(), timeout=5)


@pytest.mark.parametrize(("allowed", "connections"), [(False, 0), (True, 1)])
def test_a_private_link_can_be_allowed(client_kind, storage, allowed, connections):
    """For a storage of one's own; it still has to be https, so that this one fails."""
    storage.script("download", Serve(VIDEO))
    link = f"{storage.origin}/v.mp4".replace("http:", "https:")
    with (
        client_kind.client(retrying=ONCE, allow_private_links=allowed) as wan,
        pytest.raises(DownloadError),
    ):
        wan.download(at(link), io.BytesIO(), timeout=2)
    assert (storage.connections, storage.requests) == (connections, [])


def test_a_proxy_may_be_in_a_private_network(client_kind, server, monkeypatch):
    """What it connects to is for it to judge, but for an address that is written out."""
    server.script("download", response(403))
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, server.url)
    with client_kind.client(retrying=ONCE) as wan:
        with pytest.raises(IncompleteDownloadError):
            wan.download(at("https://cdn.example/v.mp4"), io.BytesIO(), timeout=2)
        with pytest.raises(DownloadError, match="not a public address"):
            wan.download(at("https://2130706433/v.mp4"), io.BytesIO(), timeout=2)
    asked = [(request.method, request.target) for request in server.requests]
    assert asked == [("CONNECT", "cdn.example:443")]


def test_so_may_a_proxy_of_the_callers_own(client_kind, server):
    """One that a transport brings along is no storage either."""
    blocking = client_kind.backend == "sync"
    make = httpx.HTTPTransport if blocking else httpx.AsyncHTTPTransport
    with (
        client_kind.client(retrying=ONCE, transport=make(proxy=server.url)) as wan,
        pytest.raises(IncompleteDownloadError),
    ):
        wan.download(at("https://cdn.example/v.mp4"), io.BytesIO(), timeout=2)
    assert [request.target for request in server.requests] == ["cdn.example:443"]
