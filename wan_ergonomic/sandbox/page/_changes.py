"""What the page changes: speed and scenarios, and the end of a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wan_ergonomic._errors import ConfigurationError

from .._jobs import Job
from .._named_scenario import SCENARIOS
from ..account import ACCOUNT_SCENARIOS
from ._errors import PageError
from ._state import Watched


class Changes:
    """Changes a sandbox as a request of the page says."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched

    def settings(self, body: Any) -> None:
        """Change the settings that a body has, or none of them.

        Raises:
            PageError: One of them is unknown, or its value is.
        """
        known = ("speed", "scenario", "account")
        if not isinstance(body, dict) or not body.keys() <= {*known}:
            raise PageError(400, f"The settings are: {', '.join(known)}.")
        scenario = _named(SCENARIOS, body.get("scenario"))
        account = _named(ACCOUNT_SCENARIOS, body.get("account"))
        if "speed" in body:
            self._set_speed(body["speed"])
        if scenario is not None:
            self._watched.in_play.scenario = scenario
        if account is not None:
            self._watched.account.scenario = account

    def end(self, job: Job, how: str) -> None:
        """End a job: let it ``finish`` or ``fail``.

        Raises:
            PageError: It has ended already.
        """
        jobs = self._watched.jobs
        if not (jobs.finish if how == "finish" else jobs.fail)(job):
            raise PageError(409, "The job has ended already.")

    def _set_speed(self, speed: Any) -> None:
        try:
            self._watched.pace.speed = float(speed)
        except (TypeError, ValueError, OverflowError, ConfigurationError) as error:
            raise PageError(400, "The speed must be a number above 0.") from error


def _named(scenarios: Mapping[str, Any], name: Any) -> Any:
    if name is None:
        return None
    if not isinstance(name, str) or name not in scenarios:
        raise PageError(400, f"There is no scenario {name!r}.")
    return scenarios[name]
