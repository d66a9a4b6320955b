"""A completed job whose link, or whose video in the storage, comes a moment later."""

from __future__ import annotations

from io import BytesIO

import pytest

from wan_ergonomic import (
    DownloadError,
    Generation,
    GenerationFailedError,
    IncompleteDownloadError,
    LinkExpiredError,
    Video,
    WaitTimeoutError,
)
from wan_ergonomic._files import PartFile
from wan_ergonomic._flows import CallContext, Flow, download, generate, wait

from .stage import ID, LINK, PENDING, completed, context, lost, play, response
from .test_download import MP4, broken, save, stream

NO_LINK = response("completed", video=None)
# With a poll every ten seconds, at the beginning and the end of a minute and in between.
POLLS = 7


def saving(context: CallContext) -> Flow:
    """Return the flow that downloads a video known by the job's id."""
    return download(Generation(id=ID), PartFile(BytesIO(), ID, overwrite=False), context)


def generating(context: CallContext) -> Flow:
    """Return the flow that submits and waits."""
    return generate({"prompt": "A boat"}, context)


def waiting(context: CallContext) -> Flow:
    """Return the flow that waits for a pending job."""
    return wait(PENDING, context)


FLOWS = pytest.mark.parametrize("flow", [saving, generating, waiting])


@FLOWS
def test_a_link_that_is_late_is_waited_for(clock, flow):
    """The job is completed and paid for; its link comes with a later poll."""
    played = play(flow(context(clock)), clock, NO_LINK, NO_LINK, completed(), stream())
    assert played.result
    assert played.result.video == Video(url=LINK)
    assert 10 <= sum(played.sleeps) <= 20


@FLOWS
def test_a_link_that_does_not_come_is_an_error_after_a_minute(clock, flow):
    """Waiting longer is not advised, for nothing says that it helps."""
    played = play(flow(context(clock)), clock, *[NO_LINK] * 20)
    assert type(played.error) is GenerationFailedError
    assert played.error.generation_id == ID
    assert "no link to its video for 60 s. The job was paid for: ask AIML API" in str(played.error)
    assert "wait(" not in str(played.error)
    polls = 20 - played.unused - (flow is generating)
    assert (sum(played.sleeps), polls) == (60, POLLS)


def test_polls_that_fail_meanwhile_are_repeated(clock):
    """They say nothing of the link."""
    script = (NO_LINK, lost(sent=True), NO_LINK, lost(sent=True), completed())
    played = play(waiting(context(clock)), clock, *script)
    assert played.result
    assert played.result.video == Video(url=LINK)


def test_a_deadline_comes_before_the_minute_is_over(clock):
    """The job can be waited for again: the link may still come."""
    played = play(waiting(context(clock, timeout=25)), clock, *[NO_LINK] * 9)
    assert isinstance(played.error, WaitTimeoutError)
    assert "has no link to its video after 25 s (status: completed). wait(" in str(played.error)


def test_a_deadline_ends_a_download_without_a_link(clock):
    """No pause begins that would go beyond it."""
    played = play(saving(context(clock, timeout=15)), clock, *[NO_LINK] * 9)
    assert isinstance(played.error, GenerationFailedError)
    assert played.sleeps == [10]


def not_there(status: int) -> DownloadError:
    """Return the error for a storage that does not have the video yet."""
    kind = LinkExpiredError if status >= 400 else IncompleteDownloadError
    return kind(f"The storage returned {status}.", status_code=status)


@pytest.mark.parametrize("status", [403, 404])
def test_a_video_that_is_late_is_tried_again_with_fresh_links(clock, status):
    """The first fresh link at once, the others with pauses."""
    late = not_there(status)
    played, saved = save(clock, late, completed(), late, completed(), late, completed(), stream())
    assert (saved, played.sleeps, len(played.calls)) == (MP4, [10, 10], 3)


@pytest.mark.parametrize("status", [202, 204])
def test_a_video_that_is_being_copied_is_tried_again_with_the_same_link(clock, status):
    """More often than a broken stream is."""
    played, saved = save(clock, *[not_there(status)] * 6, stream())
    assert (saved, played.sleeps, played.calls) == (MP4, [10] * 6, [])


@pytest.mark.parametrize("status", [202, 204, 403, 404])
def test_a_video_that_does_not_come_is_an_error_after_a_minute(clock, status):
    """It says whom to ask, and has the status."""
    late = not_there(status)
    each = (late, completed()) if status > 400 else (late,)
    played, _ = save(clock, *each * 9)
    assert type(played.error) is type(late)
    assert f"The storage returned {status} for 60 s" in str(played.error)
    assert f"ask AIML API for the video of generation {ID}." in str(played.error)
    assert isinstance(played.error, DownloadError)
    assert (played.error.status_code, sum(played.sleeps)) == (status, 60)


@pytest.mark.parametrize("status", [202, 404])
def test_a_deadline_ends_the_wait_for_a_video(clock, status):
    """No pause begins that would go beyond it."""
    late = not_there(status)
    played, _ = save(clock, *[late, completed(), late] if status > 400 else [late], timeout=10)
    assert (type(played.error), played.sleeps) == (type(late), [])


def test_a_storage_that_says_when_to_come_back_is_obeyed(clock):
    """Retry-After replaces the pauses and the minute."""
    busy = IncompleteDownloadError("The storage returned 202.", status_code=202, retry_after=90)
    played, saved = save(clock, busy, busy, stream())
    assert (saved, played.sleeps) == (MP4, [90, 90])


def test_progress_begins_the_minute_again(clock):
    """A storage that is late in the middle has just shown that it has the video."""
    late = [not_there(202)] * 5
    played, saved = save(clock, *late, stream(0, 50, broken()), *late, stream(50))
    assert saved == MP4
    assert sum(played.sleeps) >= 100


def test_a_missing_video_does_not_cost_the_bytes_held(clock):
    """A storage that rejects ranges returns another status than 404."""
    late = not_there(404)
    script = (stream(0, 50, broken()), late, completed(), late, completed(), stream(50))
    _, saved = save(clock, *script)
    assert saved == MP4
