"""``wan contract verify``: does recorded traffic honour the contract?

Only reads the file and shows the outcome; what counts is decided in
``contract``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal

import typer

from wan_ergonomic._errors import ContractError
from wan_ergonomic.cli._destination import UsageError
from wan_ergonomic.cli._exits import Exit
from wan_ergonomic.cli._outcome import EndedError, Ending
from wan_ergonomic.cli._streams import printable, put, put_json, tell

if TYPE_CHECKING:
    from wan_ergonomic.conformance import Verification, Violation

_VIOLATED = 1
_SHOWN = 5


def verify(
    recording: Annotated[
        str,
        typer.Argument(metavar="RECORDING", help="A HAR or JSON lines; - reads standard input."),
    ],
    *,
    server: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="Where else the API was reached; may be repeated."),
    ] = None,
    output: Annotated[
        Literal["table", "plain", "json"],
        typer.Option("--format", help="How to show what was found."),
    ] = "table",
) -> None:
    """Check recorded traffic against the vendored contract.

    Exits with 0 if all of it honours the contract, 1 if something does not,
    2 if the recording cannot tell. Keys and signed links are never shown.
    """
    try:
        verification = _verify(recording, server or [])
    except ContractError as error:
        if output == "json":
            put_json({"verdict": "unknown", "reason": str(error), "violations": []})
        raise _untold(str(error)) from error
    reason = _why_unknown(verification, recording) if verification.verdict == "unknown" else None
    if output == "json":
        put_json({"reason": reason, **verification.as_json()})
    else:
        _show(verification, aligned=output == "table")
    if reason:
        raise _untold(reason)
    if verification.violations:
        raise typer.Exit(_VIOLATED)


def _verify(recording: str, servers: list[str]) -> Verification:
    try:
        from wan_ergonomic.conformance import _verify as _recordings

        with _opened(recording) as lines:
            return _recordings.verify(lines, recording, servers=servers)
    except ModuleNotFoundError as error:
        if str(error.name).startswith("wan_ergonomic"):
            raise
        raise UsageError("This needs: pip install 'wan-ergonomic[contract]'") from error


@contextmanager
def _opened(recording: str) -> Iterator[BinaryIO]:
    if recording == "-":
        if sys.stdin is None:
            raise ContractError("The recording was to come from standard input, which is closed.")
        yield sys.stdin.buffer
        return
    try:
        with Path(recording).open("rb") as file:
            yield file
    except OSError as error:
        reason = error.strerror or error
        raise ContractError(f"{recording} cannot be read: {reason}.") from error


def _untold(message: str) -> EndedError:
    return EndedError(Ending(code=Exit.USAGE, kind="ContractError", message=message))


def _why_unknown(verification: Verification, recording: str) -> str:
    if not verification.checked:
        return (
            f"{recording} holds no exchange with this API, so nothing can be told. "
            "If it was reached elsewhere, say where with --server URL."
        )
    entries = ", ".join(map(str, verification.unrecorded[:_SHOWN]))
    more = ", …" if len(verification.unrecorded) > _SHOWN else ""
    return f"Nothing was found, but bodies were not recorded whole in entries {entries}{more}."


def _show(verification: Verification, *, aligned: bool) -> None:
    if verification.violations:
        rows = [_row(one) for one in verification.violations]
        put("\n".join(_aligned(rows) if aligned else map("\t".join, rows)))
    count = len(verification.violations)
    tell(
        f"{_number(verification.checked, 'exchange')} with this API, "
        f"{_number(count, 'violation') if count else 'no violation'}; "
        f"{_number(verification.others, 'other')} left aside."
    )
    for operation, times in list(verification.outside.items())[:_SHOWN]:
        tell(printable(f"Not in the contract: {operation:.100}, {_number(times, 'time')}."))


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _row(one: Violation) -> list[str]:
    where = one.place if one.pointer is None else one.pointer or "/"
    what = f"expected {one.expected}, found {one.found}"
    cells: list[Any] = [one.entry, one.role, one.part, where, what, one.note or ""]
    return [printable(str(cell)) for cell in cells]


def _aligned(rows: list[list[str]]) -> Iterator[str]:
    headed = [["entry", "operation", "side", "where", "what", "note"], *rows]
    widths = [max(map(len, column)) for column in zip(*headed, strict=True)]
    for row in headed:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
