"""How a run of a batch ended: what failed and why, and the commands that go on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import TYPE_CHECKING

from wan_ergonomic.cli._connection import ServerOptions
from wan_ergonomic.cli._outcome import command_line
from wan_ergonomic.cli._streams import put, put_json, report_command, report_prose

from ._words import as_data, cost, counts, money, row_as_data, videos

if TYPE_CHECKING:
    from wan_ergonomic.batch import Batch, BatchRow, Rest, Settings, State, Status

# So many lines say what became of rows that have no video; the rest is in the results.
_MOST_LINES = 20
# Sums of floating-point numbers are not exact.
_ROUNDING = 1e-6
_STATES: tuple[State, ...] = ("failed", "in doubt", "held")


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """The command lines that go on with a batch.

    Attributes:
        out: The folder, as it was named.
        database: The database, if one was named.
        connection: The API, as it was named.
        as_json: Whether what is printed is for programs.
        worker: Whether to join a batch, not to run it.
    """

    out: str
    database: str | None
    connection: ServerOptions
    as_json: bool = False
    worker: bool = False

    def words(self, *more: str) -> list[str]:
        """Return the words of a command line, without the program."""
        where = [*_named("--out", self.out), *_named("--database", self.database)]
        joins = self.worker and not more
        return ["batch", "worker" if joins else "run", *where, *self._connection(), *more]

    def resolve(self, row: int, word: str) -> list[str]:
        """Return the words of the command line that says what is to become of a row in doubt."""
        options = [*_named("--database", self.database), word]
        if self.out.startswith("-"):
            return ["batch", "resolve", *options, "--", self.out, str(row)]
        return ["batch", "resolve", self.out, str(row), *options]

    def _connection(self) -> Iterator[str]:
        chosen = self.connection
        yield from ["--sandbox"] * chosen.sandbox
        yield from _named("--base-url", chosen.base_url)
        yield from ["--allow-private-links"] * chosen.allow_private_links
        yield from ["--no-ledger"] * chosen.no_ledger


def conclude(batch: Batch, status: Status, again: Again) -> None:
    """Say how a run ended: each failure with its reason, and what to do next."""
    if again.as_json:
        troubled = [row_as_data(row) for row in batch.rows(*_STATES)]
        put_json({**as_data(status), "troubled": troubled})
        return
    put(f"{again.out}: {counts(status)}; {money(status)}")
    report_troubled(batch, status)
    _report_commands(batch, status, again)


def report_troubled(batch: Batch, status: Status) -> None:
    """Name the rows that have no video, each with the reason; many rows with one reason once."""
    lines = (line for state in _STATES for line in _of_state(batch, state))
    told = 0
    for count, line in islice(lines, _MOST_LINES):
        told += count
        report_prose(f"wan: {line}")
    rest = status.count(*_STATES) - told
    if rest > 0:
        where = f"{batch.results} has each with its reason"
        report_prose(f"wan: {rest:,} more rows have no video; {where}.")


def _of_state(batch: Batch, state: State) -> Iterator[tuple[int, str]]:
    for reason, alike in groupby(batch.rows(state), key=lambda row: row.reason):
        first, last, count = _ends(alike)
        if count == 1:
            yield 1, f"row {first.n} (line {first.line}) {_was(state)}: {reason}"
            continue
        rows = f"rows {first.n} to {last.n}"
        if last.n - first.n >= count:
            rows = f"{count:,} of {rows}"
        yield count, f"{rows} {_were(state)}: {reason}"


def _ends(rows: Iterator[BatchRow]) -> tuple[BatchRow, BatchRow, int]:
    """Return the first and the last of some rows, and how many they are."""
    first = next(rows)
    last, count = first, 1
    for row in rows:
        last, count = row, count + 1
    return first, last, count


def _was(state: str) -> str:
    return "failed" if state == "failed" else f"is {state}"


def _were(state: str) -> str:
    return "failed" if state == "failed" else f"are {state}"


def _report_commands(batch: Batch, status: Status, again: Again) -> None:
    if status.count("failed"):
        _report(
            "This sends the failed rows again; each is paid for again",
            again.words("--retry-failed"),
        )
    if status.count("in doubt"):
        _report("This looks for the rows in doubt again, at no cost", again.words())
        number = next(iter(batch.rows("in doubt"))).n
        _report(
            f"This sends row {number} again, which may be charged twice",
            again.resolve(number, "--send-again"),
        )
    if status.count("held", "waiting", "submitting", "accepted"):
        rest = batch.rest()
        higher = _higher_limits(batch.settings, status, rest)
        allowing = f", and allows what it needs: {videos(rest.rows)} {cost(rest)}" if higher else ""
        _report(f"This goes on with the rest{allowing}", again.words(*higher))


def _higher_limits(settings: Settings, status: Status, rest: Rest) -> list[str]:
    """Return the options that allow what is left, if it is known to exceed the batch's limits."""
    needed = status.usd + rest.usd
    options = []
    if settings.max_usd is not None and needed > settings.max_usd + _ROUNDING:
        options += ["--max-usd", f"{math.ceil(needed * 100 - _ROUNDING) / 100:.2f}"]
    if settings.max_videos is not None and status.videos + rest.rows > settings.max_videos:
        options += ["--max-videos", str(status.videos + rest.rows)]
    return options


def _report(purpose: str, words: list[str]) -> None:
    report_command(purpose, command_line("wan", words))


def _named(option: str, value: str | None) -> list[str]:
    """Return an option with its value; in one word if the value looks like an option."""
    if value is None:
        return []
    return [f"{option}={value}"] if value.startswith("-") else [option, value]
