"""Fixtures that play the cells of the matrix, many at once, and watch all log records."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from wan_ergonomic._api_key import KEY_VARIABLES
from wan_ergonomic._settings import CONFIG_VARIABLE

from .cells import Cell
from .matrix import SAMPLE, backends
from .runner import Loop, Played, play
from .world import Secrets

# Slow cells wait most of the time; more of the others at once would delay them.
SLOW_AT_ONCE, QUICK_AT_ONCE = 8, 1
_SECRET = re.compile(r"(?:canary|signed)-[0-9a-f]{16}")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


def _cell_of(item: pytest.Item) -> Cell | None:
    """Return the cell that a test plays; the parameters of other tests can have the same name."""
    parameters = getattr(item, "callspec", None)
    cell = parameters and parameters.params.get("cell")
    return cell if isinstance(cell, Cell) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --sample, keep only the sample of the cells."""
    if not config.getoption("--sample"):
        return
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        cell = _cell_of(item)
        (left_out if cell and cell.name not in SAMPLE else kept).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


class LogWatch(logging.Handler):
    """Records the secrets that are logged, by any logger, at any level."""

    def __init__(self) -> None:
        super().__init__()
        self._leaks: dict[str, str] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Search the formatted record for secrets."""
        line = self.format(record)
        self._leaks.update(dict.fromkeys(_SECRET.findall(line), line))

    def leaks(self, secrets: Secrets) -> list[str]:
        """Return a line of the log for each of the secrets that was logged."""
        found = (self._leaks.get(one) for one in (secrets.key, secrets.signature))
        return [line for line in found if line]


@dataclass(frozen=True)
class Place:
    """Where one cell is played: its loop, its folder, its secrets."""

    cell: Cell
    loop: Loop
    folder: Path
    secrets: Secrets

    def play(self) -> Played:
        """Play it."""
        return play(self.cell, self.loop, self.folder, self.secrets)


@pytest.fixture(scope="module")
def log_watch(clean_module) -> Iterator[LogWatch]:  # noqa: ARG001 - it has to come first
    """A watch on everything that is logged while the tests of this module run."""
    handler, root = LogWatch(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = [handler]
    root.setLevel(1)
    yield handler
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="module")
def clean_module(empty_folder) -> Iterator[None]:
    """No key, no configuration and no proxy, also for cells that are played between two tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (*KEY_VARIABLES, CONFIG_VARIABLE, *_PROXIES, *map(str.upper, _PROXIES)):
            patch.delenv(name, raising=False)
        patch.setenv("XDG_CONFIG_HOME", str(empty_folder))
        yield


Loops = dict[tuple[str, bool], Loop]


@pytest.fixture(scope="module")
def loops(log_watch) -> Iterator[Loops]:  # noqa: ARG001 - it has to come first
    """The event loops of all cells; slow cells have their own, and the sync client has none."""
    with ExitStack() as stack:
        made: Loops = {("sync", slow): Loop("sync", None) for slow in (False, True)}
        for backend, slow in product(("asyncio", "trio"), (False, True)):
            portal = stack.enter_context(start_blocking_portal(backend))
            made[backend, slow] = Loop(backend, portal)
        yield made


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.fixture(scope="module")
def places(tmp_path_factory, loops) -> Callable[[Cell, str], Place]:
    """A function that makes a place to play a cell."""
    folder = tmp_path_factory.mktemp("cells")

    def make(cell: Cell, backend: str) -> Place:
        mark = _mark(f"{cell.name} {backend}")
        (own := folder / mark).mkdir()
        loop = loops[backend, cell.seconds is not None]
        return Place(cell, loop, own, Secrets(f"canary-{_mark(cell.kind)}", f"signed-{mark}"))

    return make


Plays = dict[str, list[tuple[Place, "Future[Played]"]]]


@pytest.fixture(scope="module")
def plays(request, places) -> Iterator[Plays]:
    """The results of the selected cells, which are played many at once."""
    cells = [cell for item in request.session.items if (cell := _cell_of(item))]
    with ThreadPoolExecutor(SLOW_AT_ONCE) as slow, ThreadPoolExecutor(QUICK_AT_ONCE) as quick:

        def start(place: Place) -> tuple[Place, Future[Played]]:
            return place, (slow if place.cell.seconds else quick).submit(place.play)

        yield {
            cell.name: [start(places(cell, backend)) for backend in backends(cell)]
            for cell in cells
        }
