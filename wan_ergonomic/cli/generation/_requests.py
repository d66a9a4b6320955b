"""The videos that one command line asks for: each of its prompts with each of its seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import SystemRandom
from typing import Annotated, Any

from wan_ergonomic._limits import MAX_SEED
from wan_ergonomic._spec import request_schema
from wan_ergonomic.cli._exits import UsageError
from wan_ergonomic.cli._outcome import UNSPENT
from wan_ergonomic.cli.session._options import prompt_option

# Each is waited for by a thread of its own.
MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """How many videos are made of each prompt."""

    count: Annotated[
        int,
        prompt_option(
            metavar="NUMBER",
            min=1,
            help="How many videos of a prompt to make, each with its own seed.",
        ),
    ] = 1
    seeds: Annotated[
        str | None,
        prompt_option(
            metavar="A..B", help="Make a video of a prompt with each seed: 1..4, or 1,5,9."
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class Request:
    """One video that is asked for.

    Attributes:
        prompt: What it shows.
        options: The options that are set for it.
    """

    prompt: str
    options: Mapping[str, Any]


def requests_of(
    prompts: Sequence[str], options: Mapping[str, Any], several: Several, *, seed: int | None
) -> list[Request]:
    """Return what a command line asks for.

    Args:
        prompts: The prompts.
        options: The options that are set for all of them.
        several: How many videos of each.
        seed: What ``--seed`` says; None if it was not given.

    Raises:
        UsageError: The options contradict each other, ask for too many videos, or for one twice.
    """
    seeds = _seeds(several, seed)
    if len(prompts) * len(seeds) > MOST:
        raise _too_many(len(prompts) * len(seeds))
    found = [
        Request(prompt, dict(options) if each is None else {**options, "seed": each})
        for prompt in prompts
        for each in seeds
    ]
    again = next((each for i, each in enumerate(found) if each in found[:i]), None)
    if again and again.options.get("seed") is not None:
        raise UsageError(
            f"Two videos of the prompt {again.prompt!r:.60} with the seed {again.options['seed']} "
            f"would be the same, and both be paid for. {UNSPENT}"
        )
    return found


def _seeds(several: Several, seed: int | None) -> Sequence[int | None]:
    """Return a seed for each video of a prompt; None leaves it to the options."""
    if several.count > MOST:
        raise _too_many(several.count)
    given = {"--seed": seed is not None, "--seeds": several.seeds is not None}
    given["--count"] = several.count > 1
    if sum(given.values()) > 1:
        names = " and ".join(name for name, is_given in given.items() if is_given)
        raise UsageError(f"{names} exclude each other: each of them chooses the seeds. {UNSPENT}")
    if several.seeds is not None:
        return _parsed(several.seeds)
    if several.count == 1 or "seed" not in request_schema()["properties"]:
        return [None] * several.count
    # A video whose seed is known can be made again.
    return SystemRandom().sample(range(MAX_SEED + 1), several.count)


def _parsed(text: str) -> list[int]:
    """Return the seeds of a text such as ``1..4,9``, each once."""
    seeds: dict[int, None] = {}
    for part in text.split(","):
        first, dots, last = part.partition("..")
        try:
            begin, end = int(first), int(last if dots else first)
        except ValueError:
            begin, end = 1, 0
        if begin > end:
            raise UsageError(
                f"--seeds must be whole numbers such as 1..4 or 1,5,9, not {text!r:.60}. {UNSPENT}"
            )
        if end - begin >= MOST:
            raise _too_many(end - begin + 1)
        seeds |= dict.fromkeys(range(begin, end + 1))
    return [*seeds]


def _too_many(number: int) -> UsageError:
    return UsageError(
        f"{number:,} videos are too many for one command, which makes at most {MOST}; wan batch "
        f"run makes any number. {UNSPENT}"
    )
