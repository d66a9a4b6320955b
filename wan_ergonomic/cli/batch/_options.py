"""The options of the batch commands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import typer

from wan_ergonomic.cli._options import output_option

list_option = partial(typer.Option, rich_help_panel="List options")
limit_option = partial(typer.Option, rich_help_panel="Limits")

ListFile = Annotated[
    str | None,
    typer.Argument(
        metavar="LIST",
        help="Prompts: JSON lines, CSV, TSV or text, or a matrix in TOML or YAML; - reads "
        "standard input. Without it, the batch in --out goes on.",
    ),
]
Out = Annotated[
    str | None,
    output_option(
        "--out", "-o", metavar="FOLDER", help="Folder for the videos, or s3://BUCKET/PREFIX/."
    ),
]
Database = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="PostgreSQL database that workers share, as in postgresql://USER@HOST/NAME; by "
        "default a file in the folder, for one process; for s3://, one on this machine.",
    ),
]

Json = Annotated[bool, output_option("--json", help="Print one JSON object.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How the list is read."""

    form: Annotated[
        str | None,
        list_option("--format", metavar="NAME", help="Format of the list, if not by its name."),
    ] = None
    names: Annotated[
        str | None,
        list_option(
            metavar="TEMPLATE",
            help="Names of the files, from {n}, {name}, {slug}, {seed} and the list's columns.",
        ),
    ] = None
    skip_bad: Annotated[
        bool, list_option("--skip-bad", help="Leave out rows that cannot be sent.")
    ] = False
    no_seeds: Annotated[
        bool,
        list_option("--no-seeds", help="Send no seed for a row without one; do not draw one."),
    ] = False
    extend: Annotated[
        bool, list_option("--extend", help="Add the rows of the list to the batch in --out.")
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much at once, how fast, and for how much; for all workers together."""

    concurrency: Annotated[
        int | None, limit_option(min=1, metavar="NUMBER", help="Videos at once; 8 by default.")
    ] = None
    per_second: Annotated[
        float | None,
        limit_option(min=0.01, metavar="NUMBER", help="Requests to the API a second, at most."),
    ] = None
    max_usd: Annotated[
        float | None,
        limit_option(min=0.0, metavar="USD", help="The most that the batch may cost."),
    ] = None
    max_videos: Annotated[
        int | None, limit_option(min=0, metavar="NUMBER", help="The most videos that are made.")
    ] = None

    def given(self) -> dict[str, Any]:
        """Return the limits that were set."""
        named = {
            "concurrency": self.concurrency,
            "per_second": self.per_second,
            "max_usd": self.max_usd,
            "max_videos": self.max_videos,
        }
        return {name: value for name, value in named.items() if value is not None}


NoRecover = Annotated[
    bool, limit_option("--no-recover", help="Do not look for submissions in doubt in the log.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """What is done with each row."""

    sample: Annotated[
        int | None,
        limit_option(min=1, metavar="NUMBER", help="How many videos to make first, and then stop."),
    ] = None
    retry_failed: Annotated[
        bool, limit_option("--retry-failed", help="Also send rows that failed again.")
    ] = False
    reuse: Annotated[
        bool,
        limit_option(
            "--reuse",
            help="Where the ledger has a video of the same request with the list's own seed, "
            "take that, at no cost.",
        ),
    ] = False
    stop_on_bad: Annotated[
        bool,
        limit_option(
            "--stop-on-bad",
            help="Hold the other rows of a prompt once one video is black, frozen or of the "
            "wrong size or length.",
        ),
    ] = False
    no_metadata: Annotated[
        bool,
        output_option("--no-metadata", help="Leave each video as it came from the vendor."),
    ] = False
    no_recover: NoRecover = False
    yes: Annotated[bool, limit_option("--yes", "-y", help="Do not ask, whatever it costs.")] = False

    def given(self) -> dict[str, Any]:
        """Return the settings that were chosen; those of a batch stay otherwise."""
        chosen: dict[str, Any] = {"stop_on_bad": True} if self.stop_on_bad else {}
        return {**chosen, **({"metadata": False} if self.no_metadata else {})}
