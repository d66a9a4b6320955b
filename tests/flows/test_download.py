"""Downloading: the whole video under its name, despite broken streams and expired links."""

import math
from io import BytesIO

import pytest

from tests.support.responses import boxes
from wan_ergonomic import (
    DownloadError,
    Generation,
    GenerationFailedError,
    IncompleteDownloadError,
    LinkExpiredError,
    NotFoundError,
    RetryPolicy,
    Video,
)
from wan_ergonomic._files import PartFile
from wan_ergonomic._flows import Fetch, FileWork, Report, Sleep, download

from .stage import ID, LINK, abandon, api_error, completed, context, play, response

MP4 = boxes(ftyp=b"isom", moov=bytes(8), mdat=bytes(range(200)))
OLD = "https://cdn.example/old.mp4?Signature=old"
DONE = Generation(id=ID, status="completed", video=Video(url=OLD), raw={"id": ID})


def stream(first: int = 0, last: int = len(MP4), error: DownloadError | None = None):
    """Return a storage that sends some of the video's bytes, then breaks off with the error."""

    def serve(fetch: Fetch) -> DownloadError | None:
        head = {"etag": '"v1"', "content-length": str(len(MP4))}
        if first:
            head["content-range"] = f"bytes {first}-{len(MP4) - 1}/{len(MP4)}"
        fetch.part.begin(206 if first else 200, head)
        fetch.part.write(MP4[first:last])
        return error

    return serve


def broken(retry_after: float | None = None) -> IncompleteDownloadError:
    """Return the error of a stream that broke off."""
    return IncompleteDownloadError("The download broke off: reset.", retry_after=retry_after)


def save(clock, *script, generation=DONE, **more):
    """Play a download into memory; return what the flow did, and the bytes."""
    target = BytesIO()
    part = PartFile(target, generation.id, overwrite=False)
    played = play(download(generation, part, context(clock, **more)), clock, *script)
    return played, target.getvalue()


def test_one_fetch_and_one_report_make_a_download(clock):
    """A stream that is whole needs no other request; the result is the generation."""
    played, saved = save(clock, stream())
    assert played.step_types == [Fetch, Report]
    assert (saved, played.fetches, played.result) == (MP4, [OLD], DONE)


def test_a_fetch_has_the_time_that_is_left_and_the_callback(clock):
    """It ends at the caller's deadline."""
    calls: list[tuple[int, int | None]] = []
    part, mine = PartFile(BytesIO(), ID, overwrite=False), context(clock, timeout=60)
    flow = download(DONE, part, mine, lambda *both: calls.append(both))
    assert isinstance(next(flow), FileWork)
    fetch = next(flow)
    assert isinstance(fetch, Fetch)
    clock.sleep(20)
    assert fetch.left() == 40
    assert fetch.on_progress
    fetch.on_progress(3, 5)
    assert calls == [(3, 5)]
    abandon(flow)


def test_a_broken_stream_is_resumed(clock):
    """The second fetch requests the missing bytes of the same version."""
    headers: list[dict[str, str]] = []

    def rest(fetch):
        headers.append(fetch.part.request_headers())
        return stream(100)(fetch)

    played, saved = save(clock, stream(0, 100, broken()), rest)
    assert played.step_types == [Fetch, Sleep, Fetch, Report]
    assert (saved, headers) == (MP4, [{"Range": "bytes=100-", "If-Range": '"v1"'}])


def test_attempts_without_progress_are_counted(clock):
    """The last error is raised after as many as the policy allows, with the id."""
    played, saved = save(clock, *[broken()] * 5, retrying=RetryPolicy(attempts=3))
    assert isinstance(played.error, IncompleteDownloadError)
    assert (len(played.fetches), played.error.generation_id, saved) == (3, ID, b"")


def test_progress_restarts_the_count(clock):
    """A stream may break any number of times, as long as each one brings bytes."""
    pieces = [stream(at, at + 20, broken()) for at in range(0, 200, 20)]
    played, saved = save(clock, *pieces, stream(200), retrying=RetryPolicy(attempts=2))
    assert played.result == DONE
    assert saved == MP4


def test_the_same_bytes_again_are_no_progress(clock):
    """A storage that always breaks off at the same byte is given up."""
    played, _ = save(clock, *[stream(0, 50, broken())] * 9, retrying=RetryPolicy(attempts=3))
    assert isinstance(played.error, IncompleteDownloadError)
    assert len(played.fetches) == 3


def test_retry_after_is_the_pause(clock):
    """It replaces the backoff."""
    played, _ = save(clock, broken(retry_after=9), stream())
    assert played.sleeps == [9]


def test_a_pause_beyond_the_deadline_is_not_begun(clock):
    """The error of the broken stream is raised at once instead."""
    played, _ = save(clock, broken(retry_after=9), timeout=9)
    assert isinstance(played.error, IncompleteDownloadError)
    assert played.sleeps == []


def test_a_retry_after_of_a_week_is_an_error(clock):
    """Also if the caller set no deadline."""
    played, _ = save(clock, broken(retry_after=604800), timeout=math.inf)
    assert isinstance(played.error, IncompleteDownloadError)
    assert (played.sleeps, played.error.retry_after) == ([], 604800)


def test_an_expired_link_is_renewed_by_one_poll(clock):
    """The fresh link is followed, and is on the result."""
    played, saved = save(clock, LinkExpiredError("403"), completed(), stream())
    assert (played.fetches, [call.role for call in played.calls]) == ([OLD, LINK], ["poll"])
    assert saved == MP4
    assert played.result
    assert played.result.video == Video(url=LINK)


def test_a_fresh_link_that_does_not_work_either_is_an_error(clock):
    """A link that brought nothing is renewed once."""
    script = (LinkExpiredError("403"), completed(), LinkExpiredError("410"))
    played, _ = save(clock, *script)
    assert str(played.error) == "410"
    assert played.error
    assert played.error.generation_id == ID


def test_a_link_that_expires_during_the_download_keeps_the_bytes(clock):
    """The fresh link resumes from the byte reached."""
    script = (stream(0, 50, LinkExpiredError("403")), completed(), stream(50))
    _, saved = save(clock, *script)
    assert saved == MP4


def test_a_link_is_renewed_whenever_the_last_one_got_further(clock):
    """Each serves some bytes, then expires."""
    links = [stream(at, at + 50, LinkExpiredError("403", status_code=403)) for at in (0, 50, 100)]
    script = [step for link in links for step in (link, completed())]
    played, saved = save(clock, *script, stream(150))
    assert (saved, len(played.calls), played.sleeps) == (MP4, 3, [])


def test_an_id_without_a_link_is_polled_first(clock):
    """That poll is the renewal: the link is not renewed again."""
    played, saved = save(clock, completed(), stream(), generation=Generation(id=ID))
    assert (played.fetches, saved) == ([LINK], MP4)
    played, _ = save(clock, completed(), LinkExpiredError("403"), generation=Generation(id=ID))
    assert isinstance(played.error, LinkExpiredError)


@pytest.mark.parametrize(
    ("poll", "expected", "words"),
    [
        (response("generating"), DownloadError, "no video yet (status: generating). Wait for it"),
        (response("error", error="no GPU"), GenerationFailedError, "error: no GPU"),
        (api_error(404), NotFoundError, "404"),
    ],
)
def test_a_generation_without_a_video_is_an_error(clock, poll, expected, words):
    """One for a job that is pending, one failed, one unknown."""
    played, _ = save(clock, poll, generation=Generation(id=ID))
    assert type(played.error) is expected
    assert words in str(played.error)
    assert played.error
    assert played.error.generation_id == ID
