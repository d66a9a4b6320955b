"""The commands about the account: prices, the balance, what was spent, and lost submissions."""

from ._commands import COMMANDS

__all__ = ["COMMANDS"]
