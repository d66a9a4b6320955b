"""What network errors say: once, and whatever the exceptions of a transport look like."""

from __future__ import annotations

import io
import socket
import ssl
from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import ClientKind
from tests.support.actions import Hang, response
from tests.support.loopback import Loopback
from wan_ergonomic import (
    ConnectionFailedError,
    DownloadError,
    Generation,
    RetryPolicy,
    SubmissionInDoubtError,
    Video,
    WanClient,
)

# Not in the door: no other package sends requests.
from wan_ergonomic._http._failures import api_failures
from wan_ergonomic._http._routes import ROUTE, Route
from wan_ergonomic._proxies import Proxy

ONCE = RetryPolicy(attempts=1)


def failing(client_kind: ClientKind, fail: object) -> httpx.MockTransport:
    """Return a transport for a client, which calls ``fail`` with each request."""
    if client_kind.backend == "sync":
        return httpx.MockTransport(fail)  # type: ignore[arg-type]

    async def afail(request: httpx.Request) -> httpx.Response:
        return fail(request)  # type: ignore[operator,no-any-return]

    return httpx.MockTransport(afail)


def _its_own_cause(_: httpx.Request) -> httpx.Response:
    error = httpx.ConnectError("broken")
    raise error from error


def _causes_in_a_circle(_: httpx.Request) -> httpx.Response:
    error, other = httpx.ConnectError("broken"), OSError("of the other")
    other.__cause__ = error
    raise error from other


@pytest.mark.parametrize("fail", [_its_own_cause, _causes_in_a_circle])
def test_an_error_that_is_its_own_cause_is_translated_too(client_kind, server, fail):
    """Its causes are searched for a key once each."""
    transport = failing(client_kind, fail)
    with (
        client_kind.client(base_url=server.url, transport=transport, retrying=ONCE) as wan,
        pytest.raises(ConnectionFailedError, match="broken"),
    ):
        wan.submit("A boat")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (socket.gaierror(socket.EAI_NONAME, "no name"), ConnectionFailedError),
        (ConnectionRefusedError("refused"), ConnectionFailedError),
        (ssl.SSLError(1, "broken"), SubmissionInDoubtError),
        (OSError(5, "broken"), SubmissionInDoubtError),
    ],
)
def test_what_the_system_raises_in_a_transport_is_translated(client_kind, server, error, expected):
    """A transport of one's own may raise it as it is; after it, the submission may be accepted."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    transport = failing(client_kind, fail)
    with client_kind.client(base_url=server.url, transport=transport, retrying=ONCE) as wan:
        with pytest.raises(expected):
            wan.submit("A boat")
        with pytest.raises(ConnectionFailedError):
            wan.status("an-id")


@pytest.fixture
def proxy(monkeypatch) -> Iterator[Loopback]:
    """The proxy of the environment for every host, with a password."""
    with Loopback() as running:
        monkeypatch.setenv("HTTPS_PROXY", running.origin.replace("://", "://me:s3cret@"))
        yield running


PERMANENT = {
    407: "Correct the user name and password for the proxy in HTTPS_PROXY.",
    403: "The proxy refuses this host",
    405: "The proxy refuses this host",
}


@pytest.mark.parametrize("status", PERMANENT)
@pytest.mark.parametrize("method", ["submit", "status", "wait"])
def test_a_proxy_that_refuses_ends_a_call_at_once(client_kind, proxy, clock, method, status):
    """Time does not change it; the error names the host and the variable, and no password."""
    proxy.script("download", response(status))
    with (
        client_kind.client(base_url="https://api.example", clock=clock) as wan,
        pytest.raises(ConnectionFailedError) as caught,
    ):
        getattr(wan, method)("an-id-or-prompt")
    text = str(caught.value)
    assert text.startswith("The connection to api.example through the proxy of HTTPS_PROXY (127.0.")
    assert PERMANENT[status] in text
    assert (caught.value.sent, caught.value.permanent) == (False, True)
    assert (len(proxy.requests), clock.sleeps, "s3cret" in text) == (1, [], False)


def test_a_proxy_that_refuses_ends_a_download_at_once(client_kind, proxy, clock):
    """The video is kept at the storage."""
    proxy.script("download", response(407))
    generation = Generation(
        id="a", status="completed", video=Video(url="https://cdn.example/v.mp4?Signature=s")
    )
    with (
        client_kind.client(base_url="https://api.example", clock=clock) as wan,
        pytest.raises(DownloadError, match=r"from cdn\.example through .*Correct the user name"),
    ):
        wan.download(generation, io.BytesIO())
    assert len(proxy.requests) == 1


@pytest.mark.parametrize("status", [408, 429, 502, 503])
def test_a_proxy_that_cannot_connect_now_is_asked_again(client_kind, proxy, clock, status):
    """It may be able to a moment later."""
    proxy.script("download", response(status))
    with (
        client_kind.client(base_url="https://api.example", clock=clock) as wan,
        pytest.raises(
            ConnectionFailedError, match=r"Check the proxy of HTTPS_PROXY \(127"
        ) as error,
    ):
        wan.submit("A boat")
    assert (len(proxy.requests), error.value.permanent) == (4, False)


def test_a_proxy_that_does_not_run_is_named(client_kind, clock, monkeypatch):
    """With the variable that names it."""
    with Loopback(listening=False) as closed:
        monkeypatch.setenv("HTTPS_PROXY", closed.origin)
    with (
        client_kind.client(base_url="https://api.example", clock=clock) as wan,
        pytest.raises(
            ConnectionFailedError, match="Check that the proxy in HTTPS_PROXY is correct"
        ),
    ):
        wan.submit("A boat")


@pytest.mark.parametrize(
    ("reason", "hint"),
    [
        ("Invalid username/password", "Correct the user name"),
        ("Requested NO AUTHENTICATION REQUIRED from proxy server, but got X", "Correct the user"),
        ("Proxy Server could not connect: Connection not allowed by ruleset.", "refuses this host"),
        ("Proxy Server could not connect: Host unreachable.", "Check the proxy."),
    ],
)
def test_what_a_socks_proxy_says_is_understood(client_kind, server, reason, hint):
    """It has words in place of statuses; here it is a transport of the caller's own."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.ProxyError(reason)

    transport = failing(client_kind, fail)
    with (
        client_kind.client(base_url=server.url, transport=transport, retrying=ONCE) as wan,
        pytest.raises(ConnectionFailedError, match=hint) as caught,
    ):
        wan.submit("A boat")
    assert caught.value.permanent is ("Host unreachable" not in reason)


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        (9, "Check the clock"),
        (10, "Check the clock"),
        (62, "for another host"),
        (18, "SSL_CERT_FILE"),
    ],
)
def test_each_fault_of_a_certificate_has_its_own_hint(client_kind, server, code, hint):
    """A clock that is wrong makes every certificate invalid."""

    def fail(_: httpx.Request) -> httpx.Response:
        cause = ssl.SSLCertVerificationError("not trusted")
        cause.verify_code, cause.verify_message = code, "the reason"
        raise httpx.ConnectError("failed") from cause

    transport = failing(client_kind, fail)
    with (
        client_kind.client(base_url=server.url, transport=transport) as wan,
        pytest.raises(ConnectionFailedError, match=rf"not trusted \(the reason\)\. .*{hint}"),
    ):
        wan.wait("an-id")


def test_a_transport_may_raise_its_own_error_about_a_certificate(client_kind, server):
    """Without the attributes that OpenSSL's has."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("failed") from ssl.SSLCertVerificationError("self-made")

    transport = failing(client_kind, fail)
    with (
        client_kind.client(base_url=server.url, transport=transport) as wan,
        pytest.raises(ConnectionFailedError, match=r"not trusted \(.*self-made"),
    ):
        wan.wait("an-id")


def test_a_proxy_that_does_not_speak_tls_is_named():
    """Its own scheme is https only if it is spoken to with TLS."""

    def fail() -> None:
        cause = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")
        cause.reason = "WRONG_VERSION_NUMBER"
        request = httpx.Request("GET", "https://api.example")
        request.extensions[ROUTE] = Route(Proxy("HTTPS_PROXY", "https", "proxy.example"))
        raise httpx.ConnectError("failed", request=request) from cause

    with (
        pytest.raises(ConnectionFailedError, match="write http:// in HTTPS_PROXY"),
        api_failures(1),
    ):
        fail()


def test_a_host_that_is_not_found_is_named(client_kind, clock):
    """With one hint."""
    with (
        client_kind.client(base_url="https://api.invalid", clock=clock, retrying=ONCE) as wan,
        pytest.raises(ConnectionFailedError, match=r"to api\.invalid failed before anything") as e,
    ):
        wan.submit("A boat")
    assert "Check the name of the host, and this machine's network." in str(e.value)


def test_a_response_that_does_not_come_names_the_host(client_kind, server):
    """Nothing says that the network is at fault, so there is no hint."""
    server.script("poll", Hang())
    with (
        client_kind.client(base_url=server.url, retrying=ONCE) as wan,
        pytest.raises(ConnectionFailedError) as caught,
    ):
        wan.status("an-id", timeout=0.5)
    assert str(caught.value).startswith("The connection to 127.0.0.1 failed while waiting for ")
    assert str(caught.value).endswith(" s.")


def test_a_server_of_this_machine_that_is_not_there_is_no_matter_of_the_network():
    """The address or the server is wrong; both are named."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (
        WanClient("a-key-that-is-long", base_url=f"http://127.0.0.1:{port}", retrying=ONCE) as wan,
        pytest.raises(ConnectionFailedError, match=f"a server listens at 127.0.0.1:{port}"),
    ):
        wan.submit("A boat")
