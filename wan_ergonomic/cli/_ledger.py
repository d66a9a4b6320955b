"""The ledger that the commands use, unless WAN_LEDGER is off."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from wan_ergonomic import Generation, WanError
from wan_ergonomic._settings import find_base_url

from ._connection import Connection
from ._exits import UsageError
from ._ids import as_id, only
from ._outcome import UNSPENT

if TYPE_CHECKING:
    from wan_ergonomic.ledger import Job, Ledger


def require_ledger(target: Path | None = None) -> Ledger:
    """Return the ledger.

    Args:
        target: The folder that the videos of new submissions are meant for.

    Raises:
        UsageError: WAN_LEDGER is off.
    """
    from wan_ergonomic.ledger import find_ledger

    ledger = find_ledger(target=target)
    if ledger is None:
        raise UsageError(
            f"WAN_LEDGER is off, so no job is recorded on this machine. Unset it. {UNSPENT}"
        )
    return ledger


def find_job(known_as: str) -> Job:
    """Return the job with an id, or with its beginning: the vendor's, or the X-Client-Request-Id.

    Raises:
        UsageError: The ledger has no such job, or several that begin so.
        LedgerError: The ledger cannot be read.
    """
    ledger, known_as = require_ledger(), as_id(known_as)
    job = ledger.find(known_as)
    if job is None:
        known = [(each.generation_id, each.client_request_id) for each in ledger.jobs()]
        job = ledger.find(only(known_as, chain.from_iterable(known)))
    if job is None:
        raise UsageError(
            f"The ledger {ledger.path} has no job {known_as!r}. See wan jobs. {UNSPENT}"
        )
    return job


def known_generation(generation_id: str, connection: Connection) -> Generation:
    """Return a generation as a command begins with it: its id, and its request if that is known."""
    from wan_ergonomic.ledger import find_ledger

    if connection.sandbox or connection.no_ledger:
        return Generation(id=generation_id)
    # The ledger is not needed to go on.
    with suppress(WanError):
        ledger = find_ledger()
        job = ledger.find(generation_id) if ledger else None
        if job and job.generation_id == generation_id:
            return Generation(id=generation_id, request=job.body)
    return Generation(id=generation_id)


def last_id(base_url: str | None) -> str:
    """Return the id of the newest job that was accepted by an API; elsewhere it means nothing.

    Raises:
        UsageError: There is none.
        LedgerError: The ledger cannot be read.
        ConfigurationError: ``base_url`` is not a valid address.
    """
    ledger, url = require_ledger(), find_base_url(base_url)
    ids = (job.generation_id for job in ledger.jobs() if job.base_url == url)
    found = next(filter(None, ids), None)
    if found is None:
        raise UsageError(f"The ledger {ledger.path} has no accepted job of {url} yet. {UNSPENT}")
    return found
