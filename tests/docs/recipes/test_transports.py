"""The transports of the recipe, each over real connections."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.actions import Serve
from tests.support.responses import VIDEO, accepted, completed
from wan_ergonomic import PollingPolicy, WanClient

from .relays import Relay, socks_proxy

PAGE = "transports.md"


def host_of(url: str) -> str:
    """Return the host and the port of a URL."""
    return urlsplit(url).netloc


class Noting(httpx.HTTPTransport):
    """A transport that notes the hosts of its requests, and keeps no connection."""

    def __init__(self) -> None:
        super().__init__(limits=httpx.Limits(max_keepalive_connections=0))
        self.hosts: set[str] = set()
        self.closed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        self.hosts.add(host_of(str(request.url)))
        return super().handle_request(request)

    def close(self) -> None:
        """Close all connections."""
        self.closed = True
        super().close()


def test_each_host_has_its_transport(module, server, storage):
    """Requests to the API take one, the video another; both are closed with the client."""
    server.script("submit", accepted())
    server.script("poll", completed(storage))
    storage.script("download", Serve(VIDEO))
    for_api, otherwise = Noting(), Noting()
    transport = module(PAGE, "by_host.py").ByHost({server.host: for_api}, otherwise)
    with WanClient("a-key-of-tests", base_url=server.url, transport=transport) as wan:
        wan.download(wan.generate("A boat"), "boat.mp4")
    assert for_api.hosts == {host_of(server.url)}
    assert otherwise.hosts == {host_of(storage.url)}
    assert (for_api.closed, otherwise.closed) == (True, True)
    # As the page says: by itself, the client cannot give it a fresh connection.
    assert server.connections == len(server.requests)


def test_the_transports_of_the_recipe_keep_no_connection(module, monkeypatch):
    """So that no submission is sent over one that is closing."""
    by_host = module(PAGE, "by_host.py")
    made: list[dict[str, Any]] = []
    monkeypatch.setattr(by_host.httpx, "HTTPTransport", lambda **options: made.append(options))
    monkeypatch.setattr(by_host, "WanClient", lambda transport: transport)
    by_host.make_client()
    assert [each["limits"].max_keepalive_connections for each in made] == [0, 0]


def test_a_socks_proxy_carries_a_video(sandbox, write, python, tmp_path):
    """Each connection is asked of it, and the video comes through it."""
    pytest.importorskip("socksio", reason="httpx[socks] is not installed")
    write(PAGE, "socks.py")
    with Relay(sandbox.url, socks_proxy) as proxy:
        python("socks.py", MY_SOCKS_PROXY=f"socks5://127.0.0.1:{proxy.port}")
    assert (tmp_path / "boat.mp4").read_bytes()[4:8] == b"ftyp"
    assert {*proxy.asked} == {host_of(sandbox.url)}


def test_the_transport_of_httpx_socks_works_as_well(sandbox, tmp_path):
    """As the page says."""
    httpx_socks = pytest.importorskip("httpx_socks", reason="httpx-socks is not installed")
    often = PollingPolicy(min_interval=0.05, max_interval=0.1)
    with Relay(sandbox.url, socks_proxy) as proxy:
        transport = httpx_socks.SyncProxyTransport.from_url(f"socks5://127.0.0.1:{proxy.port}")
        with WanClient(transport=transport, polling=often) as wan:
            wan.download(wan.generate("A boat"), tmp_path / "boat.mp4")
    assert {*proxy.asked} == {host_of(sandbox.url)}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no asyncio for UNIX sockets")
def test_a_unix_socket_leads_to_the_api(sandbox, write, python):
    """The host of the base URL is only a name."""
    (file,) = write(PAGE, "unix.py")
    # A path of a socket is short.
    gateway = Path("gateway.sock")
    code = file.read_text("utf-8")
    assert "/run/gateway.sock" in code
    file.write_text(code.replace("/run/gateway.sock", gateway.name), "utf-8")
    with Relay(sandbox.url, path=gateway):
        known_as = python("unix.py", AIMLAPI_API_KEY=sandbox.key).strip()
    assert (sandbox.billed, bool(known_as)) == (1, True)
    assert {one.headers["host"] for one in sandbox.received} == {"localhost"}
