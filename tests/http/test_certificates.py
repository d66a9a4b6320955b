"""Which certificates are trusted, when they are loaded, and what an untrusted one ends."""

from __future__ import annotations

import io
import socket
import ssl
import sys
import threading
import types
from collections.abc import Iterator

import pytest

from tests.support.loopback import Loopback
from tests.support.responses import ID, PROMPT, accepted, finished, poll_response
from tests.support.tls import make_certificate
from tests.support.waiting import SECONDS
from wan_ergonomic import ConfigurationError, ConnectionFailedError, DownloadError

# Not in the door: no other package loads certificates.
from wan_ergonomic._environment import Trust
from wan_ergonomic._http import _certificates
from wan_ergonomic._http._certificates import load


@pytest.fixture(autouse=True)
def no_truststore(monkeypatch):
    """The package truststore is not installed, and nothing was loaded before."""
    monkeypatch.setitem(sys.modules, "truststore", None)
    load.cache_clear()
    yield
    load.cache_clear()


@pytest.fixture
def secure(certificate) -> Iterator[Loopback]:
    """An API with a certificate that nothing trusts by itself."""
    with Loopback(tls=certificate.server) as running:
        running.script("submit", accepted())
        running.script("poll", poll_response("queued"))
        yield running


def test_the_file_of_the_environment_is_trusted_by_the_next_client(
    client_kind, secure, certificate, monkeypatch
):
    """It is read when a client is made, not once a process."""
    with client_kind.client(base_url=secure.url) as wan, pytest.raises(ConnectionFailedError):
        wan.status(ID)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    with client_kind.client(base_url=secure.url) as wan:
        monkeypatch.delenv("SSL_CERT_FILE")
        assert wan.status(ID).status == "queued"
    with client_kind.client(base_url=secure.url) as wan, pytest.raises(ConnectionFailedError):
        wan.status(ID)


@pytest.mark.parametrize("method", ["submit", "wait", "download"])
def test_an_untrusted_certificate_ends_a_call_at_once(client_kind, secure, clock, method):
    """Time does not change it; the error names the host, and the variable that does."""
    argument = {"submit": (PROMPT,), "wait": (ID,), "download": (finished(secure), io.BytesIO())}
    with (
        client_kind.client(base_url=secure.url, clock=clock) as wan,
        pytest.raises((ConnectionFailedError, DownloadError)) as caught,
    ):
        getattr(wan, method)(*argument[method])
    assert "127.0.0.1" in str(caught.value)
    assert "certificate is not trusted (self-signed certificate)" in str(caught.value)
    assert "set SSL_CERT_FILE to its root certificate" in str(caught.value)
    assert (secure.connections, clock.sleeps, secure.requests) == (1, [], [])


def test_the_variable_in_charge_is_named(client_kind, secure, tmp_path, monkeypatch):
    """If the environment names certificates already, the server's is not among them."""
    other = make_certificate(tmp_path, "IP:127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(other.file))
    with (
        client_kind.client(base_url=secure.url) as wan,
        pytest.raises(
            ConnectionFailedError, match="Only the certificates of SSL_CERT_FILE are trusted"
        ) as caught,
    ):
        wan.status(ID)
    assert caught.value.permanent


def test_a_certificate_of_another_host_is_named_so(client_kind, tmp_path, monkeypatch):
    """More certificates would not help."""
    other = make_certificate(tmp_path, "DNS:other.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(other.file))
    with (
        Loopback(tls=other.server) as running,
        client_kind.client(base_url=running.url) as wan,
        pytest.raises(ConnectionFailedError, match="The certificate is for another host"),
    ):
        wan.status(ID)


@pytest.fixture
def plain_port() -> Iterator[int]:
    """The port of a server that responds to one connection with plain HTTP, whatever it gets."""

    def respond() -> None:
        accepted, _ = listener.accept()
        with accepted:
            accepted.recv(65536)
            accepted.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=respond)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(SECONDS)


def test_a_server_without_tls_is_named_so(client_kind, plain_port, clock):
    """Often the port or the scheme is wrong."""
    with (
        client_kind.client(base_url=f"https://127.0.0.1:{plain_port}", clock=clock) as wan,
        pytest.raises(
            ConnectionFailedError, match="The server does not use TLS at that port: check base_url"
        ),
    ):
        wan.wait(ID)
    assert clock.sleeps == []


def test_certificates_that_cannot_be_loaded_are_an_error(
    client_kind, secure, tmp_path, monkeypatch
):
    """They look like some, and are none; nothing is sent."""
    path = tmp_path / "ca.pem"
    path.write_text("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with (
        client_kind.client(base_url=secure.url) as wan,
        pytest.raises(ConfigurationError, match="of SSL_CERT_FILE cannot be loaded"),
    ):
        wan.submit(PROMPT)
    assert secure.requests == []


def test_making_a_client_loads_no_certificate(client_kind, server):
    """Nor does plain http."""
    server.script("poll", poll_response("queued"))
    with client_kind.client(base_url="https://api.example"):
        pass
    with client_kind.client(base_url=server.url) as wan:
        wan.status(ID)
    assert load.cache_info().misses == 0


def test_an_event_loop_goes_on_while_certificates_are_loaded(secure, trio_kind, monkeypatch):
    """They are loaded in another thread than the loop's."""
    threads = []

    def noted() -> ssl.SSLContext:
        threads.append(threading.current_thread())
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    monkeypatch.setattr(_certificates, "_system_context", noted)
    with trio_kind.client(base_url=secure.url) as wan, pytest.raises(ConnectionFailedError):
        wan.status(ID)
    assert [thread.name for thread in threads] != []
    assert "from_thread" not in threads[0].name
    assert threads[0] not in {threading.main_thread(), threading.current_thread()}


def test_the_systems_own_store_is_asked_where_truststore_is_installed(monkeypatch):
    """The variables win over it."""
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    module = types.ModuleType("truststore")
    module.SSLContext = lambda _: own  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "truststore", module)
    assert load(Trust()) is own


def test_without_truststore_the_certificates_of_the_system_are_added(monkeypatch):
    """To those that come with httpx; one that cannot be parsed changes nothing."""
    added = []
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda _: added.append(1))
    assert load(Trust()).cert_store_stats()["x509_ca"] > 50
    assert added == [1]

    def broken(_: object) -> None:
        raise ssl.SSLError("nested asn1 error")

    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", broken)
    load.cache_clear()
    assert load(Trust()).cert_store_stats()["x509_ca"] > 50
