"""Which responses are of one version: by a strong ETag, or else by Last-Modified."""

from __future__ import annotations

import pytest

# Not in the door: only part files use them.
from wan_ergonomic._files._versions import is_same_version, is_validator, validator_of

DATE = "Wed, 21 Oct 2015 07:28:00 GMT"
AT_ONCE = "Wed, 21 Oct 2015 07:28:00 GMT"
LATER = "Wed, 21 Oct 2015 07:28:01 GMT"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"etag": '"v1"', "last-modified": DATE}, '"v1"'),
        ({"etag": 'W/"v1"', "last-modified": DATE}, DATE),
        ({"last-modified": DATE}, DATE),
        ({"last-modified": DATE, "date": LATER}, DATE),
        ({"last-modified": DATE, "date": AT_ONCE}, None),
        ({"last-modified": DATE, "date": "now"}, DATE),
        ({"last-modified": "yesterday"}, None),
        ({"last-modified": "2015-10-21T07:28:00Z"}, None),
        ({"etag": f'"{"x" * 99}"'}, None),
        ({}, None),
    ],
)
def test_a_strong_etag_or_a_date_is_a_validator(headers, expected):
    """A video may change twice within the second of its date, so a fresh one is none."""
    assert validator_of(headers) == expected
    assert expected is None or is_validator(expected)


@pytest.mark.parametrize(
    ("validator", "headers", "same"),
    [
        ('"v1"', {"etag": '"v1"'}, True),
        ('"v1"', {"etag": '"v2"'}, False),
        ('"v1"', {}, False),
        (DATE, {"last-modified": DATE}, True),
        (DATE, {"last-modified": LATER}, False),
        (DATE, {"etag": 'W/"v1"'}, True),
    ],
)
def test_a_response_of_another_version_is_recognised(validator, headers, same):
    """A response to If-Range has to repeat the ETag, but not the date."""
    assert is_same_version(validator, headers) is same
