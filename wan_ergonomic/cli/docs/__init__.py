"""The command that shows this documentation, offline."""

from ._commands import docs
from ._reference import reference

__all__ = ["docs", "reference"]
