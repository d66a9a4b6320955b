"""``wan batch``: many prompts, each of which gets a video or a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import typer

from wan_ergonomic.cli._command import Command, Commands, ending

from ._make import run, worker
from ._plan import plan
from ._state import resolve, status

batch = typer.Typer(cls=Commands, add_completion=False, rich_markup_mode=None)

_COMMANDS: Sequence[tuple[Callable[..., None], str]] = (
    (plan, "batch plan prompts.csv"),
    (run, "batch run prompts.jsonl --out videos/ --max-usd 20"),
    (status, "batch status videos/ --follow"),
    (resolve, "batch resolve videos/ 12 --give-up"),
    (worker, "batch worker --database postgresql://me@db/wan --out videos/"),
)
for _function, _example in _COMMANDS:
    batch.command(cls=Command, epilog=ending(_example))(_function)


@batch.callback(epilog=ending("batch run prompts.csv --out videos/"))
def about_batch() -> None:
    """Many prompts: each gets a video, and is paid for once."""
