"""What the `wan contract` commands share: formats, thresholds and errors.

Modules that take long to import are imported only when they are needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from wan_ergonomic._errors import ContractError
from wan_ergonomic.cli._exits import ContractExit
from wan_ergonomic.cli._extras import needs_extra
from wan_ergonomic.cli._outcome import CommandError, Outcome
from wan_ergonomic.cli._streams import put, put_json

if TYPE_CHECKING:
    from wan_ergonomic.contract import Document, Finding


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


def put_findings(
    findings: Sequence[Finding],
    output: Format,
    *,
    old: Sequence[Document],
    files: Mapping[str, str],
    verbose: bool,
) -> None:
    """Write findings to standard output.

    Args:
        findings: The findings, worst first.
        output: The format.
        old: The documents of the old source, for annotations.
        files: The file of each of them, by the document's origin.
        verbose: Whether the table has rules, pointers and reworded descriptions.
    """
    from wan_ergonomic import contract

    from ._table import as_table

    if output is Format.JSON:
        put_json(contract.findings_as_json(findings))
    elif output is Format.MARKDOWN:
        put(contract.findings_as_markdown(findings).rstrip("\n"))
    elif output is Format.GITHUB:
        put(contract.findings_as_annotations(findings, old, files))
    else:
        put(as_table(findings, verbose=verbose))


def exit_if_found(findings: Sequence[Finding], fail_on: Threshold) -> None:
    """Exit with 1 if a finding is as severe as the threshold.

    Raises:
        Exit: One is.
    """
    from wan_ergonomic.contract import SEVERITIES

    counted = SEVERITIES[: SEVERITIES.index(fail_on.value) + 1]
    if any(finding.severity in counted for finding in findings):
        raise typer.Exit(ContractExit.FOUND)
