"""Who takes part in what, and what is aimed at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Contender:
    """One row of the tables.

    Attributes:
        name: As the tables show it.
        module: In ``contenders``.
        environment: Its own, see ``environments``.
        kind: What the row stands for.
        imports: What a program of it imports.
    """

    name: str
    module: str
    environment: str
    kind: Literal["floor", "httpx", "peer", "ours"]
    imports: str = ""


SOCKET = Contender("socket", "socket_", "ours", "floor")
HTTP_CLIENT = Contender("http.client", "http_client", "ours", "floor", "http.client")
HTTPCORE = Contender("httpcore", "httpcore_", "ours", "floor", "httpcore")
AIOHTTP = Contender("aiohttp", "aiohttp_", "aiohttp", "floor", "aiohttp")
HTTPX = Contender("httpx", "httpx_", "ours", "httpx", "httpx")
HTTPX_AIOHTTP = Contender("httpx over aiohttp", "httpx_aiohttp_", "aiohttp", "floor")
PEERS = (
    Contender("replicate", "replicate_", "replicate", "peer", "replicate"),
    Contender("fal", "fal_", "fal", "peer", "fal_client"),
    Contender("google", "google_", "google", "peer", "google.genai"),
    Contender("openai", "openai_", "openai", "peer", "openai"),
    Contender("runway", "runway_", "runway", "peer", "runwayml"),
)
OURS = Contender("wan_ergonomic", "ours", "ours", "ours", "wan_ergonomic")
OURS_AIOHTTP = Contender("wan_ergonomic over aiohttp", "ours_aiohttp", "aiohttp", "ours")


@dataclass(frozen=True, slots=True)
class Task:
    """One table.

    Attributes:
        title: What is measured, and in which unit.
        task: The function in ``measure``, or in ``whole``.
        key: The figure in its result.
        contenders: Who takes part.
        count: How many polls, jobs or MiB.
        quick: The same with ``--quick``.
        goals: By contender, the most that its ratio may be; without a ratio, its figure.
        of: Whose figure the ratios are of: that of a contender, or with the name of another
            table, that of the same contender there. None if there is no ratio.
        more: Whether more is better.
    """

    title: str
    task: str
    key: str
    contenders: tuple[Contender, ...]
    count: int
    quick: int
    goals: Mapping[Contender, float]
    of: Contender | str | None = HTTPX
    more: bool = False


CURL = Contender("curl", "", "", "floor")
# Those that can be started, and that poll asynchronously.
_STARTED = (HTTP_CLIENT, HTTPX, *PEERS, OURS)
_ASYNC = (AIOHTTP, HTTPX_AIOHTTP, HTTPX, *PEERS, OURS, OURS_AIOHTTP)
TASKS: Mapping[str, Task] = {
    "poll": Task(
        title="One status poll after another, µs of CPU a poll",
        task="poll",
        key="us",
        contenders=(SOCKET, HTTP_CLIENT, HTTPCORE, HTTPX, *PEERS, OURS),
        count=4000,
        quick=1000,
        goals={OURS: 1.0},
    ),
    "at_once": Task(
        title="200 jobs polled at once, async, µs of CPU a poll",
        task="at_once",
        key="us",
        contenders=_ASYNC,
        count=200,
        quick=200,
        goals={OURS: 0.25, OURS_AIOHTTP: 0.12},
    ),
    "paced": Task(
        title="200 jobs begun together, each polled once a second, async, µs of CPU a poll",
        task="paced",
        key="us",
        contenders=(AIOHTTP, HTTPX, PEERS[2], OURS, OURS_AIOHTTP),
        count=200,
        quick=200,
        goals={OURS: 0.2},
    ),
    "many": Task(
        title="2,000 jobs polled at once, µs of CPU a poll; the ratio is to 200 jobs",
        task="at_once",
        key="us",
        contenders=(OURS, OURS_AIOHTTP),
        count=2000,
        quick=1000,
        goals={OURS: 1.3},
        of="at_once",
    ),
    "awaited": Task(
        title="200 jobs awaited in one process, µs of CPU a poll",
        task="awaited",
        key="us",
        contenders=(OURS,),
        count=200,
        quick=200,
        goals={},
        of=None,
    ),
    "flight": Task(
        title="10,000 jobs awaited in one process, µs of CPU a poll",
        task="awaited",
        key="us",
        contenders=(OURS,),
        count=10_000,
        quick=2_000,
        goals={OURS: 1.3},
        of="awaited",
    ),
    "memory": Task(
        title="10,000 jobs awaited in one process, the most memory in MiB",
        task="awaited",
        key="mib",
        contenders=(OURS,),
        count=10_000,
        quick=2_000,
        goals={OURS: 250},
        of=None,
    ),
    "import": Task(
        title="Importing it, ms of CPU; Python alone is part of it",
        task="import",
        key="ms",
        contenders=_STARTED,
        count=1,
        quick=1,
        goals={OURS: 0.5},
    ),
    "ready": Task(
        title="A client that is ready to send, ms of CPU",
        task="ready",
        key="ms",
        contenders=_STARTED,
        count=1,
        quick=1,
        goals={OURS: 1.05},
    ),
    "modules": Task(
        title="Modules imported for it",
        task="modules",
        key="modules",
        contenders=_STARTED,
        count=1,
        quick=1,
        goals={OURS: 1.5},
    ),
    "download": Task(
        title="Saving a file of 200 MB, MiB a second",
        task="download",
        key="rate",
        contenders=(CURL, HTTPX, OURS),
        count=200,
        quick=200,
        goals={OURS: 0.95},
        of=CURL,
        more=True,
    ),
    "beside": Task(
        title="64 files of 16 MiB saved at once: the longest of the polls beside them, ms",
        task="beside",
        key="ms",
        contenders=(OURS,),
        count=64,
        quick=64,
        goals={OURS: 1000},
        of=None,
    ),
}
