"""What each method returns, whatever its arguments: a program without a mistake."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import assert_type

from wan_ergonomic import (
    AsyncWanClient,
    Generation,
    Options,
    PollingPolicy,
    Preview,
    PromptDefaults,
    Update,
    WanClient,
)
from wan_ergonomic.account import Balance, Durations, LoggedRequest, Price
from wan_ergonomic.ledger import Ledger
from wan_ergonomic.video import metadata_for


def show(update: Update) -> str:
    """Return what can be shown of an update."""
    return f"{update.generation.status} {update.error}"


async def show_later(update: Update) -> str:
    """Return the same, from a coroutine."""
    return show(update)


def blocking(options: Options) -> None:
    """Call each method of the client that blocks."""
    defaults = PromptDefaults(prefix="A film of", suffix=None)
    with WanClient(defaults=defaults, polling=PollingPolicy(), preset=["draft"]) as wan:
        assert_type(wan, WanClient)
        assert_type(wan.preview("A boat", **options), Preview)
        assert_type(wan.preview("A boat").price, Price | None)
        assert_type(wan.price(**options), Price)
        assert_type(wan.submit("A boat", **options, timeout=60), Generation)
        assert_type(wan.generate("A boat", **options, on_update=show), Generation)
        assert_type(wan.generate("A boat", recover=True, on_submit=print), Generation)
        assert_type(wan.recover("the id of a request"), Generation)
        assert_type(wan.status("id"), Generation)
        generation = wan.wait(wan.status("id"), on_update=show)
        assert_type(generation, Generation)
        for seen in wan.watch("id"):
            assert_type(seen, Generation)
        assert_type(wan.download(generation, "boat.mp4", overwrite=True), Generation)
        assert_type(wan.download("id", Path("boat.mp4"), finish=metadata_for()), Generation)
        assert_type(wan.download("id", BytesIO()), Generation)
        assert_type(wan.balance(), Balance)
        assert_type(wan.usage(timedelta(days=1)), list[LoggedRequest])
        assert_type(wan.durations(), Durations | None)
        assert_type(wan.close(), None)


async def awaited(options: Options) -> None:
    """Call each method of the client that awaits."""
    async with AsyncWanClient("key", ledger=Ledger("ledger"), max_usd=5) as wan:
        assert_type(wan, AsyncWanClient)
        assert_type(wan.preview("A boat", **options), Preview)
        assert_type(wan.preview("A boat").price, Price | None)
        assert_type(await wan.price(**options), Price)
        assert_type(await wan.submit("A boat", **options, timeout=60), Generation)
        assert_type(await wan.generate("A boat", **options, on_update=show_later), Generation)
        assert_type(await wan.generate("A boat", recover=True, on_submit=print), Generation)
        assert_type(await wan.recover("the id of a request"), Generation)
        assert_type(await wan.status("id"), Generation)
        generation = await wan.wait(await wan.status("id"), on_update=show)
        assert_type(generation, Generation)
        async for seen in wan.watch("id"):
            assert_type(seen, Generation)
        assert_type(await wan.download(generation, "boat.mp4", overwrite=True), Generation)
        assert_type(await wan.download("id", Path("boat.mp4"), finish=metadata_for()), Generation)
        assert_type(await wan.download("id", BytesIO()), Generation)
        assert_type(await wan.balance(), Balance)
        assert_type(await wan.usage(timedelta(days=1)), list[LoggedRequest])
        assert_type(await wan.durations(), Durations | None)
        assert_type(await wan.close(), None)
