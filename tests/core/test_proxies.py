"""The proxies of the environment: which is used for what, and the mistakes in their addresses."""

from __future__ import annotations

import sys

import pytest

from wan_ergonomic import AsyncWanClient, ConfigurationError, WanClient, _proxies
from wan_ergonomic._proxies import Proxies, Proxy, read_proxies

API = ("https", "api.example", 443)


@pytest.fixture(autouse=True)
def no_exceptions(monkeypatch):
    """NO_PROXY is empty."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("text", "scheme", "netloc", "login"),
    [
        ("http://proxy.example:3128", "http", "proxy.example:3128", None),
        (" proxy.example:3128/ ", "http", "proxy.example:3128", None),
        ("HTTPS://[::1]:8080/ignored", "https", "[::1]:8080", None),
        ("http://me@proxy.example", "http", "proxy.example", ("me", "")),
        ("http://me:p%23s%2Fw%40@proxy.example", "http", "proxy.example", ("me", "p#s/w@")),
    ],
)
def test_an_address_is_read_as_curl_reads_it(monkeypatch, text, scheme, netloc, login):
    """With http as the default scheme."""
    monkeypatch.setenv("HTTPS_PROXY", text)
    assert read_proxies().choose(*API) == Proxy("HTTPS_PROXY", scheme, netloc, login)


SECRET = "s3cret"


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("socks://127.0.0.1:7891/", "must begin with http://"),
        ("socks4://127.0.0.1:1", "must begin with http://"),
        (f"ftp://me:{SECRET}@proxy.example", "must begin with http://"),
        (f'"http://me:{SECRET}@proxy.example"', "without quotes"),
        ("http://proxy.example:port", "port must be a number"),
        ("http://proxy.example:0", "port must be a number"),
        ("http://proxy.example:70000", "port must be a number"),
        ("http:/proxy.example:8080", "port must be a number"),
        ("http://::1:8080", "port must be a number"),
        ("http://", "no valid host"),
        ("http://:8080", "no valid host"),
        ("http://two words:1", "no valid host"),
        (f"http://me:12#{SECRET}@proxy.example:1", "must be written as %2F"),
        (f"http://me:12/{SECRET}@proxy.example:1", "must be written as %2F"),
        (f"http://me:?{SECRET}@proxy.example:1", "must be written as %2F"),
    ],
)
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "http_proxy"])
@pytest.mark.parametrize("client_type", [WanClient, AsyncWanClient])
def test_a_proxy_that_cannot_be_used_is_an_error(monkeypatch, client_type, name, text, mistake):
    """It is raised when a client is made, names the variable, and shows no password."""
    monkeypatch.setenv(name, text)
    with pytest.raises(ConfigurationError, match=f"The proxy of {name} .*{mistake}") as caught:
        client_type("key")
    assert SECRET not in str(caught.value)
    assert "Nothing was sent." in str(caught.value)


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
@pytest.mark.parametrize("installed", [True, False])
def test_a_socks_proxy_needs_its_package(monkeypatch, scheme, installed):
    """The error says which."""
    monkeypatch.setenv("ALL_PROXY", f"{scheme}://127.0.0.1:1080")
    monkeypatch.setattr(_proxies, "find_spec", lambda _: object() if installed else None)
    if installed:
        assert read_proxies().choose(*API) is not None
        return
    with pytest.raises(ConfigurationError, match=r"ALL_PROXY .*pip install 'httpx\[socks\]'"):
        read_proxies()


def test_for_an_api_on_this_machine_no_proxy_matters(monkeypatch):
    """Not even one that cannot be used."""
    monkeypatch.setenv("ALL_PROXY", "ftp://nonsense:word")
    WanClient("key", base_url="http://127.0.0.1:9").close()


def test_with_a_transport_of_the_callers_own_no_proxy_matters(monkeypatch):
    """It decides how to connect."""
    import httpx

    monkeypatch.setenv("ALL_PROXY", "ftp://nonsense:word")
    WanClient("key", transport=httpx.MockTransport(lambda _: httpx.Response(200))).close()


def test_the_more_precise_variable_wins_and_lower_case_wins(monkeypatch):
    """As for curl."""
    monkeypatch.setenv("ALL_PROXY", "http://all.example")
    assert str(read_proxies().choose(*API)) == "the proxy of ALL_PROXY (all.example)"
    monkeypatch.setenv("HTTPS_PROXY", "http://upper.example")
    monkeypatch.setenv("https_proxy", "http://lower.example")
    assert str(read_proxies().choose(*API)) == "the proxy of https_proxy (lower.example)"
    assert str(read_proxies().choose("http", "a.example", 80)).startswith("the proxy of ALL_PROXY")


@pytest.mark.parametrize(
    ("entry", "host", "expected"),
    [
        ("*", "api.example", True),
        ("api.example", "api.example", True),
        ("API.example", "Api.Example", True),
        ("example", "api.example", True),
        (".example", "api.example", True),
        ("*.example", "api.example", True),
        ("pi.example", "api.example", False),
        ("", "api.example", False),
        ("api.example:443", "api.example", True),
        ("api.example:8443", "api.example", False),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.1/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.0.0.0/8", "api.example", False),
        ("fe80::/10", "fe80::1", True),
        ("fe80::/10", "10.1.2.3", False),
        ("::1", "::1", True),
        ("[::1]", "::1", True),
        ("[::1]:443", "::1", True),
        ("nonsense/99", "10.1.2.3", False),
    ],
)
def test_no_proxy_takes_names_addresses_and_networks(monkeypatch, entry, host, expected):
    """Whatever else it contains has no effect."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    monkeypatch.setenv("NO_PROXY", f"localhost, {entry} other.example")
    assert (read_proxies().choose("https", host, 443) is None) is expected


def test_without_variables_the_systems_settings_are_read(monkeypatch):
    """Where the system has such settings, as macOS and Windows have."""
    import urllib.request

    assert read_proxies() == Proxies()
    monkeypatch.setattr(_proxies, "_WITH_SETTINGS", {sys.platform})
    monkeypatch.setattr(urllib.request, "getproxies", lambda: {"https": "proxy.example:1"})
    monkeypatch.setattr(urllib.request, "proxy_bypass", lambda host: host == "local.example")
    proxies = read_proxies()
    assert str(proxies.choose(*API)) == "the proxy of the system's settings (proxy.example:1)"
    assert proxies.choose("https", "local.example", 443) is None


def test_no_repr_of_a_proxy_shows_its_password(monkeypatch):
    """Nor does its text."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:{SECRET}@proxy.example")
    proxies = read_proxies()
    assert SECRET not in f"{proxies!r} {proxies.choose(*API)}"
