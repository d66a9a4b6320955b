"""The page of scenarios is true: each is played, and comes to what the page says."""

from __future__ import annotations

import re

import pytest

from tests.support.options import known
from wan_ergonomic import Clock, PollingPolicy, WanClient, WanError
from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS, SCENARIOS, Sandbox, _video

from .examples import PAGES

PAGE = (PAGES / "reference" / "scenarios.md").read_text("utf-8")
ROWS = {
    name: cells
    for name, *cells in (
        (cell.strip() for cell in line.strip("|").split("|"))
        for line in re.findall(r"^\| `.*\|$", PAGE, re.MULTILINE)
    )
}
OPTIONS = known(resolution="480P")
# Of the sandbox, and of the client's pauses.
SPEED = 1000.0


class FastClock(Clock):
    """Pauses that pass as fast as the sandbox's time; what a slow machine needs counts as it is."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        """Return the seconds, with those of all pauses."""
        return super().now() + self._ahead

    def sleep(self, seconds: float) -> None:
        """Pause for fast seconds."""
        super().sleep(seconds / SPEED)
        self._ahead += seconds


def test_every_scenario_has_a_row_with_its_summary():
    """Those of prompts and those of the account, in the order of the command's list."""
    summaries = {f"`{name}`": one.summary for name, one in SCENARIOS.items()}
    summaries |= {f"`{name}`": one.summary for name, one in ACCOUNT_SCENARIOS.items()}
    assert [(name, cells[0]) for name, cells in ROWS.items()] == [*summaries.items()]


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_comes_to_what_the_page_says(name, tmp_path, monkeypatch):
    """Also how often it was sent, and what was billed."""
    monkeypatch.setattr(_video, "FRAMES", 5)
    with Sandbox(speed=SPEED) as sandbox:
        hangs = name in {"lost-response", "poll-hangs"}
        clock = None if hangs else FastClock()
        # Long enough for a slow machine, where the job ends.
        patience = {"lost-response": 2.0, "poll-hangs": 60.0, "stuck": 1000.0}.get(name, 1e5)
        polling = PollingPolicy(
            min_interval=0.1, max_interval=10, request_timeout=0.5 if hangs else 1e4
        )
        with WanClient(sandbox.key, base_url=sandbox.url, polling=polling, clock=clock) as wan:
            try:
                made = wan.generate(f"A boat [scenario: {name}]", timeout=patience, **OPTIONS)
                wan.download(made, tmp_path / "boat.mp4")
                outcome = "a video"
            except WanError as error:
                outcome = f"`{type(error).__name__}`"
        sent = sum(each.method == "POST" for each in sandbox.received)
        assert [outcome, str(sent), str(sandbox.billed)] == ROWS[f"`{name}`"][1:]
