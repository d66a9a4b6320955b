"""``wan mcp``: a server of the Model Context Protocol, for agents."""

from __future__ import annotations

import sys
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wan_ergonomic._settings import read_config
from wan_ergonomic.cli._command import command
from wan_ergonomic.cli._connection import ServerOptions, check_connection, connection_option
from wan_ergonomic.cli._exits import UsageError
from wan_ergonomic.cli._extras import load_sandbox, needs_extra
from wan_ergonomic.cli._ledger import require_ledger
from wan_ergonomic.cli._outcome import UNSPENT, CommandError, interrupted
from wan_ergonomic.cli._streams import is_terminal, report_prose
from wan_ergonomic.cli.session._destination import check_folder
from wan_ergonomic.cli.session._session import EMBEDDED_POLLING, EMBEDDED_SPEED, client_type

if TYPE_CHECKING:
    from wan_ergonomic.ledger import Ledger
    from wan_ergonomic.mcp_server import Budget


@command("mcp --folder videos/ --max-usd 5")
def mcp(
    *,
    folder: Annotated[
        str,
        typer.Option(
            metavar="DIR", help="The folder that videos are saved in; agents reach no other."
        ),
    ] = ".",
    max_usd: Annotated[
        float | None,
        typer.Option(
            metavar="USD",
            min=0.0,
            rich_help_panel="Spending options",
            help="The most that may be spent in 24 hours, by the ledger.",
        ),
    ] = None,
    no_spend: Annotated[
        bool,
        typer.Option(
            "--no-spend", rich_help_panel="Spending options", help="Submit nothing at all."
        ),
    ] = False,
    sandbox: Annotated[
        bool,
        connection_option(
            "--sandbox", help="Use a sandbox inside this server: no key, no cost, test cards."
        ),
    ] = False,
    base_url: Annotated[
        str | None, connection_option(metavar="URL", help="Base URL of another API server.")
    ] = None,
    allow_private_links: Annotated[
        bool,
        connection_option(
            "--allow-private-links", help="Also save a video from an address that is not public."
        ),
    ] = False,
) -> None:
    """Serve agents, over the Model Context Protocol.

    It runs on standard input and output. Agents can price, submit, poll, save and list
    videos. What they may spend is fixed here: --max-usd, or max_usd in [limits] of the
    configuration file, or --no-spend.
    """
    options = ServerOptions(
        sandbox=sandbox, base_url=base_url, allow_private_links=allow_private_links
    )
    with needs_extra("mcp", "The server for agents"):
        from wan_ergonomic.mcp_server import Budget
    check_connection(options)
    cap = max_usd if max_usd is not None or no_spend else read_config().limits.get("max_usd")
    budget = Budget(max_usd=cap, no_spend=no_spend, sandbox=sandbox)
    _check(budget, max_usd)
    path = Path(folder)
    check_folder(path, "Name another one with --folder.")
    if sys.stdin is None:
        raise UsageError(f"Standard input is closed, so no agent can be served. {UNSPENT}")
    if is_terminal(sys.stdin):
        report_prose(
            "wan: This speaks the Model Context Protocol with a program, which starts it as "
            "`wan mcp`. Ctrl-D ends it."
        )
    _serve(options, budget, path)


def _check(budget: Budget, max_usd: float | None) -> None:
    """Check that somebody has said what may be spent.

    Raises:
        UsageError: Nobody has, or twice.
    """
    if budget.no_spend and max_usd is not None:
        raise UsageError(f"--no-spend and --max-usd exclude each other. {UNSPENT}")
    if budget.max_usd is None and not (budget.no_spend or budget.sandbox):
        raise UsageError(
            "An agent spends without asking, so say how much: --max-usd USD in 24 hours, "
            f"--no-spend, or --sandbox to try it. {UNSPENT}"
        )


def _serve(options: ServerOptions, budget: Budget, path: Path) -> None:
    from wan_ergonomic.mcp_server import Folder, Videos, serve, tools_of

    with ExitStack() as stack:
        settings, ledger = _sandboxed(stack) if options.sandbox else _real(options, path)
        client = stack.enter_context(
            client_type()(
                **settings,
                allow_private_links=options.allow_private_links,
                ledger=ledger,
                # A second lock on the door: what is refused here is never sent.
                max_usd=0.0 if budget.no_spend else budget.max_usd,
            )
        )
        videos = stack.enter_context(closing(Videos(client, ledger, Folder(path), budget)))
        try:
            serve(tools_of(videos), no_spend=budget.no_spend)
        except KeyboardInterrupt as error:
            stopped = interrupted(error, "Stopped. wan jobs has what was submitted.")
            raise CommandError(stopped) from error


def _real(options: ServerOptions, path: Path) -> tuple[dict[str, Any], Ledger]:
    return {"base_url": options.base_url}, require_ledger(path)


def _sandboxed(stack: ExitStack) -> tuple[dict[str, Any], Ledger]:
    """Start a sandbox; its jobs end with it, and so does their ledger."""
    from wan_ergonomic.ledger import Ledger

    sandbox = stack.enter_context(load_sandbox()(speed=EMBEDDED_SPEED))
    folder = stack.enter_context(TemporaryDirectory(prefix="wan-mcp-"))
    settings = {"base_url": sandbox.url, "api_key": sandbox.key, "polling": EMBEDDED_POLLING}
    return settings, Ledger(Path(folder) / "ledger.sqlite3")
