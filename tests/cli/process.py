"""A command that was run: its result, and the process it runs in."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.waiting import SECONDS, until


@dataclass(frozen=True)
class Result:
    """The result of one command.

    Attributes:
        code: The exit code.
        out: Standard output.
        err: Standard error.
    """

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Standard output, without the newline at its end."""
        return self.out.decode().removesuffix("\n")

    @property
    def data(self) -> Any:
        """Standard output, as JSON."""
        return json.loads(self.out)

    @property
    def events(self) -> list[Any]:
        """Standard error, as JSON lines."""
        return [json.loads(line) for line in self.err.splitlines()]

    @property
    def next_command(self) -> str:
        """The command line that the last line of standard error gives."""
        purpose, command = self.err.splitlines()[-2:]
        assert purpose.endswith(":")
        assert command.startswith("  ")
        return command.removeprefix("  ")

    @property
    def next_words(self) -> list[str]:
        """The words of that command line, without the program."""
        program, *words = shlex.split(self.next_command)
        assert program == "wan"
        return words


class Process:
    """`wan` as a process, whose standard error is read while it runs.

    Attributes:
        popen: The process.
        lines: The lines of standard error so far.
    """

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self.popen = popen
        self.lines: list[str] = []
        self._ended = False
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        for line in self.popen.stderr or ():
            with self._changed:
                self.lines.append(line.decode().rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait_for(self, pattern: str) -> str:
        """Wait until a line of standard error matches, and return it."""

        def match() -> str | None:
            return next((line for line in self.lines if re.search(pattern, line)), None)

        with self._changed:
            self._changed.wait_for(lambda: match() or self._ended, SECONDS)
            found = match()
        assert found, self.lines
        return found

    def until(self, happened: Callable[[], object]) -> None:
        """Wait until something has happened, while the process runs."""

        def met() -> object:
            found = happened()
            assert found or self.popen.poll() is None, self.lines
            return found

        until(met)

    def end(self, number: int | None = None) -> Result:
        """Send a signal, if one is given, and wait for the process to end."""
        if number is not None:
            self.popen.send_signal(number)
        # Reading has no timeout of its own, so a process that never ends is killed.
        timeout = threading.Timer(SECONDS, self.popen.kill)
        timeout.start()
        out = self.popen.stdout.read() if self.popen.stdout else b""
        code = self.popen.wait(SECONDS)
        timeout.cancel()
        self._reader.join(SECONDS)
        return Result(code, out, "\n".join(self.lines))

    def close(self) -> None:
        """Kill the process, and close its streams."""
        self.popen.kill()
        self.popen.wait()
        self._reader.join()
        for stream in (self.popen.stdout, self.popen.stderr):
            if stream:
                stream.close()
