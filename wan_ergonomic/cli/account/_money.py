"""``wan price`` and ``wan balance``: they ask about money, and cost nothing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from wan_ergonomic._price import Price, show_usd
from wan_ergonomic.cli._command import command
from wan_ergonomic.cli._connection import Connection
from wan_ergonomic.cli._options import Reporting, spread
from wan_ergonomic.cli._streams import printable, put, put_json
from wan_ergonomic.cli.session._options import PromptOptions
from wan_ergonomic.cli.session._session import session


@command("price --resolution 480P --count 10")
@spread
def price(
    *,
    count: Annotated[int, typer.Option(min=1, metavar="NUMBER", help="So many videos.")] = 1,
    options: PromptOptions,
    connection: Connection,
    reporting: Reporting,
) -> None:
    """Print what a video costs, by the vendor's catalogue.

    Needs no key. Where the catalogue cannot be read, the last known price is printed,
    with its date. A price that is not known is said to be unknown.
    """
    with session(connection, reporting, needs_key=False) as s:
        s.display.working("reading the catalogue")
        found = s.client.price(timeout=connection.timeout, **options.chosen())
    if reporting.as_json:
        put_json({**found.as_json(), "count": count, "total_usd": _total(found, count)})
    elif count > 1 and found.usd is not None:
        put(printable(f"{show_usd(found.usd * count)} for {count} videos, each {found}"))
    else:
        put(printable(str(found)))


@command("balance")
@spread
def balance(*, connection: Connection, reporting: Reporting) -> None:
    """Print what is left on the account."""
    with session(connection, reporting) as s:
        s.display.working("asking for the balance")
        found = s.client.balance(timeout=connection.timeout)
    if reporting.as_json:
        put_json(asdict(found))
    else:
        put(printable(str(found)))


def _total(found: Price, count: int) -> float | None:
    return None if found.usd is None else round(found.usd * count, 6)
