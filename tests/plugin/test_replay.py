"""The fixture ``wan_replay``: a recording beside the test is played without key and network."""

from __future__ import annotations

import json

import httpx
import pytest

from wan_ergonomic import WanClient
from wan_ergonomic.plugin._sandbox import SkippingClock
from wan_ergonomic.replay import RecordingTransport
from wan_ergonomic.sandbox import Sandbox, _video

pytest_plugins = ["pytester"]

TEST = """
from wan_ergonomic import AsyncWanClient, WanClient

def test_sync(wan_replay, tmp_path):
    with WanClient(**wan_replay("boat.json")) as wan:
        generation = wan.generate("A boat")
        wan.download(generation, tmp_path / "boat.mp4")
    assert generation.completed

def test_async(wan_replay):
    import asyncio

    async def generate():
        async with AsyncWanClient(**wan_replay("boat.json")) as wan:
            return await wan.generate("A boat")

    assert asyncio.run(generate()).completed
"""


@pytest.fixture
def boat(pytester, monkeypatch):
    """A recording beside the suite's file."""
    monkeypatch.setattr(_video, "FRAMES", 15)
    clock = SkippingClock()
    path = pytester.path / "boat.json"
    with Sandbox(clock=clock.today) as sandbox:
        transport = RecordingTransport(path)
        made = WanClient(sandbox.key, base_url=sandbox.url, clock=clock, transport=transport)
        with made as wan:
            wan.download(wan.generate("A boat"), pytester.path / "boat.mp4")
    return path


@pytest.mark.usefixtures("boat")
def test_a_suite_plays_a_recording(suite, monkeypatch):
    """Both clients do, whatever the environment names."""
    monkeypatch.setenv("WAN_BASE_URL", "https://api.example")
    suite(TEST).assert_outcomes(passed=2)


def test_a_recording_that_is_out_of_date_fails_the_test(suite, boat):
    """With what departs from the contract."""
    changed = json.loads(boat.read_text("utf-8"))
    changed["log"]["entries"][1]["response"]["body"] = []
    boat.write_text(json.dumps(changed))
    result = suite(TEST)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*RecordingError: *boat.json departs from the contract*"])


def test_a_check_can_be_left_out(boat):
    """By an argument."""
    from wan_ergonomic.plugin import replay_options

    options = replay_options(boat.parent, boat.name, check=False)
    assert isinstance(options["transport"], httpx.MockTransport)
