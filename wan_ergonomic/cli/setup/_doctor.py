"""``wan doctor``: looks at everything that a command needs, and says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from wan_ergonomic import ConfigurationError
from wan_ergonomic._settings import find_base_url
from wan_ergonomic._spec import server_url
from wan_ergonomic.cli._command import command
from wan_ergonomic.cli._connection import ServerOptions
from wan_ergonomic.cli._exits import Exit
from wan_ergonomic.cli._extras import load_sandbox
from wan_ergonomic.cli._options import Reporting, spread
from wan_ergonomic.cli._streams import put_json, put_prose
from wan_ergonomic.cli.session._session import client_type, type_without_key

from ._checks import Check, check_published, checks_at_api, checks_here

if TYPE_CHECKING:
    from wan_ergonomic import WanClient

_SECONDS = 15.0


@command("doctor")
@spread
def doctor(
    *,
    offline: Annotated[
        bool, typer.Option("--offline", help="Leave out what needs the network.")
    ] = False,
    connection: ServerOptions,
    reporting: Reporting,
) -> None:
    """Look at all that a command needs, and say what to do.

    Sends the key to the API only, and costs nothing. Exits with 1 if something has
    to be mended.
    """
    found = []
    here = checks_here(needs_key=not connection.sandbox)
    checks = here if offline else chain(here, _at_api(connection), _published(connection))
    for check in checks:
        found.append(check)
        if not reporting.as_json and not (reporting.quiet and check.mark == "good"):
            put_prose(f"{check.mark:5}  {check.name:9}", check.text)
    if reporting.as_json:
        put_json({"checks": [asdict(check) for check in found]})
    if any(check.mark == "wrong" for check in found):
        raise typer.Exit(Exit.REJECTED)


def _at_api(connection: ServerOptions) -> Iterator[Check]:
    if connection.sandbox:
        with load_sandbox()() as sandbox:
            make = partial(client_type(), sandbox.key, base_url=sandbox.url)
            yield from checks_at_api(make, _server_time)
    else:
        make = partial(type_without_key(), base_url=connection.base_url)
        yield from checks_at_api(make, _server_time)


def _published(connection: ServerOptions) -> Iterator[Check]:
    try:
        at_vendor = find_base_url(connection.base_url) == server_url()
    except ConfigurationError:
        # It is said already.
        return
    if at_vendor and not connection.sandbox:
        yield check_published()


def _server_time(client: WanClient) -> datetime | None:
    from wan_ergonomic.account import server_time

    steps = server_time(client._context(_SECONDS, _SECONDS, None))
    there: datetime | None = client._ask(steps)
    return there
