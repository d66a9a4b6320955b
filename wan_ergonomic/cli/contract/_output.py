"""What the `wan contract` commands share: formats, thresholds and errors.

Modules that take long to import are imported only when they are needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from wan_ergonomic._errors import ContractError
from wan_ergonomic.cli._exits import ContractExit
from wan_ergonomic.cli._extras import needs_extra
from wan_ergonomic.cli._outcome import CommandError, Outcome
from wan_ergonomic.cli._streams import put, put_json

if TYPE_CHECKING:
    from wan_ergonomic.contract import Comparison, Document


class Format(StrEnum):
    """A format of the output."""

    TABLE = "table"
    MARKDOWN = "markdown"
    JSON = "json"
    GITHUB = "github"


class Threshold(StrEnum):
    """The lowest severity that counts as drift; reworded descriptions never do."""

    BREAKING = "breaking"
    WARNING = "warning"
    INFO = "info"


FormatOption = Annotated[
    Format,
    typer.Option(
        "--format",
        help="A table (plain lines in a pipe), Markdown, JSON, or annotations for GitHub.",
    ),
]
FailOnOption = Annotated[
    Threshold,
    typer.Option(
        "--fail-on",
        help="The lowest severity that exits with 1. Reworded descriptions never do.",
    ),
]
CreateOption = Annotated[
    str | None,
    typer.Option(
        "--create",
        metavar="OPERATION",
        show_default=False,
        help='The operation that creates, as in "POST /v1/videos"; by default found by itself.',
    ),
]
PollOption = Annotated[
    str | None,
    typer.Option(
        "--poll",
        metavar="OPERATION",
        show_default=False,
        help='The operation that is polled, as in "GET /v1/videos/{id}"; likewise.',
    ),
]
AcceptedOption = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        show_default=False,
        help="Accepted findings and severities; by default contract/accepted.yaml.",
    ),
]
VerboseOption = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Show rules, pointers and reworded descriptions too."),
]


@contextmanager
def comparison(output: Format) -> Iterator[None]:
    """Report a comparison that is impossible, in the chosen format.

    Raises:
        CommandError: A source is gone or unreadable, or the sources cannot be compared.
        UsageError: A dependency is missing.
    """
    try:
        with needs_extra("contract", "This command"):
            yield
    except ContractError as error:
        _put_failure(error, output)
        raise unknown(error, f"The sources could not be compared. {error}") from error


def unknown(error: ContractError, message: str) -> CommandError:
    """Return the exception that ends a command whose result is unknown."""
    return CommandError(
        Outcome(code=ContractExit.UNKNOWN, kind=type(error).__name__, message=message)
    )


def _put_failure(error: ContractError, output: Format) -> None:
    from wan_ergonomic.contract import failure_as_annotation, failure_as_json

    if output is Format.JSON:
        put_json(failure_as_json(error))
    if output is Format.GITHUB:
        put(failure_as_annotation(str(error)))


def today() -> date:
    """Return the day on which an acceptance has to hold."""
    return datetime.now(UTC).date()


def put_comparison(
    comparison: Comparison,
    output: Format,
    *,
    old: Sequence[Document],
    files: Mapping[str, str],
    verbose: bool,
) -> None:
    """Write a comparison to standard output.

    Args:
        comparison: The comparison.
        output: The format.
        old: The documents of the old source, for annotations.
        files: The file of each of them, by the document's origin.
        verbose: Whether the table has rules, pointers and reworded descriptions.
    """
    from wan_ergonomic import contract

    from ._table import as_table

    if output is Format.JSON:
        put_json(contract.comparison_as_json(comparison))
    elif output is Format.MARKDOWN:
        put(contract.comparison_as_markdown(comparison).rstrip("\n"))
    elif output is Format.GITHUB:
        put(contract.comparison_as_annotations(comparison, old, files))
    else:
        put(as_table(comparison, verbose=verbose))


def exit_if_found(comparison: Comparison, fail_on: Threshold) -> None:
    """Exit with 1 if a finding is as severe as the threshold.

    Raises:
        CommandError: What was not read may be worse than what was found.
        Exit: A finding is as severe.
    """
    from wan_ergonomic.contract import SEVERITIES

    if comparison.verdict == "unclear":
        raise unknown(
            ContractError(str(comparison.doubt)), f"Could not tell what changed. {comparison.doubt}"
        )
    counted = SEVERITIES[: SEVERITIES.index(fail_on.value) + 1]
    if any(finding.severity in counted for finding in comparison.findings):
        raise typer.Exit(ContractExit.FOUND)
