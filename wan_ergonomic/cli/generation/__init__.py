"""The commands that submit, wait for, download and preview generations."""

from ._commands import COMMANDS

__all__ = ["COMMANDS"]
