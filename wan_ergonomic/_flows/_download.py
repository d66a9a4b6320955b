"""Downloading, written once for both clients: which link, and what to try again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wan_ergonomic._errors import DownloadError, IncompleteDownloadError, LinkExpiredError
from wan_ergonomic._files._part_file import PartFile, Target
from wan_ergonomic._generation import Generation, Update

from ._flow import failed, status
from ._retrying import pause
from ._steps import CallbackError, CallContext, Fetch, Flow, Report, Sleep

# A caller may set no deadline; a store that asks for more seconds than this is not waited for.
LONGEST_PAUSE = 300.0

Progress = Callable[[int, int | None], object]


def download(
    generation: Generation,
    to: Target,
    context: CallContext,
    on_progress: Progress | None = None,
    *,
    overwrite: bool = False,
) -> Flow:
    """Fetch a finished video into a part file and publish it."""
    try:
        with PartFile(to, generation.id, overwrite=overwrite) as part:
            generation = yield from _fetch(generation, part, context, on_progress)
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
    """Fetch, renewing the link once and going on where a stream broke off.

    Attempts are counted from the last one that got further than any before it.
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
            part.publish()
            return generation
        except LinkExpiredError:
            if not renewed:
                generation = replace(generation, video=None)
            elif part.offset and not restarted:
                # Some stores refuse to go on in the middle, and nothing else.
                part.restart()
                restarted = True
            else:
                raise
            continue
        except IncompleteDownloadError as error:
            if part.offset > furthest:
                attempt, furthest = 1, part.offset
            delay = pause(context.retrying, attempt, error)
            if attempt >= context.retrying.attempts or delay >= min(context.left(), LONGEST_PAUSE):
                raise
        yield Sleep(delay)
        attempt += 1


def _renew(generation: Generation, context: CallContext) -> Flow:
    """Ask for a fresh link."""
    seen = yield from status(generation, context)
    if seen.failed:
        raise failed(seen)
    if seen.pending:
        raise DownloadError(
            f"Generation {seen.id} has no video yet (status: {seen.status}). Wait for it first."
        )
    if seen.video is None:
        raise DownloadError(f"Generation {seen.id} is {seen.status}, but the API gives no link.")
    return seen
