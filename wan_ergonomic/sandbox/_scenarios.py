"""All fates by name, and which one a prompt chooses."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from types import MappingProxyType

from ._job_scenarios import JOB_FATES, ORDINARY
from ._request_scenarios import REQUEST_FATES
from ._scenario import Fate
from ._validation import RefusedError

FATES: Mapping[str, Fate] = MappingProxyType(
    {fate.name: fate for fate in (*JOB_FATES, *REQUEST_FATES)}
)

# No fate's name comes near this; what is longer is cut before it is compared.
_LONGEST_NAME = 60


def fate_of(prompt: str) -> Fate:
    """Return the fate that a prompt chooses by saying ``[fate: NAME]``.

    Raises:
        RefusedError: It chooses one that is not known, or more than one.
    """
    names = [name.strip()[:_LONGEST_NAME] for name in re.findall(r"\[fate:([^\]]*)\]", prompt)]
    if not names:
        return ORDINARY
    if len(names) > 1:
        raise _refused("A prompt has one fate, and this one names several", names)
    if names[0] not in FATES:
        near = difflib.get_close_matches(names[0], FATES, n=1, cutoff=0.0)[0]
        raise _refused(f"No fate is called {names[0]!r}; the nearest is {near!r}", names)
    return FATES[names[0]]


def _refused(message: str, names: list[str]) -> RefusedError:
    issue = {
        "code": "invalid_enum_value",
        "path": ["prompt"],
        "message": message,
        "options": list(FATES),
        "received": names,
    }
    return RefusedError(f"{message}. The fates are: {', '.join(FATES)}", [issue])
