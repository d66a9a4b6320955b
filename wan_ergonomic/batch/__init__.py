"""Many prompts, durably: each gets a video or a reason, and is paid for once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._adding import BadRowsError
    from ._batch import Batch
    from ._open import open_batch
    from ._plan import Plan, plan_of
    from ._status import Status
    from .engine import BatchClient
    from .rows import DEFAULT_NAMES, BadRow, Row, read_rows, rows_of
    from .store import BatchRow, Making, NewRow, Rest, Settings, State

# Where each name is; what reads lists needs no engine.
_WHERE = {
    "BadRow": "rows",
    "BadRowsError": "_adding",
    "Batch": "_batch",
    "BatchClient": "engine",
    "BatchRow": "store",
    "DEFAULT_NAMES": "rows",
    "Plan": "_plan",
    "Row": "rows",
    "Settings": "store",
    "Status": "_status",
    "Making": "store",
    "NewRow": "store",
    "Rest": "store",
    "State": "store",
    "open_batch": "_open",
    "plan_of": "_plan",
    "read_rows": "rows",
    "rows_of": "rows",
}

__all__ = [
    "DEFAULT_NAMES",
    "BadRow",
    "BadRowsError",
    "Batch",
    "BatchClient",
    "BatchRow",
    "Making",
    "NewRow",
    "Plan",
    "Rest",
    "Row",
    "Settings",
    "State",
    "Status",
    "open_batch",
    "plan_of",
    "read_rows",
    "rows_of",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_WHERE[name]}", __name__), name)
