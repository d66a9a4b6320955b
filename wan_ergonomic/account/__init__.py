"""The account: what a video costs and how long it takes, what was paid, and what was lost."""

from wan_ergonomic._price import Price, show_usd

from ._balance import Balance, balance
from ._catalogue import Catalogue
from ._durations import Durations, durations, from_history
from ._log import LoggedRequest, read_log, window_since
from ._pricing import Pricing
from ._questions import Questions
from ._recover import Lost, recover, recovering
from ._spending import Expense, reconcile, total

__all__ = [
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
    "recovering",
    "show_usd",
    "total",
    "window_since",
]
