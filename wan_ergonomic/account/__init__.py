"""The account: what a video costs and how long it takes, what was paid, and what was lost.

Each name is loaded when it is first used: most programs need none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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

_HOMES = {
    "_balance": ("Balance", "balance"),
    "_catalogue": ("Catalogue",),
    "_durations": ("Durations", "durations", "from_history"),
    "_log": ("LoggedRequest", "read_log", "window_since"),
    ".._price": ("Price", "show_usd"),
    "_pricing": ("Pricing",),
    "_questions": ("Questions",),
    "_recover": ("LONGEST_JOB", "Lost", "recover", "recover_submission", "recovering"),
    "_server_time": ("server_time",),
    "_spending": ("Expense", "reconcile", "total"),
}

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


def __getattr__(name: str) -> Any:
    home = next((home for home, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = home if home.startswith("..") else f".{home}"
    globals()[name] = value = getattr(import_module(module, __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
