"""Runs contenders as whole processes, in turn, and collects their figures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from .environments import HERE, python_of
from .plan import CURL, Contender, Task

# Tasks that are about starting.
_STARTS = frozenset({"import", "ready"})
# Without -P the project's folder would be imported from, and not what is installed.
_ALONE = ("-P", "-c")
# Compiled files are used, and written where there are none yet.
_COMPILED = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
# By task and contender, the figure of each round.
Figures = dict[str, dict[str, list[float]]]


@contextmanager
def served() -> Iterator[str]:
    """Give the URL of a server, in a process of its own."""
    command = [sys.executable, str(HERE / "server.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"


def collect(tasks: dict[str, Task], rounds: int, *, quick: bool) -> Figures:
    """Return the figures of all tasks; in each round, every contender has its turn.

    Raises:
        subprocess.CalledProcessError: A contender failed.
    """
    figures: Figures = {}
    with served() as url:
        for name, task in tasks.items():
            rows = figures[name] = {contender.name: [] for contender in task.contenders}
            for number in range(rounds + 1):
                for contender in task.contenders:
                    if number or task.task in _STARTS:
                        found = _one(task, contender, url, quick=quick)
                        # The first start compiles what is imported.
                        rows[contender.name] += [found] if number else []
            print(f"  {name}", file=sys.stderr, flush=True)
    return figures


def _one(task: Task, contender: Contender, url: str, *, quick: bool) -> float:
    count = task.quick if quick else task.count
    if contender is CURL:
        return _curl(url, count)
    python = str(python_of(contender.environment))
    if task.task == "import":
        return _cpu_ms([python, *_ALONE, f"import {contender.imports}"])
    if task.task == "ready":
        begin = f"import sys; sys.path.insert(0, {str(HERE)!r})"
        make = f"from contenders import {contender.module} as it; it.client({url!r})"
        return _cpu_ms([python, *_ALONE, f"{begin}; {make}"])
    task_name = "ready" if task.task == "modules" else task.task
    command = [python, str(HERE / "measure.py"), contender.module, task_name, url, str(count)]
    result: dict[str, float] = json.loads(
        subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    )
    return result[task.key]


def _cpu_ms(command: list[str]) -> float:
    """Return the CPU that a process took, in milliseconds."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=_COMPILED)
    after = getrusage(RUSAGE_CHILDREN)
    return 1e3 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _curl(url: str, mebibytes: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        target = str(Path(folder, "video.mp4"))
        command = ["curl", "--silent", "--output", target, f"{url}/file/{mebibytes}.mp4"]
        subprocess.run(command, check=True)
        return mebibytes / (time.perf_counter() - began)
