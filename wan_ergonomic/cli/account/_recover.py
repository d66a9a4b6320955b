"""``wan recover``: looks for submissions whose outcome is unknown in the account's log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import typer

from wan_ergonomic import LedgerError
from wan_ergonomic._settings import find_base_url
from wan_ergonomic.cli._command import command
from wan_ergonomic.cli._completion import complete_lost
from wan_ergonomic.cli._connection import Connection, check_connection
from wan_ergonomic.cli._exits import Exit, UsageError
from wan_ergonomic.cli._ids import as_id, only
from wan_ergonomic.cli._ledger import require_ledger
from wan_ergonomic.cli._options import Reporting, spread
from wan_ergonomic.cli._outcome import INTERRUPTED, UNSPENT, CommandError
from wan_ergonomic.cli._streams import printable, report_prose
from wan_ergonomic.cli.session._result import put_result
from wan_ergonomic.cli.session._session import session
from wan_ergonomic.cli.session._several import work_through

# How long each of several is looked for at first.
_SOON_SECONDS = 10.0
_STOPPED = (
    "Stopped looking. What is still in doubt may run and be billed; wan recover goes on looking, "
    "at no cost."
)
RequestId = Annotated[
    str | None,
    typer.Argument(
        metavar="REQUEST-ID",
        help="The X-Client-Request-Id of a submission in doubt.",
        autocompletion=complete_lost,
    ),
]
Everything = Annotated[
    bool, typer.Option("--all", help="Every submission in doubt in the ledger of this machine.")
]


@command("recover --all")
@spread
def recover(
    request_id: RequestId = None,
    *,
    everything: Everything = False,
    connection: Connection,
    reporting: Reporting,
) -> None:
    """Look for a submission in doubt in the account's request log.

    The log has a video's request once its job has ended, so this may take as long as
    a job. What is found is in the ledger then, and its id is printed; wan resume saves
    the video. Costs nothing and sends nothing again.
    """
    if (request_id is None) != everything:
        raise UsageError(f"Give the REQUEST-ID of one submission, or --all. {UNSPENT}")
    if connection.sandbox:
        raise UsageError(f"An embedded sandbox has no earlier jobs; leave out --sandbox. {UNSPENT}")
    check_connection(connection)
    if request_id is not None:
        _look(_checked(as_id(request_id), reporting), connection, reporting)
        return
    # One that is not in the log yet does not keep the others waiting.
    soon = replace(connection, timeout=min(connection.timeout or _SOON_SECONDS, _SOON_SECONDS))
    found = _in_doubt(connection, reporting)
    rest = [each for each in found if not _is_found(each, soon, reporting)]
    work_through(rest, lambda each: _look(each, connection, reporting), reporting)


def _checked(request_id: str, reporting: Reporting) -> str:
    """Return the id that is meant; say so if the ledger does not know the submission.

    Raises:
        UsageError: The submission was rejected, or several in doubt begin so.
    """
    from wan_ergonomic.ledger import find_ledger

    ledger = find_ledger()
    try:
        lost = [job.client_request_id for job in (ledger.jobs() if ledger else ()) if job.lost]
        request_id = only(request_id, lost)
        job = ledger.find(request_id) if ledger else None
    except LedgerError:
        # It is said when the submission is looked for.
        return request_id
    if job is None:
        if ledger and not reporting.quiet:
            report_prose(
                f"wan: the ledger of this machine has no submission {request_id}; it is looked for "
                "in the log of the account all the same."
            )
    elif job.outcome == "rejected":
        raise UsageError(f"{request_id} was rejected, and nothing was charged for it. {UNSPENT}")
    return request_id


def _is_found(request_id: str, connection: Connection, reporting: Reporting) -> bool:
    try:
        _look(request_id, connection, reporting)
    except CommandError as error:
        if error.outcome.code in {Exit.INTERRUPTED, Exit.TERMINATED, Exit.OUTPUT_CLOSED}:
            raise
        return False
    return True


def _in_doubt(connection: Connection, reporting: Reporting) -> Iterator[str]:
    """Yield the submissions to look for, the oldest first."""
    base_url = find_base_url(connection.base_url)
    found = [
        job.client_request_id
        for job in require_ledger().jobs()[::-1]
        if job.lost and job.base_url == base_url
    ]
    if not found and not reporting.quiet:
        report_prose(f"wan: no submission to {base_url} is in doubt.")
    yield from found


def _look(request_id: str, connection: Connection, reporting: Reporting) -> None:
    try:
        with session(connection, reporting) as s:
            s.display.working(f"looking for {request_id} in the request log")
            generation = s.client.recover(request_id, timeout=connection.timeout)
            s.display.accepted(generation)
    except CommandError as error:
        if error.outcome.kind == INTERRUPTED:
            raise CommandError(replace(error.outcome, message=_STOPPED)) from error
        raise
    put_result(generation, reporting, printable(generation.id))
