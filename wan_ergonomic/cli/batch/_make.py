"""``wan batch run`` and ``wan batch worker``: they make the videos."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from wan_ergonomic._price import show_usd
from wan_ergonomic._settings import read_config
from wan_ergonomic.cli._connection import ServerOptions
from wan_ergonomic.cli._exits import Exit, UsageError
from wan_ergonomic.cli._options import Reporting, spread
from wan_ergonomic.cli._outcome import UNSPENT
from wan_ergonomic.cli._streams import is_terminal
from wan_ergonomic.cli.session._options import PromptOptions, PromptSettings

from ._add import add_rows
from ._end import Again, conclude
from ._open import SANDBOX, Api, api_of, defaults_of, ledger_of, needs_batch
from ._options import Database, Limits, ListFile, Listing, Manner, NoRecover, Out
from ._progress import Progress, choose_progress
from ._run import Run
from ._words import cost, exit_of, videos

if TYPE_CHECKING:
    from wan_ergonomic.batch import Batch, Settings, Status


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
    connection: ServerOptions,
    reporting: Reporting,
) -> None:
    """Make a video of each prompt of a list; run it again to go on.

    Nothing is sent twice, whatever happens in between. Ctrl-C once finishes what
    was sent, twice stops at once.
    """
    if out is None:
        raise UsageError(f"Name the folder or bucket for the videos with --out. {UNSPENT}")
    with needs_batch():
        from wan_ergonomic.batch import open_batch
    progress = choose_progress(reporting)
    with api_of(connection) as api:
        create = None if source is None else _settings(out, api, listing, limits, manner)
        with open_batch(out, database=database, create=create) as batch:
            batch.check_free()
            _check_fits(batch, api, listing, create)
            batch.change(**limits.given(), **manner.given())
            if connection.sandbox:
                batch.forget_unsaved()
            if source is not None:
                add_rows(
                    batch,
                    source,
                    listing,
                    defaults=defaults_of(options, settings),
                    prices=api.prices(),
                    progress=progress,
                    unsupported=settings.allow_unsupported,
                )
            if manner.retry_failed:
                batch.retry()
            _ask(batch, manner, progress)
            again = Again(
                out=out, database=database, connection=connection, as_json=reporting.as_json
            )
            _make(batch, api, manner, Run(batch, progress, again))


@spread
def worker(
    *,
    database: Annotated[str, typer.Option(metavar="URL", help="PostgreSQL database of the batch.")],
    out: Out = None,
    no_recover: NoRecover = False,
    connection: ServerOptions,
    reporting: Reporting,
) -> None:
    """Join a batch that was begun elsewhere with --database."""
    with needs_batch():
        from wan_ergonomic.batch import open_batch
    progress = choose_progress(reporting)
    with api_of(connection) as api, open_batch(out, database=database) as batch:
        _check_address(batch, api)
        where = out or batch.settings.output
        again = Again(
            out=where,
            database=database,
            connection=connection,
            as_json=reporting.as_json,
            worker=True,
        )
        _make(batch, api, Manner(no_recover=no_recover), Run(batch, progress, again))


def _settings(out: str, api: Api, listing: Listing, limits: Limits, manner: Manner) -> Settings:
    from wan_ergonomic.batch import DEFAULT_NAMES, Settings

    return Settings(
        base_url=api.base_url,
        output=out,
        names=listing.names or DEFAULT_NAMES,
        **limits.given(),
        **manner.given(),
    )


def _check_fits(batch: Batch, api: Api, listing: Listing, create: Settings | None) -> None:
    """Check that a batch can go on with these options; without rows, it begins with them."""
    if not batch.status().total:
        if create is None:
            raise UsageError(f"The batch has no rows yet. Name a list of prompts. {UNSPENT}")
        batch.change(**create.as_json())
        return
    _check_address(batch, api)
    if listing.names not in {None, batch.settings.names}:
        raise UsageError(
            f"The files of this batch are named by {batch.settings.names!r}, which --names cannot "
            f"change any more. {UNSPENT}"
        )


def _check_address(batch: Batch, api: Api) -> None:
    """Refuse another API than that of the batch: its ids mean nothing there."""
    belongs = batch.settings.base_url
    if api.base_url == belongs:
        return
    advice = "Add --sandbox" if belongs == SANDBOX else f"Name that with --base-url {belongs}"
    begun = "with --sandbox" if belongs == SANDBOX else f"at {belongs}"
    raise UsageError(
        f"This batch was begun {begun}, and can only go on there. {advice}, or name another "
        f"folder. {UNSPENT}"
    )


def _ask(batch: Batch, manner: Manner, progress: Progress) -> None:
    """Say what the rest of a batch costs, and ask on a terminal.

    Raises:
        UsageError: The answer is no; nothing was sent.
    """
    rest = batch.rest(manner.sample)
    if not rest.rows:
        return
    status = batch.status()
    bad = status.count("bad")
    of_all = "" if rest.rows == status.total - bad else f" of {status.total - bad:,}"
    said = f"{videos(rest.rows)}{of_all} to send, {cost(rest)}."
    if rest.rows < status.count("waiting", "held") and status.expected_usd is not None:
        said += f" All of them cost {show_usd(status.expected_usd)}."
    if bad:
        said += f" {bad:,} bad rows are left out."
    progress.note(said)
    capped = batch.settings.max_usd is not None or batch.settings.max_videos is not None
    if manner.yes or capped or not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        return
    sys.stderr.write("Send them? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise UsageError(f"Not sent, as you answered. {UNSPENT}")


def _make(batch: Batch, api: Api, manner: Manner, run: Run) -> NoReturn:
    """Run a batch, say how that ended, and exit."""
    from wan_ergonomic.batch import BatchClient

    # A limit of the batch's own takes the place of that in the configuration file.
    daily = read_config().limits.get("max_usd") if batch.settings.max_usd is None else None
    status = run.go(
        lambda: BatchClient(**api.options),
        ledger=ledger_of(run.again.connection, run.progress.trouble),
        daily_usd=daily,
        reuse=manner.reuse,
        sample=manner.sample,
        recover=not manner.no_recover,
    )
    conclude(batch, status, run.again)
    raise typer.Exit(_code(batch, status, manner, run.interrupted))


def _code(batch: Batch, status: Status, manner: Manner, interrupted: Exit | None) -> Exit:
    code = exit_of(status)
    if code is not Exit.RESUMABLE:
        return code
    if interrupted is not None:
        return interrupted
    sampled = manner.sample is not None and not batch.rest(manner.sample).rows
    if sampled and not status.count("submitting", "accepted", "held"):
        return Exit.FAILED if status.count("failed") else Exit.DONE
    return code
