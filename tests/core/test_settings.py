"""The settings of a client: key, base URL, headers; and where its documents are."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.first_contract import PATHS, first_contract
from wan_ergonomic import ConfigurationError, WanClient, _spec
from wan_ergonomic._api_key import KEY_VARIABLES
from wan_ergonomic._settings import check_headers, find_base_url, is_loopback

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://api.example", "https://api.example"),
        ("https://api.example/", "https://api.example"),
        (" https://api.example//\n", "https://api.example"),
        ("https://api.example:8443/gateway/", "https://api.example:8443/gateway"),
        ("HTTPS://API.example:443", "https://api.example"),
        ("HTTP://127.0.0.1:80", "http://127.0.0.1"),
        ("https://api.example:", "https://api.example"),
        ("https://api.example:0443/v1", "https://api.example/v1"),
        ("https://b\xfccher.example", "https://xn--bcher-kva.example"),
        ("http://\uff11\uff12\uff17.0.0.1:1", "http://127.0.0.1:1"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://wan.localhost", "http://wan.localhost"),
        ("http://127.0.0.1:1", "http://127.0.0.1:1"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"),
    ],
)
def test_a_base_url_is_used_without_its_last_slash(given, expected):
    """By https anywhere, by http on this machine; a path is kept."""
    assert find_base_url(given) == expected


@pytest.mark.parametrize("host", ["https://api.aimlapi.com", "https://proxy.example/team"])
@pytest.mark.parametrize("role", ["create", "poll"])
def test_a_base_url_may_end_as_the_paths_of_the_contract_begin(host, role):
    """People copy the URL of an operation, or its beginning."""
    path = _spec.path(role)
    assert find_base_url(f"{host}{path}") == host
    version = re.match(r"/v\d+(?=/)|", path)
    assert version
    assert find_base_url(f"{host}{version[0]}/") == host


def test_a_base_url_may_end_as_either_path_begins(monkeypatch):
    """They may be of different versions."""
    contract = first_contract()
    contract["paths"]["/v3/seen"] = contract["paths"].pop(PATHS["poll"])
    monkeypatch.setattr(_spec, "contract", lambda: contract)
    for version in ("v2", "v3"):
        assert (
            find_base_url(f"https://proxy.example/team/{version}") == "https://proxy.example/team"
        )
    assert find_base_url("https://proxy.example/v4") == "https://proxy.example/v4"


def test_a_version_of_the_vendors_other_operations_is_left_out():
    """Clients of the vendor's other models need /v1 there; at another host, it may be a path."""
    assert find_base_url(f"{_spec.server_url()}/v1") == _spec.server_url()
    assert find_base_url("https://api.example/v1") == "https://api.example/v1"


def test_a_host_that_dns_spells_in_two_ways_is_an_error():
    """The key could go to another host than the one meant; the message says what to write."""
    with pytest.raises(ConfigurationError, match=r"two spellings for 'ß'; write the host as xn--"):
        find_base_url("https://stra\xdfe.example")


def test_the_error_about_a_base_url_does_not_show_a_password():
    """It may be shown to others."""
    with pytest.raises(ConfigurationError) as caught:
        find_base_url("https://me:s3cret@api.example:port")
    assert "s3cret" not in str(caught.value)


def test_a_variable_may_name_another_server(monkeypatch):
    """An argument wins over it; what is wrong with it is said of the variable."""
    monkeypatch.setenv("WAN_BASE_URL", " http://127.0.0.1:8000/ ")
    assert find_base_url(None) == "http://127.0.0.1:8000"
    assert find_base_url("https://api.example") == "https://api.example"
    monkeypatch.setenv("WAN_BASE_URL", "http://api.example")
    with pytest.raises(ConfigurationError, match=r"^WAN_BASE_URL must begin with https://"):
        find_base_url(None)


def test_the_server_of_the_contract_is_the_default():
    """For callers who set no base URL."""
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
def test_http_is_an_error_except_on_this_machine(url):
    """Others could read the key on the way."""
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
        "https://-api.example",
        "https://stra\xdfe.example",
    ],
)
def test_a_base_url_that_is_not_one_is_an_error(url):
    """It is raised when the client is made."""
    with pytest.raises(ConfigurationError, match="base_url must look like https://host, not"):
        find_base_url(url)
    with pytest.raises(ConfigurationError):
        WanClient("key", base_url=url)


@pytest.mark.parametrize("url", ["https://xn--a", "https://xn--"])
def test_an_invalid_idna_host_is_an_error(url):
    """A host that looks encoded and is not."""
    with pytest.raises(ConfigurationError, match=r"its host has|has an invalid host"):
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
def test_a_base_url_has_no_user_query_or_fragment(url):
    """None of them can precede the API's path."""
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
    """A name counts only if it never resolves to another machine."""
    assert is_loopback(host) is expected


def test_valid_headers_are_kept():
    """None means no headers."""
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
def test_an_invalid_header_is_an_error(name, value):
    """A line break would add another header. The error does not show the value."""
    with pytest.raises(ConfigurationError, match="name or value HTTP forbids"):
        check_headers({name: value})


@pytest.mark.parametrize("headers", [[("X-Trace", "a")], "X-Trace: a", 5])
def test_headers_that_are_not_a_mapping_are_an_error(headers):
    """Of another type."""
    with pytest.raises(ConfigurationError, match="must map names to values"):
        check_headers(headers)


@pytest.mark.parametrize(
    "name",
    ["Authorization", "AUTHORIZATION", "host", "Content-Length", "transfer-encoding", "Connection"],
)
def test_a_header_that_the_client_sets_is_an_error(name):
    """The key's header, and those of HTTP's framing."""
    with pytest.raises(ConfigurationError, match=f"The header {name} is set by the client itself"):
        check_headers({name: "x"})


# Fails if importing the package reads one of the variables, or making a client reads none.
READS = """
import os
read = []
class Watched(type(os.environ)):
    def __getitem__(self, name): read.append(name); return super().__getitem__(name)
os.environ.__class__ = Watched
from wan_ergonomic import *
keys, others = {KEY_VARIABLES}, ("WAN_CONFIG", "XDG_CONFIG_HOME")
assert not {{*keys, *others}} & {{*read}}, read
try: WanClient()
except ConfigurationError: pass
assert {{*keys}} <= {{*read}}, read
"""


def test_the_environment_is_not_read_at_import():
    """Only making a client reads it."""
    code = READS.format(KEY_VARIABLES=KEY_VARIABLES)
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_documents_are_found_beside_the_package_and_inside_it(monkeypatch, tmp_path):
    """Beside it in a checkout, inside it when installed."""
    assert _spec.openapi_folder() == ROOT / "openapi"
    (tmp_path / "openapi").mkdir()
    monkeypatch.setattr(_spec, "__file__", str(tmp_path / "_spec.py"))
    assert _spec.openapi_folder() == tmp_path / "openapi"


def test_a_package_in_a_zip_archive_is_usable(tmp_path):
    """As a zipapp or Spark imports it, with the documents inside."""
    archive = tmp_path / "wan.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for path in [*ROOT.glob("wan_ergonomic/**/*.py"), *ROOT.glob("generated_client/**/*.py")]:
            zipped.write(path, path.relative_to(ROOT))
        zipped.write(ROOT / "openapi" / "contract.json", "wan_ergonomic/openapi/contract.json")
    code = "import wan_ergonomic as w; print(w.__file__); w.WanClient('key')"
    environ = {**os.environ, "PYTHONPATH": str(archive)}
    ran = subprocess.run(
        [sys.executable, "-P", "-c", code], env=environ, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(str(archive))


def test_the_contract_is_read_from_inside_an_archive(tmp_path, monkeypatch):
    """Where the folder of documents does not exist."""
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        archive.writestr("packed/__init__.py", "")
        archive.writestr("packed/openapi/contract.json", '{"here": true}')
    monkeypatch.syspath_prepend(str(tmp_path / "packed.zip"))
    monkeypatch.setattr(_spec, "__package__", "packed")
    monkeypatch.setattr(_spec, "openapi_folder", lambda: tmp_path / "none")
    assert _spec.contract.__wrapped__() == {"here": True}
