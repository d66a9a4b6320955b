"""Objects that belong to one process or to one event loop.

A forked child process has copies of its parent's objects, but only one of its threads:
locks that other threads held are never released in it. Locks and connections of one
event loop fail or hang in another.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary, WeakSet

if TYPE_CHECKING:
    from anyio.lowlevel import RunVar


class Renewable(Protocol):
    """An object that a child process cannot share with its parent."""

    def renew(self) -> None:
        """Replace what cannot be shared; called in the only thread of a new child process."""


_renewables: WeakSet[Renewable] = WeakSet()


def renew_after_fork(renewable: Renewable) -> None:
    """Call ``renew`` of an object in each forked child process, as long as the object exists."""
    _renewables.add(renewable)


def _renew_all() -> None:
    for renewable in tuple(_renewables):
        renewable.renew()


# Windows has no fork.
if hasattr(os, "register_at_fork"):  # pragma: no branch
    os.register_at_fork(after_in_child=_renew_all)


_made: dict[str, RunVar[WeakKeyDictionary[Any, Any]]] = {}


def _loops() -> RunVar[WeakKeyDictionary[Any, Any]]:
    if not _made:
        # Only the asynchronous client needs it.
        from anyio.lowlevel import RunVar

        # Two threads may come here at once; what one of them has stored must not be lost.
        _made.setdefault("loops", RunVar("wan_ergonomic"))
    return _made["loops"]


def of_this_loop() -> WeakKeyDictionary[Any, Any]:
    """Return the values of the running event loop, keyed by the object that uses them."""
    try:
        return _loops().get()
    except LookupError:
        found: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
        _loops().set(found)
        return found
