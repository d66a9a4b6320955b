"""Signed links: when they end, and never shown whole."""

from datetime import UTC, datetime

import pytest

from wan_ergonomic import Generation, Update, Video
from wan_ergonomic._redaction import shorten_link

HOST = "https://cdn.example/v.mp4"
SIGNED_AT = "20250804T081547Z"


def expiry(query: str) -> datetime | None:
    """Return when a link with this query ends."""
    return Video(url=f"{HOST}?{query}").expires_at


@pytest.mark.parametrize(
    "query",
    [
        "Expires=1754382147&OSSAccessKeyId=AK&Signature=a%2Bb%3D",
        "OSSAccessKeyId=AK&Signature=a%2Bb%3D&Expires=1754382147",
        "expires=1754382147",
        "X-Amz-Date=20250804T082227Z&X-Amz-Expires=86400&X-Amz-Signature=ab",
        "X-Tos-Date=20250804T082227Z&X-Tos-Expires=86400&X-Tos-Signature=ab",
        "x-goog-date=20250804T082227Z&x-goog-expires=86400",
    ],
)
def test_each_style_of_signature_says_when_it_ends(query):
    """Seconds since 1970, or a date and a lifetime: both are an instant in UTC."""
    assert expiry(query) == datetime(2025, 8, 5, 8, 22, 27, tzinfo=UTC)


def test_an_instant_always_knows_its_zone():
    """A date without a zone is UTC, so that every expiry can be compared with another."""
    seen = expiry("X-Amz-Date=20250804T082227&X-Amz-Expires=0")
    assert seen == datetime(2025, 8, 4, 8, 22, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "Signature=ab",
        "Expires=",
        "Expires=tomorrow",
        "Expires=99999999999999999999",
        "Expires=-99999999999999999999",
        "Expires=999999999999",
        "Expires=" + "9" * 5000,
        f"X-Amz-Date={SIGNED_AT}",
        "X-Amz-Expires=86400",
        "X-Amz-Date=yesterday&X-Amz-Expires=86400",
        f"X-Amz-Date={SIGNED_AT}&X-Amz-Expires=a+day",
        f"X-Amz-Date={SIGNED_AT}&X-Amz-Expires=99999999999999999999",
        f"X-Amz-Date={SIGNED_AT}&X-Amz-Expires=999999999999",
        f"X-Amz-Date={SIGNED_AT}&X-Tos-Expires=86400",
    ],
    ids=lambda query: query[:40],
)
def test_a_signature_that_does_not_say_has_no_expiry(query):
    """What cannot be read is unknown, never an error."""
    assert expiry(query) is None


@pytest.mark.parametrize("url", ["", "no link", "http://[half", "https://[::1", "//x?Expires=z"])
def test_what_is_no_link_has_no_expiry(url):
    """A vendor may send anything as a link; asking when it ends never fails."""
    assert Video(url=url).expires_at is None


def test_a_link_is_shortened_before_its_query():
    """What grants access is left out; what has no query is shown as it is."""
    assert shorten_link(f"{HOST}?Signature=secret") == f"{HOST}?…"
    assert shorten_link(HOST) == HOST


def test_no_repr_shows_a_signed_link():
    """A link grants access, so nothing that a caller prints shows it whole."""
    url = f"{HOST}?Signature=secret"
    done = Generation(
        id="a", status="completed", video=Video(url=url, duration=5), raw={"video": {"url": url}}
    )
    update = Update(generation=done, elapsed=1.0)
    for shown in (repr(done.video), repr(done), str(done), repr(update), str(update)):
        assert "secret" not in shown
    assert repr(done.video) == f"Video(url='{HOST}?…', duration=5)"
