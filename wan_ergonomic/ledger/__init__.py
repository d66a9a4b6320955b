"""A record on this machine of each paid submission: its request, its id, its cost and its file."""

from ._books import Books
from ._cap import Cap
from ._job import Job, Outcome
from ._ledger import LEDGER_VARIABLE, Ledger, find_ledger, seen_in
from ._recorder import Recorder
from ._wal import use_wal

__all__ = [
    "LEDGER_VARIABLE",
    "Books",
    "Cap",
    "Job",
    "Ledger",
    "Outcome",
    "Recorder",
    "find_ledger",
    "seen_in",
    "use_wal",
]
