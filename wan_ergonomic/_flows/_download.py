"""Downloading, written once for both clients: which link to fetch, and what to retry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from wan_ergonomic._errors import DownloadError, IncompleteDownloadError, LinkExpiredError
from wan_ergonomic._generation import Generation, Update

from ._messages import failed
from ._retrying import backoff
from ._steps import CallbackError, CallContext, Fetch, FileWork, Flow, Report, Sleep
from ._wait import status

if TYPE_CHECKING:
    from wan_ergonomic._files import PartFile

# A caller may set no deadline; a longer Retry-After than this, in seconds, ends the download.
LONGEST_DELAY = 300.0

Progress = Callable[[int, int | None], object]


def download(
    generation: Generation,
    part: PartFile,
    context: CallContext,
    on_progress: Progress | None = None,
) -> Flow:
    """Fetch a finished video into a part file and publish it."""
    try:
        try:
            yield FileWork(part.open)
            generation = yield from _fetch(generation, part, context, on_progress)
        finally:
            yield FileWork(part.close)
    except CallbackError as passed:
        raise passed.error from None
    except DownloadError as error:
        error.generation_id = generation.id
        raise
    yield Report(Update(generation=generation, elapsed=context.elapsed()))
    return generation


def _fetch(
    generation: Generation, part: PartFile, context: CallContext, on_progress: Progress | None
) -> Flow:
    """Fetch, renewing the link once and resuming where a stream broke off.

    The count of attempts starts again whenever one gets further than those before.
    """
    renewed, restarted, attempt, furthest = False, False, 1, part.offset
    while True:
        if generation.video is None:
            generation, renewed = (yield from _renew(generation, context)), True
        assert generation.video
        try:
            yield Fetch(
                url=generation.video.url, part=part, left=context.left, on_progress=on_progress
            )
            yield FileWork(part.publish)
            return generation
        except LinkExpiredError:
            if not renewed:
                generation = replace(generation, video=None)
            elif part.offset and not restarted:
                # Some storage hosts reject a range and accept the whole.
                yield FileWork(part.restart)
                restarted = True
            else:
                raise
            continue
        except IncompleteDownloadError as error:
            if part.offset > furthest:
                attempt, furthest = 1, part.offset
            delay = backoff(context.retrying, attempt, error)
            late = delay >= min(context.left(), LONGEST_DELAY)
            if attempt >= context.retrying.attempts or late:
                raise
        yield Sleep(delay)
        attempt += 1


def _renew(generation: Generation, context: CallContext) -> Flow:
    """Poll for a fresh link."""
    seen = yield from status(generation, context)
    if seen.failed:
        raise failed(seen)
    if seen.pending:
        raise DownloadError(
            f"Generation {seen.id} has no video yet (status: {seen.status}). Wait for it first."
        )
    if seen.video is None:
        raise DownloadError(
            f"Generation {seen.id} is {seen.status}, but the API gives no link to its video."
        )
    return seen
