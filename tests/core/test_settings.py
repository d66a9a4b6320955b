"""What a client is set up with: key, address, headers and documents."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wan_ergonomic import ConfigurationError, WanClient, _spec
from wan_ergonomic._settings import (
    KEY_VARIABLES,
    check_headers,
    find_base_url,
    find_key,
    is_loopback,
)

ROOT = Path(__file__).parents[2]


def test_the_key_given_wins(monkeypatch):
    """An argument counts more than any variable."""
    monkeypatch.setenv("AIMLAPI_API_KEY", "from-the-environment")
    assert find_key("given") == "given"


def test_variables_are_read_in_their_order(monkeypatch):
    """Most users' name first, then the vendor's own SDK's, then the older one."""
    assert KEY_VARIABLES == ("AIMLAPI_API_KEY", "AIML_API_KEY", "AIMLAPI_KEY")
    for name in reversed(KEY_VARIABLES):
        monkeypatch.setenv(name, f"key-of-{name}")
        assert find_key(None) == f"key-of-{name}"


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_a_blank_variable_is_as_good_as_unset(monkeypatch, blank):
    """A variable that holds nothing does not hide the next one."""
    monkeypatch.setenv("AIMLAPI_API_KEY", blank)
    monkeypatch.setenv("AIML_API_KEY", "second")
    assert find_key(None) == "second"


def test_white_space_around_a_key_is_stripped(monkeypatch):
    """A file's last newline is a common guest."""
    assert find_key(" key\n") == "key"
    monkeypatch.setenv("AIMLAPI_KEY", "\tkey\r\n")
    assert find_key(None) == "key"


@pytest.mark.parametrize("given", [5, b"key", ["key"]])
def test_a_key_is_text(given):
    """What is no text is refused, and not shown."""
    with pytest.raises(ConfigurationError, match=r"^api_key must be text\.$"):
        find_key(given)


@pytest.mark.parametrize("given", [None, "", "  "])
def test_without_a_key_the_variables_are_named(given):
    """The error says which variables to set, what else to do, and that nothing was sent."""
    with pytest.raises(ConfigurationError) as caught:
        find_key(given)
    assert str(caught.value) == (
        "There is no API key. Set AIMLAPI_API_KEY, AIML_API_KEY or AIMLAPI_KEY to your AIML API "
        "key, or pass api_key=…. Nothing was sent."
    )


@pytest.mark.parametrize(
    "placeholder",
    ["<YOUR_AIMLAPI_KEY>", " <key> ", "your-key", "YOUR_API_KEY", "your key here", "...", "…"],
)
def test_a_placeholder_is_refused_by_the_name_of_its_source(monkeypatch, placeholder):
    """What an example shows is no key; the error names where it was found."""
    with pytest.raises(ConfigurationError, match=r"^api_key holds a placeholder"):
        find_key(placeholder)
    monkeypatch.setenv("AIML_API_KEY", placeholder)
    with pytest.raises(ConfigurationError, match=r"^AIML_API_KEY holds a placeholder"):
        find_key(None)


@pytest.mark.parametrize("between", ["\n", "\r\n", " ", "\0", "\x7f", "é", "\u2028"])
def test_what_cannot_be_a_header_cannot_be_a_key(between):
    """A line break inside, a space or another alphabet is refused, and the key is not shown."""
    with pytest.raises(ConfigurationError, match="is not a valid key") as caught:
        find_key(f"secret{between}half")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://api.example", "https://api.example"),
        ("https://api.example/", "https://api.example"),
        (" https://api.example//\n", "https://api.example"),
        ("https://api.example:8443/gateway/", "https://api.example:8443/gateway"),
        ("HTTPS://api.example", "HTTPS://api.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://wan.localhost", "http://wan.localhost"),
        ("http://127.0.0.1:1", "http://127.0.0.1:1"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"),
    ],
)
def test_an_address_is_used_without_its_last_slash(given, expected):
    """By https anywhere, by http on this machine; a path before the API's own is kept."""
    assert find_base_url(given) == expected


def test_the_documents_address_is_the_default():
    """Whoever gives no address calls the server that the contract names."""
    assert find_base_url(None) == _spec.server_url() == "https://api.aimlapi.com"


@pytest.mark.parametrize(
    "url",
    [
        "http://api.aimlapi.com",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://0.0.0.0:8000",
        "http://10.0.0.1",
        "http://[::2]",
        "http://[fe80::1]",
    ],
)
def test_http_is_refused_outside_loopback(url):
    """Over http the key could be read on the way; the error says so."""
    with pytest.raises(ConfigurationError, match=r"begin with https://.*the key could be read"):
        find_base_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.aimlapi.com",
        "//api.aimlapi.com",
        "ftp://api.aimlapi.com",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "https://api.example:port",
        "https://api.example:99999",
        "https://[::1",
        "https://api.exa\nmple",
        "https://api.exa\tmple",
        "https://api example",
        "https://api.example/\x00",
        "https://ünïcode-.example",
        "https://api.exa\ud800mple",
    ],
)
def test_what_is_no_address_is_refused(url):
    """Anything that could not be called later is refused when the client is made."""
    with pytest.raises(ConfigurationError, match="base_url must look like https://host, not"):
        find_base_url(url)
    with pytest.raises(ConfigurationError):
        WanClient("key", base_url=url)


@pytest.mark.parametrize("url", ["https://xn--a", "https://xn--"])
def test_a_host_that_cannot_be_is_refused(url):
    """What looks like a name in another script and is none."""
    with pytest.raises(ConfigurationError, match="has an invalid host"):
        WanClient("key", base_url=url)


@pytest.mark.parametrize(
    "url",
    [
        "https://user:password@api.example",
        "https://user@api.example",
        "https://@api.example",
        "https://api.example?key=1",
        "https://api.example?",
        "https://api.example/#part",
        "https://api.example#",
    ],
)
def test_an_address_holds_nothing_else(url):
    """No user, no query, no fragment: none of them belongs before the API's own path."""
    with pytest.raises(ConfigurationError, match="only a scheme, a host, a port and a path"):
        find_base_url(url)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("a.localhost", True),
        ("example.com", False),
        ("10.0.0.1", False),
        ("localhost.com", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine_only(host, expected):
    """A name counts only if it can be nowhere else."""
    assert is_loopback(host) is expected


def test_headers_that_http_allows_are_sent_as_they_are():
    """A caller's own headers are kept, none is none."""
    assert check_headers({"X-Trace": "a b", "prefer": ""}) == {"X-Trace": "a b", "prefer": ""}
    assert check_headers(None) == check_headers({}) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X Trace", "a"),
        ("", "a"),
        ("X:", "a"),
        ("X\n", "a"),
        ("Ünïcode", "a"),
        ("X-Trace", "a\r\nAuthorization: b"),
        ("X-Trace", "é"),
        ("X-Trace", "\0"),
        ("X-Trace", 5),
        ("X-Trace", None),
    ],
)
def test_a_header_that_http_forbids_is_refused(name, value):
    """No line break gets into a request, whoever wrote the header; its value is not shown."""
    with pytest.raises(ConfigurationError, match="name or value HTTP forbids"):
        check_headers({name: value})


@pytest.mark.parametrize("headers", [[("X-Trace", "a")], "X-Trace: a", 5])
def test_headers_are_a_mapping(headers):
    """Anything else is refused in a sentence."""
    with pytest.raises(ConfigurationError, match="must map names to values"):
        check_headers(headers)


@pytest.mark.parametrize(
    "name",
    ["Authorization", "AUTHORIZATION", "host", "Content-Length", "transfer-encoding", "Connection"],
)
def test_a_header_of_the_clients_own_is_refused(name):
    """The key's header and HTTP's own framing are not for a caller to set."""
    with pytest.raises(ConfigurationError, match=f"The header {name} is set by the client itself"):
        check_headers({name: "x"})


def test_the_environment_is_not_read_at_import():
    """Importing every name reads none of the variables; making a client does."""
    names = (*KEY_VARIABLES, "WAN_CONFIG", "XDG_CONFIG_HOME")
    code = (
        "import os\n"
        "read = []\n"
        "class Watched(type(os.environ)):\n"
        "    def __getitem__(self, name): read.append(name); return super().__getitem__(name)\n"
        "os.environ.__class__ = Watched\n"
        "from wan_ergonomic import *\n"
        f"wanted = {names!r}\n"
        "assert not set(wanted) & set(read), read\n"
        "try: WanClient()\n"
        "except ConfigurationError: pass\n"
        "assert set(wanted[:3]) <= set(read), read\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_documents_are_found_beside_the_package_and_inside_it(monkeypatch, tmp_path):
    """A checkout has them beside the package, an installed one carries them."""
    assert _spec.openapi_folder() == ROOT / "openapi"
    (tmp_path / "openapi").mkdir()
    monkeypatch.setattr(_spec, "__file__", str(tmp_path / "_spec.py"))
    assert _spec.openapi_folder() == tmp_path / "openapi"
