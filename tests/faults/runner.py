"""Plays one cell with one client, and records what happened."""

from __future__ import annotations

import io
import json
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal

from tests.conftest import AwaitedClient
from tests.support.actions import Request, Stage, response
from tests.support.forks import in_child
from tests.support.responses import ID, PROMPT
from wan_ergonomic import (
    AsyncWanClient,
    Generation,
    PollingPolicy,
    RetryPolicy,
    Video,
    WanClient,
    WanError,
)

from .actions import Flood
from .cells import GOOD_VIDEO, Cell, fill
from .world import Secrets, World

FILE = "v.mp4"
# On the clock of the cell.
WAIT_SECONDS = 100.0
# Real seconds that no cell exceeds, even on a busy machine.
PATIENCE = 10.0


@dataclass
class Played:
    """What happened while a cell was played.

    Attributes:
        before: How many requests had arrived when the call began.
        connections: How many the API's server accepted during the call.
        raised: The exception that the call raised, or None.
        returned: The generation that it returned, or None.
    """

    requests: list[Request] = field(default_factory=list)
    before: int = 0
    connections: int = 0
    touched: int = 0
    unread: int = 0
    strayed: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    raised: BaseException | None = None
    returned: Generation | None = None
    pauses: list[float] = field(default_factory=list)
    seconds: float = 0.0
    memory: int = 0
    sent: int = 0

    def of(self, stage: Stage) -> list[Request]:
        """Return the requests of one stage that the call made."""
        return [request for request in self.requests[self.before :] if request.stage == stage]


@dataclass(frozen=True)
class Loop:
    """The event loop that the async clients of many cells share; none for the sync client.

    Attributes:
        backend: Its name, as anyio has it, or "sync".
    """

    backend: str
    portal: BlockingPortal | None

    @contextmanager
    def client(self, key: str, **options: Any) -> Iterator[Any]:
        """Make a client, whose methods are called without ``await``, and close it at the end."""
        if self.portal is None:
            with WanClient(key, **options) as client:
                yield client
            return
        made = AsyncWanClient(key, **options)
        with self.portal.wrap_async_context_manager(made) as client:
            yield AwaitedClient(client, self.portal)

    def call(self, cell: Cell, wan: Any, subject: Any, folder: Path) -> Any:
        """Call the method of the cell, perhaps in a child process, which has no loop yet."""
        if cell.connection != "inherited":
            return _call(cell, wan, subject, folder)
        return in_child(partial(self._call_in_child, cell, wan, subject, folder))

    def _call_in_child(self, cell: Cell, wan: Any, subject: Any, folder: Path) -> Any:
        if self.portal is None:
            return _call(cell, wan, subject, folder)
        with start_blocking_portal(self.backend) as portal:
            return _call(cell, AwaitedClient(wan.client, portal), subject, folder)


def play(cell: Cell, loop: Loop, folder: Path, secrets: Secrets) -> Played:
    """Play a cell, and return what happened."""
    played = Played()
    floods = [action for action in cell.script if isinstance(action, Flood)]
    for flood in floods:
        flood.sent.clear()
    with World(cell, secrets) as world:
        played.hosts = world.hosts
        policies: dict[str, Any] = {
            "polling": PollingPolicy(max_interval=2, request_timeout=cell.seconds or 5.0),
            "retrying": _retrying(cell),
            "clock": world.clock,
            "transport": world.transport(loop.backend),
        }
        with loop.client(secrets.key, base_url=world.url, **policies) as wan:
            subject = _prepare(cell, world, wan, folder)
            _begin(cell, world, played)
            with _measured(cell, played):
                try:
                    played.returned = loop.call(cell, wan, subject, folder)
                except Exception as error:  # noqa: BLE001 - the test checks it
                    played.raised = error
                    _drop_tracebacks(error)
    played.requests = world.requests
    played.strayed = [str(request.url) for request in world.strayed]
    played.unread = world.api.slammed
    played.connections += world.api.connections
    played.touched = world.api.connections if cell.aimed else 0
    played.pauses = world.clock.sleeps
    played.sent = max((max(flood.sent, default=0) for flood in floods), default=0)
    return played


def _retrying(cell: Cell) -> RetryPolicy:
    """Return a policy with a few attempts, and without pauses for slow faults."""
    if cell.seconds and cell.act != "submit":
        return RetryPolicy(attempts=cell.attempts or 2, backoff=0)
    return RetryPolicy(attempts=4, max_backoff=2)


def _prepare(cell: Cell, world: World, wan: Any, folder: Path) -> Any:
    """Run the stages before that of the fault, without faults; return the call's subject."""
    if cell.aimed or cell.refused is not None:
        return _known(cell, world)
    accepted = {"id": ID, "status": "queued", **cell.submitted}
    world.api.script("submit", response(201, accepted))
    world.api.script("poll", response(200, {**accepted, "status": "generating"}))
    world.api.script("download", GOOD_VIDEO)
    kept = cell.connection != "fresh"
    subject = wan.submit(PROMPT) if kept or cell.act != "submit" else None
    if kept and cell.stage == "poll":
        _keep(world, lambda: wan.status(subject))
    if cell.act == "download":
        video = {"url": cell.link} if isinstance(cell.link, str) else cell.link
        done = {**accepted, "status": "completed", "video": _filled(video, world)}
        world.api.script("poll", response(200, done))
        # Without a link that can be read, the wait fails, and the download looks for it again.
        with suppress(WanError):
            subject = wan.wait(subject)
        if kept:
            # Like a submission, the next download has a connection of its own.
            wan.download(subject, io.BytesIO())
    if cell.earlier:
        world.api.script("download", world.filled(cell.earlier), response(418))
        with suppress(WanError):
            wan.download(subject, folder / FILE)
    return subject


def _known(cell: Cell, world: World) -> Generation:
    """Return a generation, without any request to the API."""
    if cell.act != "download":
        return Generation(id=ID, status="queued", raw={"id": ID})
    return Generation(id=ID, status="completed", video=Video(url=_filled(cell.link, world)))


def _filled(value: Any, world: World) -> Any:
    """Return JSON with every placeholder in it filled in."""
    return json.loads(fill(json.dumps(value), world.values(value)))


def _keep(world: World, send: Any) -> None:
    """Make a request twice, and check that both use one connection."""
    send()
    connections = world.api.connections
    send()
    assert world.api.connections == connections


def _begin(cell: Cell, world: World, played: Played) -> None:
    """Start the fault, and count requests from now on."""
    if cell.script:
        world.api.script(cell.stage, *(world.filled(fault) for fault in cell.script))
    if "elsewhere" in vars(world):
        world.elsewhere.script("download", GOOD_VIDEO)
    world.api.unread = cell.unread
    world.clock.sleeps.clear()
    played.before = len(world.requests)
    played.connections = -world.api.connections


def _call(cell: Cell, wan: Any, subject: Any, folder: Path) -> Any:
    if cell.act == "submit":
        timeout = {"timeout": cell.seconds} if cell.seconds else {}
        return wan.submit(PROMPT, **timeout)
    if cell.act == "status":
        return wan.status(subject)
    if cell.act == "wait":
        return wan.wait(subject, timeout=WAIT_SECONDS)
    return wan.download(subject, folder / FILE, timeout=cell.seconds)


def _drop_tracebacks(error: BaseException | None) -> None:
    """Keep an error and its causes, but not the client, which their tracebacks refer to."""
    while error:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


@contextmanager
def _measured(cell: Cell, played: Played) -> Iterator[None]:
    """Measure the time of the block, and for some cells its memory."""
    if cell.most_memory:
        tracemalloc.start()
    began = time.monotonic()
    try:
        yield
    finally:
        played.seconds = time.monotonic() - began
        if cell.most_memory:
            played.memory = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
