"""The sandbox that the plugin hands out, and the clock that makes waiting unnecessary."""

from __future__ import annotations

import anyio
import pytest

from wan_ergonomic import ConfigurationError, WanClient
from wan_ergonomic.plugin import WanSandbox
from wan_ergonomic.plugin._sandbox import SkippingClock


def test_it_can_be_used_without_the_fixture():
    """In a fixture of one's own, of any scope."""
    with WanSandbox() as one, WanSandbox() as another:
        assert one.url != another.url
        assert repr(one) == f"<WanSandbox {one.url}>"
        with WanClient(**one.options) as wan:
            assert wan.generate("A boat").completed
        assert (one.billed, another.billed) == (1, 0)


def test_both_clients_are_closed_at_the_end():
    """Even where nothing was asked of them."""
    with WanSandbox() as sandbox:
        client, async_client = sandbox.client, sandbox.async_client
    with pytest.raises(ConfigurationError, match="was closed"):
        client.submit("A boat")
    with pytest.raises(ConfigurationError, match="was closed"):
        anyio.run(async_client.submit, "A boat")


def test_it_can_end_inside_an_event_loop():
    """Its asynchronous client is closed there as well."""

    async def use() -> bool:
        with WanSandbox() as sandbox:
            return (await sandbox.async_client.generate("A boat")).completed

    assert anyio.run(use)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_those_who_sleep_together_sleep_through_the_same_time(backend):
    """A crowd of jobs does not run into its deadline because each one's pauses are added up."""
    clock = SkippingClock()

    async def crowd() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(100):
                group.start_soon(clock.asleep, 50.0)

    before = clock.now()
    anyio.run(crowd, backend=backend)
    assert 50 <= clock.now() - before < 60


def test_both_faces_of_the_clock_move_together():
    """Links and jobs age by the calendar, clients by seconds."""
    clock = SkippingClock()
    now, today = clock.now(), clock.today()
    clock.sleep(1000)
    assert clock.now() - now == pytest.approx(1000, abs=5)
    assert clock.today() - today == pytest.approx(1000, abs=5)
