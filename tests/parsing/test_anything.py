"""Whatever comes, the end is an answer or a WanError: never a KeyError or the like."""

import json
from contextlib import suppress
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wan_ergonomic import ApiError, Generation, UnreadableResponseError, Video
from wan_ergonomic._parsing._error_response import parse_error, parse_retry_after
from wan_ergonomic._parsing._response import describe_issue, parse_generation
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
PLACES = [
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


def look_at(seen: Generation) -> None:
    """Use all that a generation offers."""
    assert isinstance(seen.id, str)
    assert seen.id.encode()
    assert [seen.pending, seen.completed, seen.failed].count(True) == 1
    assert repr(seen)
    assert all(map(str, seen.drift))
    assert seen.video is None or expiry_is_sound(seen.video)


def expiry_is_sound(video: Video) -> bool:
    """Whether the link's end is unknown, or an instant that knows its zone."""
    return video.expires_at is None or video.expires_at.tzinfo is not None


def read_every_way(content: bytes, headers: dict[str, str]) -> None:
    """Read one body as each success and as refusals; look at all that is read."""
    for role in get_args(Role):
        for before in (None, Generation(id="a")):
            with suppress(UnreadableResponseError):
                look_at(parse_generation(content, headers, role, before))
    for code in (403, 429, 503, 520):
        error = parse_error(code, headers, content)
        assert isinstance(error, ApiError)
        assert str(error).startswith(f"The API returned {code}")


@bounded
@given(ANYTHING, HEADERS)
def test_any_json_is_read_or_refused(value, headers):
    """No JSON document at all gets past the reader as another exception."""
    read_every_way(json.dumps(value).encode(), headers)


@bounded
@given(st.sampled_from(PLACES), ANYTHING)
def test_one_wrong_thing_is_read_or_refused(place, value):
    """A proper answer with anything in any one place is read as far as it goes."""
    answer: dict[str, Any] = json.loads(json.dumps(WHOLE))
    holder = answer
    for name in place[:-1]:
        holder = holder[name]
    holder[place[-1]] = value
    read_every_way(json.dumps(answer).encode(), {})
    del holder[place[-1]]
    read_every_way(json.dumps(answer).encode(), {})


@bounded
@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_refused(content):
    """What is no JSON, or not even text, is no other exception either."""
    read_every_way(content, {})


@bounded
@given(st.text(max_size=40) | st.from_regex(r"[\w ,:+-]{0,20} \d\d:\d\d:\d\d [\w ]{0,6}GMT"))
def test_any_retry_after_is_seconds_or_nothing(value):
    """A header is a positive number of seconds, or as good as absent."""
    seconds = parse_retry_after(value)
    assert seconds is None or seconds > 0


@bounded
@given(
    st.text(max_size=40) | st.from_regex(r"https?://[\[\]:/@h]{0,9}\?(X-A-Date|Expires)=\w{0,9}")
)
def test_any_link_has_an_expiry_or_none(url):
    """Asking a video when its link ends never fails."""
    assert expiry_is_sound(Video(url=url))


def deepest() -> int:
    """Return how deep a list the JSON parser of this Python takes, as seen from here."""
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
def test_nesting_as_deep_as_can_be_parsed_is_read_or_refused(shape):
    """Where the parser only just copes, what shows the value must cope too."""
    limit = deepest()
    # Showing is a little nearer the end of the stack than parsing, or a little farther.
    for depth in range(limit - 16, limit + 2, 2):
        content = (shape % ("[" * depth + "]" * depth)).encode()
        assert isinstance(parse_error(503, {}, content), ApiError)
        with suppress(UnreadableResponseError):
            look_at(parse_generation(content, {}, "poll", Generation(id="a")))


def test_an_issue_too_deep_to_show_is_named_by_its_keys():
    """What cannot be written as JSON again still has a description."""
    issue: dict[str, Any] = {}
    for _ in range(200_000):
        issue = {"within": issue}
    assert describe_issue(issue) == "an object with ['within']"
