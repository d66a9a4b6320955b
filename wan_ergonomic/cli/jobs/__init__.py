"""The commands about the paid jobs that the ledger of this machine knows."""

from ._commands import jobs

__all__ = ["jobs"]
