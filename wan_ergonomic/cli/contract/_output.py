"""What the commands about the contract have in common: their forms of output and their ends.

Nothing here compares; and nothing that takes long to import is imported before
it is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from wan_ergonomic._errors import ContractError
from wan_ergonomic.cli._destination import UsageError
from wan_ergonomic.cli._exits import Exit
from wan_ergonomic.cli._outcome import EndedError, Ending
from wan_ergonomic.cli._streams import put, put_json

if TYPE_CHECKING:
    from wan_ergonomic.contract.diff._findings import Finding
    from wan_ergonomic.contract.document._document import Document

# The exit codes of these commands, which answer a question and ask nothing of the API.
ENDS: Mapping[int, str] = {
    0: "nothing found, or nothing as bad as --fail-on",
    1: "found: drift, or traffic that departs from the contract",
    2: "could not tell: something is gone or unreadable, or bad usage",
}


class Format(StrEnum):
    """A form of output."""

    TABLE = "table"
    MARKDOWN = "markdown"
    JSON = "json"
    GITHUB = "github"


class Threshold(StrEnum):
    """The least severity that counts as drift; reworded descriptions never do."""

    BREAKING = "breaking"
    WARNING = "warning"
    INFO = "info"


FormatOption = Annotated[
    Format,
    typer.Option(
        "--format", help="A table for people, Markdown or annotations for GitHub, or JSON."
    ),
]
FailOnOption = Annotated[
    Threshold,
    typer.Option(
        "--fail-on",
        help="The least severity that ends with 1. Reworded descriptions never do.",
    ),
]
VerboseOption = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Show rules, pointers and reworded descriptions too."),
]


def explain_ends() -> str:
    """Return the exit codes as help text shows them."""
    # The backspace keeps Typer from joining the lines.
    return "\b\nExit codes:\n" + "\n".join(f"  {code}  {said}" for code, said in ENDS.items())


@contextmanager
def answering(form: Format) -> Iterator[None]:
    """End a command that cannot tell with 2, and say so in the form that was asked for.

    Raises:
        EndedError: A source is gone, or something else kept it from being compared.
        UsageError: What is needed to read it is not installed.
    """
    try:
        yield
    except ContractError as error:
        _put_unreadable(error, form)
        message = f"Could not tell what changed. {error}"
        ending = Ending(code=Exit.USAGE, kind=type(error).__name__, message=message)
        raise EndedError(ending) from error
    except ModuleNotFoundError as error:
        if str(error.name).startswith("wan_ergonomic"):
            raise
        raise UsageError("This needs: pip install 'wan-ergonomic[contract]'") from error


def _put_unreadable(error: ContractError, form: Format) -> None:
    from wan_ergonomic.contract.report._github import failure
    from wan_ergonomic.contract.report._markdown import unreadable
    from wan_ergonomic.contract.source._fetch import SourceGoneError

    if form is Format.JSON:
        is_gone = isinstance(error, SourceGoneError)
        put_json(unreadable("gone" if is_gone else "unclear", str(error)))
    if form is Format.GITHUB:
        put(failure(str(error)))


def put_findings(
    findings: Sequence[Finding],
    form: Format,
    *,
    old: Sequence[Document] = (),
    files: Mapping[str, str] | None = None,
    verbose: bool = False,
) -> None:
    """Write what was found to standard output.

    Args:
        findings: What was found, worst first.
        form: In which form.
        old: The documents that it was found in, for annotations.
        files: For the origin of each of these, the file that annotations are shown in.
        verbose: Whether the table has rules, pointers and reworded descriptions.
    """
    from wan_ergonomic.contract.report import _markdown
    from wan_ergonomic.contract.report._github import as_annotations

    from ._table import as_table

    if form is Format.JSON:
        put_json(_markdown.as_json(findings))
    elif form is Format.MARKDOWN:
        put(_markdown.as_markdown(findings).rstrip("\n"))
    elif form is Format.GITHUB:
        put(as_annotations(findings, old, files or {}))
    else:
        put(as_table(findings, verbose=verbose))


def end(findings: Sequence[Finding], fail_on: Threshold) -> None:
    """End with 1 where something found is as bad as the threshold.

    Raises:
        Exit: Something is.
    """
    from wan_ergonomic.contract.diff._findings import SEVERITIES

    counted = SEVERITIES[: SEVERITIES.index(fail_on.value) + 1]
    if any(finding.severity in counted for finding in findings):
        raise typer.Exit(1)
