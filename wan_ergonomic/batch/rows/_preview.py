"""What would be sent for each row, so that nothing is refused only after others are paid for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wan_ergonomic._errors import ConfigurationError, PromptError
from wan_ergonomic._prompts import Preview, PromptDefaults, prepare

from ._fields import without_unsent
from ._names import NameTemplate
from ._row import BadRow, Row


@dataclass(frozen=True, slots=True)
class PreviewedRow:
    """A row and its request.

    Attributes:
        row: The row.
        preview: The request as it would be sent, with warnings about what the model ignores.
    """

    row: Row
    preview: Preview


def preview_rows(
    rows: Iterable[Row | BadRow],
    defaults: PromptDefaults,
    *,
    allow_unsupported: bool = False,
    names: NameTemplate | None = None,
) -> Iterator[PreviewedRow | BadRow]:
    """Yield the request of each row, one at a time; a row that would be refused as BadRow.

    Args:
        rows: The rows; a BadRow stays as it is.
        defaults: The options that apply unless a row sets them.
        allow_unsupported: Whether what the model does not support is a warning, not an error.
        names: Checked for each row, if given.
    """
    for number, row in enumerate(rows, 1):
        if isinstance(row, BadRow):
            yield row
            continue
        try:
            preview = prepare(
                row.prompt, defaults, row.options, allow_unsupported=allow_unsupported
            )
            if names:
                names.stem(row, number, preview.body.get("seed"))
        except (ConfigurationError, PromptError) as error:
            yield BadRow(row.line, without_unsent(error))
        else:
            yield PreviewedRow(row, preview)
