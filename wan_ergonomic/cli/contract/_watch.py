"""``wan contract watch``: has the published contract changed since it was vendored?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from wan_ergonomic._settings import find_base_url
from wan_ergonomic.cli._exits import ContractExit
from wan_ergonomic.cli._streams import put, put_json
from wan_ergonomic.cli._usage import usage_error

from ._output import (
    AcceptedOption,
    CreateOption,
    FailOnOption,
    Format,
    FormatOption,
    PollOption,
    Threshold,
    VerboseOption,
    comparison,
    exit_if_found,
    today,
    unknown,
)

if TYPE_CHECKING:
    from wan_ergonomic.contract import WatchResult


def watch(
    ctx: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SOURCE]...",
            show_default=False,
            help="Pages, documents, folders or URLs; by default where the contract came from.",
        ),
    ] = None,
    *,
    output: FormatOption = Format.TABLE,
    fail_on: FailOnOption = Threshold.INFO,
    create: CreateOption = None,
    poll: PollOption = None,
    accepted: AcceptedOption = None,
    verbose: VerboseOption = False,
    live: Annotated[
        bool,
        typer.Option("--live", help="Compare with the API's live document, too; no key is sent."),
    ] = False,
    account: Annotated[
        bool,
        typer.Option(
            "--account",
            help="Compare our description of the account's operations with SOURCE instead.",
        ),
    ] = False,
) -> None:
    """Compare the vendored contract with what is published now.

    Our own corrections are not findings. One that is no longer needed is drift
    of severity info.
    """
    if account:
        _check_account(ctx, sources, alone=not (live or create or poll))
    with comparison(output):
        from wan_ergonomic.contract import (
            read_names,
            read_policy,
            watch_account,
            watch_published,
            with_live,
        )

        names, policy, listed = read_names(create, poll), read_policy(accepted), sources or ()
        result = watch_account(listed) if account else watch_published(listed, names)
        if live:
            result = with_live(result, find_base_url(None))
        result = result.accepting(policy, today())
    _put(result, output, verbose=verbose)
    if result.error:
        raise unknown(result.error, f"The comparison is incomplete. {result.error}")
    exit_if_found(result.comparison, fail_on)
    if result.obstacle or (result.overlays and fail_on is Threshold.INFO):
        raise typer.Exit(ContractExit.FOUND)


def _check_account(ctx: typer.Context, sources: list[str] | None, *, alone: bool) -> None:
    """Check what --account is combined with.

    Raises:
        UsageError: There is no source, or an option that is about other operations.
    """
    if not alone:
        message = "--account excludes --live, --create and --poll."
        raise usage_error(message, ctx.command_path)
    if not sources:
        message = "--account needs a SOURCE: where the account's operations are published."
        raise usage_error(message, ctx.command_path)


def _put(result: WatchResult, output: Format, *, verbose: bool) -> None:
    from wan_ergonomic import contract

    from ._table import as_table

    if output is Format.JSON:
        put_json(contract.watch_as_json(result))
    elif output is Format.MARKDOWN:
        put(contract.watch_as_markdown(result).rstrip("\n"))
    elif output is Format.GITHUB:
        put(contract.watch_as_annotations(result))
    else:
        findings = as_table(result.comparison, verbose=verbose)
        put("\n".join(contract.watch_as_lines(result, findings, verbose=verbose)))
