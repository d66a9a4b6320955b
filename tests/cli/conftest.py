"""Running `wan`: inside this process, as a process of its own, and on a terminal."""

from __future__ import annotations

import itertools
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.support import waiting
from tests.support.options import OPTIONS, in_words, small
from tests.support.signals import KINDS, only_ignored
from wan_ergonomic.cli import run
from wan_ergonomic.sandbox import Sandbox, _video

ROOT = Path(__file__).parents[2]
SECONDS = waiting.SECONDS

# Most tests share this small video, so that it is rendered once.
SMALL = in_words(small())
# What the sandbox takes for it.
CREDITS = 200_000 if "resolution" in OPTIONS else 1_000_000


class Server(Protocol):
    """What a command can be pointed at."""

    @property
    def url(self) -> str:
        """Where it is."""


@dataclass(frozen=True)
class Outcome:
    """What became of one command.

    Attributes:
        code: The exit code.
        out: Standard output.
        err: Standard error.
    """

    code: int
    out: bytes
    err: str

    @property
    def data(self) -> Any:
        """Standard output, as JSON."""
        return json.loads(self.out)

    @property
    def events(self) -> list[Any]:
        """Standard error, as JSON lines."""
        return [json.loads(line) for line in self.err.splitlines()]

    @property
    def advice(self) -> str:
        """The command line that the last line of standard error offers."""
        return self.err.splitlines()[-1].partition(": ")[2]


def plain(drawn: str) -> str:
    """Return what was drawn, without the escape sequences."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", drawn)


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Files go to a folder of the test's own."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def own_signals():
    """A command that ends a process leaves its signals ignored; this process goes on."""
    before = {kind: signal.getsignal(kind) for kind in KINDS}
    yield
    for kind, handler in before.items():
        signal.signal(kind, handler)


@pytest.fixture(autouse=True)
def short_videos(monkeypatch):
    """Videos of half a second will do here, and are made ten times as fast."""
    monkeypatch.setattr(_video, "FRAMES", 15)


@pytest.fixture
def wan(capsysbinary, monkeypatch):
    """Run `wan` in this process, with a key and against a server if one is given."""

    def call(*words: str, at: Server | None = None) -> Outcome:
        capsysbinary.readouterr()
        code = run(_pointed(words, at, monkeypatch))
        captured = capsysbinary.readouterr()
        return Outcome(int(code), captured.out, captured.err.decode())

    return call


def _pointed(words: tuple[str, ...], at: Server | None, monkeypatch: Any) -> list[str]:
    if at is None:
        return list(words)
    monkeypatch.setenv("AIMLAPI_API_KEY", getattr(at, "key", "some-key"))
    return [words[0], "--base-url", at.url, *words[1:]]


@pytest.fixture(scope="session")
def api() -> Iterator[Sandbox]:
    """A sandbox whose clock runs when it is read: a job is under way, then at its end."""
    times = itertools.count(time.time(), 200)
    with Sandbox(clock=lambda: next(times)) as sandbox:
        yield sandbox


@pytest.fixture
def slow_api(clock) -> Iterator[Sandbox]:
    """A sandbox whose time the test turns: nothing ends by itself."""
    with Sandbox(clock=clock.now) as sandbox:
        yield sandbox


class Process:
    """`wan` as a process, whose standard error is read while it runs."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self.popen = popen
        self.said: list[str] = []
        self._ended = False
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        for line in self.popen.stderr or ():
            with self._news:
                self.said.append(line.decode().rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def hear(self, pattern: str) -> str:
        """Wait until a line matches, and return it."""

        def match() -> str | None:
            return next((line for line in self.said if re.search(pattern, line)), None)

        with self._news:
            self._news.wait_for(lambda: match() or self._ended, SECONDS)
            found = match()
        assert found, self.said
        return found

    def until(self, happened: Callable[[], object]) -> None:
        """Wait until something has happened, which this process has to run for."""

        def met() -> object:
            found = happened()
            assert found or self.popen.poll() is None, self.said
            return found

        waiting.until(met)

    def end(self, kind: int | None = None) -> Outcome:
        """Send a signal, if one is given, and wait for the end."""
        if kind is not None:
            self.popen.send_signal(kind)
        # Reading has no timeout of its own; a process that never ends is ended.
        late = threading.Timer(SECONDS, self.popen.kill)
        late.start()
        out = self.popen.stdout.read() if self.popen.stdout else b""
        code = self.popen.wait(SECONDS)
        late.cancel()
        self._reader.join(SECONDS)
        return Outcome(code, out, "\n".join(self.said))

    def close(self) -> None:
        """Leave nothing behind."""
        self.popen.kill()
        self.popen.wait()
        self._reader.join()
        for stream in (self.popen.stdout, self.popen.stderr):
            if stream:
                stream.close()


@pytest.fixture
def start(monkeypatch, measured_children):  # noqa: ARG001
    """Start `python -m wan_ergonomic` as a process; it ignores the signals in `ignoring` only."""
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

    def call(code: str, *words: str) -> Outcome:
        done = subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, timeout=SECONDS, check=False
        )
        return Outcome(done.returncode, done.stdout, done.stderr.decode())

    return call


@pytest.fixture
def on_terminal(monkeypatch, measured_children):  # noqa: ARG001
    """Run `wan` with all its streams on a terminal; return its code and all that was drawn."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def call(*words: str, at: Server | None = None) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "wan_ergonomic", *_pointed(words, at, monkeypatch)]
        environment = {**os.environ, "COLUMNS": "80", "LINES": "24"}
        with subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment
        ) as process:
            os.close(theirs)
            late = threading.Timer(SECONDS, process.kill)
            late.start()
            drawn = b""
            # Linux says EIO once the other side of a terminal is closed.
            with suppress(OSError):
                while chunk := os.read(ours, 65536):
                    drawn += chunk
            process.wait(SECONDS)
            late.cancel()
        os.close(ours)
        return process.returncode, drawn.decode()

    return call
