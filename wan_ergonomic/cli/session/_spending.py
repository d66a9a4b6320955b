"""What a command may spend: its options, the limits in the configuration file, and a question."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wan_ergonomic._price import show_usd
from wan_ergonomic._settings import read_config
from wan_ergonomic.cli._exits import UsageError
from wan_ergonomic.cli._outcome import UNSPENT
from wan_ergonomic.cli._streams import is_terminal, report_prose

if TYPE_CHECKING:
    from wan_ergonomic import WanClient
    from wan_ergonomic._price import Price

# A person does not wait longer than this to be told a price.
_PRICE_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What may be spent."""

    max_usd: Annotated[
        float | None,
        typer.Option(
            metavar="USD",
            min=0.0,
            rich_help_panel="Spending options",
            help="Send nothing if with its price more would be spent in 24 hours, by the ledger.",
        ),
    ] = None
    yes: Annotated[
        bool,
        typer.Option(
            "--yes",
            "-y",
            rich_help_panel="Spending options",
            help="Do not ask, whatever the price is.",
        ),
    ] = False

    def cap(self) -> float | None:
        """Return the cap of the command line or, without one, of the configuration file."""
        return self.max_usd if self.max_usd is not None else read_config().limits.get("max_usd")


def ask_if_dear(
    client: WanClient, options: Mapping[str, Any], spending: Spending, *, videos: int = 1
) -> None:
    """Ask a person on a terminal before submissions that cost more than they have set.

    Without ``ask_above_usd`` in the configuration file, or with a cap, nothing is asked.

    Raises:
        UsageError: The answer is no; nothing was sent.
    """
    above = read_config().limits.get("ask_above_usd")
    if above is None or spending.yes or spending.cap() is not None or not _is_watched():
        return
    price = client.price(timeout=_PRICE_SECONDS, **options)
    if price.usd is None or price.usd * videos > above:
        _ask(price, videos)


def _is_watched() -> bool:
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


def _ask(price: Price, videos: int) -> None:
    if videos == 1:
        report_prose(f"This submission: {price}.")
    else:
        total = "" if price.usd is None else f"{show_usd(price.usd * videos)} in all; "
        report_prose(f"These {videos} submissions: {total}each {price}.")
    sys.stderr.write("Send it? [y/N] " if videos == 1 else "Send them? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise UsageError(f"Not sent, as you answered. {UNSPENT}")
