"""``wan contract``: what the vendor publishes, and what changed in it.

Each command is a function here or in a module of its own, and a row of the table
below. The contract package is imported when a command runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wan_ergonomic.cli._command import Command, Commands, ending
from wan_ergonomic.cli._exits import CONTRACT_MEANINGS, explain

from ._output import (
    AcceptedOption,
    CreateOption,
    FailOnOption,
    Format,
    FormatOption,
    PollOption,
    Threshold,
    VerboseOption,
    comparison,
    exit_if_found,
    put_comparison,
    today,
)
from ._verify import verify
from ._watch import watch

if TYPE_CHECKING:
    from wan_ergonomic.contract import Document

_SOURCE = "a page, a document in JSON or YAML, a folder of these, or a URL"
Old = Annotated[str, typer.Argument(metavar="OLD", help=f"What was published: {_SOURCE}.")]
New = Annotated[str, typer.Argument(metavar="NEW", help="What is published now, likewise.")]


def diff(
    old: Old,
    new: New,
    *,
    output: FormatOption = Format.TABLE,
    fail_on: FailOnOption = Threshold.INFO,
    create: CreateOption = None,
    poll: PollOption = None,
    accepted: AcceptedOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Compare two sources.

    Shows what was compared, what changed, whom it breaks, and which names of
    wan_ergonomic it touches.
    """
    with comparison(output):
        from wan_ergonomic.contract import accept, compare, read_names, read_policy, read_source

        names, policy = read_names(create, poll), read_policy(accepted)
        before = read_source(old)
        found = accept(compare(before, read_source(new), names), policy, today())
    put_comparison(found, output, old=before, files=_files(old, before), verbose=verbose)
    exit_if_found(found, fail_on)


def _files(source: str, documents: Sequence[Document]) -> dict[str, str]:
    """Return the file of each document, by its origin; empty if the source is not on this disk."""
    path = Path(source)
    if path.is_dir():
        return {document.origin: (path / document.origin).as_posix() for document in documents}
    return {document.origin: path.as_posix() for document in documents if path.is_file()}


contract = typer.Typer(cls=Commands, add_completion=False, rich_markup_mode=None)

_COMMANDS: Sequence[tuple[Callable[..., None], str]] = (
    (diff, "contract diff openapi/upstream published.md"),
    (watch, "contract watch --fail-on breaking"),
    (verify, "contract verify traffic.har"),
)
for _command, _example in _COMMANDS:
    contract.command(cls=Command, epilog=ending(_example, explain(CONTRACT_MEANINGS)))(_command)


@contract.callback(epilog=ending(_COMMANDS[0][1], explain(CONTRACT_MEANINGS)))
def about_contract() -> None:
    """Track what the vendor publishes, and check traffic against it."""
