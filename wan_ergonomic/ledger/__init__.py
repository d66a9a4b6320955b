"""A record on this machine of each paid submission: its request, its id, its cost and its file."""

from typing import TYPE_CHECKING

from wan_ergonomic._loading import lazily

if TYPE_CHECKING:
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

# Those that are fast to import come first.
_HOMES = ("_ledger", "_cap", "_job", "_books", "_recorder", "_wal")

__getattr__, __dir__ = lazily(__name__, __all__, _HOMES)
