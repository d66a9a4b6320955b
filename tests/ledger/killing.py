"""Kills ``wan generate`` at random instants, and looks for each submission afterwards."""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.options import as_arguments, small
from tests.support.waiting import PAUSE
from wan_ergonomic import WanClient
from wan_ergonomic.ledger import Job, Ledger
from wan_ergonomic.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
# Seconds before and after a command's first request, between which it is killed: most commands
# around the submission, the others until the video is saved.
BEFORE, AROUND, WHOLE = 0.06, 0.08, 1.6
MAX_USD = 1e6


@dataclass(frozen=True)
class Killed:
    """What killed commands have left.

    Attributes:
        submitted: How many had sent their submission.
        identified: How many of these have left the generation's id.
        recovered: How many were found in the account's log instead.
    """

    submitted: int
    identified: int
    recovered: int


def kill(sandbox: Sandbox, ledger: Ledger, *, instants: int, seed: int) -> Killed:
    """Kill one command at each of many random instants.

    Raises:
        AssertionError: A submission is not in the ledger, cannot be found or was sent twice.
    """
    chance = random.Random(seed)
    reported: list[str | None] = []
    # Seconds until the first request of a command, as the last one took that came so far.
    start = math.inf
    for number in range(instants):
        instant = start + chance.uniform(-BEFORE, AROUND if number % 5 else WHOLE)
        started, id_ = _killed(sandbox, ledger, number, instant)
        start = started or start
        reported.append(id_)
    sent = Counter(_accepted(sandbox))
    assert set(sent.values()) <= {1}, "A submission was sent twice."
    jobs = {job.client_request_id: job for job in ledger.jobs()}
    assert set(sent) <= set(jobs), "A submission is not in the ledger."
    assert {id_ for id_ in reported if id_} <= {job.generation_id for job in jobs.values()}
    submitted = [jobs[request_id] for request_id in sent]
    _find(sandbox, ledger, submitted)
    # No command and no recovery sent anything again.
    assert len(_accepted(sandbox)) == len(sent) == sandbox.billed
    identified = sum(job.generation_id is not None for job in submitted)
    return Killed(len(sent), identified, len(sent) - identified)


def _accepted(sandbox: Sandbox) -> list[str]:
    """Return our id of each submission that came whole, once no other has come for a second.

    The last one of a command may be read after its end, and another one be cut off by it.
    """
    before, ids = -1, list[str]()
    while len(ids) != before:
        before = len(ids)
        time.sleep(1.0)
        posted = [each for each in sandbox.received if each.method == "POST"]
        ids = [each.headers["x-client-request-id"] for each in posted if each.generation_id]
    return ids


def _killed(
    sandbox: Sandbox, ledger: Ledger, number: int, instant: float
) -> tuple[float | None, str | None]:
    """Kill a command at an instant, or when its video must be saved if that is infinite.

    Returns:
        The seconds until its first request, and the id that it has reported; None without them.
    """
    folder = ledger.path.parent
    # The response to every third submission takes a minute.
    prompt = f"Boat {number}" + ("" if number % 3 else " [scenario: lost-response]")
    words = ["generate", prompt, *as_arguments(small()), "--json"]
    words += ["--base-url", sandbox.url, "--max-usd", str(MAX_USD)]
    environment = {
        **os.environ,
        "AIMLAPI_API_KEY": sandbox.key,
        "WAN_LEDGER": str(ledger.path),
        "PYTHONPATH": str(ROOT),
    }
    before, began = len(sandbox.received), time.monotonic()
    first: float | None = None
    with subprocess.Popen(
        [sys.executable, "-m", "wan_ergonomic", *words, "-o", str(folder / f"{number}.mp4")],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        while time.monotonic() < began + instant and process.poll() is None:
            if first is None and len(sandbox.received) > before:
                first = time.monotonic() - began
                instant = min(instant, first + WHOLE)
            time.sleep(PAUSE)
        process.kill()
        _, said = process.communicate()
    for line in said.splitlines():
        # The last line may be cut.
        with suppress(ValueError):
            event = json.loads(line)
            if event["event"] == "accepted":
                return first, str(event["id"])
    return first, None


def _find(sandbox: Sandbox, ledger: Ledger, jobs: list[Job]) -> None:
    """Find the generation of each job, by its id or in the account's log."""
    with WanClient(sandbox.key, base_url=sandbox.url, ledger=ledger) as wan:
        for job in jobs:
            if job.generation_id is None:
                assert job.outcome in {"submitting", "in doubt"}
                found = wan.recover(job.client_request_id, timeout=60)
            else:
                found = wan.status(job.generation_id)
            known = ledger.find(job.client_request_id)
            assert known
            assert known.generation_id == found.id
            assert known.body["prompt"] == job.body["prompt"]
