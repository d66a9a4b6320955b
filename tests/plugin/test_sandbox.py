"""The plugin's sandbox without its fixture, and its clock, which never waits.

The clock is private: a client is too much for a test of its arithmetic.
"""

from __future__ import annotations

import anyio
import httpx
import pytest

from wan_ergonomic import ConfigurationError, WanClient, _spec
from wan_ergonomic.plugin import WanContract, WanSandbox
from wan_ergonomic.plugin._sandbox import SkippingClock


def test_it_can_be_used_without_the_fixture():
    """A fixture of your own can have any scope, and several sandboxes."""
    with WanSandbox() as one, WanSandbox() as another:
        assert one.url != another.url
        assert repr(one) == f"<WanSandbox {one.url}>"
        with WanClient(**one.options) as wan:
            assert wan.generate("A boat").completed
        assert (one.billed, another.billed) == (1, 0)


def test_its_account_is_that_of_the_sandbox():
    """Its books have each charge, and its scenario can be set."""
    with WanSandbox() as sandbox:
        generation = sandbox.client.submit("A boat")
        (charge,) = (one for one in sandbox.account.transactions if one.type == "MODEL_USAGE")
        assert charge.reference_id == generation.id
        assert sandbox.account is sandbox.sandbox.account


def test_both_clients_are_closed_with_the_sandbox():
    """Clients that sent no request are closed as well."""
    with WanSandbox() as sandbox:
        client, async_client = sandbox.client, sandbox.async_client
    with pytest.raises(ConfigurationError, match="was closed"):
        client.submit("A boat")
    with pytest.raises(ConfigurationError, match="was closed"):
        anyio.run(async_client.submit, "A boat")


def test_it_can_end_inside_an_event_loop():
    """Its async client is closed there as well."""

    async def use() -> bool:
        with WanSandbox() as sandbox:
            return (await sandbox.async_client.generate("A boat")).completed

    assert anyio.run(use)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_tasks_that_sleep_together_skip_the_same_time(backend):
    """The pauses of a hundred jobs are not added up, or the jobs would reach their deadlines."""
    clock = SkippingClock()

    async def sleep_together() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(100):
                group.start_soon(clock.asleep, 50.0)

    before = clock.now()
    anyio.run(sleep_together, backend=backend)
    assert 50 <= clock.now() - before < 60


def test_both_times_of_the_clock_advance_together():
    """Links and jobs use the seconds since 1970; clients use monotonic seconds."""
    clock = SkippingClock()
    now, today = clock.now(), clock.today()
    clock.sleep(1000)
    assert clock.now() - now == pytest.approx(1000, abs=5)
    assert clock.today() - today == pytest.approx(1000, abs=5)


def test_what_it_received_can_be_checked():
    """It keeps no key, but records whether there was one."""
    body = {"model": _spec.model(), "prompt": "A boat"}
    key = {"Authorization": "Bearer some-key"}
    with WanSandbox() as sandbox:
        sandbox.client.submit("A boat")
        url = sandbox.url + _spec.path("create")
        httpx.post(url, json=body, trust_env=False)
        httpx.post(url, json={**body, "prompt": 7}, headers=key, trust_env=False)
    good, without_key, wrong = sandbox.received
    contract = WanContract()
    contract.check(good)
    with pytest.raises(AssertionError, match="security"):
        contract.check(without_key)
    with pytest.raises(AssertionError, match="/prompt"):
        contract.check(wrong)
