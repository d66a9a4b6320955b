"""Running `wan`: inside this process, as a process of its own, and on a terminal."""

from __future__ import annotations

import itertools
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout, suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.support.options import as_arguments, small
from tests.support.signals import only_ignored
from tests.support.waiting import SECONDS
from wan_ergonomic import WanClient
from wan_ergonomic.cli import run
from wan_ergonomic.cli.session import _session
from wan_ergonomic.ledger import Ledger
from wan_ergonomic.sandbox import Sandbox, _video

from .process import Process, Result
from .published import check

ROOT = Path(__file__).parents[2]
# How the command is named by a process that `start` starts.
MODULE = "python -m wan_ergonomic"

# Most tests share this small video, so it is rendered once.
SMALL = as_arguments(small())
# Its price in the sandbox.
CREDITS = 200_000 if "resolution" in small() else 1_000_000


class Server(Protocol):
    """A server that a command can be run against."""

    @property
    def url(self) -> str:
        """Its base URL."""


def plain(drawn: str) -> str:
    """Return what was drawn, without escape sequences."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", drawn)


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Run each test in a folder of its own."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def own_signals():
    """Restore the signal handlers, which a command that ends its process leaves ignored."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def short_videos(monkeypatch):
    """Render videos of half a second, which takes a tenth of the time."""
    monkeypatch.setattr(_video, "FRAMES", 15)


@pytest.fixture
def wan(capsysbinary, monkeypatch):
    """Run `wan` in this process; a server given as ``at`` is called with a key."""

    def call(*words: str, at: Server | None = None) -> Result:
        capsysbinary.readouterr()
        code = run(_pointed(words, at, monkeypatch))
        captured = capsysbinary.readouterr()
        result = Result(int(code), captured.out, captured.err.decode())
        check(words, result.out, result.err)
        return result

    return call


def _pointed(words: tuple[str, ...], at: Server | None, monkeypatch: Any) -> list[str]:
    if at is None:
        return list(words)
    monkeypatch.setenv("AIMLAPI_API_KEY", getattr(at, "key", "some-key"))
    return [words[0], "--base-url", at.url, *words[1:]]


class Nobody:
    """Asks nobody."""

    def __init__(self, *_: object) -> None:
        """Take the arguments of the real one."""

    def price(self) -> None:
        """Return nothing, as if nobody had answered in time."""

    def durations(self) -> None:
        """Return nothing, as if nobody had answered in time."""


@pytest.fixture(autouse=True)
def nothing_ahead(request, monkeypatch):
    """Ask for no price in this process but in the tests of that, whose requests would mix."""
    if request.node.path.name != "test_ahead.py":
        monkeypatch.setattr(_session, "Ahead", Nobody)


@pytest.fixture
def no_waiting(monkeypatch, clock):
    """Let the client of a command in this process wait on the test's clock, which needs no time."""
    monkeypatch.setattr(_session, "client_type", lambda: partial(WanClient, clock=clock))


@pytest.fixture(scope="session")
def api() -> Iterator[Sandbox]:
    """A sandbox whose clock advances at each read: a job is running, then completed."""
    times = itertools.count(time.time(), 200)
    with Sandbox(clock=lambda: next(times)) as sandbox:
        yield sandbox


@pytest.fixture
def slow_api(clock) -> Iterator[Sandbox]:
    """A sandbox on the test's clock: no job ends before the test advances it."""
    with Sandbox(clock=clock.now) as sandbox:
        yield sandbox


@pytest.fixture
def shop():
    """A sandbox with an account of its own."""
    with Sandbox(speed=2000) as sandbox:
        yield sandbox


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    """The ledger that the commands use."""
    made = Ledger(tmp_path / "state" / "ledger.sqlite3")
    monkeypatch.setenv("WAN_LEDGER", str(made.path))
    return made


@pytest.fixture
def start(monkeypatch, measured_children):  # noqa: ARG001
    """Start `python -m wan_ergonomic` as a process; it ignores only the signals in `ignoring`."""
    started: list[Process] = []
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def call(
        *words: str,
        at: Server | None = None,
        ignoring: tuple[signal.Signals, ...] = (),
        **options: Any,
    ) -> Process:
        command = [sys.executable, "-m", "wan_ergonomic", *_pointed(words, at, monkeypatch)]
        streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        with only_ignored(*ignoring):
            popen: subprocess.Popen[bytes] = subprocess.Popen(command, **streams)
        process = Process(popen)
        started.append(process)
        return process

    yield call
    for process in started:
        process.close()


@pytest.fixture
def python(monkeypatch, measured_children):  # noqa: ARG001
    """Run Python code that uses the package, as a process."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def call(code: str, *words: str) -> Result:
        done = subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, timeout=SECONDS, check=False
        )
        return Result(done.returncode, done.stdout, done.stderr.decode())

    return call


@pytest.fixture
def on_terminal(monkeypatch):
    """Run `wan` with its output on a terminal; return its exit code and what it drew."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def call(*words: str, at: Server | None = None) -> tuple[int, str]:
        screen, terminal = pty.openpty()
        with ThreadPoolExecutor() as pool:
            drawn = pool.submit(_read_to_end, screen)
            with (
                open(terminal, "w", encoding="utf-8") as stream,
                redirect_stdout(stream),
                redirect_stderr(stream),
            ):
                code = run(_pointed(words, at, monkeypatch))
            return int(code), drawn.result().decode()

    return call


def _read_to_end(screen: int) -> bytes:
    drawn = b""
    # On Linux reading fails with EIO once the other side of a terminal is closed.
    with open(screen, "rb", buffering=0) as stream, suppress(OSError):
        while chunk := stream.read(65536):
            drawn += chunk
    return drawn
