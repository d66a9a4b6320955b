"""Adds a list to a batch; a list with bad rows is refused with each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan_ergonomic.cli._exits import Exit
from wan_ergonomic.cli._outcome import UNSPENT, CommandError, Outcome

from ._open import Prices
from ._options import Listing
from ._progress import Progress

if TYPE_CHECKING:
    from wan_ergonomic import PromptDefaults
    from wan_ergonomic.batch import BadRowsError, Batch


def add_rows(
    batch: Batch,
    source: str,
    listing: Listing,
    *,
    defaults: PromptDefaults,
    prices: Prices,
    progress: Progress,
    unsupported: bool,
) -> None:
    """Add the rows of a list, or find that they are those of the batch.

    Raises:
        CommandError: The list has bad rows; nothing was added.
        ConfigurationError: It cannot be read, or is another list than that of the batch.
    """
    from wan_ergonomic.batch import BadRowsError, read_rows

    try:
        added = batch.add(
            read_rows(source, listing.form),
            defaults=defaults,
            price=prices.of,
            extend=listing.extend,
            skip_bad=listing.skip_bad,
            draw_seeds=not listing.no_seeds,
            allow_unsupported=unsupported,
        )
    except BadRowsError as error:
        raise CommandError(_refused(error, progress)) from error
    for text in sorted(added.warnings):
        progress.note(f"warning: {text}")
    if prices.reason:
        progress.note(f"about the price: {prices.reason}.")


def _refused(error: BadRowsError, progress: Progress) -> Outcome:
    bad = error.bad
    for row in bad.first:
        progress.trouble(f"line {row.line} cannot be sent: {row.reason}")
    if bad.count > len(bad.first):
        progress.trouble(f"{bad.count - len(bad.first):,} more rows cannot be sent.")
    rows = "1 row" if bad.count == 1 else f"{bad.count:,} rows"
    return Outcome(
        code=Exit.USAGE,
        kind=type(error).__name__,
        message=f"{rows} of the list cannot be sent. Correct the list, or leave such rows out with "
        f"--skip-bad. {UNSPENT}",
    )
