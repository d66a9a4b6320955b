"""The commands that submit, wait for, download and preview generations, and ask what they cost."""

from ._commands import COMMANDS

__all__ = ["COMMANDS"]
