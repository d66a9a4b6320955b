"""Fetching a text, whole or not at all."""

import os

import pytest

from tests.support.web import serving
from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract.source import _fetch
from wan_ergonomic.contract.source._fetch import SourceGoneError, follow, is_url, retrieve, shown


@pytest.fixture
def serve():
    """A function that has a loopback server answer at a path, and returns the address."""
    with serving() as web:
        yield web.put


def refusal(location, kind=ContractError):
    """The sentence with which a location is refused."""
    with pytest.raises(ContractError) as caught:
        retrieve(str(location))
    assert type(caught.value) is kind
    return str(caught.value)


def test_a_text_comes_with_its_name_and_where_it_was_found(serve, tmp_path):
    """From a file or from an address alike."""
    url = serve("/a.json", b"\xef\xbb\xbf{}")
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf{}")
    path = str(tmp_path / "a.json")
    found = [retrieve(url + "?Signature=x"), retrieve(path)]
    assert [(each.text, each.name) for each in found] == [("{}", url), ("{}", "a.json")]
    assert [each.location for each in found] == [url + "?Signature=x", path]


def test_a_redirect_is_followed_and_links_count_from_its_end(serve):
    """As a browser does it."""
    end = serve("/new/page.md", b"# A page")
    content = retrieve(serve("/old", status=308, Location="/new/page.md"))
    assert (content.location, content.text) == (end, "# A page")


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_told_from_what_cannot_be_read(serve, tmp_path, status):
    """It is an answer of its own."""
    url = serve("/gone", status=status)
    assert refusal(f"{url}?token=x", SourceGoneError) == f"There is nothing at {url}: {status}."
    for path in (tmp_path / "none", __file__ + "/none"):
        assert refusal(path, SourceGoneError) == f"There is no file or folder at {path}."


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_any_other_refusal_tells_nothing(serve, status):
    """The page may be there."""
    url = serve("/page.md", b"# A page", status)
    assert refusal(url) == f"{url} could not be fetched: {status}."


def test_a_redirect_without_an_end_tells_nothing(serve):
    """It is given up in time."""
    url = serve("/a", status=302, Location="/a")
    assert refusal(url).startswith(f"{url} could not be fetched: Exceeded")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://[broken", "https://a..b/", "http://\udc80/", "http://"]
)
def test_an_address_where_nobody_answers_tells_nothing(url):
    """Nor does one that is none."""
    refusal(url)


def test_an_answer_that_breaks_off_tells_nothing(serve):
    """Half a page is no page."""
    url = serve("/page.md", b"# A page", Content_Length="100")
    assert refusal(url).startswith(f"{url} could not be fetched: ")


@pytest.mark.parametrize("url", ["http://docs.example/a", "ftp://docs.example/a"])
def test_only_https_or_this_machine_is_asked(serve, url):
    """Also where an address redirects to."""
    sentence = f"{url} is not fetched: only https is, or http on this machine."
    assert refusal(url) == sentence
    assert refusal(serve("/there", status=302, Location=url)) == sentence


def test_an_address_never_leads_to_a_file():
    """A page from elsewhere must not reach what is on this machine."""
    assert "is not fetched" in refusal(follow("https://a.example/", "file:///etc/passwd"))


@pytest.mark.parametrize(
    "content", ["<!DOCTYPE html><p>", "\n<HTML lang=en>", "<!-- a -->\n<head>", "<body>"]
)
def test_html_is_no_page_to_be_read(serve, tmp_path, content):
    """It says where the Markdown is to be had."""
    (tmp_path / "page").write_text(content, "utf-8")
    url = serve("/page", content.encode())
    typed = serve("/typed", b"# A page", Content_Type="text/html; charset=utf-8")
    advice = "is an HTML page; give its Markdown: the same address with .md at the end."
    for location, name in ((url, url), (typed, typed), (tmp_path / "page", "page")):
        assert refusal(location) == f"{name} {advice}"


def test_a_text_that_is_not_utf_8_is_not_guessed_at(serve):
    """Whatever its header says."""
    url = serve("/page", b"\xff\xfe{}", Content_Type="text/plain; charset=utf-16")
    assert refusal(url).startswith(f"{url} is not UTF-8 text: ")


def test_a_file_or_an_answer_has_a_largest_size(serve, tmp_path, monkeypatch):
    """More than any document has is not read."""
    monkeypatch.setattr(_fetch, "MAX_BYTES", 2**20)
    (tmp_path / "a").write_bytes(b"a" * 2**20)
    assert len(retrieve(str(tmp_path / "a")).text) == 2**20
    (tmp_path / "a").write_bytes(b"a" * (2**20 + 1))
    url = serve("/a", b"a" * (2**20 + 1))
    for location in (tmp_path / "a", url):
        assert refusal(location) == f"{location} is larger than 1 MiB."


def test_an_answer_may_not_take_forever(serve, monkeypatch):
    """However steadily it comes."""
    url = serve("/a", b"a")
    monkeypatch.setattr(_fetch, "MAX_SECONDS", 0.0)
    assert refusal(url) == f"{url} took longer than 0 seconds."


@pytest.mark.parametrize("path", ["/", "a\0b", "a\udc80\0b", "long" * 100])
def test_a_path_that_cannot_be_read_passes_on_the_reason(path):
    """It is not said to be gone."""
    assert "cannot be read: " in refusal(path)


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
def test_a_link_leads_on_from_where_it_is_written(base, target, expected):
    """From a file to files, from an address to addresses, from both to addresses."""
    assert follow(base, target) == expected.replace("/", os.sep if base[0] == "\\" else "/")


def test_a_name_that_only_looks_encoded_is_found(tmp_path):
    """The decoded name is looked for first."""
    (tmp_path / "a%20b.json").touch()
    base = str(tmp_path / "page.md")
    assert follow(base, "a%20b.json") == str(tmp_path / "a%20b.json")
    (tmp_path / "a b.json").touch()
    assert follow(base, "a%20b.json") == str(tmp_path / "a b.json")


def test_a_link_that_is_none_is_an_error():
    """It leads nowhere."""
    with pytest.raises(ContractError, match=r"^http://\[b is no link: "):
        follow("https://a.example/", "http://[b?x=1")


def test_an_address_is_shown_without_what_may_be_secret():
    """A signature, a token, a password."""
    assert shown("https://me:secret@a.example/b?Signature=c#d") == "https://a.example/b"


@pytest.mark.parametrize(
    ("source", "expected"),
    [("HTTPS://a", True), ("file:///a", True), ("C:\\a", False), ("a/b", False), ("a:b", False)],
)
def test_an_address_is_told_from_a_path(source, expected):
    """By what stands before it."""
    assert is_url(source) is expected
