"""Reading a text from a file or a URL, completely or not at all."""

import os

import pytest

from wan_ergonomic import ConfigurationError
from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract.source import _fetch
from wan_ergonomic.contract.source._fetch import SourceGoneError, follow, is_url, retrieve, shown


def error_of(location, error=ContractError):
    """Return the message of the error that a location raises."""
    with pytest.raises(ContractError) as caught:
        retrieve(str(location))
    assert type(caught.value) is error
    return str(caught.value)


def test_a_text_has_a_name_and_a_location(serve, tmp_path):
    """From a file or a URL alike."""
    url = serve("/a.json", b"\xef\xbb\xbf{}")
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf{}")
    path = str(tmp_path / "a.json")
    found = [retrieve(url + "?Signature=x"), retrieve(path)]
    assert [(each.text, each.name) for each in found] == [("{}", url), ("{}", "a.json")]
    assert [each.location for each in found] == [url + "?Signature=x", path]


def test_the_location_after_a_redirect_is_its_target(serve):
    """Links of the page are relative to it, as in a browser."""
    end = serve("/new/page.md", b"# A page")
    content = retrieve(serve("/old", status=308, Location="/new/page.md"))
    assert (content.location, content.text) == (end, "# A page")


@pytest.mark.parametrize("status", [404, 410])
def test_a_source_that_does_not_exist_is_gone(serve, tmp_path, status):
    """It raises an error of its own."""
    url = serve("/gone", status=status)
    assert error_of(f"{url}?token=x", SourceGoneError) == f"There is nothing at {url}: {status}."
    for path in (tmp_path / "none", __file__ + "/none"):
        assert error_of(path, SourceGoneError).startswith(f"There is no file or folder at {path}. ")


@pytest.mark.parametrize("status", [400, 401, 403, 418])
def test_any_other_error_status_is_an_error(web, status):
    """The page may exist. It is requested once."""
    url = web.put("/page.md", b"# A page", status)
    assert error_of(url) == f"{url} could not be fetched: {status}."
    assert web.requests == ["/page.md"]


def test_a_loop_of_redirects_is_an_error(serve):
    """Httpx follows a limited number of them."""
    url = serve("/a", status=302, Location="/a")
    assert error_of(url).startswith(f"{url} could not be fetched: Exceeded")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://[broken", "https://a..b/", "http://\udc80/", "http://"]
)
def test_a_url_that_cannot_be_reached_is_an_error(url):
    """So is an invalid URL."""
    error_of(url)


def test_an_incomplete_response_is_an_error(serve):
    """Half a page is not read."""
    url = serve("/page.md", b"# A page", Content_Length="100")
    assert error_of(url).startswith(f"{url} could not be fetched: ")


@pytest.mark.parametrize("url", ["http://docs.example/a", "ftp://docs.example/a"])
def test_only_https_or_this_machine_is_fetched(serve, url):
    """Also after a redirect."""
    message = f"{url} was not fetched: use https, or http on this machine."
    assert error_of(url) == message
    assert error_of(serve("/there", status=302, Location=url)) == message


def test_a_url_never_leads_to_a_file():
    """A page on the web cannot link to a file on this machine."""
    assert "was not fetched" in error_of(follow("https://a.example/", "file:///etc/passwd"))
    for target in ("etc:passwd", "C:\\secret.json", "mailto:me@a.example"):
        with pytest.raises(ContractError, match="is not a valid link: it has no host"):
            follow("https://a.example/", target)


@pytest.mark.parametrize(
    "content", ["<!DOCTYPE html><p>", "\n<HTML lang=en>", "<!-- a -->\n<head>", "<body>"]
)
def test_an_html_page_is_an_error(serve, tmp_path, content):
    """The error says how to get the page's Markdown."""
    (tmp_path / "page").write_text(content, "utf-8")
    url = serve("/page", content.encode())
    typed = serve("/typed", b"# A page", Content_Type="text/html; charset=utf-8")
    advice = "is an HTML page. Pass its Markdown source: the same URL with .md at the end."
    for location, name in ((url, url), (typed, typed), (tmp_path / "page", "page")):
        assert error_of(location) == f"{name} {advice}"


def test_a_text_that_is_not_utf_8_is_an_error(serve):
    """Whatever its content type says."""
    url = serve("/page", b"\xff\xfe{}", Content_Type="text/plain; charset=utf-16")
    assert error_of(url).startswith(f"{url} is not UTF-8 text: ")


def test_a_file_or_a_response_has_a_largest_size(serve, tmp_path, monkeypatch):
    """A longer one is not read to its end."""
    monkeypatch.setattr(_fetch, "MAX_BYTES", 2**20)
    (tmp_path / "a").write_bytes(b"a" * 2**20)
    assert len(retrieve(str(tmp_path / "a")).text) == 2**20
    (tmp_path / "a").write_bytes(b"a" * (2**20 + 1))
    url = serve("/a", b"a" * (2**20 + 1))
    for location in (tmp_path / "a", url):
        assert error_of(location) == f"{location} is larger than 1 MiB."


def test_a_response_has_a_time_limit(serve, monkeypatch):
    """Connecting and redirects included."""
    url = serve("/a", b"a")
    monkeypatch.setattr(_fetch, "MAX_SECONDS", 0.0)
    assert "could not be fetched: " in error_of(url)
    assert "the deadline has passed" in error_of(url)


@pytest.mark.parametrize("path", ["/", "a\0b", "a\udc80\0b", "long" * 100])
def test_a_path_that_cannot_be_read_is_an_error_with_the_reason(path):
    """It is not an error for a source that is gone."""
    assert "cannot be read: " in error_of(path)


@pytest.mark.parametrize(
    ("base", "target", "expected"),
    [
        ("https://a.example/x/page.md", "b%20c.json", "https://a.example/x/b%20c.json"),
        ("https://a.example/x/page.md", "../b.json?x=1", "https://a.example/b.json?x=1"),
        ("https://a.example/x/page.md", "/files/b", "https://a.example/files/b"),
        ("https://a.example/x/page.md", "https://b.example/c", "https://b.example/c"),
        ("/x/y/page.md", "https://b.example/c", "https://b.example/c"),
        ("/x/y/page.md", "../b.json", "/x/b.json"),
        ("/x/y/page.md", "b%20c.json#/paths", "/x/y/b c.json"),
        ("page.md", "./b.json?alt=media", "b.json"),
    ],
)
def test_a_link_is_relative_to_its_page(base, target, expected):
    """In a file to a file or a URL, on the web to a URL."""
    assert follow(base, target) == expected.replace("/", os.sep if base[0] == "\\" else "/")


def test_a_file_whose_name_only_looks_encoded_is_found(tmp_path):
    """If there is a file with the decoded name, it takes precedence."""
    (tmp_path / "a%20b.json").touch()
    base = str(tmp_path / "page.md")
    assert follow(base, "a%20b.json") == str(tmp_path / "a%20b.json")
    (tmp_path / "a b.json").touch()
    assert follow(base, "a%20b.json") == str(tmp_path / "a b.json")


def test_a_malformed_link_is_an_error():
    """The error shows it without its query."""
    with pytest.raises(ContractError, match=r"^http://\[b is not a valid link: "):
        follow("https://a.example/", "http://[b?x=1")


def test_a_url_is_shown_without_its_secrets():
    """Without user, password, query and fragment."""
    assert shown("https://me:secret@a.example/b?Signature=c#d") == "https://a.example/b"
    assert shown("https://me:sec@ret@a.example/b") == "https://a.example/b"


@pytest.mark.parametrize(
    ("source", "expected"),
    [("HTTPS://a", True), ("file:///a", True), ("C:\\a", False), ("a/b", False), ("a:b", False)],
)
def test_a_url_has_a_scheme_and_two_slashes(source, expected):
    """Anything else is a path."""
    assert is_url(source) is expected


@pytest.mark.parametrize("name", ["ALL_PROXY", "SSL_CERT_FILE"])
def test_a_wrong_variable_is_named(monkeypatch, name):
    """As it is when a client is made."""
    monkeypatch.setenv(name, "ftp://nothing")
    with pytest.raises(ConfigurationError, match=name):
        retrieve("https://docs.example/page.md")


def test_a_failed_connection_is_explained():
    """With one hint."""
    with pytest.raises(
        ContractError, match=r"docs\.invalid/page\.md could not be .*Check the name"
    ):
        retrieve("https://docs.invalid/page.md")
