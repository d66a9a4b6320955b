"""The command that serves agents."""

from ._commands import mcp

__all__ = ["mcp"]
