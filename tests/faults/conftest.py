"""Plays all cells of the matrix at once, and listens to everything that is logged meanwhile."""

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

from wan_ergonomic._settings import CONFIG_VARIABLE, KEY_VARIABLES

from .cells import Cell
from .matrix import SAMPLE, backends
from .runner import Loop, Played, play
from .world import Secrets

# Slow cells wait most of the time; the others would keep the processor from them.
SLOW_AT_ONCE, QUICK_AT_ONCE = 8, 1
_SECRET = re.compile(r"(?:canary|signed)-[0-9a-f]{16}")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --sample, keep only the sample of the cells."""
    if not config.getoption("--sample"):
        return
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        parameters = getattr(item, "callspec", None)
        cell = parameters and parameters.params.get("cell")
        (left_out if isinstance(cell, Cell) and cell.name not in SAMPLE else kept).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


class Listening(logging.Handler):
    """Keeps which secrets were logged, by any logger, at any level, and in what line."""

    def __init__(self) -> None:
        super().__init__()
        self._heard: dict[str, str] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Look for secrets in what would be written."""
        line = self.format(record)
        self._heard.update(dict.fromkeys(_SECRET.findall(line), line))

    def heard(self, secrets: Secrets) -> list[str]:
        """Return a line for each of the secrets that was logged."""
        found = (self._heard.get(one) for one in (secrets.key, secrets.signature))
        return [line for line in found if line]


@dataclass(frozen=True)
class Stay:
    """Where one cell is played, with what only it knows."""

    cell: Cell
    loop: Loop
    folder: Path
    secrets: Secrets

    def play(self) -> Played:
        """Play it."""
        return play(self.cell, self.loop, self.folder, self.secrets)


@pytest.fixture(scope="module")
def listening(clean_surroundings) -> Iterator[Listening]:  # noqa: ARG001 - nothing else uses it
    """Everything that is logged in this module's time."""
    handler, root = Listening(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = [handler]
    root.setLevel(1)
    yield handler
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="module")
def clean_surroundings(empty_folder) -> Iterator[None]:
    """No key, no configuration and no proxy for cells that are played beside a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (*KEY_VARIABLES, CONFIG_VARIABLE, *_PROXIES, *map(str.upper, _PROXIES)):
            patch.delenv(name, raising=False)
        patch.setenv("XDG_CONFIG_HOME", str(empty_folder))
        yield


Loops = dict[tuple[str, bool], Loop]


@pytest.fixture(scope="module")
def loops(listening) -> Iterator[Loops]:  # noqa: ARG001 - it has to be there first
    """Event loops for all cells, of their own for slow ones, and none for clients that block."""
    with ExitStack() as stack:
        made: Loops = {("sync", slow): Loop("sync", None) for slow in (False, True)}
        for backend, slow in product(("asyncio", "trio"), (False, True)):
            portal = stack.enter_context(start_blocking_portal(backend))
            made[backend, slow] = Loop(backend, portal)
        yield made


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.fixture(scope="module")
def stays(tmp_path_factory, loops) -> Callable[[Cell, str], Stay]:
    """Return what makes a place to play a cell in."""
    folder = tmp_path_factory.mktemp("cells")

    def stay(cell: Cell, backend: str) -> Stay:
        mark = _mark(f"{cell.name} {backend}")
        (place := folder / mark).mkdir()
        loop = loops[backend, cell.seconds is not None]
        return Stay(cell, loop, place, Secrets(f"canary-{_mark(cell.kind)}", f"signed-{mark}"))

    return stay


Plays = dict[str, list[tuple[Stay, "Future[Played]"]]]


@pytest.fixture(scope="module")
def plays(request, stays) -> Iterator[Plays]:
    """What comes of every cell that was selected, while they are played many at once."""
    found = (getattr(item, "callspec", None) for item in request.session.items)
    cells = [one.params["cell"] for one in found if one and "cell" in one.params]
    with ThreadPoolExecutor(SLOW_AT_ONCE) as slow, ThreadPoolExecutor(QUICK_AT_ONCE) as quick:

        def start(stay: Stay) -> tuple[Stay, Future[Played]]:
            return stay, (slow if stay.cell.seconds else quick).submit(stay.play)

        yield {
            cell.name: [start(stays(cell, backend)) for backend in backends(cell)] for cell in cells
        }
