"""What is said when a paid job is interrupted: by Ctrl-C, a cancellation or a callback's error."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from wan_ergonomic._generation import Generation

_log = logging.getLogger("wan_ergonomic")


@contextmanager
def note_on_interrupt(
    words: str, *, besides: type[BaseException] | tuple[()] = ()
) -> Iterator[None]:
    """Note on whatever ends the block what became of the money, and log it.

    A cancelled scope swallows its exception, note and all; the log is still there.

    Args:
        words: What to say.
        besides: Errors that say it themselves.
    """
    try:
        yield
    except besides:
        raise
    except BaseException as error:
        error.add_note(words)
        _log.warning(words)
        raise


def resume_hint(generation: Generation) -> str:
    """Say that a generation does not end with whoever waits for it."""
    return (
        f"Generation {generation.id} was accepted and may go on: wait({generation.id!r}) picks it "
        "up again."
    )
