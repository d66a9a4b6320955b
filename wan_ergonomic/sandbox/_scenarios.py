"""All scenarios by name, and which one a prompt chooses."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from types import MappingProxyType

from ._job_scenarios import JOB_SCENARIOS, ORDINARY
from ._request_scenarios import REQUEST_SCENARIOS
from ._scenario import Scenario
from ._validation import RefusedError

SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {scenario.name: scenario for scenario in (*JOB_SCENARIOS, *REQUEST_SCENARIOS)}
)

# No scenario's name comes near this; what is longer is cut before it is compared.
_LONGEST_NAME = 60


def scenario_of(prompt: str) -> Scenario:
    """Return the scenario that a prompt chooses by saying ``[scenario: NAME]``.

    Raises:
        RefusedError: It chooses one that is not known, or more than one.
    """
    names = [name.strip()[:_LONGEST_NAME] for name in re.findall(r"\[scenario:([^\]]*)\]", prompt)]
    if not names:
        return ORDINARY
    if len(names) > 1:
        raise _refused("A prompt has one scenario, and this one names several", names)
    if names[0] not in SCENARIOS:
        near = difflib.get_close_matches(names[0], SCENARIOS, n=1, cutoff=0.0)[0]
        raise _refused(f"No scenario is called {names[0]!r}; the nearest is {near!r}", names)
    return SCENARIOS[names[0]]


def _refused(message: str, names: list[str]) -> RefusedError:
    issue = {
        "code": "invalid_enum_value",
        "path": ["prompt"],
        "message": message,
        "options": list(SCENARIOS),
        "received": names,
    }
    return RefusedError(f"{message}. The scenarios are: {', '.join(SCENARIOS)}", [issue])
