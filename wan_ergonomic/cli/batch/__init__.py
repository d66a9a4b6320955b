"""The commands for many prompts."""

from ._commands import batch

__all__ = ["batch"]
