"""Reading successful responses: every status, id, video, error and usage known to occur."""

import json
from typing import Any

import pytest

from wan_ergonomic import Failure, Generation, UnreadableResponseError, Usage, Video
from wan_ergonomic._generation import STATUSES
from wan_ergonomic._parsing import parse_generation

URL = "https://cdn.example/v.mp4?Expires=1754382147&OSSAccessKeyId=AK&Signature=a%2Bb%3D"


def read(body: Any, headers: dict[str, str] | None = None, **more: Any) -> Generation:
    """Read the response to a poll."""
    return parse_generation(json.dumps(body).encode(), headers or {}, "poll", **more)


def read_with(**fields: Any) -> Generation:
    """Read an otherwise ordinary response with these fields."""
    return read({"id": "a", "status": "completed", **fields})


STATES = {
    "pending": "queued generating waiting active processing pending unheard-of unknown",
    "completed": "completed complete succeeded succeed success done finished ready SUCCESS",
    "failed": "error failed failure cancelled canceled expired rejected timeout timed_out Error",
}


@pytest.mark.parametrize(
    ("word", "state"), [(word, state) for state in STATES for word in STATES[state].split()]
)
def test_each_status_is_pending_completed_or_failed(word, state):
    """It is kept in the vendor's own spelling."""
    generation = read_with(status=word)
    assert (generation.status, generation.state) == (word, state)
    assert [generation.pending, generation.completed, generation.failed].count(True) == 1
    assert getattr(generation, state)


def test_each_status_of_the_table_is_tested():
    """A new status belongs in the test above."""
    named = {word for words in STATES.values() for word in words.split()}
    assert set(STATUSES) <= named


@pytest.mark.parametrize("word", ["timed-out", " Timed Out ", "TIMED_OUT"])
def test_the_spelling_of_a_status_does_not_matter(word):
    """Neither its case nor what is between its words."""
    generation = read_with(status=word)
    assert (generation.state, generation.drift) == ("failed", ())


LINKED = {"video": {"url": URL}}
BLOCKED = {"error": {"name": "Blocked", "message": "no dragons"}}


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "pending"),
        (LINKED, "completed"),
        (LINKED | BLOCKED, "completed"),
        (BLOCKED, "failed"),
        ({"error": "no dragons"}, "failed"),
        ({"video": {"url": "pending"}}, "pending"),
        ({"video": {"url": "https://["}}, "pending"),
        ({"video": {"url": "https:///v.mp4"}}, "pending"),
        ({"error": {"code": 0, "message": ""}}, "pending"),
    ],
    ids=str,
)
def test_an_unknown_status_means_what_comes_with_it(fields, state):
    """A link that can be followed is an end, and so is an error; both are reported as drift."""
    generation = read_with(status="closed_early", **fields)
    assert (generation.status, generation.state) == ("closed_early", state)
    assert "unknown-status" in [drift.kind for drift in generation.drift]


def test_a_status_of_the_table_means_what_it_says():
    """A job that is running may have had an error, or a link to a draft."""
    assert read_with(status="generating", **LINKED).pending
    assert read_with(status="queued", **BLOCKED).pending


@pytest.mark.parametrize(("fields", "state"), [(LINKED, "completed"), (BLOCKED, "pending")])
def test_without_a_status_only_a_link_is_an_end(fields, state):
    """A gateway's own error may be a 200; the job that was paid for goes on."""
    generation = read({"id": "a", **fields})
    assert (generation.status, generation.state) == ("unknown", state)
    assert "missing" in [drift.kind for drift in generation.drift]


@pytest.mark.parametrize("word", [None, "", "  ", 3, ["completed"], {"is": "completed"}, True])
def test_a_status_without_text_is_unknown(word):
    """It is pending: neither an end nor a success."""
    generation = read_with(status=word)
    assert (generation.status, generation.pending) == ("unknown", True)


def test_a_missing_status_is_unknown():
    """The rest of the response is read."""
    assert read({"id": "a"}).status == "unknown"


@pytest.mark.parametrize(
    "identity",
    [
        "dabf0a77-d01c-4982-8857-0ad0fa233053",
        "dabf0a77-d01c-4982-8857-0ad0fa233053:alibaba/wan2.2-t2v-plus",
        "-V1StGXR8_Z5jdHi6B-myT",
        "_V1StGXR8",
        "4242",
        "vidéo-é",
        "a&b=c#d",
    ],
)
def test_an_id_is_not_changed(identity):
    """UUIDs, ids with a model, nanoids, digits."""
    assert read({"id": identity}).id == identity


def test_an_id_may_be_a_number():
    """Some gateways send digits without quotes; requests use text."""
    assert read({"id": 4242}).id == "4242"


@pytest.mark.parametrize("identity", [None, "", " ", True, 1.5, [], {}, ["a"], "\ud800"])
def test_a_response_without_a_usable_id_is_unreadable(identity):
    """Such a generation could not be polled."""
    with pytest.raises(UnreadableResponseError, match="has no id") as caught:
        read({"id": identity, "status": "queued"})
    assert '"queued"' in caught.value.body


@pytest.mark.parametrize("content", [b'{"status": "queued"}', b"<html>"])
def test_the_error_about_an_unreadable_response_has_the_id_of_its_header(content):
    """The generation can be looked for by it."""
    with pytest.raises(UnreadableResponseError) as caught:
        parse_generation(content, {"x-inference-id": "i-1"}, "create")
    assert caught.value.generation_id == "i-1"


def test_the_id_that_was_requested_is_kept():
    """The response to a poll may lack it, or have another."""
    before = Generation(id="a")
    assert read({"status": "queued"}, before=before).id == "a"
    assert read({"id": "b", "status": "queued"}, before=before).id == "a"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<html><body>Bad gateway</body></html>", "text"),
        (b'{"id": "a"', "text"),
        (b"\xff\xfe{", "text"),
        (b"", "an empty body"),
        (b"[]", "a list"),
        (b'"queued"', "text"),
        (b"null", "null"),
        (b"true", "a boolean"),
        (b"7", "a number"),
        (b"1.5", "a number"),
        (b"NaN", "a number"),
        (b"1" * 5000, "text"),
        (b"[" * 100_000, "text"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_body_that_is_not_an_object_is_unreadable(content, kind):
    """The error names its type, and has the first 500 bytes."""
    with pytest.raises(UnreadableResponseError) as caught:
        parse_generation(content, {}, "create")
    assert str(caught.value) == f"The API returned {kind} instead of a JSON object."
    assert caught.value.body == content[:500].decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("video", "duration"),
    [
        (URL, None),
        ([URL], None),
        ([URL, "https://cdn.example/second.mp4"], None),
        ({"url": URL}, None),
        ([{"url": URL}], None),
        ({"url": URL, "duration": 5}, 5),
        ({"url": URL, "duration": "5.0"}, 5),
        ({"url": URL, "duration": None, "content_type": "video/mp4"}, None),
        ({"url": URL, "duration": 5.2, "file_name": "v.mp4", "file_size": 4_000_000}, 5.2),
    ],
)
def test_each_shape_of_a_video_is_read(video, duration):
    """A link as text, in a list, in an object, or as an object in a list."""
    assert read_with(video=video).video == Video(url=URL, duration=duration)


def test_a_duration_beside_the_video_is_read():
    """The duration in the video wins."""
    assert read_with(video=URL, duration=5).video == Video(url=URL, duration=5)
    both = read_with(video={"url": URL, "duration": 4}, duration=5)
    assert both.video == Video(url=URL, duration=4)


@pytest.mark.parametrize("video", [None, "", " ", [], {}, [None], [[]], {"url": None}, 5, True])
def test_a_video_without_a_link_is_none(video):
    """Null, empty, and of other types."""
    assert read_with(video=video).video is None
    assert read_with(video={"url": video}).video is None


def test_absent_and_null_mean_the_same():
    """For video, error, meta, usage and duration."""
    least = read_with()
    assert least == read_with(video=None, error=None, meta=None, duration=None)
    assert least == read_with(meta={}) == read_with(meta={"usage": None})
    assert (least.video, least.error, least.usage, least.drift) == (None, None, None, ())


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"name": "Internal", "message": "no GPU"}, "Internal: no GPU"),
        ({"code": "E42", "message": "no GPU"}, "E42: no GPU"),
        ({"message": "no GPU"}, "error: no GPU"),
        ({"name": "Internal"}, "Internal"),
        ({"name": "Internal", "message": None}, "Internal"),
        ({"reason": "ünknown"}, 'error: {"reason": "ünknown"}'),
        ("no GPU", "error: no GPU"),
        (["no GPU", "no time"], "error: no GPU; no time"),
        ([{"path": ["body", "seed"], "message": "too big"}], "error: body.seed: too big"),
        (
            {"detail": [{"loc": ["body", "prompt"], "msg": "too long", "type": "value_error"}]},
            "error: body.prompt: too long",
        ),
        (
            {"detail": [{"loc": "prompt", "msg": "bad"}, {"msg": "worse"}]},
            "error: prompt: bad; worse",
        ),
        ({"detail": [{"type": "x"}]}, 'error: {"type": "x"}'),
        ({"detail": "no GPU"}, "error: no GPU"),
        (500, "error: 500"),
    ],
    ids=str,
)
def test_each_shape_of_an_error_is_read(error, expected):
    """An object, a text, a list or a list of issues: each becomes a name and a message."""
    generation = read_with(status="error", error=error)
    assert str(generation.error) == expected
    assert generation.raw["error"] == error


@pytest.mark.parametrize("error", [None, "", [], {}, {"name": None, "message": ""}])
def test_an_empty_error_is_none(error):
    """It says nothing."""
    assert read_with(error=error).error is None


def test_an_error_has_the_vendors_name_and_message():
    """As two attributes."""
    generation = read_with(error={"name": "Internal", "message": "no GPU"})
    assert generation.error == Failure(name="Internal", message="no GPU")


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"credits_used": 1_050_000}, Usage(credits=1_050_000)),
        ({"tokens_used": 1_050_000}, Usage(credits=1_050_000)),
        ({"tokens_used": 3, "credits_used": 4}, Usage(credits=4)),
        ({"credits_used": 4, "usd_spent": 0.000002}, Usage(credits=4, usd=0.000002)),
        ({"usd_spent": 0.5}, Usage(usd=0.5)),
        ({"credits_used": "4"}, Usage(credits=4)),
        ({"credits_used": 0}, Usage(credits=0)),
        ({"credits_used": None, "tokens_used": 5}, Usage(credits=5)),
        ({"units_burnt": 6}, Usage(credits=6)),
        ({"credits_used": "many"}, None),
        ({"credits_used": True}, None),
        ({"credits_used": [4]}, None),
        ({"credits_used": 10**400}, None),
        ({"seconds": 5, "remaining_credits": 7}, None),
        ({"usd_balance": 99, "USD_spent": 0.1, "units": 4}, Usage(credits=4, usd=0.1)),
        ({"credits_used": "inf"}, None),
        ({}, None),
        ("4", None),
    ],
    ids=str,
)
def test_each_shape_of_usage_is_read(usage, expected):
    """Credits under any name, dollars beside them; other values are no cost."""
    assert read_with(meta={"usage": usage}).usage == expected


@pytest.mark.parametrize("meta", ["none", ["usage"], 5, {"usage": []}])
def test_meta_of_another_shape_is_ignored(meta):
    """The cost is unknown then."""
    assert read_with(meta=meta).usage is None


def test_the_cost_is_read_from_headers_if_the_body_has_none():
    """The body wins."""
    headers = {"x-aimlapi-credits-used": "1050000", "x-aimlapi-usd-spent": "0.525"}
    assert read({"id": "a"}, headers).usage == Usage(credits=1_050_000, usd=0.525)
    body = {"id": "a", "meta": {"usage": {"credits_used": 4}}}
    assert read(body, headers).usage == Usage(credits=4, usd=0.525)
    assert read({"id": "a"}, {"x-aimlapi-credits-used": "a lot"}).usage is None


def test_a_known_cost_is_kept():
    """Until a response has another one."""
    before = Generation(id="a", usage=Usage(credits=4))
    assert read({"status": "queued"}, before=before).usage == Usage(credits=4)
    generation = read({"meta": {"usage": {"tokens_used": 5}}}, before=before)
    assert generation.usage == Usage(credits=5)


def test_the_ids_for_the_vendors_support_are_kept():
    """The inference id is that of the submission; the request id, of the last response."""
    headers = {"x-request-id": "r-1", "x-inference-id": "i-1"}
    first = read({"id": "a"}, headers)
    assert (first.request_id, first.inference_id) == ("r-1", "i-1")
    later = read({"id": "a"}, {"x-request-id": "r-2"}, before=first)
    assert (later.request_id, later.inference_id) == ("r-2", "i-1")


def test_the_whole_response_is_kept():
    """As parsed JSON, unchanged."""
    body = {"id": "a", "status": "queued", "queue": {"place": 7}, "video": [URL]}
    assert read(body).raw == body


def test_a_link_is_kept_byte_for_byte():
    """Decoding or encoding it would break its signature."""
    video = read_with(video={"url": URL}).video
    assert video
    assert video.url == URL
