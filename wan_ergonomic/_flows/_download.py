"""Downloading, written once for both clients: which link to fetch, and what to retry."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from wan_ergonomic._errors import DownloadError, IncompleteDownloadError, LinkExpiredError
from wan_ergonomic._generation import Generation, Update

from ._messages import failed, not_in_storage, without_link
from ._patience import Patience
from ._retrying import backoff
from ._steps import (
    CallbackError,
    CallContext,
    Fetch,
    FileWork,
    Finish,
    Flow,
    Progress,
    Report,
    Sleep,
    Steps,
    callback_errors,
)
from ._wait import status

if TYPE_CHECKING:
    from wan_ergonomic._files import PartFile

# A caller need not set a deadline, so a Retry-After of this many seconds ends the download.
LONGEST_DELAY = 300.0

# Statuses of a storage that may not have the video yet, just after its job is completed.
_NOT_THERE = frozenset({202, 204, 403, 404})


def download(
    generation: Generation,
    part: PartFile,
    context: CallContext,
    on_progress: Progress | None = None,
    finish: Finish | None = None,
) -> Flow:
    """Fetch a finished video into a part file and publish it."""
    try:
        try:
            yield from _open(part, generation)
            generation = yield from _fetch(generation, part, context, on_progress, finish)
        finally:
            yield FileWork(part.close)
    except CallbackError as passed:
        raise passed.error from None
    except DownloadError as error:
        error.generation_id = generation.id
        raise
    yield Report(Update(generation=generation, elapsed=context.elapsed()))
    return generation


def _open(part: PartFile, generation: Generation) -> Steps[None]:
    try:
        yield FileWork(part.open)
    except DownloadError as error:
        error.add_note(
            f"Generation {generation.id} keeps its video: download it again, at no cost."
        )
        raise


def _fetch(
    generation: Generation,
    part: PartFile,
    context: CallContext,
    on_progress: Progress | None,
    finish: Finish | None,
) -> Flow:
    """Fetch; renew a link that expired, and resume a stream that broke off."""
    tries = _Tries(part, context)
    while True:
        if generation.video is None:
            generation = yield from _renew(generation, context)
            tries.renewed = True
        assert generation.video
        try:
            yield Fetch(
                url=generation.video.url, part=part, left=context.left, on_progress=on_progress
            )
            changed = partial(_changed, finish, generation) if finish else None
            yield FileWork(partial(part.publish, changed))
            return replace(generation, file=part.path)
        except LinkExpiredError as error:
            tries.note_progress()
            if tries.may_restart(error):
                # Some storage hosts reject a range but accept a request for the whole video.
                yield FileWork(part.restart)
                continue
            delay = tries.until_renewal(error, generation)
            generation = replace(generation, video=None)
        except IncompleteDownloadError as error:
            tries.note_progress()
            delay = tries.until_retry(error, generation)
        if delay is not None:
            yield Sleep(delay)


def _changed(finish: Finish, generation: Generation, *paths: object) -> bool:
    with callback_errors():
        return finish(generation, *paths)


class _Tries:
    """What a download has tried since it last received new bytes.

    Attributes:
        renewed: Whether the link was renewed since then.
    """

    def __init__(self, part: PartFile, context: CallContext) -> None:
        self._part = part
        self._context = context
        self._reset()

    def _reset(self) -> None:
        self.renewed = False
        self._furthest = self._part.offset
        self._restarted = False
        self._attempt = 1
        self._patience = Patience(self._context)

    def note_progress(self) -> None:
        """Start counting again if new bytes were received."""
        if self._part.offset > self._furthest:
            self._reset()

    def may_restart(self, error: LinkExpiredError) -> bool:
        """Whether the requested range may be why a fresh link was rejected; true only once."""
        held = self._part.offset > 0 and error.status_code != 404
        may = held and self.renewed and not self._restarted
        self._restarted = self._restarted or may
        return may

    def until_renewal(self, error: LinkExpiredError, generation: Generation) -> float | None:
        """Return the seconds until the link is renewed; None for at once.

        Raises:
            LinkExpiredError: A fresh link was rejected, too.
        """
        return self._until_there(error, generation) if self.renewed else None

    def until_retry(self, error: IncompleteDownloadError, generation: Generation) -> float:
        """Return the seconds until the same link is tried again.

        Raises:
            IncompleteDownloadError: It was tried often enough, or the delay is too long.
        """
        if error.status_code in _NOT_THERE and error.retry_after is None:
            return self._until_there(error, generation)
        delay = backoff(self._context.retrying, self._attempt, error)
        late = delay >= min(self._context.left(), LONGEST_DELAY)
        if self._attempt >= self._context.retrying.attempts or late:
            raise error
        self._attempt += 1
        return delay

    def _until_there(self, error: DownloadError, generation: Generation) -> float:
        """Return the seconds until another attempt, for a video that may not be stored yet."""
        if error.status_code not in _NOT_THERE:
            raise error
        pause = self._patience.pause()
        if pause is None:
            raise not_in_storage(error, generation, self._patience.waited) from error
        if pause >= self._context.left():
            raise error
        return pause


def _renew(generation: Generation, context: CallContext) -> Flow:
    """Poll for a fresh link, for a minute if there is none yet."""
    patience = Patience(context)
    while True:
        seen = yield from status(generation, context)
        if seen.failed:
            raise failed(seen)
        if seen.pending:
            raise DownloadError(
                f"Generation {seen.id} has no video yet (status: {seen.status}). Wait for it first."
            )
        if seen.video:
            return seen
        pause = patience.pause()
        if pause is None or pause >= context.left():
            raise without_link(seen, patience.waited)
        yield Sleep(pause)
