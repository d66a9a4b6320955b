"""All scenarios by name, the one that a prompt names, and the one for prompts that name none."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from types import MappingProxyType

from ._job_scenarios import JOB_SCENARIOS, ORDINARY
from ._request_scenarios import REQUEST_SCENARIOS
from ._scenario import Scenario
from ._validation import InvalidRequestError

SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {scenario.name: scenario for scenario in (*JOB_SCENARIOS, *REQUEST_SCENARIOS)}
)

# Longer than any name; a longer text is cut before it is compared.
_MAX_NAME = 60


class JobScenario:
    """Holds the scenario of prompts that name none; any thread may put another one into play."""

    def __init__(self, scenario: Scenario | None = None) -> None:
        self.scenario = scenario or ORDINARY

    def of(self, prompt: str) -> Scenario:
        """Return the scenario that a prompt names, and without a name the one in play.

        Raises:
            InvalidRequestError: It names an unknown scenario, or more than one.
        """
        return _named_in(prompt) or self.scenario


def _named_in(prompt: str) -> Scenario | None:
    """Return the scenario that a prompt names by ``[scenario: NAME]``; None if it names none.

    Raises:
        InvalidRequestError: It names an unknown scenario, or more than one.
    """
    names = [name.strip()[:_MAX_NAME] for name in re.findall(r"\[scenario:([^\]]*)\]", prompt)]
    if not names:
        return None
    if len(names) > 1:
        raise _rejected("A prompt can have one scenario, and this one names several", names)
    if names[0] not in SCENARIOS:
        near = difflib.get_close_matches(names[0], SCENARIOS, n=1)
        hint = f"the most similar is {near[0]!r}" if near else "wan sandbox --scenarios lists them"
        raise _rejected(f"There is no scenario {names[0]!r}; {hint}", names)
    return SCENARIOS[names[0]]


def _rejected(message: str, names: list[str]) -> InvalidRequestError:
    issue = {
        "code": "invalid_enum_value",
        "path": ["prompt"],
        "message": message,
        "options": list(SCENARIOS),
        "received": names,
    }
    return InvalidRequestError(f"{message}. The scenarios are: {', '.join(SCENARIOS)}", [issue])
