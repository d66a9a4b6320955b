"""``wan recover``: looks for submissions whose outcome is unknown in the account's log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from wan_ergonomic._settings import find_base_url
from wan_ergonomic.cli._command import command
from wan_ergonomic.cli._completion import complete_lost
from wan_ergonomic.cli._connection import Connection, check_connection
from wan_ergonomic.cli._exits import UsageError
from wan_ergonomic.cli._ledger import require_ledger
from wan_ergonomic.cli._options import Reporting, spread
from wan_ergonomic.cli._outcome import UNSPENT
from wan_ergonomic.cli._streams import printable, report_prose
from wan_ergonomic.cli.session._result import put_result
from wan_ergonomic.cli.session._session import session
from wan_ergonomic.cli.session._several import work_through

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
        _look(request_id, connection, reporting)
        return
    work_through(
        _in_doubt(connection, reporting),
        lambda each: _look(each, connection, reporting),
        reporting,
    )


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
    with session(connection, reporting) as s:
        s.display.working("reading the request log")
        generation = s.client.recover(request_id, timeout=connection.timeout)
        s.display.accepted(generation)
    put_result(generation, reporting, printable(generation.id))
