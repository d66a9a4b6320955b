"""Ids as people give them: copied with what stood around them, or only their beginning."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import unquote

from wan_ergonomic import WanError
from wan_ergonomic._settings import find_base_url

from ._connection import Connection
from ._exits import UsageError
from ._outcome import UNSPENT

_AROUND = " \t\r\n'\"`“”\u2018\u2019«»<>()[],;."
_IN_LINK = re.compile(r"[?&]generation_id=([^&#\s]+)")
# What is shorter says too little, and what is longer is taken for a whole id.
_LENGTHS = range(4, 30)
_SHOWN = 5


def as_id(given: str) -> str:
    """Return an id without the quotes, the comma or the address it was copied with."""
    linked = _IN_LINK.search(given)
    return unquote(linked[1]) if linked else given.strip(_AROUND) or given


def full_id(given: str, connection: Connection) -> str:
    """Return the id of a generation, of which only the beginning may be given.

    What the ledger does not know is returned: the API may know it.

    Raises:
        UsageError: Several jobs of the API begin so, or nothing was given.
    """
    if not given.strip():
        raise UsageError(f"The id is empty. See wan jobs for the ids of your jobs. {UNSPENT}")
    known_as = as_id(given)
    if connection.sandbox or connection.no_ledger or not _may_be_beginning(known_as):
        return known_as
    from wan_ergonomic.ledger import find_ledger

    ids: list[str | None] = []
    with suppress(WanError):
        ledger, url = find_ledger(), find_base_url(connection.base_url)
        ids += [
            job.generation_id for job in (ledger.jobs() if ledger else ()) if job.base_url == url
        ]
    return only(known_as, ids)


def only(known_as: str, ids: Iterable[str | None]) -> str:
    """Return the one of the ids that is meant or begins so; without one, what was given.

    Raises:
        UsageError: Several begin so.
    """
    begin_so = _may_be_beginning(known_as)
    found = sorted({each for each in ids if begin_so and each and each.startswith(known_as)})
    if len(found) > 1 and known_as not in found:
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise UsageError(
            f"{len(found)} ids begin with {known_as!r}: {', '.join(found[:_SHOWN])}{more}. "
            f"Give more of it. {UNSPENT}"
        )
    return found[0] if len(found) == 1 else known_as


def _may_be_beginning(known_as: str) -> bool:
    return len(known_as) in _LENGTHS
