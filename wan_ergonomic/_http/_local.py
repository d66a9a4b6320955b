"""What belongs to one process, or to one event loop, alone.

A child process has a copy of everything, but none of its parent's other threads, so
the locks that they held would stay held for ever. Locks and connections of one
event loop fail or hang in another.
"""

from __future__ import annotations

import os
from typing import Any, Protocol
from weakref import WeakKeyDictionary, WeakSet

import anyio.lowlevel


class Renewable(Protocol):
    """Something that cannot be shared between processes."""

    def renew(self) -> None:
        """Begin anew, in the only thread of a new process."""


_renewables: WeakSet[Renewable] = WeakSet()


def renew_after_fork(thing: Renewable) -> None:
    """Renew a thing in each child process of this one, for as long as it exists."""
    _renewables.add(thing)


def _renew_all() -> None:
    for thing in tuple(_renewables):
        thing.renew()


# Windows has no fork.
if hasattr(os, "register_at_fork"):  # pragma: no branch
    os.register_at_fork(after_in_child=_renew_all)


_loops: anyio.lowlevel.RunVar[WeakKeyDictionary[Any, Any]] = anyio.lowlevel.RunVar("wan_ergonomic")


def of_this_loop() -> WeakKeyDictionary[Any, Any]:
    """Return what belongs to the running event loop alone, by the object that uses it."""
    try:
        return _loops.get()
    except LookupError:
        found: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
        _loops.set(found)
        return found
