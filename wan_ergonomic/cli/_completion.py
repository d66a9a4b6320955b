"""What a shell offers for a value that is typed: options' values, presets, ids of the ledger."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

# So many of the newest jobs are offered.
_JOBS = 50
# A prompt beside an id is cut after this many characters.
_PROMPT = 50

Offered = list[tuple[str, str]]


def is_asked_for(program: str) -> bool:
    """Whether a shell runs this program to complete a command line."""
    name = Path(program).name.removesuffix(".exe").replace("-", "_").upper()
    return f"_{name}_COMPLETE" in os.environ


def join_options() -> None:
    """Leave out the equals sign that bash takes for a word of its own, as in --seed = 7."""
    words = os.environ.get("COMP_WORDS", "").split("\n")
    number = os.environ.get("COMP_CWORD", "")
    if number.isdecimal() and 1 < int(number) < len(words) and words[int(number) - 1] == "=":
        del words[int(number) - 1]
        os.environ["COMP_WORDS"], os.environ["COMP_CWORD"] = "\n".join(words), str(int(number) - 1)


def completing(option: str) -> Callable[[str], list[str]]:
    """Return what completes an option of the contract: its values."""

    def complete(incomplete: str) -> list[str]:
        from wan_ergonomic._spec import choices, request_schema

        schema = request_schema()["properties"].get(option, {})
        return beginning(incomplete, map(str, choices(schema)))

    return complete


def complete_presets(incomplete: str) -> list[str]:
    """Complete the name of a preset: one of this package, or the user's own."""
    from wan_ergonomic import WanError
    from wan_ergonomic._prompts import PRESETS
    from wan_ergonomic._settings import read_config

    try:
        own: Iterable[str] = read_config().presets
    except WanError:
        own = ()
    return beginning(incomplete, {**dict.fromkeys(PRESETS), **dict.fromkeys(own)})


def completing_scenarios(*, of_account: bool = False) -> Callable[[str], Offered]:
    """Return what completes the name of a scenario of the sandbox, with what it does."""

    def complete(incomplete: str) -> Offered:
        try:
            from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS, SCENARIOS
        except ImportError:
            return []
        found: Mapping[str, Any] = ACCOUNT_SCENARIOS if of_account else SCENARIOS
        return [(name, found[name].summary) for name in beginning(incomplete, found)]

    return complete


def complete_ids(incomplete: str) -> Offered:
    """Complete the id of a generation: one of the newest in the ledger, with its prompt."""
    return _jobs(incomplete, lambda job: job.generation_id)


def complete_lost(incomplete: str) -> Offered:
    """Complete the request id of a submission in doubt in the ledger, with its prompt."""
    return _jobs(incomplete, lambda job: job.client_request_id if job.lost else None)


def _jobs(incomplete: str, known_as: Callable[[Any], str | None]) -> Offered:
    from wan_ergonomic import WanError
    from wan_ergonomic.ledger import find_ledger

    try:
        ledger = find_ledger()
        jobs: Sequence[Any] = ledger.jobs(limit=_JOBS) if ledger else ()
    except WanError:
        # A shell that completes is no place for a message.
        return []
    found = ((known_as(job), str(job.body.get("prompt", ""))[:_PROMPT]) for job in jobs)
    return [(name, prompt) for name, prompt in found if name and name.startswith(incomplete)]


def beginning(incomplete: str, values: Iterable[str]) -> list[str]:
    """Return the values that begin with what was typed, in whatever case."""
    known = dict.fromkeys(values)
    return [each for each in known if each.lower().startswith(incomplete.lower())]
