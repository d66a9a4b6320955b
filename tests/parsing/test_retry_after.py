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
    assert parse_retry_after(value) == seconds


@pytest.mark.parametrize("ahead", [30, 3600, 7 * 86_400])
def test_a_date_is_read_as_the_seconds_until_it(ahead):
    """The other form that HTTP allows."""
    moment = datetime.now(UTC) + timedelta(seconds=ahead)
    seconds = parse_retry_after(format_datetime(moment, usegmt=True))
    assert seconds is not None
    assert ahead - 5 < seconds <= ahead


def test_a_date_with_an_offset_is_read_too():
    """Some gateways do not use GMT."""
    moment = datetime.now(UTC) + timedelta(hours=1)
    seconds = parse_retry_after(format_datetime(moment.astimezone()))
    assert seconds is not None
    assert 3590 < seconds <= 3600


@pytest.mark.parametrize(
    "value",
    [
        None,
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
    assert parse_retry_after(value) is None
