"""Makes each video that a client saves say of itself what it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import IO

from wan_ergonomic._errors import LedgerError, VideoFileError
from wan_ergonomic._generation import Generation
from wan_ergonomic.ledger import Ledger

from ._about import about
from ._metadata import copy_with_metadata


def metadata_for(
    ledger: Ledger | None = None, on_trouble: Callable[[str], object] = lambda _: None
) -> Callable[[Generation, IO[bytes], IO[bytes]], bool]:
    """Return what ``download`` takes as ``finish``, so that each video says of itself what it is.

    A video to which nothing can be written is saved as it was sent: it is paid for.

    Args:
        ledger: Knows the request of a generation that is known by its id alone.
        on_trouble: Called with a sentence if nothing can be written to a video.
    """

    def finish(generation: Generation, source: IO[bytes], target: IO[bytes]) -> bool:
        job = None
        with suppress(LedgerError):
            job = ledger.find(generation.id) if ledger else None
        try:
            copy_with_metadata(source, target, about(generation, job))
        except VideoFileError as error:
            reason = getattr(error.__cause__, "strerror", None) or error.__cause__
            on_trouble(f"the video is saved as it was sent, without metadata: {reason}.")
            return False
        return True

    return finish
