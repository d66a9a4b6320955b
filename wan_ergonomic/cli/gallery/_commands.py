"""``wan gallery``: one page for looking at the videos of a folder."""

from __future__ import annotations

import webbrowser
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wan_ergonomic.cli._command import command
from wan_ergonomic.cli._exits import UsageError
from wan_ergonomic.cli._extras import needs_extra
from wan_ergonomic.cli._options import output_option
from wan_ergonomic.cli._outcome import UNSPENT
from wan_ergonomic.cli._streams import put, put_json, report_prose

if TYPE_CHECKING:
    from wan_ergonomic.gallery import Gallery


@command("gallery videos/ --open")
def gallery(
    *,
    folder: Annotated[
        str,
        typer.Argument(
            metavar="FOLDER", help="Videos, with results.jsonl and sidecars if a batch made them."
        ),
    ],
    output: Annotated[
        str | None,
        output_option(
            "--output",
            "-o",
            metavar="FILE",
            show_default=False,
            help="The page; by default gallery.html in the folder.",
        ),
    ] = None,
    sheet: Annotated[
        str | None,
        output_option(metavar="FILE.png", help="Also a contact sheet, as one picture."),
    ] = None,
    open_page: Annotated[
        bool, output_option("--open", help="Open the page in the browser.")
    ] = False,
    as_json: Annotated[bool, output_option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Make one page for looking at many videos.

    A grid or a wall, with filters, comparison, stars and notes. It is one file
    beside the videos; it needs no server and sends no request.
    """
    made = _make(folder, output, sheet)
    if as_json:
        found = {"page": str(made.page), "sheet": made.sheet and str(made.sheet)}
        put_json({**found, "states": dict(made.states)})
    else:
        put(str(made.page))
        report_prose(f"wan: {_counts(made.states)}.")
    if open_page and not webbrowser.open(made.page.absolute().as_uri()):
        report_prose(f"wan: No browser could be started; open {made.page} in one.")


def _make(folder: str, output: str | None, sheet: str | None) -> Gallery:
    if folder.startswith("s3://"):
        raise UsageError(
            f"A gallery is made of a folder. Copy {folder} to one first, as with `aws s3 sync`. "
            f"{UNSPENT}"
        )
    with needs_extra("gallery", "The gallery"):
        from wan_ergonomic.gallery import GalleryError, make_gallery
    path = Path(output) if output is not None else None
    try:
        return make_gallery(Path(folder), path, contact_sheet=Path(sheet) if sheet else None)
    except GalleryError as error:
        raise UsageError(f"{error} {UNSPENT}") from error


def _counts(states: Mapping[str, int]) -> str:
    rows = sum(states.values())
    parts = ", ".join(f"{number:,} {state}" for state, number in states.items())
    return f"{rows:,} {'row' if rows == 1 else 'rows'}: {parts}"
