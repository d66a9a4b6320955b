"""Any response is read or is a WanError; no other exception is raised."""

import json
from contextlib import suppress
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wan_ergonomic import ApiError, Generation, UnreadableResponseError, Video
from wan_ergonomic._parsing import parse_error, parse_generation, parse_retry_after

# Not in the door: only parsing describes issues.
from wan_ergonomic._parsing._response import describe_issue
from wan_ergonomic._spec import Role

# The same examples on each run: a failure here is a failure everywhere.
bounded = settings(max_examples=300, derandomize=True, deadline=None, database=None)

NAMES = st.sampled_from(
    [
        *("id", "status", "video", "url", "duration", "error", "name", "code", "message", "detail"),
        *("loc", "path", "msg", "type", "data", "kind", "meta", "usage", "credits_used"),
        *("tokens_used", "usd_spent", "title", "requestId", "statusCode"),
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["completed", "err_insufficent_credits", "https://h/v?Expires=x", "\ud800"])
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(NAMES | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
WHOLE = {
    "id": "a",
    "status": "completed",
    "video": {"url": "https://h/v.mp4?Expires=1", "duration": 5},
    "error": {"name": "n", "message": "m", "data": [{"path": ["p"], "message": "m"}]},
    "meta": {"usage": {"credits_used": 1, "usd_spent": 0.1}},
}
POINTERS = [
    ["id"],
    ["status"],
    ["video"],
    ["video", "url"],
    ["video", "duration"],
    ["error"],
    ["error", "name"],
    ["error", "message"],
    ["error", "data"],
    ["meta"],
    ["meta", "usage"],
    ["meta", "usage", "credits_used"],
    ["meta", "usage", "usd_spent"],
    ["message"],
    ["requestId"],
]
HEADERS = st.dictionaries(
    st.sampled_from(["retry-after", "x-request-id", "x-aimlapi-credits-used"]), st.text(max_size=9)
)


def check_usable(generation: Generation) -> None:
    """Use each attribute of a generation."""
    assert isinstance(generation.id, str)
    assert generation.id.encode()
    assert [generation.pending, generation.completed, generation.failed].count(True) == 1
    assert repr(generation)
    assert all(map(str, generation.drift))
    assert generation.video is None or has_valid_expiry(generation.video)


def has_valid_expiry(video: Video) -> bool:
    """Return whether the link's expiry is unknown, or a time with a time zone."""
    return video.expires_at is None or video.expires_at.tzinfo is not None


def read_in_each_role(content: bytes, headers: dict[str, str]) -> None:
    """Read one body as each successful response and as error responses, and use the results."""
    for role in get_args(Role):
        for before in (None, Generation(id="a")):
            with suppress(UnreadableResponseError):
                check_usable(parse_generation(content, headers, role, before))
    for code in (403, 429, 503, 520):
        error = parse_error(code, headers, content)
        assert isinstance(error, ApiError)
        assert str(error).startswith(f"The API returned {code}")


@bounded
@given(ANYTHING, HEADERS)
def test_any_json_is_read_or_an_error(value, headers):
    """Any JSON document."""
    read_in_each_role(json.dumps(value).encode(), headers)


@bounded
@given(st.sampled_from(POINTERS), ANYTHING)
def test_a_response_with_one_wrong_value_is_read_or_an_error(pointer, value):
    """A valid response with any value in one place, and without it."""
    body: dict[str, Any] = json.loads(json.dumps(WHOLE))
    parent = body
    for name in pointer[:-1]:
        parent = parent[name]
    parent[pointer[-1]] = value
    read_in_each_role(json.dumps(body).encode(), {})
    del parent[pointer[-1]]
    read_in_each_role(json.dumps(body).encode(), {})


@bounded
@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_an_error(content):
    """Bytes that are not JSON, or not even text."""
    read_in_each_role(content, {})


@bounded
@given(st.text(max_size=40) | st.from_regex(r"[\w ,:+-]{0,20} \d\d:\d\d:\d\d [\w ]{0,6}GMT"))
def test_any_retry_after_is_a_positive_number_or_ignored(value):
    """Whatever text it has, and whatever the Date has."""
    for headers in ({"retry-after": value}, {"retry-after": value, "date": value}):
        seconds = parse_retry_after(headers)
        assert seconds is None or seconds > 0


@bounded
@given(
    st.text(max_size=40) | st.from_regex(r"https?://[\[\]:/@h]{0,9}\?(X-A-Date|Expires)=\w{0,9}")
)
def test_any_link_has_an_expiry_or_none(url):
    """Reading the expiry of a link never fails."""
    assert has_valid_expiry(Video(url=url))


def deepest() -> int:
    """Return the deepest nesting of lists that Python's JSON parser reads at this stack depth."""
    low, high = 1, 1_000_000
    while high - low > 1:
        middle = (low + high) // 2
        try:
            json.loads("[" * middle + "]" * middle)
            low = middle
        except RecursionError:
            high = middle
    return low


@pytest.mark.parametrize(
    "shape",
    [
        '{"id": "a", "error": %s}',
        '{"id": "a", "error": {"x": %s}}',
        '{"id": "a", "error": [{"x": %s}]}',
        '{"id": "a", "error": {"detail": [{"loc": [%s]}]}}',
        '{"id": "a", "error": {"name": %s}}',
        '{"message": [%s]}',
        '{"message": [{"x": %s}]}',
        '{"requestId": %s}',
        '{"title": %s}',
        '{"error": {"data": [{"path": %s}]}}',
        '{"error": {"data": {"kind": %s}}}',
    ],
)
def test_nesting_as_deep_as_can_be_parsed_is_read_or_an_error(shape):
    """What the parser can just read, the messages can show."""
    limit = deepest()
    # Showing a value needs a little more of the stack than parsing it, or a little less.
    for depth in range(limit - 16, limit + 2, 2):
        content = (shape % ("[" * depth + "]" * depth)).encode()
        assert isinstance(parse_error(503, {}, content), ApiError)
        with suppress(UnreadableResponseError):
            check_usable(parse_generation(content, {}, "poll", Generation(id="a")))


def test_an_issue_too_deep_to_show_is_described_by_its_keys():
    """It cannot be written as JSON."""
    issue: dict[str, Any] = {}
    for _ in range(200_000):
        issue = {"within": issue}
    assert describe_issue(issue) == "an object with ['within']"
