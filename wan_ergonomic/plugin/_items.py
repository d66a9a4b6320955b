"""The checks of ``pytest --wan-live`` as items that pytest runs and reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ._canary import FREE, SPENDING, CanaryError, CannotTellError, Live

NAME = "wan-live"


class CanaryGroup(pytest.Collector):
    """All checks, under one name."""

    live: Live

    def collect(self) -> Iterator[pytest.Item]:
        """Yield each check; the one that costs money only where an amount is given."""
        spending = {} if self.live.allowed is None else SPENDING
        for name, check in {**FREE, **spending}.items():
            yield Canary.from_parent(self, name=name, check=check)


class Canary(pytest.Item):
    """One check."""

    def __init__(self, *, check: Callable[[Live], None], **options: Any) -> None:
        super().__init__(**options)
        self._check = check

    def runtest(self) -> None:
        """Make the check."""
        assert isinstance(self.parent, CanaryGroup)
        if self.name in SPENDING and hasattr(self.config, "workerinput"):
            pytest.skip("With pytest-xdist, no process can know that no other one submits as well.")
        try:
            self._check(self.parent.live)
        except CannotTellError as reason:
            pytest.skip(str(reason))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Say what is wrong in its own words."""
        if isinstance(excinfo.value, CanaryError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Say what this is; there is no file to name, but something has to stand there."""
        return self.config.rootpath / NAME, None, f"{NAME}: {self.name}"


def checks(session: pytest.Session, live: Live) -> list[pytest.Item]:
    """Return the checks that are to be made."""
    group: CanaryGroup = CanaryGroup.from_parent(session, name=NAME, nodeid=NAME)
    group.live = live
    return [item for item in group.collect() if isinstance(item, pytest.Item)]
