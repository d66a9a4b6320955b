"""``wan contract verify``: does recorded traffic honor the contract?"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from wan_ergonomic._errors import ContractError
from wan_ergonomic.cli._exits import ContractExit
from wan_ergonomic.cli._extras import needs_extra
from wan_ergonomic.cli._streams import is_terminal, printable, put, put_json, report

from ._output import Format, FormatOption, unknown

if TYPE_CHECKING:
    from wan_ergonomic.conformance import Verification, Violation

_MOST_SHOWN = 5
_HEADINGS = ("entry", "operation", "side", "where", "what", "note")


def verify(
    recording: Annotated[
        str,
        typer.Argument(metavar="RECORDING", help="A HAR or JSON lines; - reads standard input."),
    ],
    *,
    server: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="Another address of the API; may be repeated."),
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Check recorded traffic against the vendored contract.

    Exits with 0 if all of it honors the contract, 1 if something does not,
    2 if the recording is unreadable or incomplete. Keys and signed links are
    never shown.
    """
    try:
        verification = _verify(recording, server or [])
    except ContractError as error:
        _put_failure(error, output)
        raise unknown(error, str(error)) from error
    reason = _why_unknown(verification, recording) if verification.verdict == "unknown" else None
    _put(verification, reason, output, file=None if recording == "-" else recording)
    if reason:
        raise unknown(ContractError(reason), reason)
    if verification.violations:
        raise typer.Exit(ContractExit.FOUND)


def _verify(recording: str, servers: list[str]) -> Verification:
    with needs_extra("contract", "This command"):
        from wan_ergonomic.conformance import verify

        with _open(recording) as lines:
            return verify(lines, recording, servers=servers)


@contextmanager
def _open(recording: str) -> Iterator[BinaryIO]:
    if recording == "-":
        if sys.stdin is None:
            raise ContractError("The recording cannot be read: standard input is closed.")
        yield sys.stdin.buffer
        return
    try:
        with Path(recording).open("rb") as file:
            yield file
    except OSError as error:
        reason = error.strerror or error
        raise ContractError(
            f"{recording} cannot be read: {reason}. Give the path of a recording."
        ) from error


def _why_unknown(verification: Verification, recording: str) -> str:
    if not verification.checked:
        return (
            f"{recording} contains no exchange with this API, so nothing was checked. "
            "If the API has another address there, name it with --server URL."
        )
    numbers = list(verification.unclear)
    entries = ", ".join(map(str, numbers[:_MOST_SHOWN]))
    more = ", …" if len(numbers) > _MOST_SHOWN else ""
    return f"No violation was found, but these entries could not be checked: {entries}{more}."


def _put_failure(error: ContractError, output: Format) -> None:
    from wan_ergonomic.contract import annotation

    if output is Format.JSON:
        put_json({"verdict": "unknown", "reason": str(error), "violations": []})
    if output is Format.GITHUB:
        put(annotation("error", str(error), title="The recording could not be checked"))


def _put(
    verification: Verification, reason: str | None, output: Format, *, file: str | None
) -> None:
    if output is Format.JSON:
        put_json({"reason": reason, **verification.as_json()})
        return
    from wan_ergonomic.contract import markdown_table

    rows = [_cells(one) for one in verification.violations]
    notes = list(_notes(verification))
    if output is Format.GITHUB:
        put("\n".join([_summary(verification), *_annotations(verification, file)]))
    elif output is Format.MARKDOWN:
        table = [markdown_table(_HEADINGS, rows)] if rows else []
        listed = ["\n".join(f"- {note}" for note in notes)] if notes else []
        put("\n\n".join([f"**{_summary(verification)}**", *table, *listed]))
    elif rows:
        put(_drawn(rows) if is_terminal(sys.stdout) else "\n".join(map("\t".join, rows)))
    if output is Format.TABLE:
        for line in (_summary(verification), *notes):
            report(line)
    for operation, times in list(verification.outside.items())[:_MOST_SHOWN]:
        report(printable(f"Not in the contract: {operation:.100}, {_number(times, 'time')}."))


def _notes(verification: Verification) -> Iterator[str]:
    """Yield what was not checked, and why."""
    yield from _each_of(verification.unclear, "it could not be checked completely")
    yield from _each_of(verification.skipped, "it was skipped")
    why = {
        **dict.fromkeys(verification.gateway, "has a response of a gateway, not of the API"),
        **dict.fromkeys(verification.unanswered, "has no response that can be checked"),
    }
    yield from _each_of(why, "only its request was checked")


def _each_of(entries: Mapping[int, str], outcome: str) -> Iterator[str]:
    for number, reason in list(entries.items())[:_MOST_SHOWN]:
        yield f"Entry {number} {reason}; {outcome}."
    if len(entries) > _MOST_SHOWN:
        yield f"Of entries like these, there are {len(entries) - _MOST_SHOWN} more."


def _summary(verification: Verification) -> str:
    count = len(verification.violations)
    return (
        f"{_number(verification.checked, 'exchange')} with this API, "
        f"{_number(count, 'violation') if count else 'no violation'}; "
        f"{_number(verification.others, 'other')} ignored."
    )


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _cells(one: Violation) -> list[str]:
    where = one.place if one.pointer is None else one.pointer or "/"
    what = f"expected {one.expected}, found {one.found}"
    cells: list[Any] = [one.entry, one.role, one.part, where, what, one.note or ""]
    return [printable(str(cell)) for cell in cells]


def _drawn(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as a table that fits the terminal; each note is below what it is about."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in _HEADINGS[:-1]:
        folds = heading in {"where", "what"}
        table.add_column(heading, overflow="fold", no_wrap=not folds)
    for *cells, what, note in rows:
        below = [(f"\n{note}", "dim")] if note else []
        table.add_row(*map(Text, cells), Text.assemble(what, *below))
    with console.capture() as capture:
        console.print(table)
    return capture.get().rstrip("\n")


def _annotations(verification: Verification, file: str | None) -> Iterator[str]:
    from wan_ergonomic.contract import annotation

    place = {} if file is None else {"file": file}
    for one in verification.violations:
        entry, role, part, where, what, note = _cells(one)
        title = f"entry {entry}: {role} {part} {where}"
        text = f"{what} ({note})" if note else what
        yield annotation("error", text, **place, title=title)
    for text in _notes(verification):
        yield annotation("notice", text, **place, title="Not checked")
