"""Spends as fast as it can, with faults, in processes that share a cap: half threads, half tasks.

Run as a module, it is one of these processes.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tests.support.options import small
from wan_ergonomic import AsyncWanClient, Clock, LedgerError, RetryPolicy, WanClient, WanError
from wan_ergonomic.ledger import Cap, Ledger
from wan_ergonomic.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
PRICE = 0.1 if "resolution" in small() else 0.5
# How many submissions of a process are under way at once.
AT_ONCE = 4
# Half of the submissions have none. Each of these is rejected for free, is accepted after a
# rejection, or is accepted without a response that can be used; one is never accepted.
FAULTS = (
    *("busy", "overloaded", "busy-date", "bad-prompt", "no-credits", "broken"),
    *("lost-500", "lost-502", "lost-524", "lost-connection", "conflict", "busy-accepted"),
    *("created-no-id", "created-page"),
)
# What a submission may end with.
OUTCOMES = {
    *("accepted", "SpendLimitError", "SubmissionInDoubtError"),
    *("RateLimitError", "ServerError", "BadRequestError", "InsufficientCreditsError"),
}
ROUNDING = 1e-6


class Hasty(Clock):
    """A clock that waits a hundredth of the time before a retry."""

    def sleep(self, seconds: float) -> None:
        """Wait for a short time."""
        time.sleep(seconds / 100)

    async def asleep(self, seconds: float) -> None:
        """Do as ``sleep`` does."""
        await asyncio.sleep(seconds / 100)


@dataclass
class Spree:
    """What all processes did.

    Attributes:
        outcomes: How many submissions ended in which way.
        most: The most that the ledger said was spent, at any look.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    most: float = 0.0


def spend(sandbox: Sandbox, ledger: Ledger, *, each: int, processes: int, usd: float) -> Spree:
    """Submit ``each`` times in each of many processes; look at the ledger until they have ended."""
    spree = Spree()
    arguments = [sandbox.url, sandbox.key, str(ledger.path), str(each), str(usd)]
    command = [sys.executable, "-m", "tests.ledger.spending", *arguments]
    running = [
        subprocess.Popen([*command, str(seed)], cwd=ROOT, stdout=subprocess.PIPE)
        for seed in range(processes)
    ]
    try:
        while any(process.poll() is None for process in running):
            spree.most = max(spree.most, ledger.spent(sandbox.url, Cap(0).seconds))
            time.sleep(0.02)
        for process in running:
            out, _ = process.communicate()
            assert process.returncode == 0
            spree.outcomes.update(json.loads(out))
    finally:
        for process in running:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()
    return spree


def check(sandbox: Sandbox, ledger: Ledger, spree: Spree, *, count: int, usd: float) -> None:
    """Compare what was spent with the cap, and each submission with the ledger.

    Raises:
        AssertionError: The cap was not kept, or a submission or an id is missing.
    """
    assert spree.outcomes.total() == count
    assert set(spree.outcomes) <= OUTCOMES, spree.outcomes
    assert sandbox.account.highest_charged_usd <= usd + ROUNDING
    spent = ledger.spent(sandbox.url, Cap(0).seconds)
    assert max(spree.most, spent) <= usd + ROUNDING
    assert sandbox.account.charged_usd <= spent + ROUNDING
    refused = spree.outcomes["SpendLimitError"]
    assert 0 < refused < count, spree.outcomes
    jobs = ledger.jobs()
    posted = [each for each in sandbox.received if each.method == "POST"]
    sent = {each.headers["x-client-request-id"] for each in posted}
    assert sent == {job.client_request_id for job in jobs}
    assert len(sent) == len(jobs) == count - refused
    outcomes = Counter(job.outcome for job in jobs)
    assert outcomes["accepted"] == spree.outcomes["accepted"]
    assert outcomes["in doubt"] == spree.outcomes["SubmissionInDoubtError"]
    # Nothing ended without its outcome in the ledger.
    assert outcomes["submitting"] == 0
    accepted = [job for job in jobs if job.outcome == "accepted"]
    assert all(job.generation_id and job.usage for job in accepted)


def main(arguments: list[str]) -> None:
    """Submit in this process; print how many submissions ended in which way."""
    url, key, path, count, usd, seed = arguments
    chance = random.Random(seed)
    options = {
        "base_url": url,
        "max_usd": float(usd),
        "ledger": Ledger(path),
        "clock": Hasty(),
        "retrying": RetryPolicy(attempts=chance.randint(1, 4)),
    }
    prompts = [
        f"Boat {seed} {number}" + (f" [scenario: {chance.choice(FAULTS)}]" if number % 2 else "")
        for number in range(int(count))
    ]
    chance.shuffle(prompts)
    half = len(prompts) // 2
    outcomes: Counter[str] = Counter()
    with (
        WanClient(key, **options) as wan,  # type: ignore[arg-type]
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        threads = pool.map(partial(_submit, wan), prompts[:half])
        outcomes.update(asyncio.run(_tasks(key, options, prompts[half:])))
        outcomes.update(threads)
    print(json.dumps(outcomes))  # noqa: T201 - read by the process that started this one


def _submit(wan: WanClient, prompt: str) -> str:
    try:
        wan.submit(prompt, **small())
    except WanError as error:
        return _named(error)
    return "accepted"


def _named(error: WanError) -> str:
    # A cap that refuses because the ledger is locked is not what is tested.
    return type(error.__cause__ if isinstance(error.__cause__, LedgerError) else error).__name__


async def _tasks(key: str, options: dict[str, Any], prompts: list[str]) -> list[str]:
    slots = asyncio.Semaphore(AT_ONCE)

    async def submit(prompt: str) -> str:
        async with slots:
            try:
                await wan.submit(prompt, **small())
            except WanError as error:
                return _named(error)
            return "accepted"

    async with AsyncWanClient(key, **options) as wan:
        return await asyncio.gather(*map(submit, prompts))


if __name__ == "__main__":
    main(sys.argv[1:])
