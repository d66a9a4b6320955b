"""A batch's own database: what is to be made, what was paid, and which workers are at it.

It is the only truth about a batch. The engine's database can be deleted at any time.
"""

from ._database import Database, engine_of_file, open_database
from ._making import Making, making
from ._money import AlreadySentError, CrowdedError, HeldError, LimitReachedError, Money, Submission
from ._rows import UNFINISHED, BatchRow, NewRow, OvertakenError, Rest, Rows, State, batched
from ._settings import Settings, settings_from
from ._workers import SILENT_SECONDS, Workers

__all__ = [
    "SILENT_SECONDS",
    "UNFINISHED",
    "AlreadySentError",
    "BatchRow",
    "CrowdedError",
    "Database",
    "HeldError",
    "LimitReachedError",
    "Making",
    "Money",
    "NewRow",
    "OvertakenError",
    "Rest",
    "Rows",
    "Settings",
    "State",
    "Submission",
    "Workers",
    "batched",
    "engine_of_file",
    "making",
    "open_database",
    "settings_from",
]
