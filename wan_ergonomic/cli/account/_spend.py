"""``wan spend``: what was paid, by the account's log and by the ledger, side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, assert_never

import typer

from wan_ergonomic._price import show_usd
from wan_ergonomic._settings import find_base_url
from wan_ergonomic.account import Expense, reconcile
from wan_ergonomic.cli._command import command
from wan_ergonomic.cli._connection import Connection
from wan_ergonomic.cli._exits import UsageError
from wan_ergonomic.cli._options import Reporting, spread
from wan_ergonomic.cli._outcome import UNSPENT
from wan_ergonomic.cli._streams import printable, put, put_json
from wan_ergonomic.cli.session._session import session

_AGO = re.compile(r"(\d{1,4})\s*(h|d|w)", re.IGNORECASE)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


class By(StrEnum):
    """What the sums are for."""

    DAY = "day"
    MODEL = "model"
    BATCH = "batch"


@command("spend --since 7d --by day")
@spread
def spend(
    *,
    since: Annotated[
        str, typer.Option(metavar="TIME", help="How far back: 24h, 7d, 4w, or a date.")
    ] = "7d",
    by: Annotated[By, typer.Option(help="What the sums are for.")] = By.DAY,
    connection: Connection,
    reporting: Reporting,
) -> None:
    """Print what was paid, by the account's log and by the ledger.

    Says what only one of them knows, and where they disagree on what failed.
    """
    start = moment(since, datetime.now(UTC))
    base_url = find_base_url(connection.base_url)
    with session(connection, reporting) as s:
        s.display.working("reading the request log")
        rows = s.client.usage(start, timeout=connection.timeout)
        jobs = s.ledger.since(start, s.client.base_url) if s.ledger else []
    expenses = reconcile(rows, jobs)
    sums = _sums(expenses, by)
    odd = [each for each in expenses if each.difference]
    if reporting.as_json:
        put_json(
            {
                "since": start.isoformat(),
                "base_url": base_url,
                "sums": [
                    {by.value: name, "logged_usd": logged, "recorded_usd": recorded}
                    for name, logged, recorded in sums
                ],
                "differences": [_as_data(each) for each in odd],
            }
        )
        return
    for name, logged, recorded in sums:
        line = f"{name}  {show_usd(logged)} in the log  {show_usd(recorded)} in the ledger"
        put(printable(line))
    for each in odd:
        put(printable(f"{each.difference}: {_line(each)}"))
    if not expenses:
        put(f"Nothing was paid since {start.astimezone():%Y-%m-%d %H:%M}.")


def moment(text: str, now: datetime) -> datetime:
    """Return the moment that a text such as ``7d`` or ``2026-11-01`` names.

    Raises:
        UsageError: It names none, or one in the future.
    """
    if ago := _AGO.fullmatch(text.strip()):
        return now - int(ago[1]) * _UNITS[ago[2].lower()]
    try:
        found = datetime.fromisoformat(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError):
        found = None
    if found is None or found > now:
        raise UsageError(
            f"--since takes a time span such as 24h, 7d or 4w, or a past date such as 2026-11-01, "
            f"not {text!r}. {UNSPENT}"
        )
    return found


def _sums(expenses: Iterable[Expense], by: By) -> list[tuple[str, float, float]]:
    """Return the sums of the log and of the ledger for each name, the last day first."""
    sums: dict[str, list[float]] = {}
    for each in expenses:
        pair = sums.setdefault(_name(each, by), [0.0, 0.0])
        pair[0] += each.logged_usd or 0.0
        pair[1] += each.recorded_usd or 0.0
    return [(name, round(a, 6), round(b, 6)) for name, (a, b) in sorted(sums.items(), reverse=True)]


def _name(each: Expense, by: By) -> str:
    """Return the name of the sum that an expense belongs to."""
    match by:
        case By.DAY:
            return f"{each.when.astimezone():%Y-%m-%d}" if each.when else "unknown day"
        case By.MODEL:
            return each.model or "unknown model"
        case By.BATCH:
            return each.batch or "no batch"
        case _:
            assert_never(by)


def _line(each: Expense) -> str:
    when = f"{each.when.astimezone():%Y-%m-%d %H:%M}" if each.when else "at an unknown time"
    known = [usd for usd in (each.logged_usd, each.recorded_usd) if usd is not None]
    cost = " in the log, ".join(map(show_usd, known)) or "cost unknown"
    cost += " in the ledger" if len(known) > 1 else ""
    return f"{each.inference_id or each.client_request_id or 'no id'}, {when}, {cost}"


def _as_data(each: Expense) -> dict[str, Any]:
    return {
        "difference": each.difference,
        "when": each.when and each.when.isoformat(),
        "model": each.model,
        "batch": each.batch,
        "id": each.inference_id,
        "client_request_id": each.client_request_id,
        "logged_usd": each.logged_usd,
        "recorded_usd": each.recorded_usd,
    }
