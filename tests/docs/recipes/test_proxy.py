"""The recipe for a proxy: a video goes through a proxy that inspects TLS, on this machine."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.docs.examples import file_of
from tests.support.stand_in import stand_in
from tests.support.tls import Certificate, make_certificate
from wan_ergonomic import DownloadError

# Not in the door: no other package looks up names.
from wan_ergonomic._http import _network

from .relays import Relay, http_proxy

PAGE = "proxy.md"
API, CDN = "https://api.example", "https://cdn.example"
LOGIN = ("me@company", "p:a/s#s@word%41")


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Certificate:
    """The certificate that the proxy shows for every host."""
    folder = tmp_path_factory.mktemp("company")
    return make_certificate(folder, "DNS:api.example", "DNS:cdn.example")


@pytest.fixture
def proxy(sandbox, company, monkeypatch) -> Callable[..., Any]:
    """A function that starts a proxy; the sandbox behind it has hosts on the internet."""
    # The links that it gives.
    sandbox._vendor.url = CDN
    monkeypatch.setenv("WAN_BASE_URL", API)
    monkeypatch.setenv("AIMLAPI_API_KEY", sandbox.key)

    @contextmanager
    def start(login: str | None = None) -> Iterator[Relay]:
        with Relay(sandbox.url, http_proxy, tls=company.server, login=login) as running:
            yield running

    return start


def is_video(path: Any) -> bool:
    """Return whether a file is a video."""
    return bool(path.read_bytes()[4:8] == b"ftyp")


def test_a_video_goes_through_the_proxy(proxy, company, write, python, tmp_path):
    """Both hosts are reached through it, with the company's certificate."""
    write(PAGE, "boat.py")
    with proxy() as running:
        address = f"http://127.0.0.1:{running.port}"
        python("boat.py", HTTPS_PROXY=address, SSL_CERT_FILE=str(company.file))
    assert is_video(tmp_path / "boat.mp4")
    assert {*running.asked} == {"api.example:443", "cdn.example:443"}


def test_the_doctor_says_how_the_api_is_reached(proxy, company, python):
    """And masks the password of the proxy."""
    with proxy("me:s3cret") as running:
        settings = {
            "HTTPS_PROXY": f"http://me:s3cret@127.0.0.1:{running.port}",
            "SSL_CERT_FILE": str(company.file),
        }
        said = python("-m", "wan_ergonomic", "doctor", **settings)
    assert f"the proxy of HTTPS_PROXY (127.0.0.1:{running.port})" in said
    assert "certificates of SSL_CERT_FILE" in said
    assert re.search(r"good +API", said)
    assert "s3cret" not in said


def test_a_certificate_that_is_not_trusted_is_named(proxy, write, python, sandbox):
    """With what to do; nothing was paid."""
    write(PAGE, "boat.py")
    with proxy() as running:
        error = python("boat.py", code=1, HTTPS_PROXY=f"http://127.0.0.1:{running.port}")
    assert "the server's certificate is not trusted" in error
    assert "SSL_CERT_FILE" in error
    assert sandbox.billed == 0


def test_signs_in_a_password_are_quoted(proxy, company, write, python, tmp_path):
    """The proxy gets the password as it is."""
    write(PAGE, "with_password.py")
    with proxy(":".join(LOGIN)) as running:
        python(
            "with_password.py",
            PROXY_USER=LOGIN[0],
            PROXY_PASSWORD=LOGIN[1],
            PROXY_HOST=f"127.0.0.1:{running.port}",
            SSL_CERT_FILE=str(company.file),
        )
    assert is_video(tmp_path / "boat.mp4")


def test_a_wrong_password_is_an_error_at_once(proxy, company, write, python, sandbox):
    """Nothing is paid, and the error names the variable, without the password."""
    write(PAGE, "boat.py")
    with proxy("me:right") as running:
        address = f"http://me:wr0ng-one@127.0.0.1:{running.port}"
        error = python("boat.py", code=1, HTTPS_PROXY=address, SSL_CERT_FILE=str(company.file))
    assert "Correct the user name and password for the proxy in HTTPS_PROXY" in error
    assert "wr0ng-one" not in error
    assert (sandbox.billed, len(running.asked)) == (0, 1)


def test_one_client_has_a_proxy_of_its_own(proxy, company, write, python, tmp_path):
    """By its transport, whatever the environment says."""
    write(PAGE, "one_client.py")
    with proxy() as running:
        python(
            "one_client.py",
            COMPANY_PROXY=f"http://127.0.0.1:{running.port}",
            COMPANY_ROOT=str(company.file),
            HTTPS_PROXY="http://127.0.0.1:9",
            NO_PROXY="api.example,cdn.example",
        )
    assert is_video(tmp_path / "boat.mp4")


def test_fake_addresses_have_to_be_allowed(sandbox, company, monkeypatch, tmp_path):
    """Without it, the video is paid for and not fetched; with it, it is."""
    real = socket.getaddrinfo

    def fake(host: str, port: int, *rest: Any, **options: Any) -> Any:
        return real("127.0.0.1" if host.endswith(".example") else host, port, *rest, **options)

    stand_in(monkeypatch, _network, "socket", getaddrinfo=fake)
    monkeypatch.setenv("SSL_CERT_FILE", str(company.file))
    monkeypatch.setenv("AIMLAPI_API_KEY", sandbox.key)
    code = file_of(f"recipes/{PAGE}", "fake_addresses.py")
    with Relay(sandbox.url, tls=company.server) as server:
        sandbox._vendor.url = f"{CDN}:{server.port}"
        monkeypatch.setenv("WAN_BASE_URL", f"{API}:{server.port}")
        assert "allow_private_links=True" in code
        with pytest.raises(DownloadError, match="not a public address"):
            exec(code.replace("allow_private_links=True", ""), {})  # noqa: S102  # the page is our own
        assert not (tmp_path / "boat.mp4").exists()
        exec(code, {})  # noqa: S102  # our own, too
    assert is_video(tmp_path / "boat.mp4")
