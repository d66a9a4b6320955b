"""The commands about the account, in the order of the help."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wan_ergonomic.cli._command import Command

from ._money import balance, price
from ._recover import recover
from ._spend import spend

# Each command, how its arguments are parsed, and an example.
COMMANDS: Sequence[tuple[Callable[..., None], type[Command], str]] = (
    (recover, Command, "recover --all"),
    (price, Command, "price --resolution 480P --count 10"),
    (balance, Command, "balance"),
    (spend, Command, "spend --since 7d --by day"),
)
