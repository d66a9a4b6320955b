"""The transports that carry the guards: they fail closed, and use the environment's proxies."""

from __future__ import annotations

import asyncio
import base64
import inspect
import io
import socket
from collections.abc import Callable
from typing import Any

import httpcore
import httpx
import pytest

from tests.conftest import CANARY_KEY, ClientKind
from tests.support.actions import response
from tests.support.loopback import Loopback
from tests.support.responses import ID, accepted, poll_response
from wan_ergonomic import (
    AsyncWanClient,
    ConfigurationError,
    ConnectionFailedError,
    DownloadError,
    Generation,
    RetryPolicy,
    Video,
    _proxies,
)

# Not in the door: no other package makes transports.
from wan_ergonomic._http._transport import _FAILURES

ONCE = RetryPolicy(attempts=1)


def own_transport(client_kind: ClientKind) -> httpx.HTTPTransport | httpx.AsyncHTTPTransport:
    """Return httpx's own transport for a client."""
    return httpx.HTTPTransport() if client_kind.backend == "sync" else httpx.AsyncHTTPTransport()


def renamed_pool(transport: httpx.HTTPTransport | httpx.AsyncHTTPTransport) -> None:
    """Keep the pool under another name, as a later httpx might."""
    transport._connections = transport.__dict__.pop("_pool")  # type: ignore[union-attr]


def renamed_backend(transport: httpx.HTTPTransport | httpx.AsyncHTTPTransport) -> None:
    """Keep the pool's network backend under another name, as a later httpcore might."""
    pool = transport._pool
    pool._network = pool.__dict__.pop("_network_backend")  # type: ignore[union-attr]


@pytest.mark.parametrize("change", [renamed_pool, renamed_backend])
def test_a_guard_that_cannot_be_set_up_is_an_error(
    client_kind, server, change: Callable[[object], None]
):
    """A transport that cannot be held to deadlines and addresses sends nothing."""
    transport = own_transport(client_kind)
    change(transport)
    with (
        pytest.raises(ConfigurationError, match="Nothing was sent"),
        client_kind.client(base_url=server.url, transport=transport),
    ):
        pass
    assert server.requests == []


def test_without_a_transport_of_ones_own_nothing_private_is_needed(
    client_kind, server, monkeypatch
):
    """The default transport stands on public names of httpx and httpcore alone."""
    for name in ("HTTPTransport", "AsyncHTTPTransport"):
        monkeypatch.setattr(httpx, name, type(name, (), {}))
    server.script("submit", accepted())
    with client_kind.client(base_url=server.url) as wan:
        assert wan.submit("A boat").id == ID


@pytest.mark.parametrize("kind", ["sync", "asyncio"])
@pytest.mark.parametrize("make", [httpx.HTTPTransport, httpx.AsyncHTTPTransport])
def test_a_transport_of_the_other_kind_is_an_error(kind, make):
    """When the client is made, and not when its first request fails."""
    client_type = ClientKind(kind).client_type
    if (kind == "sync") is (make is httpx.HTTPTransport):
        client_type(CANARY_KEY, transport=make())
        return
    other = "AsyncWanClient" if kind == "sync" else "WanClient"
    with pytest.raises(ConfigurationError, match=f"which is for {other}. Nothing was sent"):
        client_type(CANARY_KEY, transport=make())


@pytest.mark.parametrize("wrong", [httpx.HTTPTransport, httpx.AsyncHTTPTransport, "proxy", 0, {}])
def test_what_is_no_transport_is_an_error(client_kind, wrong):
    """Not even a value that counts as false is left out in silence."""
    with (
        pytest.raises(ConfigurationError, match=r"takes a transport such as httpx\."),
        client_kind.client(transport=wrong),
    ):
        pass


def test_a_transport_may_lead_to_a_private_address_of_the_api(client_kind, resolver):
    """The address of the API is the caller's own choice; only links of videos are checked."""
    resolver["gateway.example"] = [["10.255.255.1"]] * 2
    with (
        client_kind.client(
            base_url="https://gateway.example",
            transport=own_transport(client_kind),
            retrying=ONCE,
        ) as wan,
        pytest.raises(ConnectionFailedError) as caught,
    ):
        wan.submit("A boat", timeout=0.5)
    assert caught.value.sent is False
    assert resolver["gateway.example"] != [["10.255.255.1"]] * 2


def test_a_transport_that_also_reaches_the_api_checks_the_addresses_of_videos(
    client_kind, server, resolver
):
    """A connection that the API keeps is not used for a video at the same host."""
    server.script("poll", poll_response("queued"))
    at_name = server.url.replace(server.host, "store.localhost")
    resolver["store.localhost"] = [[server.host], ["10.255.255.1"]]
    video = Generation(id=ID, status="completed", video=Video(url=f"{at_name}/v.mp4"))
    with client_kind.client(base_url=at_name, transport=own_transport(client_kind)) as wan:
        wan.status(ID)
        with pytest.raises(DownloadError, match="not a public address"):
            wan.download(video, io.BytesIO())
    assert server.received("download") == []


def test_a_submission_over_a_callers_transport_has_a_connection_of_its_own(client_kind, server):
    """A kept one may be closing at that moment; the next poll uses the kept one again."""
    server.script("poll", poll_response("queued"))
    server.script("submit", accepted())
    transport = own_transport(client_kind)
    with client_kind.client(base_url=server.url, transport=transport) as wan:
        wan.status(ID)
        wan.submit("A boat")
        wan.status(ID)
    assert server.connections == 2


def test_a_transport_that_overrides_a_method_keeps_it(client_kind, server):
    """Many log or change requests so; theirs are the same connections."""
    server.script("submit", accepted())
    seen: list[str] = []
    base = type(own_transport(client_kind))
    name = "handle_request" if client_kind.backend == "sync" else "handle_async_request"

    def handle(self: Any, request: httpx.Request) -> Any:
        seen.append(request.method)
        return getattr(base, name)(self, request)

    transport = type("Own", (base,), {name: handle})()
    with client_kind.client(base_url=server.url, transport=transport) as wan:
        assert wan.submit("A boat").id == ID
    assert (seen, transport._pool.connections) == (["POST"], [])


class Counting(httpcore.AnyIOBackend):
    """A network backend that notes which hosts it connected to."""

    def __init__(self) -> None:
        self.hosts: list[str] = []

    async def connect_tcp(self, host: str, *args: Any, **options: Any) -> Any:
        """Connect."""
        self.hosts.append(host)
        return await super().connect_tcp(host, *args, **options)


class OfAnotherLibrary(httpx.AsyncBaseTransport):
    """A transport over a pool of httpcore's with a network backend of its own, as some have."""

    handle_async_request = httpx.AsyncHTTPTransport.handle_async_request

    def __init__(self, backend: httpcore.AsyncNetworkBackend) -> None:
        self._pool = httpcore.AsyncConnectionPool(network_backend=backend)


def test_a_transport_of_another_library_keeps_its_network_backend(server):
    """It may go through a proxy of its own."""
    server.script("poll", poll_response("queued"))
    backend = Counting()

    async def poll() -> str:
        transport = OfAnotherLibrary(backend)
        async with AsyncWanClient(CANARY_KEY, base_url=server.url, transport=transport) as wan:
            return (await wan.status(ID)).status

    assert (asyncio.run(poll()), backend.hosts) == ("queued", ["127.0.0.1"])


def test_closing_a_client_lets_another_with_the_same_transport_go_on(client_kind, server):
    """Httpx closes the transport's connections; the other client opens new ones."""
    server.script("poll", poll_response("queued"))
    options = {"base_url": server.url, "transport": own_transport(client_kind)}
    with client_kind.client(**options) as wan, client_kind.client(**options) as other:
        other.status(ID)
        wan.status(ID)
        wan.close()
        assert other.status(ID).status == "queued"


def test_a_transport_that_several_clients_share_is_wrapped_once(client_kind):
    """However many clients are made with it."""
    transport = own_transport(client_kind)
    with client_kind.client(transport=transport):
        backend = transport._pool._network_backend
        with client_kind.client(transport=transport):
            assert transport._pool._network_backend is backend


def test_a_transport_with_retries_of_its_own_keeps_them(client_kind):
    """Httpcore waits between them through the same backend."""
    transport = type(own_transport(client_kind))(retries=1)
    with (
        Loopback(listening=False) as closed,
        client_kind.client(base_url=closed.url, transport=transport, retrying=ONCE) as wan,
        pytest.raises(ConnectionFailedError) as caught,
    ):
        wan.submit("A boat", timeout=5)
    assert caught.value.sent is False


def test_a_transport_over_a_local_socket_is_used(client_kind, tmp_path):
    """Here to a server that never responds, which is a typed error."""
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "api"))
        silent.listen()
        transport = type(own_transport(client_kind))(uds=str(tmp_path / "api"))
        with (
            client_kind.client(base_url="http://api.localhost", transport=transport) as wan,
            pytest.raises(ConnectionFailedError) as caught,
        ):
            wan.status(ID, timeout=0.5)
    assert caught.value.sent is True


def test_every_failure_of_httpcore_is_one_of_httpx():
    """Each exception class of httpcore has a namesake in httpx, or its base class has."""
    classes = [
        thing
        for _, thing in inspect.getmembers(httpcore, inspect.isclass)
        if issubclass(thing, Exception) and thing is not httpcore.ConnectionNotAvailable
    ]
    assert len(classes) > 10
    assert [each for each in classes if not issubclass(each, _FAILURES)] == []
    assert [each for each in classes if not hasattr(httpx, each.__name__)] == []


@pytest.fixture
def proxied(monkeypatch) -> Callable[[str], None]:
    """Set the proxy of the environment, for every host."""

    def use(address: str) -> None:
        monkeypatch.setenv("HTTPS_PROXY", address)
        monkeypatch.setenv("https_proxy", address)

    return use


def test_a_proxy_of_the_environment_is_used(client_kind, proxied):
    """With its user name and password, which are sent to it alone."""
    with Loopback() as proxy:
        proxy.script("submit", response(403))
        proxied(proxy.origin.replace("://", "://me:secret@"))
        with (
            client_kind.client(base_url="https://api.example", retrying=ONCE) as wan,
            pytest.raises(ConnectionFailedError),
        ):
            wan.submit("A boat", timeout=5)
        (request,) = proxy.requests
    assert (request.method, request.target) == ("CONNECT", "api.example:443")
    password = base64.b64encode(b"me:secret").decode()
    assert request.headers["proxy-authorization"] == f"Basic {password}"


def test_a_proxy_without_a_scheme_is_an_http_proxy(client_kind, proxied):
    """As curl takes it."""
    with Loopback() as proxy:
        proxied(proxy.origin.removeprefix("http://"))
        with (
            client_kind.client(base_url="https://api.example", retrying=ONCE) as wan,
            pytest.raises(ConnectionFailedError),
        ):
            wan.submit("A boat", timeout=5)
        assert [request.method for request in proxy.requests] == ["CONNECT"]


def test_no_proxy_names_hosts_that_are_reached_directly(client_kind, proxied, monkeypatch):
    """NO_PROXY wins over a proxy."""
    with Loopback() as proxy:
        proxied(proxy.origin)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.setenv(name, "api.invalid")
        with (
            client_kind.client(base_url="https://api.invalid", retrying=ONCE) as wan,
            pytest.raises(ConnectionFailedError) as caught,
        ):
            wan.submit("A boat", timeout=5)
        assert (proxy.requests, caught.value.sent) == ([], False)


def test_a_proxy_may_be_spoken_to_with_tls(client_kind, proxied, certificate, monkeypatch):
    """Its certificate is checked as that of a server."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    with Loopback(tls=certificate.server) as proxy:
        proxied(proxy.origin)
        with (
            client_kind.client(base_url="https://api.example", retrying=ONCE) as wan,
            pytest.raises(ConnectionFailedError, match="501"),
        ):
            wan.submit("A boat", timeout=5)
        assert [request.target for request in proxy.requests] == ["api.example:443"]


@pytest.mark.parametrize("login", [None, ("me", "secret")])
def test_a_socks_proxy_is_used_where_its_package_is_installed(
    client_kind, proxied, monkeypatch, login
):
    """With the user name and password of its address."""
    made = []

    def make(**options: object) -> object:
        made.append(options)
        raise httpx.ConnectError("only noted")

    monkeypatch.setattr(_proxies, "find_spec", lambda _: object())
    monkeypatch.setattr(httpcore, "SOCKSProxy", make)
    monkeypatch.setattr(httpcore, "AsyncSOCKSProxy", make)
    proxied(f"socks5h://{':'.join(login)}@127.0.0.1:1" if login else "socks5h://127.0.0.1:1")
    with (
        client_kind.client(base_url="https://api.example", retrying=ONCE) as wan,
        pytest.raises(ConnectionFailedError, match="only noted"),
    ):
        wan.submit("A boat", timeout=5)
    assert made[0]["proxy_url"] == "socks5h://127.0.0.1:1"
    assert made[0]["proxy_auth"] == (login and (b"me", b"secret"))
