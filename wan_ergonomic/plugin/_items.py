"""The checks of ``pytest --wan-live`` as items that pytest runs and reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ._live_checks import (
    FREE_CHECKS,
    PAID_CHECKS,
    CheckFailedError,
    CheckSkippedError,
    LiveSettings,
)

NAME = "wan-live"


class LiveChecks(pytest.Collector):
    """All checks, under one name."""

    settings: LiveSettings

    def collect(self) -> Iterator[pytest.Item]:
        """Yield each check; the paid one only if an amount of money is allowed."""
        paid = {} if self.settings.allowed is None else PAID_CHECKS
        for name, check in {**FREE_CHECKS, **paid}.items():
            yield LiveCheck.from_parent(self, name=name, check=check)


class LiveCheck(pytest.Item):
    """One check."""

    def __init__(self, *, check: Callable[[LiveSettings], None], **options: Any) -> None:
        super().__init__(**options)
        self._check = check

    def runtest(self) -> None:
        """Run the check."""
        assert isinstance(self.parent, LiveChecks)
        if self.name in PAID_CHECKS and hasattr(self.config, "workerinput"):
            pytest.skip("With pytest-xdist, each worker would submit a generation; none does.")
        try:
            self._check(self.parent.settings)
        except CheckSkippedError as reason:
            pytest.skip(str(reason))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return a failed check's message without a traceback."""
        if isinstance(excinfo.value, CheckFailedError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return the heading of a failure; pytest requires a path, and there is no file."""
        return self.config.rootpath / NAME, None, f"{NAME}: {self.name}"


def live_checks(session: pytest.Session, settings: LiveSettings) -> list[pytest.Item]:
    """Return the checks to run."""
    group: LiveChecks = LiveChecks.from_parent(session, name=NAME, nodeid=NAME)
    group.settings = settings
    return [item for item in group.collect() if isinstance(item, pytest.Item)]
