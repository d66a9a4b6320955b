"""Kills ``wan generate`` at random instants, and looks for each submission afterwards."""

from __future__ import annotations

import json
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
from tests.support.waiting import until
from wan_ergonomic import WanClient
from wan_ergonomic.ledger import Job, Ledger
from wan_ergonomic.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
# Seconds from the first request of a command, within which it is killed: most commands around the
# submission, the others until the video is saved.
AROUND, WHOLE = 0.08, 1.6
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
    windows = [AROUND if number % 5 else WHOLE for number in range(instants)]
    reported = [
        _killed(sandbox, ledger, number, chance.uniform(0, window))
        for number, window in enumerate(windows)
    ]
    posted = [each for each in sandbox.received if each.method == "POST"]
    sent = Counter(each.headers["x-client-request-id"] for each in posted)
    assert set(sent.values()) <= {1}, "A submission was sent twice."
    jobs = {job.client_request_id: job for job in ledger.jobs()}
    assert set(sent) <= set(jobs), "A submission is not in the ledger."
    assert {id_ for id_ in reported if id_} <= {job.generation_id for job in jobs.values()}
    submitted = [jobs[request_id] for request_id in sent]
    _find(sandbox, ledger, submitted)
    # No command and no recovery sent anything again.
    assert sum(each.method == "POST" for each in sandbox.received) == len(sent) == sandbox.billed
    identified = sum(job.generation_id is not None for job in submitted)
    return Killed(len(sent), identified, len(sent) - identified)


def _killed(sandbox: Sandbox, ledger: Ledger, number: int, delay: float) -> str | None:
    """Kill one command; return the id that it has reported, if it has."""
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
    before = len(sandbox.received)
    with subprocess.Popen(
        [sys.executable, "-m", "wan_ergonomic", *words, "-o", str(folder / f"{number}.mp4")],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        # Under a cap, its price is asked for before it submits.
        until(lambda: len(sandbox.received) > before or process.poll() is not None)
        time.sleep(delay)
        process.kill()
        _, said = process.communicate()
    for line in said.splitlines():
        # The last line may be cut.
        with suppress(ValueError):
            event = json.loads(line)
            if event["event"] == "accepted":
                return str(event["id"])
    return None


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
