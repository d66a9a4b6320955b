"""``wan contract watch``: is what is published still what this package was made from?

Only asks and shows; what counts as a change is decided in ``contract``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from wan_ergonomic.cli._exits import Exit
from wan_ergonomic.cli._outcome import EndedError, Ending
from wan_ergonomic.cli._streams import printable, put, put_json

from ._output import FailOnOption, Format, FormatOption, Threshold, VerboseOption, answering, end

if TYPE_CHECKING:
    from wan_ergonomic.contract.watch._watch import Watched


def watch(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SOURCE]...",
            show_default=False,
            help="Pages, documents, folders or URLs; else where the contract came from.",
        ),
    ] = None,
    *,
    form: FormatOption = Format.TABLE,
    fail_on: FailOnOption = Threshold.INFO,
    verbose: VerboseOption = False,
) -> None:
    """Compare the vendored contract with what is published now.

    Our own corrections are no findings; one that is no longer needed is drift
    of severity info.
    """
    with answering(form):
        from wan_ergonomic.contract.watch._watch import watch as look

        watched = look(sources or ())
    _put(watched, form, verbose=verbose)
    _end(watched, fail_on)


def _put(watched: Watched, form: Format, *, verbose: bool) -> None:
    from wan_ergonomic.contract.watch import _report as reports

    if form is Format.JSON:
        put_json(reports.json_of(watched))
    elif form is Format.MARKDOWN:
        put(reports.markdown_of(watched).rstrip("\n"))
    elif form is Format.GITHUB:
        put(reports.annotations_of(watched))
    else:
        put("\n".join(_lines(watched, verbose=verbose)))


def _lines(watched: Watched, *, verbose: bool) -> Iterator[str]:
    from wan_ergonomic.contract.watch import _report as reports

    from ._table import as_table

    if watched.unread:
        yield f"{reports.UNTOLD}. {reports.UNREAD}:"
        for look in watched.unread:
            yield printable(f"  {look.status:<8} {look.source}")
    if watched.findings or not watched.unread:
        yield as_table(watched.findings, verbose=verbose)
    if watched.obstacle:
        yield f"\n{reports.OBSTACLE}:"
        yield printable(f"  {watched.obstacle}")
    if watched.overlays:
        yield f"\n{reports.RETIRED}:"
    for one in watched.overlays:
        yield printable(f"  {one.overlay}  {one.why}: {one.target}")
        if verbose:
            yield printable(f"    {' '.join(one.reason.split())}")


def _end(watched: Watched, fail_on: Threshold) -> None:
    from wan_ergonomic.contract.watch._report import UNTOLD, kind_of, reason_of

    if watched.unread:
        message = f"{UNTOLD}. {reason_of(watched.unread)}"
        names = {"gone": "SourceGoneError", "unclear": "ContractError"}
        kind = names[kind_of(watched.unread)]
        raise EndedError(Ending(code=Exit.USAGE, kind=kind, message=message))
    end(watched.findings, fail_on)
    if watched.obstacle or (watched.overlays and fail_on is Threshold.INFO):
        raise typer.Exit(1)
