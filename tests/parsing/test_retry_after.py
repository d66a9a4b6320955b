"""Retry-After: seconds or a date; any other value is ignored."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from wan_ergonomic._parsing import parse_retry_after


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7), (" 120 ", 120), ("0.5", 0.5), ("3.", 3), ("604800", 604_800)],
)
def test_seconds_are_read(value, seconds):
    """Also with the fraction that some gateways send."""
    assert parse_retry_after({"retry-after": value}) == seconds


@pytest.mark.parametrize("ahead", [30, 3600, 7 * 86_400])
def test_a_date_is_read_as_the_seconds_until_it(ahead):
    """The other form that HTTP allows."""
    moment = datetime.now(UTC) + timedelta(seconds=ahead)
    seconds = parse_retry_after({"retry-after": format_datetime(moment, usegmt=True)})
    assert seconds is not None
    assert ahead - 5 < seconds <= ahead


def test_a_date_with_an_offset_is_read_too():
    """Some gateways do not use GMT."""
    moment = datetime.now(UTC) + timedelta(hours=1)
    seconds = parse_retry_after({"retry-after": format_datetime(moment.astimezone())})
    assert seconds is not None
    assert 3590 < seconds <= 3600


@pytest.mark.parametrize(
    "value",
    [
        "",
        "0",
        "0.0",
        "-5",
        "soon",
        "5 minutes",
        "1e3",
        "inf",
        "nan",
        "9999999999",
        "Wed, 21 Oct 2015 07:28:00 GMT",
        "Wed, 99 Oct 2115 07:28:00 GMT",
        "Wed, 21 Oct 2115 99:28:00 GMT",
        "99:99:99 GMT",
        "00:00:00 +9999",
        "Wed, 21 Oct 2115 07:28:00 EST GMT",
        "1 2 3 4 5 6 07:28:00 GMT",
        "2115-10-21 07:28:00",
    ],
)
def test_an_unusable_value_is_ignored(value):
    """Zero, a time in the past, and text that is neither seconds nor a date."""
    assert parse_retry_after({"retry-after": value}) is None


def dated(sent, until):
    """Return the seconds of a Retry-After of one date in a response of another."""
    return parse_retry_after({"date": sent, "retry-after": until})


def test_a_date_is_measured_against_the_responses_own():
    """So a clock of ours that is an hour off, or a century, changes nothing."""
    sent = "Wed, 21 Oct 2015 07:28:00 GMT"
    assert dated(sent, "Wed, 21 Oct 2015 07:28:30 GMT") == 30
    assert dated(sent, "Wed, 21 Oct 2015 10:28:30 +0300") == 30
    assert dated("Fri, 31 Dec 2100 23:59:00 GMT", "Fri, 31 Dec 2100 23:59:59 GMT") == 59
    assert dated(sent, sent) is None
    assert dated(sent, "Wed, 21 Oct 2015 07:27:59 GMT") is None


def test_a_response_without_a_date_is_measured_against_our_clock():
    """Nor is one with an invalid date."""
    for sent in ("", "yesterday", "Wed, 99 Oct 2015 07:28:00 GMT"):
        assert dated(sent, "Wed, 21 Oct 2015 07:28:30 GMT") is None
    assert parse_retry_after({}) is None
