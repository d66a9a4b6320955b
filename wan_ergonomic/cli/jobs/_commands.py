"""``wan jobs``: what was paid for on this machine, from the ledger."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wan_ergonomic.cli._command import EXAMPLE_ID, Command, Commands, ending
from wan_ergonomic.cli._completion import complete_ids
from wan_ergonomic.cli._ledger import find_job, require_ledger
from wan_ergonomic.cli._options import output_option
from wan_ergonomic.cli._streams import put, put_json, report_prose

from ._table import as_table, status_of

if TYPE_CHECKING:
    from wan_ergonomic.ledger import Job

Json = Annotated[bool, output_option("--json", help="Print one JSON object.")]
Known = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="The generation's id, its X-Client-Request-Id, or the beginning of one.",
        autocompletion=complete_ids,
    ),
]


def list_jobs(
    *,
    unfinished: Annotated[
        bool, output_option("--unfinished", help="Only jobs whose video is not saved yet.")
    ] = False,
    in_doubt: Annotated[
        bool, output_option("--in-doubt", help="Only submissions whose outcome is not known.")
    ] = False,
    limit: Annotated[
        int, output_option(min=1, metavar="NUMBER", help="The most jobs shown, the newest first.")
    ] = 20,
    as_json: Json = False,
) -> None:
    """List the jobs that were paid for on this machine, the newest first."""
    ledger = require_ledger()
    found = ledger.jobs(unfinished=unfinished)
    if in_doubt:
        found = [job for job in found if job.outcome == "in doubt"]
    shown = found[:limit]
    if as_json:
        put_json({"ledger": str(ledger.path), "jobs": [as_data(job) for job in shown]})
        return
    if shown:
        put(as_table(shown))
    else:
        which = "such " if unfinished or in_doubt else ""
        report_prose(f"wan: no {which}job is in the ledger {ledger.path}.")
    if len(shown) < len(found):
        report_prose(f"wan: {len(found) - len(shown)} more; --limit shows them.")


def show(known_as: Known, *, as_json: Json = False) -> None:
    """Show all that the ledger knows of a job."""
    data = as_data(find_job(known_as))
    if as_json:
        put_json(data)
        return
    for name, value in data.items():
        if value is not None:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            put(f"{name}: {text}")


def forget(
    known_as: Annotated[
        list[str],
        typer.Argument(
            metavar="ID…",
            help="Ids of generations, or of submissions.",
            autocompletion=complete_ids,
        ),
    ],
) -> None:
    """Remove jobs from the ledger.

    Their videos, and the jobs at the API, stay. No cap on spending counts them any more.
    """
    found = [find_job(each) for each in known_as]
    ledger = require_ledger()
    for job in found:
        ledger.forget(job)
    since = datetime.now(UTC) - timedelta(days=1)
    if any(job.submitted > since and job.outcome != "rejected" for job in found):
        report_prose("wan: No cap on spending counts what was forgotten any more.")


def as_data(job: Job) -> dict[str, Any]:
    """Return a job as JSON data."""
    return {
        "id": job.generation_id,
        "status": status_of(job),
        "outcome": job.outcome,
        "submitted": job.submitted.isoformat(),
        "updated": job.updated.isoformat(),
        "usage": job.usage and {"credits": job.usage.credits, "usd": job.usage.usd},
        "error": job.error,
        "file": job.place,
        "sha256": job.sha256,
        "target": job.target and str(job.target),
        "batch": job.batch,
        "base_url": job.base_url,
        "client_request_id": job.client_request_id,
        "body": dict(job.body),
    }


class _Jobs(Commands):
    """The group; without a command it lists."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse; options alone belong to the list."""
        is_option = bool(args) and args[0].startswith("-") and args[0] not in {"-h", "--help"}
        # A shell that completes asks for the commands, too.
        is_list = is_option or not (args or ctx.resilient_parsing)
        return super().parse_args(ctx, ["list", *args] if is_list else args)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """Complete a command, or an option of the list."""
        if not incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        listing = self.commands["list"]
        with listing.make_context("list", [], parent=ctx, resilient_parsing=True) as inner:
            return listing.shell_complete(inner, incomplete)


jobs = typer.Typer(cls=_Jobs, add_completion=False, rich_markup_mode=None)

_COMMANDS: Sequence[tuple[str, Callable[..., None], str]] = (
    ("list", list_jobs, "jobs --unfinished"),
    ("show", show, f"jobs show {EXAMPLE_ID}"),
    ("forget", forget, f"jobs forget {EXAMPLE_ID}"),
)
for _name, _command, _example in _COMMANDS:
    jobs.command(_name, cls=Command, epilog=ending(_example))(_command)


@jobs.callback(epilog=ending("jobs"))
def about_jobs() -> None:
    """What was paid for on this machine: list, show or forget it.

    Without a command it lists; see wan jobs list --help.
    """
