"""What one client has spent, in memory: for a cap without a ledger."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from weakref import WeakSet

from wan_ergonomic._errors import SubmissionInDoubtError, WanError
from wan_ergonomic._generation import Generation

from ._cap import Cap, was_free


class Books:
    """Reserves and settles what the submissions of one client cost; forgets all else."""

    def __init__(self, cap: Cap) -> None:
        self._cap = cap
        self._lock = threading.Lock()
        # When each submission began, and what it cost or is expected to cost.
        self._spent: dict[int, tuple[float, float]] = {}
        self._entries: dict[str, int] = {}
        self._last = 0
        _all.add(self)

    def renew(self) -> None:
        """Replace the lock; called in the only thread of a new child process."""
        self._lock = threading.Lock()

    def begin(self, _: str, __: Mapping[str, Any], usd: float | None) -> int:
        """Reserve what a submission costs; return its number.

        Raises:
            SpendLimitError: It would cost more than the cap leaves.
        """
        now = time.monotonic()
        with self._lock:
            recent = self._spent.items()
            self._spent = {n: one for n, one in recent if now - one[0] < self._cap.seconds}
            self._entries = {g: n for g, n in self._entries.items() if n in self._spent}
            self._cap.check(sum(spent for _, spent in self._spent.values()), usd)
            self._last += 1
            self._spent[self._last] = now, usd or 0.0
            return self._last

    def accepted(self, generation: Generation, entry: int | None) -> None:
        """Settle a submission with what the API says that it cost."""
        charged = generation.usage.in_usd if generation.usage else None
        with self._lock:
            if entry in self._spent:
                self._entries[generation.id] = entry
                if charged is not None and charged > 0:
                    self._spent[entry] = self._spent[entry][0], charged

    def ended(self, _: str, error: WanError, entry: int | None) -> None:
        """Release a submission that was rejected; one in doubt keeps its reservation."""
        if not isinstance(error, SubmissionInDoubtError) and entry is not None:
            with self._lock:
                self._spent.pop(entry, None)

    def seen(self, generation: Generation) -> None:
        """Release a generation that has failed and is said to have cost nothing."""
        if was_free(generation):
            with self._lock:
                self._spent.pop(self._entries.pop(generation.id, 0), None)

    def saved(self, generation: Generation, file: Path) -> None:
        """Do nothing: only money counts here."""


_all: WeakSet[Books] = WeakSet()


def _renew_all() -> None:
    for books in tuple(_all):
        books.renew()


# A lock that another thread holds at a fork is never released in the child. Windows has no fork.
if hasattr(os, "register_at_fork"):  # pragma: no branch
    os.register_at_fork(after_in_child=_renew_all)
