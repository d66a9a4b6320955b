"""What a soak counted, which promises that breaks, and how it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .holdings import Holdings

MEBI = 2**20
# Noise: what Python and its libraries keep of their own accord, whatever they are used for.
SPARE_OBJECTS = 10_000
SPARE_MEMORY = 24 * MEBI

_NOTHING = Holdings(0, 0, (), 0, 0)


@dataclass(kw_only=True)
class Figures:
    """What one soak counted.

    Attributes:
        requested: Generations to make.
        at_once: How many of them at the same time.
        seed: What decided the faults.
        share: How many of all requests were to meet a fault.
        outcomes: How many ended in a video, or in which typed error.
        untyped: Whatever else a generation ended in.
        needless: Generations that met no fault, were not doomed and had no video all the same.
        requests: How many requests of each stage were made, those that were refused included.
        faults: How many of them met which fault.
        received: Submissions that reached the sandbox.
        received_twice: Generations of which more than one did.
        billed: Generations that the sandbox accepted and charged for.
        nameless_doubts: Submissions in doubt without the id that the vendor can look up.
        halves: Videos that were not whole, under a final name or in a file object.
        parts: Hidden parts of broken downloads, kept so that another call can go on.
        left_open: Connections that the client had not closed after it was.
        complaints: What the event loop and the garbage collector had to say.
        began: What the process held before anything was started.
        ended: And once everything was closed.
        peak_memory: The most resident bytes in between, the sandbox's included.
        seconds: How long it took.
    """

    requested: int
    at_once: int
    seed: int
    share: float
    outcomes: Counter[str] = field(default_factory=Counter)
    untyped: Counter[str] = field(default_factory=Counter)
    needless: int = 0
    requests: Mapping[str, int] = field(default_factory=dict)
    faults: Mapping[str, int] = field(default_factory=dict)
    received: int = 0
    received_twice: int = 0
    billed: int = 0
    nameless_doubts: int = 0
    halves: int = 0
    parts: int = 0
    left_open: int = 0
    complaints: list[str] = field(default_factory=list)
    began: Holdings = _NOTHING
    ended: Holdings = _NOTHING
    peak_memory: int | None = None
    seconds: float = 0.0

    def broken(self) -> list[str]:
        """Return the promises that were not kept."""
        return [promise for promise, is_kept in PROMISES.items() if not is_kept(self)]


def _grown(one: Figures, name: str) -> int:
    """Return by how much something grew; what cannot be counted did not."""
    return (getattr(one.ended, name) or 0) - (getattr(one.began, name) or 0)


PROMISES: Mapping[str, Callable[[Figures], bool]] = {
    "every generation ended in a video or a typed error": lambda one: (
        one.outcomes.total() == one.requested and not one.untyped
    ),
    "nothing went wrong without a fault": lambda one: not one.needless,
    "POSTs received equal generations requested": lambda one: one.received == one.requested,
    "nothing was received or paid twice": lambda one: (
        not one.received_twice and one.billed <= one.requested
    ),
    "each submission in doubt can be looked up": lambda one: not one.nameless_doubts,
    "each video is whole": lambda one: not one.halves,
    "sockets are back where they began": lambda one: (
        _grown(one, "sockets") == 0 and not one.left_open
    ),
    "tasks are back where they began": lambda one: one.began.tasks == one.ended.tasks,
    # By name: one that an earlier caller had left may end in between.
    "no thread was left": lambda one: set(one.ended.threads) <= set(one.began.threads),
    "memory is back where it began": lambda one: (
        _grown(one, "objects") <= SPARE_OBJECTS and _grown(one, "memory") <= SPARE_MEMORY
    ),
    "nothing was left for the garbage collector": lambda one: not one.complaints,
}


def as_json(one: Figures) -> dict[str, Any]:
    """Return the figures for a program."""
    return {
        **asdict(one),
        # `asdict` would count the pairs of a Counter.
        "outcomes": dict(one.outcomes),
        "untyped": dict(one.untyped),
        "promises": {promise: is_kept(one) for promise, is_kept in PROMISES.items()},
    }


def as_text(one: Figures) -> str:
    """Return the figures for a person."""
    return "\n".join(_lines(one))


def _lines(one: Figures) -> Iterator[str]:
    faulted, made = sum(one.faults.values()), sum(one.requests.values())
    pace = one.requested / one.seconds if one.seconds else 0
    yield f"{one.requested:,} generations, {one.at_once} at once, seed {one.seed}"
    yield f"{one.seconds:,.0f} s, {pace:.1f} generations a second"
    yield ""
    yield f"POSTs received        {one.received:>9,}"
    yield f"generations requested {one.requested:>9,}"
    yield f"  accepted and billed {one.billed:>9,}"
    yield from _table("ended in", {**one.outcomes, **one.untyped})
    yield from _table("requests", one.requests)
    yield from _table(f"faults ({faulted / max(made, 1):.1%} of {made:,} requests)", one.faults)
    yield ""
    yield f"{'held':<34}{'before':>11}{'after':>11}"
    for name in ("sockets", "tasks", "threads", "objects"):
        yield f"  {name:<32}{_number(one.began, name)}{_number(one.ended, name)}"
    yield f"  {'memory, MiB':<32}{_size(one.began.memory)}{_size(one.ended.memory)}"
    yield f"  {'most memory in between, MiB':<32}{_size(one.peak_memory)}"
    yield f"  {'connections left open by the client':<36}{one.left_open:>7,}"
    yield f"  {'parts of videos kept to go on with':<36}{one.parts:>7,}"
    yield from ("", *one.complaints[:20])
    for promise, is_kept in PROMISES.items():
        yield f"{'kept' if is_kept(one) else 'BROKEN':<8}{promise}"


def _table(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    yield from ("", title)
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"  {name:<48}{count:>8,}"


def _number(held: Holdings, name: str) -> str:
    value = getattr(held, name)
    if value is None:
        return f"{'unknown':>11}"
    return f"{value if isinstance(value, int) else len(value):>11,}"


def _size(memory: int | None) -> str:
    return f"{'unknown':>11}" if memory is None else f"{memory / MEBI:>11.1f}"
