"""The account: what a video costs and how long it takes, what was paid, and what was lost.

Each name is loaded when it is first used: most programs need none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan_ergonomic._loading import lazily

if TYPE_CHECKING:
    from wan_ergonomic._price import Price as Price
    from wan_ergonomic._price import show_usd as show_usd

    from ._balance import Balance, balance
    from ._catalogue import Catalogue
    from ._durations import Durations, durations, from_history
    from ._log import LoggedRequest, read_log, window_since
    from ._pricing import Pricing
    from ._questions import Questions
    from ._recover import LONGEST_JOB, Lost, recover, recover_submission, recovering
    from ._server_time import server_time
    from ._spending import Expense, reconcile, total

__all__ = [
    "LONGEST_JOB",
    "Balance",
    "Catalogue",
    "Durations",
    "Expense",
    "LoggedRequest",
    "Lost",
    "Price",
    "Pricing",
    "Questions",
    "balance",
    "durations",
    "from_history",
    "read_log",
    "reconcile",
    "recover",
    "recover_submission",
    "recovering",
    "server_time",
    "show_usd",
    "total",
    "window_since",
]

# Those that are fast to import, and those that are used most, come first.
_HOMES = (
    # Of the package above.
    "._price",
    "_questions",
    "_balance",
    "_durations",
    "_log",
    "_catalogue",
    "_pricing",
    "_server_time",
    "_recover",
    "_spending",
)

__getattr__, __dir__ = lazily(__name__, __all__, _HOMES)
