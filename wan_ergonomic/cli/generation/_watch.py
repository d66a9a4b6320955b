"""``wan watch``: several generations at once, as a table, until each has ended."""

from __future__ import annotations

from typing import Annotated

import typer

from wan_ergonomic._settings import find_base_url
from wan_ergonomic.cli._command import EXAMPLE_ID, command
from wan_ergonomic.cli._completion import complete_ids
from wan_ergonomic.cli._connection import Connection
from wan_ergonomic.cli._exits import UsageError
from wan_ergonomic.cli._ids import full_id
from wan_ergonomic.cli._ledger import known_generation, require_ledger
from wan_ergonomic.cli._options import Reporting, spread
from wan_ergonomic.cli._outcome import UNSPENT
from wan_ergonomic.cli._streams import report_prose
from wan_ergonomic.cli.session._destination import check_destination, folder_of
from wan_ergonomic.cli.session._opened import open_if_wanted
from wan_ergonomic.cli.session._options import Destination
from wan_ergonomic.cli.session._session import session
from wan_ergonomic.cli.session._together import Together

from ._arguments import IdsCommand
from ._requests import MOST


@command(f"watch {EXAMPLE_ID} -o videos/", cls=IdsCommand)
@spread
def watch(
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID",
            help="The generations; by default all unfinished ones.",
            autocompletion=complete_ids,
        ),
    ] = None,
    *,
    destination: Destination,
    connection: Connection,
    reporting: Reporting,
) -> None:
    """Watch several generations until each has ended.

    Prints ids and statuses; with -o FOLDER, saves each video and prints its path.
    Without an id it watches every unfinished job of this machine. Costs nothing.
    """
    if connection.sandbox:
        raise UsageError(f"An embedded sandbox has no earlier jobs; leave out --sandbox. {UNSPENT}")
    saving = destination if destination.output is not None else None
    if saving:
        if saving.output == "-" or folder_of(saving) is None:
            raise UsageError(
                f"-o {saving.output} is for one video. Name a folder, as in -o videos/. {UNSPENT}"
            )
        check_destination(saving, as_json=reporting.as_json)
    named = [full_id(each, connection) for each in ids or ()]
    chosen = list(dict.fromkeys(named or _unfinished(connection)))
    if not chosen:
        if not reporting.quiet:
            report_prose(f"wan: no job at {find_base_url(connection.base_url)} is unfinished.")
        return
    if len(chosen) > MOST:
        raise UsageError(f"{len(chosen):,} generations are too many; name at most {MOST}.")
    opened = session(connection, reporting, destination=saving, several=True)
    with opened as s:
        together = Together(s, connection, reporting, saving)
        jobs = [together.known(known_generation(each, connection)) for each in chosen]
        together.finish(jobs)
    if saving and together.saved:
        open_if_wanted(saving, folder_of(saving))
    together.exit()


def _unfinished(connection: Connection) -> list[str]:
    """Return the ids of the unfinished jobs of this machine, the oldest first."""
    base_url = find_base_url(connection.base_url)
    found = require_ledger().jobs(unfinished=True)[::-1]
    return [str(job.generation_id) for job in found if job.base_url == base_url]
