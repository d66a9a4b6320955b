"""``wan batch status`` and ``wan batch resolve``: they need no key, and send nothing."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from wan_ergonomic._price import show_usd
from wan_ergonomic.cli._exits import UsageError
from wan_ergonomic.cli._options import Reporting, output_option
from wan_ergonomic.cli._outcome import UNSPENT
from wan_ergonomic.cli._streams import is_terminal, printable, put, put_json

from ._end import report_troubled
from ._open import needs_batch
from ._options import Database, Json
from ._progress import choose_progress
from ._words import as_data, counts, money, row_as_data

if TYPE_CHECKING:
    from wan_ergonomic.batch import Batch, Status

_FOLLOW_SECONDS = 1.0


def status(
    out: Annotated[
        str | None, typer.Argument(metavar="FOLDER", help="The batch's folder or bucket.")
    ] = None,
    *,
    database: Database = None,
    follow: Annotated[
        bool, output_option("--follow", "-f", help="Go on while the batch runs.")
    ] = False,
    rows: Annotated[bool, output_option("--rows", help="Show each row, too.")] = False,
    as_json: Json = False,
) -> None:
    """Show how far a batch is, from any terminal."""
    with needs_batch():
        from wan_ergonomic.batch import open_batch
    with open_batch(out, database=database) as batch:
        found = _follow(batch, as_json=as_json) if follow else batch.status()
        if as_json:
            each = {"rows": [row_as_data(row) for row in batch.rows()]} if rows else {}
            put_json({**as_data(found), **each})
            return
        put(f"{out or found.name}: {counts(found)}; {money(found)}{_by(found)}")
        if not rows:
            report_troubled(batch, found)
        for row in batch.rows() if rows else ():
            said = row.file or row.reason or ""
            put(printable(f"{row.n:>5}  {row.state:10}  {said}  {row.prompt}").rstrip())


def _by(found: Status) -> str:
    """Return who runs a batch, as the rest of a line."""
    if found.is_finished:
        return ""
    if not found.workers:
        return "; nobody runs it"
    return "; one process runs it" if found.workers == 1 else f"; {found.workers} processes run it"


def _follow(batch: Batch, *, as_json: bool) -> Status:
    """Show each change until a batch has ended or nobody runs it; return how far it is then."""
    drawn = is_terminal(sys.stderr) and not as_json
    last, found = "", batch.status()
    with choose_progress(Reporting(quiet=not drawn)) as progress:
        while found.workers and not found.is_finished:
            progress.show(batch, found)
            said = f"{counts(found)}; {money(found)}"
            if said != last and as_json:
                put_json(as_data(found))
            elif said != last and not drawn:
                put(said)
            last = said
            time.sleep(_FOLLOW_SECONDS)
            found = batch.status()
    return found


def resolve(
    out: Annotated[str, typer.Argument(metavar="FOLDER", help="The batch's folder or bucket.")],
    row: Annotated[int, typer.Argument(metavar="ROW", min=1, help="The row's number.")],
    *,
    database: Database = None,
    send_again: Annotated[
        bool, typer.Option("--send-again", help="Send it again; it may be charged twice.")
    ] = False,
    give_up: Annotated[
        bool, typer.Option("--give-up", help="Make no video of it; count it as charged.")
    ] = False,
) -> None:
    """Decide about a row in doubt: send it again, or give it up.

    A row that has failed can be sent again, too, also if its video was made and then lost.
    """
    if send_again == give_up:
        raise UsageError(f"Choose one of --send-again and --give-up. {UNSPENT}")
    word: Literal["send again", "give up"] = "send again" if send_again else "give up"
    with needs_batch():
        from wan_ergonomic.batch import open_batch
    with open_batch(out, database=database) as batch:
        batch.resolve(row, word)
        spent = show_usd(batch.status().usd)
    then = "is sent again when the batch runs" if send_again else "is given up, and counts as paid"
    put(f"Row {row} {then}; {spent} are charged and reserved so far.")
