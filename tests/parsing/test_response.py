"""Reading a success: every status, id, video, error and usage that is known to occur."""

import json
from typing import Any

import pytest

from wan_ergonomic import Failure, Generation, UnreadableResponseError, Usage, Video
from wan_ergonomic._generation import STATUSES
from wan_ergonomic._parsing import parse_generation

URL = "https://cdn.example/v.mp4?Expires=1754382147&OSSAccessKeyId=AK&Signature=a%2Bb%3D"


def read(answer: Any, headers: dict[str, str] | None = None, **more: Any) -> Generation:
    """Read an answer to a poll."""
    return parse_generation(json.dumps(answer).encode(), headers or {}, "poll", **more)


def with_one(**fields: Any) -> Generation:
    """Read an otherwise ordinary answer with these fields."""
    return read({"id": "a", "status": "completed", **fields})


STATES = {
    "pending": "queued generating waiting active processing pending unheard-of unknown",
    "completed": "completed complete succeeded Completed COMPLETED",
    "failed": "error failed cancelled canceled expired Error",
}


@pytest.mark.parametrize(
    ("word", "state"), [(word, state) for state in STATES for word in STATES[state].split()]
)
def test_each_status_means_one_thing(word, state):
    """A status is kept in the vendor's own word, and is pending, completed or failed."""
    seen = with_one(status=word)
    assert (seen.status, seen.state) == (word, state)
    assert [seen.pending, seen.completed, seen.failed].count(True) == 1
    assert getattr(seen, state)


def test_each_word_of_the_table_is_tested():
    """A word that is added to the one table of statuses is named above."""
    named = {word for words in STATES.values() for word in words.split()}
    assert set(STATUSES) <= named


@pytest.mark.parametrize("word", [None, "", "  ", 3, ["completed"], {"is": "completed"}, True])
def test_what_is_no_word_is_an_unknown_status(word):
    """A status that cannot be read is neither an end nor a success."""
    seen = with_one(status=word)
    assert (seen.status, seen.pending) == ("unknown", True)


def test_a_missing_status_is_unknown():
    """An answer without any status is read as far as it goes."""
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
def test_an_id_is_kept_as_it_is(identity):
    """UUIDs, ids with a model, nanoids, digits: none of them is touched."""
    assert read({"id": identity}).id == identity


def test_digits_may_come_as_a_number():
    """Some gateways send an id of digits as a number; it is asked for as text."""
    assert read({"id": 4242}).id == "4242"


@pytest.mark.parametrize("identity", [None, "", " ", True, 1.5, [], {}, ["a"], "\ud800"])
def test_an_answer_without_a_usable_id_is_unreadable(identity):
    """What cannot be asked for again is no id."""
    with pytest.raises(UnreadableResponseError, match="has no id") as caught:
        read({"id": identity, "status": "queued"})
    assert '"queued"' in caught.value.body


def test_what_is_asked_for_keeps_its_id():
    """An answer to a poll may lack the id, or spell it otherwise: it is known."""
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
def test_what_is_no_object_is_unreadable(content, kind):
    """A body that is no JSON object is an error that says what it is, and begins to show it."""
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
    """A link comes as text, in a list, in an object, or as an object in a list."""
    assert with_one(video=video).video == Video(url=URL, duration=duration)


def test_a_duration_may_stand_beside_the_video():
    """The poll document has a duration of its own; the video's wins."""
    assert with_one(video=URL, duration=5).video == Video(url=URL, duration=5)
    both = with_one(video={"url": URL, "duration": 4}, duration=5)
    assert both.video == Video(url=URL, duration=4)


@pytest.mark.parametrize("video", [None, "", " ", [], {}, [None], [[]], {"url": None}, 5, True])
def test_what_holds_no_link_is_no_video(video):
    """Null, empty and useless videos are none."""
    assert with_one(video=video).video is None
    assert with_one(video={"url": video}).video is None


def test_absent_null_and_present_are_all_read():
    """Video, error, meta and usage are nullable and optional: the least answer is whole."""
    least = with_one()
    assert least == with_one(video=None, error=None, meta=None, duration=None)
    assert least == with_one(meta={}) == with_one(meta={"usage": None})
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
    """An object, a text, a list or a list of issues: all become a name and a message."""
    seen = with_one(status="error", error=error)
    assert str(seen.error) == expected
    assert seen.raw["error"] == error


@pytest.mark.parametrize("error", [None, "", [], {}])
def test_an_empty_error_is_none(error):
    """What says nothing is not kept as an error."""
    assert with_one(error=error).error is None


def test_an_error_is_data():
    """A failure has the vendor's name and the vendor's message."""
    seen = with_one(error={"name": "Internal", "message": "no GPU"})
    assert seen.error == Failure(name="Internal", message="no GPU")


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
        ({"credits_used": "inf"}, None),
        ({}, None),
        ("4", None),
    ],
    ids=str,
)
def test_each_shape_of_usage_is_read(usage, expected):
    """Credits under any name, dollars beside them; what is no number is no cost."""
    assert with_one(meta={"usage": usage}).usage == expected


@pytest.mark.parametrize("meta", ["none", ["usage"], 5, {"usage": []}])
def test_meta_that_cannot_be_used_is_no_usage(meta):
    """Other shapes of meta leave the cost unknown."""
    assert with_one(meta=meta).usage is None


def test_cost_is_read_from_headers_where_the_body_is_silent():
    """The gateway's own headers tell the cost too; the body's word counts more."""
    headers = {"x-aimlapi-credits-used": "1050000", "x-aimlapi-usd-spent": "0.525"}
    assert read({"id": "a"}, headers).usage == Usage(credits=1_050_000, usd=0.525)
    body = {"id": "a", "meta": {"usage": {"credits_used": 4}}}
    assert read(body, headers).usage == Usage(credits=4, usd=0.525)
    assert read({"id": "a"}, {"x-aimlapi-credits-used": "a lot"}).usage is None


def test_cost_once_known_is_kept():
    """The submission's cost stays when a poll is silent, and gives way when it is not."""
    before = Generation(id="a", usage=Usage(credits=4))
    assert read({"status": "queued"}, before=before).usage == Usage(credits=4)
    seen = read({"meta": {"usage": {"tokens_used": 5}}}, before=before)
    assert seen.usage == Usage(credits=5)


def test_ids_of_the_answer_are_kept():
    """The headers that support asks for are on the generation."""
    headers = {"x-request-id": "r-1", "x-inference-id": "i-1"}
    seen = read({"id": "a"}, headers)
    assert (seen.request_id, seen.inference_id) == ("r-1", "i-1")
    later = read({"id": "a"}, {"x-request-id": "r-2"}, before=seen)
    assert (later.request_id, later.inference_id) == ("r-2", "i-1")


def test_the_raw_answer_is_kept_whole():
    """Whatever else came is there, untouched."""
    answer = {"id": "a", "status": "queued", "queue": {"place": 7}, "video": [URL]}
    assert read(answer).raw == answer


def test_a_link_is_kept_byte_for_byte():
    """A signature survives only if nothing decodes or encodes the link."""
    video = with_one(video={"url": URL}).video
    assert video
    assert video.url == URL
