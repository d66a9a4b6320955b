"""The command that makes a page for looking at videos."""

from ._commands import gallery

__all__ = ["gallery"]
