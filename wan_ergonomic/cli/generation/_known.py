"""The commands about one generation that is known: its status, its end, its video, its link.

Each checks its arguments, opens a session, acts, and prints the result.
"""

from __future__ import annotations

from typing import Annotated

import typer

from wan_ergonomic import Generation
from wan_ergonomic.cli._command import EXAMPLE_ID, command
from wan_ergonomic.cli._completion import complete_ids
from wan_ergonomic.cli._connection import Connection
from wan_ergonomic.cli._exits import Exit
from wan_ergonomic.cli._ids import full_id
from wan_ergonomic.cli._ledger import known_generation, last_id
from wan_ergonomic.cli._options import Reporting, spread
from wan_ergonomic.cli._outcome import CommandError, Outcome
from wan_ergonomic.cli._streams import printable
from wan_ergonomic.cli.session._destination import (
    check_destination,
    check_file,
    file_for,
    folder_of,
)
from wan_ergonomic.cli.session._options import Destination
from wan_ergonomic.cli.session._result import put_and_open, put_result
from wan_ergonomic.cli.session._session import session

from ._arguments import IdCommand

Id = Annotated[
    str | None,
    typer.Argument(
        metavar="ID", help="The generation's id, or its beginning.", autocompletion=complete_ids
    ),
]
Last = Annotated[
    bool, typer.Option("--last", help="The newest job of this machine, in place of an id.")
]


@command(f"status {EXAMPLE_ID}", cls=IdCommand)
@spread
def status(
    generation_id: Id = None,
    *,
    last: Last = False,
    connection: Connection,
    reporting: Reporting,
) -> None:
    """Print the status of a generation.

    Exits with 0 whatever the status is.
    """
    known = Generation(id=_id(generation_id, connection, last=last))
    with session(connection, reporting, generation=known) as s:
        generation = s.status(known.id, connection.timeout)
        s.display.describe(generation)
    put_result(generation, reporting, printable(generation.status))


@command(f"wait {EXAMPLE_ID} -o boat.mp4", cls=IdCommand)
@spread
def wait(
    generation_id: Id = None,
    *,
    last: Last = False,
    destination: Destination,
    connection: Connection,
    reporting: Reporting,
) -> None:
    """Wait until a generation is completed; with -o, save the video.

    Prints the file's path, or without -o the status.
    """
    known = known_generation(_id(generation_id, connection, last=last), connection)
    saving = destination if destination.output is not None else None
    if saving:
        check_destination(saving, as_json=reporting.as_json)
    opened = session(connection, reporting, destination=saving, generation=known)
    with opened as s:
        generation = s.wait(known, connection.timeout)
        if saving:
            generation, file = s.download(generation, saving)
        else:
            s.display.describe(generation)
    with s.state:
        if saving:
            put_and_open(generation, saving, reporting, file)
        else:
            put_result(generation, reporting, printable(generation.status))


@command(f"download {EXAMPLE_ID} -o boat.mp4", cls=IdCommand)
@spread
def download(
    generation_id: Id = None,
    *,
    last: Last = False,
    destination: Destination,
    connection: Connection,
    reporting: Reporting,
) -> None:
    """Save the video of a completed generation.

    Prints the file's path; without -o the file is named after the prompt, if this
    machine knows it, and the id. Resumes an earlier download that broke off. Costs
    nothing, however often it is repeated.
    """
    known = known_generation(_id(generation_id, connection, last=last), connection)
    check_destination(destination, as_json=reporting.as_json)
    if destination.output != "-" and folder_of(destination):
        check_file(file_for(destination, known), force=destination.force)
    opened = session(connection, reporting, destination=destination, generation=known)
    with opened as s:
        generation, file = s.download(known, destination, timeout=connection.timeout)
    with s.state:
        put_and_open(generation, destination, reporting, file)


@command(f"url {EXAMPLE_ID}", cls=IdCommand)
@spread
def url(
    generation_id: Id = None,
    *,
    last: Last = False,
    connection: Connection,
    reporting: Reporting,
) -> None:
    """Print a fresh link to the video of a completed generation.

    Whoever has the link can watch the video until it expires.
    """
    known = Generation(id=_id(generation_id, connection, last=last))
    with session(connection, reporting, generation=known) as s:
        generation = s.status(known.id, connection.timeout)
        if generation.video is None:
            raise CommandError(_no_link(generation, connection))
    put_result(generation, reporting, printable(generation.video.url))


def _no_link(generation: Generation, connection: Connection) -> Outcome:
    """Return the outcome of a command whose generation has no video, or not yet."""
    failed = f": {generation.error}" if generation.error else ""
    message = (
        f"Generation {generation.id} has no link: it is {generation.status}{failed}".rstrip(".")
        + "."
    )
    if generation.failed:
        kind = "GenerationFailedError"
        return Outcome(code=Exit.FAILED, kind=kind, message=message, generation=generation)
    address = ["--base-url", connection.base_url] if connection.base_url else []
    return Outcome(
        code=Exit.RESUMABLE,
        kind="NotCompletedError",
        message=message,
        generation=generation,
        next_step="Wait for it with",
        arguments=["wait", *address, "--", generation.id],
    )


def _id(generation_id: str | None, connection: Connection, *, last: bool) -> str:
    return last_id(connection.base_url) if last else full_id(str(generation_id), connection)
