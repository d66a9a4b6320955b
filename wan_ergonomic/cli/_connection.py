"""The options that choose an API server, and the check that it can be used."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated

import typer

from wan_ergonomic._api_key import find_key
from wan_ergonomic._client import STATUS_SECONDS, SUBMIT_SECONDS, WAIT_SECONDS

from ._exits import UsageError
from ._outcome import UNSPENT

connection_option = partial(typer.Option, rich_help_panel="Connection options")

_TIMEOUT_HELP = (
    f"Time allowed: by default {WAIT_SECONDS:g} to generate or wait, {SUBMIT_SECONDS:g} to submit, "
    f"{STATUS_SECONDS:g} for a status, and no limit for a download."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """Which API server is called, and which links are followed."""

    sandbox: Annotated[
        bool,
        connection_option(
            "--sandbox",
            help="Use a sandbox inside this command: no key, no cost, a test card as the video.",
        ),
    ] = False
    base_url: Annotated[
        str | None, connection_option(metavar="URL", help="Base URL of another API server.")
    ] = None
    allow_private_links: Annotated[
        bool,
        connection_option(
            "--allow-private-links", help="Also save a video from an address that is not public."
        ),
    ] = False
    no_ledger: Annotated[
        bool,
        connection_option(
            "--no-ledger", help="Do not record what is paid for in the ledger of this machine."
        ),
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection(ServerOptions):
    """Which API server is called, which links are followed, and how long it may take."""

    timeout: Annotated[
        float | None,
        connection_option(metavar="SECONDS", help=_TIMEOUT_HELP),
    ] = None


def check_connection(connection: ServerOptions, *, needs_key: bool = True) -> None:
    """Check that the options name one server, and that there is a key for it if one is needed.

    Raises:
        UsageError: Both a sandbox and an address are given.
        ConfigurationError: There is no key, or it cannot be valid.
    """
    if connection.sandbox and connection.base_url:
        raise UsageError(f"--sandbox has its own address; leave out --base-url. {UNSPENT}")
    if needs_key and not connection.sandbox:
        find_key(None, base_url=connection.base_url)
