"""Signed links: their expiry, and that no repr shows one whole."""

from datetime import UTC, datetime

import pytest

from wan_ergonomic import Generation, Update, Video
from wan_ergonomic._redaction import shorten_link

HOST = "https://cdn.example/v.mp4"
SIGNED_AT = "20250804T081547Z"


def expiry(query: str) -> datetime | None:
    """Return the expiry of a link with this query."""
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
def test_the_expiry_is_read_from_each_style_of_signature(query):
    """Seconds since 1970, or a date and a number of seconds; the result is in UTC."""
    assert expiry(query) == datetime(2025, 8, 5, 8, 22, 27, tzinfo=UTC)


def test_an_expiry_always_has_a_time_zone():
    """A date without one is in UTC."""
    expires_at = expiry("X-Amz-Date=20250804T082227&X-Amz-Expires=0")
    assert expires_at == datetime(2025, 8, 4, 8, 22, 27, tzinfo=UTC)


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
def test_a_link_with_an_unreadable_expiry_has_none(query):
    """It is never an error."""
    assert expiry(query) is None


@pytest.mark.parametrize("url", ["", "no link", "http://[half", "https://[::1", "//x?Expires=z"])
def test_text_that_is_not_a_link_has_no_expiry(url):
    """The vendor may send anything as a link."""
    assert Video(url=url).expires_at is None


def test_a_link_is_shortened_before_its_query():
    """The query grants access; a link without one is shown whole."""
    assert shorten_link(f"{HOST}?Signature=secret") == f"{HOST}?…"
    assert shorten_link(HOST) == HOST


def test_no_repr_shows_a_signed_link():
    """Of a video, a generation or an update."""
    url = f"{HOST}?Signature=secret"
    done = Generation(
        id="a", status="completed", video=Video(url=url, duration=5), raw={"video": {"url": url}}
    )
    update = Update(generation=done, elapsed=1.0)
    for shown in (repr(done.video), repr(done), str(done), repr(update), str(update)):
        assert "secret" not in shown
    assert repr(done.video) == f"Video(url='{HOST}?…', duration=5)"
