"""Repeats what failed only for the moment, and notes it.

A published document is read at most a few times a day, by a program that nobody
watches: one busy second of the server should not end in a report. Reading costs
nothing, so every temporary failure may be repeated, within a time limit.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import ceil
from typing import TypeVar

from wan_ergonomic._clock import Clock
from wan_ergonomic._errors import ContractError

CLOCK = Clock()
ATTEMPTS = 4
# Seconds that the first delay may last; it doubles with each attempt.
BACKOFF = 0.5

Result = TypeVar("Result")

_notes: ContextVar[list[str] | None] = ContextVar("_notes", default=None)


class TemporaryError(Exception):
    """What failed may succeed later; the text says why it failed.

    Attributes:
        hint: What to do if it goes on failing, as a sentence; may be empty.
        retry_after: The seconds to wait that the server asked for; 0 if it did not ask.
    """

    def __init__(self, reason: str, hint: str = "", retry_after: float = 0.0) -> None:
        super().__init__(reason)
        self.hint = hint
        self.retry_after = retry_after


@contextmanager
def noting_retries() -> Iterator[list[str]]:
    """Collect a sentence for each attempt in this block that failed and was repeated."""
    notes: list[str] = []
    token = _notes.set(notes)
    try:
        yield notes
    finally:
        _notes.reset(token)


def with_retries(fetch: Callable[[], Result], name: str, seconds: float) -> Result:
    """Return what a function returns, called again after each TemporaryError.

    Args:
        fetch: The function.
        name: What it fetches, for messages.
        seconds: The time for all attempts and the delays between them.

    Raises:
        ContractError: The last attempt failed too, or the next one would begin too late.
    """
    end, attempt = CLOCK.now() + seconds, 0
    while True:
        attempt += 1
        try:
            return fetch()
        except TemporaryError as error:
            # Jitter: the many programs that a server turned away should not return together.
            delay = error.retry_after + random.uniform(0, BACKOFF * 2 ** (attempt - 1))
            if attempt == ATTEMPTS or delay >= end - CLOCK.now():
                raise _given_up(error, name, attempt) from error
            if (notes := _notes.get()) is not None:
                notes.append(f"{name}: {error}; tried again after {delay:.1f} s")
            CLOCK.sleep(delay)


def _given_up(error: TemporaryError, name: str, attempts: int) -> ContractError:
    after = f" in {attempts} attempts" if attempts > 1 else ""
    hint = error.hint
    if error.retry_after:
        hint = f"The server asks to try again after {ceil(error.retry_after)} s."
    return ContractError(f"{name} could not be fetched{after}: {error}. {hint}".rstrip())
