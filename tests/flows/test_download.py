"""Downloading: the whole video under its name, through broken streams and expired links."""

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
    """A storage that sends some of the video's bytes, then breaks off if there is an error."""

    def serve(fetch: Fetch) -> DownloadError | None:
        head = {"etag": '"v1"', "content-length": str(len(MP4))}
        if first:
            head["content-range"] = f"bytes {first}-{len(MP4) - 1}/{len(MP4)}"
        fetch.part.begin(206 if first else 200, head)
        fetch.part.write(MP4[first:last])
        return error

    return serve


def broken(retry_after: float | None = None) -> IncompleteDownloadError:
    """A stream that broke off."""
    return IncompleteDownloadError("The download broke off: reset.", retry_after=retry_after)


def save(clock, *script, generation=DONE, **more):
    """Play a download into memory; return what was played and the bytes."""
    target = BytesIO()
    part = PartFile(target, generation.id, overwrite=False)
    played = play(download(generation, part, context(clock, **more)), clock, *script)
    return played, target.getvalue()


def test_one_fetch_and_one_report_make_a_download(clock):
    """A stream that is whole needs no other request; the generation is the result."""
    played, saved = save(clock, stream())
    assert played.step_types == [Fetch, Report]
    assert (saved, played.fetches, played.result) == (MP4, [OLD], DONE)


def test_a_download_knows_how_much_time_is_left(clock):
    """A fetch is told the caller's deadline and whom to tell of progress."""
    told: list[tuple[int, int | None]] = []
    part, mine = PartFile(BytesIO(), ID, overwrite=False), context(clock, timeout=60)
    flow = download(DONE, part, mine, lambda *both: told.append(both))
    assert isinstance(next(flow), FileWork)
    fetch = next(flow)
    assert isinstance(fetch, Fetch)
    clock.sleep(20)
    assert fetch.left() == 40
    assert fetch.on_progress
    fetch.on_progress(3, 5)
    assert told == [(3, 5)]
    abandon(flow)


def test_a_broken_stream_goes_on_where_it_broke_off(clock):
    """The second fetch asks for the missing bytes of the same version."""
    wanted: list[dict[str, str]] = []

    def rest(fetch):
        wanted.append(fetch.part.request_headers())
        return stream(100)(fetch)

    played, saved = save(clock, stream(0, 100, broken()), rest)
    assert played.step_types == [Fetch, Sleep, Fetch, Report]
    assert (saved, wanted) == (MP4, [{"Range": "bytes=100-", "If-Range": '"v1"'}])


def test_attempts_without_progress_are_counted(clock):
    """As many fruitless attempts as the policy allows, and the error says which video."""
    played, saved = save(clock, *[broken()] * 5, retrying=RetryPolicy(attempts=3))
    assert isinstance(played.error, IncompleteDownloadError)
    assert (len(played.fetches), played.error.generation_id, saved) == (3, ID, b"")


def test_progress_starts_the_count_anew(clock):
    """However often a stream breaks, it goes on as long as each one brings bytes."""
    pieces = [stream(at, at + 20, broken()) for at in range(0, 200, 20)]
    played, saved = save(clock, *pieces, stream(200), retrying=RetryPolicy(attempts=2))
    assert played.result == DONE
    assert saved == MP4


def test_the_same_bytes_again_are_no_progress(clock):
    """A storage that starts over and breaks off at the same byte each time is given up."""
    played, _ = save(clock, *[stream(0, 50, broken())] * 9, retrying=RetryPolicy(attempts=3))
    assert isinstance(played.error, IncompleteDownloadError)
    assert len(played.fetches) == 3


def test_a_store_that_asks_to_wait_is_waited_for(clock):
    """Retry-After is honoured in place of the backoff."""
    played, _ = save(clock, broken(retry_after=9), stream())
    assert played.sleeps == [9]


def test_a_pause_that_outlives_the_deadline_is_not_begun(clock):
    """Nothing runs on after the deadline: the broken stream is the error."""
    played, _ = save(clock, broken(retry_after=9), timeout=9)
    assert isinstance(played.error, IncompleteDownloadError)
    assert played.sleeps == []


def test_a_store_that_asks_for_too_much_is_not_waited_for(clock):
    """Where the caller set no deadline either, nobody sleeps for a week."""
    played, _ = save(clock, broken(retry_after=604800), timeout=math.inf)
    assert isinstance(played.error, IncompleteDownloadError)
    assert (played.sleeps, played.error.retry_after) == ([], 604800)


def test_an_expired_link_is_renewed_by_one_poll(clock):
    """A fresh link is asked for once, then followed; the result holds it."""
    played, saved = save(clock, LinkExpiredError("403"), completed(), stream())
    assert (played.fetches, [call.role for call in played.calls]) == ([OLD, LINK], ["poll"])
    assert saved == MP4
    assert played.result
    assert played.result.video == Video(url=LINK)


def test_a_fresh_link_that_does_not_work_either_is_an_error(clock):
    """A link is renewed once, not again and again."""
    script = (LinkExpiredError("403"), completed(), LinkExpiredError("410"))
    played, _ = save(clock, *script)
    assert str(played.error) == "410"
    assert played.error
    assert played.error.generation_id == ID


def test_a_link_that_expires_on_the_way_keeps_the_bytes(clock):
    """A renewed link of the same version goes on from the byte reached."""
    script = (stream(0, 50, LinkExpiredError("403")), completed(), stream(50))
    _, saved = save(clock, *script)
    assert saved == MP4


def test_an_id_alone_is_looked_up_first(clock):
    """Without a link there is one poll for it, and that was the renewal."""
    played, saved = save(clock, completed(), stream(), generation=Generation(id=ID))
    assert (played.fetches, saved) == ([LINK], MP4)
    played, _ = save(clock, completed(), LinkExpiredError("403"), generation=Generation(id=ID))
    assert isinstance(played.error, LinkExpiredError)


@pytest.mark.parametrize(
    ("seen", "expected", "words"),
    [
        (response("generating"), DownloadError, "no video yet (status: generating). Wait for it"),
        (response("completed"), DownloadError, "is completed, but the API gives no link"),
        (response("error", error="no GPU"), GenerationFailedError, "error: no GPU"),
        (api_error(404), NotFoundError, "404"),
    ],
)
def test_what_has_no_video_is_said_plainly(clock, seen, expected, words):
    """A job that is not finished, has no link, failed or is unknown each has its own error."""
    played, _ = save(clock, seen, generation=Generation(id=ID))
    assert type(played.error) is expected
    assert words in str(played.error)
    assert played.error
    assert played.error.generation_id == ID
