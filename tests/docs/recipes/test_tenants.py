"""The recipe for many customers: two of them, each with an account that knows its own key alone."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from wan_ergonomic import (
    AsyncWanClient,
    ConfigurationError,
    MissingKeyError,
    PollingPolicy,
    SpendLimitError,
    WanClient,
)
from wan_ergonomic.sandbox import Sandbox

PAGE = "tenants.md"
KEYS = {"bakery": "key-of-the-bakery", "circus": "key-of-the-circus"}
OPERATORS = "key-of-the-operator"


@pytest.fixture
def accounts() -> Iterator[dict[str, Sandbox]]:
    """An account of each tenant, which takes no other key."""
    with (
        Sandbox(speed=2000, key=KEYS["bakery"]) as one,
        Sandbox(speed=2000, key=KEYS["circus"]) as two,
    ):
        yield {"bakery": one, "circus": two}


@pytest.fixture
def tenants(module, accounts, monkeypatch) -> ModuleType:
    """The module of the recipe; each key leads to the account that it is for."""
    made: ModuleType = module(PAGE, "tenants.py")
    urls = {KEYS[name]: account.url for name, account in accounts.items()}
    often = PollingPolicy(min_interval=0.01, max_interval=0.05)

    def client(key: str, **options: Any) -> AsyncWanClient:
        return AsyncWanClient(key, base_url=urls.get(key), polling=often, **options)

    monkeypatch.setattr(made, "AsyncWanClient", client)
    monkeypatch.setenv("AIMLAPI_API_KEY", OPERATORS)
    return made


@pytest.fixture
def price(accounts) -> float:
    """The price of a video."""
    account = accounts["bakery"]
    with WanClient(account.key, base_url=account.url) as wan:
        return wan.price().usd or 0.0


def test_each_keeps_its_cap_and_no_key_is_mixed(tenants, accounts, price, tmp_path):
    """Ten orders at once: the small cap stops one customer, and the other goes on."""
    bakery = tenants.Tenant("bakery", KEYS["bakery"], 2.5 * price)
    circus = tenants.Tenant("circus", KEYS["circus"], 100 * price)

    async def order() -> tuple[list[Any], float, float]:
        async with tenants.Tenants(tmp_path) as all_of_them:
            orders = [all_of_them.generate(who, who.name) for who in (bakery, circus) * 5]
            results = await asyncio.gather(*orders, return_exceptions=True)
            return results, all_of_them.spent(bakery), all_of_them.spent(circus)

    results, of_bakery, of_circus = asyncio.run(order())
    refused = [each for each in results[::2] if isinstance(each, SpendLimitError)]
    assert (len(refused), accounts["bakery"].billed, accounts["circus"].billed) == (3, 2, 5)
    assert of_bakery == pytest.approx(2 * price)
    assert of_circus == pytest.approx(5 * price)
    for path in [each for each in results if each not in refused]:
        assert path.read_bytes()[4:8] == b"ftyp"
    assert {path.parent.name for path in results[1::2]} == {"circus"}
    for name, account in accounts.items():
        sent = [one for one in account.received if "authorization" in one.headers]
        assert {one.has_right_key for one in sent} == {True}
        bodies = [str(one.body) for one in sent if one.body]
        assert [other in body for body in bodies for other in KEYS if other != name] == [
            False for _ in bodies
        ]
        assert all(name in body for body in bodies)


def test_a_tenant_without_a_key_is_an_error(tenants, tmp_path):
    """And is not served with the key of the environment."""
    for nothing in (None, "", " "):
        with pytest.raises(MissingKeyError):
            tenants.Tenants(tmp_path).client(tenants.Tenant("bakery", nothing, 1))


def test_a_name_is_no_path(tenants):
    """It comes from outside."""
    for name in ("..", "a/b", "", "A", "a" * 41):
        with pytest.raises(ValueError, match="part of a path"):
            tenants.Tenant(name, KEYS["bakery"], 1)


def test_no_key_is_shown(tenants):
    """Tenants are logged."""
    assert KEYS["bakery"] not in repr(tenants.Tenant("bakery", KEYS["bakery"], 1))


def test_all_clients_are_closed(tenants, tmp_path):
    """A new cap makes a new client; the old one is closed with it."""

    async def use() -> list[AsyncWanClient]:
        async with tenants.Tenants(tmp_path) as all_of_them:
            found = [
                all_of_them.client(tenants.Tenant("bakery", KEYS["bakery"], usd))
                for usd in (1, 2, 1)
            ]
            assert found[0] is found[2] is not found[1]
            return found

    async def after() -> None:
        for client in await use():
            with pytest.raises(ConfigurationError, match="was closed"):
                await client.status("an-id")

    asyncio.run(after())


def test_a_client_is_cheap(tenants, tmp_path):
    """Four times what the page says would be a change worth a line there."""
    all_of_them = tenants.Tenants(tmp_path)
    all_of_them.client(tenants.Tenant("first", KEYS["bakery"], 1))
    tracemalloc.start()
    for number in range(100):
        all_of_them.client(tenants.Tenant(f"tenant-{number}", KEYS["bakery"], 1))
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert used / 100 < 60 * 1024


def test_the_program_says_what_became_of_each_order(sandbox, write, python, tmp_path):
    """With one key for all, which the page allows too."""
    write(PAGE, "tenants.py", "main.py")
    said = python("main.py", BAKERY_KEY=sandbox.key, CIRCUS_KEY=sandbox.key)
    assert [line.split()[0] for line in said.splitlines()] == ["bakery", "circus", "circus"]
    assert len([*tmp_path.glob("customers/*/*.mp4")]) == sandbox.billed == 3
