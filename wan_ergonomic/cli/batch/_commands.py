"""``wan batch``: many prompts, each of which gets a video or a reason."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from wan_ergonomic.cli._command import Command, Commands
from wan_ergonomic.cli._connection import Connection
from wan_ergonomic.cli._exits import UsageError
from wan_ergonomic.cli._options import Reporting, output_option, spread
from wan_ergonomic.cli._outcome import UNSPENT
from wan_ergonomic.cli._streams import (
    is_terminal,
    put,
    put_json,
    report_command,
    report_prose,
)
from wan_ergonomic.cli.session._options import PromptOptions, PromptSettings

from ._open import Api, api_of, defaults_of, ledger_of, needs_batch
from ._options import Database, Limits, ListFile, Listing, Manner, Out
from ._progress import choose_progress
from ._run import run_batch
from ._words import as_data, counts, exit_of, money, row_as_data

if TYPE_CHECKING:
    from wan_ergonomic.batch import BadRow, Batch, Row, Status

_FOLLOW_SECONDS = 2.0
_SHOWN = 20
Json = Annotated[bool, output_option("--json", help="Print one JSON object.")]


@spread
def plan(
    source: ListFile = None,
    *,
    options: PromptOptions,
    settings: PromptSettings,
    listing: Listing,
    connection: Connection,
    limit: Annotated[
        int, output_option(min=0, metavar="NUMBER", help="The most rows shown.")
    ] = _SHOWN,
    as_json: Json = False,
) -> None:
    """Show the rows of a list, what is wrong with it, and what it costs. Sends nothing."""
    with needs_batch():
        from wan_ergonomic.batch import plan_of
    with api_of(connection) as api:
        found = plan_of(
            _rows_of(_required(source), listing),
            defaults_of(options, settings),
            names=listing.names,
            price=api.price(),
            shown=limit,
            allow_unsupported=settings.allow_unsupported,
        )
    if as_json:
        put_json(found.as_data())
    else:
        for line in found.lines():
            put(line)
    if found.bad.count and not listing.skip_bad:
        raise typer.Exit(2)


@spread
def run(
    source: ListFile = None,
    *,
    out: Out = None,
    database: Database = None,
    options: PromptOptions,
    settings: PromptSettings,
    listing: Listing,
    limits: Limits,
    manner: Manner,
    connection: Connection,
    reporting: Reporting,
) -> None:
    """Make a video of each prompt of a list; run it again to go on.

    Nothing is sent twice, whatever happens in between. Ctrl-C once finishes what
    was sent, twice stops at once.
    """
    if out is None:
        raise UsageError(f"Name the folder for the videos with --out. {UNSPENT}")
    with needs_batch():
        from wan_ergonomic.batch import open_batch
    with api_of(connection) as api:
        settled = None if source is None else _settings(out, api, listing, limits, manner)
        with open_batch(out, database=database, create=settled) as batch:
            _check_address(batch, api, connection)
            batch.change(**limits.given(), stop_on_bad=manner.stop_on_bad)
            if source is not None:
                added = batch.add(
                    _rows_of(source, listing),
                    defaults=defaults_of(options, settings),
                    price=api.price(),
                    extend=listing.extend,
                    skip_bad=listing.skip_bad,
                    draw_seeds=not listing.no_seeds,
                    allow_unsupported=settings.allow_unsupported,
                )
                for text in sorted(added.warnings):
                    report_prose(f"wan: warning: {text}")
            if manner.retry_failed:
                batch.retry()
            _ask(batch, manner, reporting)
            status = _made(batch, api, connection, manner, reporting)
            _conclude(batch, status, out, database, reporting)
    raise typer.Exit(exit_of(status))


@spread
def worker(
    *,
    database: Annotated[str, typer.Option(metavar="URL", help="PostgreSQL database of the batch.")],
    out: Out = None,
    connection: Connection,
    reporting: Reporting,
) -> None:
    """Join a batch that others have begun, on this machine or another one."""
    with needs_batch():
        from wan_ergonomic.batch import open_batch
    with api_of(connection) as api, open_batch(out, database=database) as batch:
        _check_address(batch, api, connection)
        status = _made(batch, api, connection, Manner(), reporting)
        _conclude(batch, status, batch.settings.output, database, reporting)
    raise typer.Exit(exit_of(status))


def status(
    out: Annotated[
        str | None, typer.Argument(metavar="FOLDER", help="The folder of the batch.")
    ] = None,
    *,
    database: Database = None,
    follow: Annotated[
        bool, output_option("--follow", "-f", help="Go on until the batch has ended.")
    ] = False,
    rows: Annotated[bool, output_option("--rows", help="Show each row, too.")] = False,
    as_json: Json = False,
) -> None:
    """Show how far a batch is, from any terminal."""
    with needs_batch():
        from wan_ergonomic.batch import open_batch
    with open_batch(out, database=database) as batch:
        found = batch.status()
        while follow and not found.is_finished:
            _put_status(batch, found, rows=False, as_json=as_json)
            time.sleep(_FOLLOW_SECONDS)
            found = batch.status()
        _put_status(batch, found, rows=rows, as_json=as_json)


def resolve(
    out: Annotated[str, typer.Argument(metavar="FOLDER", help="The folder of the batch.")],
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
    """Say what is to become of a row in doubt: only a person can send it again."""
    if send_again == give_up:
        raise UsageError(f"Choose one of --send-again and --give-up. {UNSPENT}")
    word: Literal["send again", "give up"] = "send again" if send_again else "give up"
    with needs_batch():
        from wan_ergonomic.batch import open_batch
    with open_batch(out, database=database) as batch:
        batch.resolve(row, word)
    if send_again:
        report_command("It is sent when the batch runs again", _command("run", "--out", out))


def _required(source: str | None) -> str:
    if source is None:
        raise UsageError(f"Name the list of prompts. {UNSPENT}")
    return source


def _rows_of(source: str, listing: Listing) -> Iterable[Row | BadRow]:
    from wan_ergonomic.batch import read_rows

    return read_rows(source, listing.form)


def _settings(out: str, api: Api, listing: Listing, limits: Limits, manner: Manner) -> Any:
    from wan_ergonomic.batch import DEFAULT_NAMES, Settings

    return Settings(
        base_url=api.base_url,
        output=out,
        names=listing.names or DEFAULT_NAMES,
        metadata=not manner.no_metadata,
        **limits.given(),
    )


def _check_address(batch: Batch, api: Api, connection: Connection) -> None:
    """Refuse another API than that of the batch: its ids mean nothing there."""
    if connection.sandbox or api.base_url == batch.settings.base_url:
        return
    raise UsageError(
        f"The batch belongs to {batch.settings.base_url}, not to {api.base_url}. Name it with "
        f"--base-url. {UNSPENT}"
    )


def _ask(batch: Batch, manner: Manner, reporting: Reporting) -> None:
    """Say what the rest of a batch costs, and ask on a terminal."""
    found = batch.status()
    left = found.count("waiting", "held")
    if not left:
        return
    expected = found.expected_usd
    price = "at an unknown price" if expected is None else f"for ${expected:.2f} in all"
    said = f"{found.total:,} rows {price}; {left:,} of them are not sent yet."
    if not reporting.quiet and not reporting.as_json:
        report_prose(f"wan: {said}")
    capped = batch.settings.max_usd is not None or batch.settings.max_videos is not None
    if manner.yes or capped or not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        return
    sys.stderr.write("Send them? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise UsageError(f"Not sent, as you answered. {UNSPENT}")


def _made(
    batch: Batch, api: Api, connection: Connection, manner: Manner, reporting: Reporting
) -> Status:
    """Run a batch, and return how far it is then."""
    from wan_ergonomic.batch import BatchClient

    progress = choose_progress(reporting)
    ledger = ledger_of(connection, progress.trouble)
    try:
        return run_batch(
            batch,
            lambda: BatchClient(**api.options),
            ledger=ledger,
            reuse=manner.reuse,
            sample=manner.sample,
            recover=not manner.no_recover,
            on_status=progress.show,
            on_trouble=progress.trouble,
        )
    finally:
        progress.end()


def _conclude(
    batch: Batch, status: Status, out: str, database: str | None, reporting: Reporting
) -> None:
    """Say how a batch ended: each failure with its reason, and what to do next."""
    if reporting.as_json:
        wanted = batch.rows("failed", "in doubt", "held")
        put_json({**as_data(status), "troubled": [row_as_data(row) for row in wanted]})
        return
    put(f"{status.settings.output}: {counts(status)}; {money(status)}")
    for state in ("failed", "in doubt", "held"):
        for row in batch.rows(state):
            report_prose(f"wan: row {row.n} (line {row.line}) is {state}: {row.reason}")
    again = ["run", "--out", out, *(["--database", database] if database else ())]
    if status.count("failed"):
        report_command("This sends the failed rows again", _command(*again, "--retry-failed"))
    if status.count("in doubt"):
        report_command("This looks for the rows in doubt again", _command(*again))
        number = next(iter(batch.rows("in doubt"))).n
        report_command(
            "This sends one of them again, which may be charged twice",
            _command("resolve", out, str(number), "--send-again"),
        )
    if status.count("held", "waiting", "submitting", "accepted"):
        report_command("This goes on", _command(*again))


def _command(*words: str) -> str:
    return "wan batch " + shlex.join(words)


def _put_status(batch: Batch, found: Status, *, rows: bool, as_json: bool) -> None:
    if as_json:
        shown = {"troubled": [row_as_data(row) for row in batch.rows()]} if rows else {}
        put_json({**as_data(found), **shown})
        return
    put(f"{found.name} in {found.settings.output}: {counts(found)}; {money(found)}")
    for row in batch.rows() if rows else ():
        put(f"{row.n}\t{row.state}\t{row.file or row.reason or ''}\t{row.prompt}")


batch = typer.Typer(cls=Commands, rich_markup_mode=None)

_COMMANDS: Sequence[tuple[Callable[..., None], str]] = (
    (run, "batch run prompts.jsonl --out videos/ --max-usd 20"),
    (plan, "batch plan prompts.csv"),
    (status, "batch status videos/ --follow"),
    (resolve, "batch resolve videos/ 12 --give-up"),
    (worker, "batch worker --database postgresql://me@db/wan --out videos/"),
)
for _function, _example in _COMMANDS:
    _epilog = f"\b\nExample:\n  wan {_example}\n\nExit codes: see wan --help."
    batch.command(cls=Command, epilog=_epilog)(_function)


@batch.callback(
    epilog="\b\nExample:\n  wan batch run prompts.csv --out videos/\n\nExit codes: see wan --help."
)
def about_batch() -> None:
    """Many prompts: each gets a video or a reason, and is paid for once."""
