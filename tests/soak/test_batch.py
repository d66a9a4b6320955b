"""A batch that is killed again and again pays for no row twice and loses none."""

from __future__ import annotations

import os
import subprocess

from tests.batch.killing import (
    Faults,
    check_books,
    command,
    environment,
    kill_and_go_on,
    run_to_its_end,
    write_list,
)
from tests.support.waiting import until
from wan_ergonomic.batch import open_batch
from wan_ergonomic.sandbox import Sandbox

# A thousand rows and 25 kills take about ten minutes.
ROWS = int(os.environ.get("WAN_BATCH_ROWS", "40"))
KILLS = int(os.environ.get("WAN_BATCH_KILLS", "3"))
SHARE = 0.2
SECONDS = 300.0


def test_a_batch_that_is_killed_pays_for_no_row_twice(tmp_path):
    """With a fault on one of five connections; what is in doubt is found in the account's log."""
    prompts, out = tmp_path / "prompts.jsonl", tmp_path / "videos"
    write_list(prompts, ROWS)
    with Sandbox(speed=1000.0) as sandbox, Faults(sandbox.url, SHARE, seed=5).running() as wire:
        env = environment(sandbox, tmp_path)
        words = command(wire.url, "run", str(prompts), "--out", str(out), "--concurrency", "16")
        assert kill_and_go_on([*words, "--no-recover"], env, kills=KILLS, seed=7) > 0
        run_to_its_end([*words, "--no-recover"], env)
        wire.share = 0.0
        with open_batch(out) as batch:
            states = check_books(sandbox, batch)
            assert set(states) <= {"done", "in doubt"}
            assert states["in doubt"]
            reached = {each.body["prompt"] for each in sandbox.received if each.method == "POST"}

            def settled() -> bool:
                left = batch.rows("in doubt", "accepted")
                return not any(row.prompt in reached for row in left)

            with subprocess.Popen(words, env=env, stdout=subprocess.PIPE) as process:
                until(settled, seconds=SECONDS, pause=0.5)
                process.terminate()
                process.communicate()
            assert check_books(sandbox, batch)["done"] == len(reached) == sandbox.billed
