"""What a poll may cost, in counted work: time is noisy, calls and imports are not."""

from __future__ import annotations

import gc
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.support.operations import poll_path, poll_query
from tests.support.responses import ID, poll_response
from wan_ergonomic import WanClient

# More than any test here polls.
MANY = 600


@pytest.fixture
def polls(server) -> Iterator[tuple[Callable[[], Any], Callable[[], Any]]]:
    """A poll by hand with httpx, and one with a client, over open connections."""
    server.script("poll", *[poll_response("generating")] * MANY)
    path = f"{server.url}{poll_path(ID)}"
    with httpx.Client() as http, WanClient("a-key-that-is-long", base_url=server.url) as wan:
        by_hand = lambda: http.get(path, params=poll_query(ID)).json()  # noqa: E731
        ours = lambda: wan.status(ID)  # noqa: E731
        for poll in (by_hand, ours) * 3:
            poll()
        yield by_hand, ours


def calls_of(poll: Callable[[], Any]) -> int:
    """Return how many functions a poll calls in this thread, whoever wrote them."""
    calls = 0

    def count(_: Any, event: str, __: Any) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        poll()
    finally:
        sys.setprofile(before)
    return calls


def test_a_poll_calls_fewer_functions_than_one_by_hand(polls):
    """Although it is masked, checked for drift and typed."""
    by_hand, ours = polls
    assert calls_of(ours) < calls_of(by_hand)


def held() -> int:
    """Return the bytes that this package holds."""
    ours = [
        tracemalloc.Filter(inclusive=True, filename_pattern=f"*/{name}/*")
        for name in ("wan_ergonomic", "generated_client")
    ]
    gc.collect()
    traces = tracemalloc.take_snapshot().filter_traces(ours)
    return sum(each.size for each in traces.statistics("filename"))


def test_polls_leave_no_memory_behind(polls):
    """However many there are."""
    _, ours = polls
    tracemalloc.start()
    try:
        ours()
        before = held()
        for _ in range(200):
            ours()
        assert held() - before < 200 * 20
    finally:
        tracemalloc.stop()


def modules_after(code: str) -> set[str]:
    """Return what is imported after a program."""
    shown = f"{code}\nimport sys; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True)
    return {*run.stdout.split()}


CLIENT = "from wan_ergonomic import WanClient; wan = WanClient('a-key-that-is-long')"


def test_a_client_imports_little_more_than_httpx():
    """Nothing of the generated client, of the account, of a sandbox or of the command."""
    by_hand = modules_after("import httpx; httpx.Client()")
    ours = modules_after(CLIENT) - by_hand
    assert len(ours) < 70
    unneeded = (
        *(
            "generated_client",
            "account._p",
            "ledger._store",
            "_files._part_file",
            "_flows._download",
        ),
        *("contract", "sandbox", "cli", "video", "batch"),
    )
    assert [
        name for name in ours if name.startswith(tuple(f"wan_ergonomic.{u}" for u in unneeded))
    ] == []
    assert not {"rich", "typer", "uuid", "difflib", "sqlite3", "dateutil"} & (ours - by_hand)


def test_a_poll_imports_the_models_of_its_own_response_only(server):
    """Of more than thirty."""
    code = f"{CLIENT[:-1]}, base_url={server.url!r}, timeout=5); wan.status({ID!r})"
    server.script("poll", poll_response("generating"))
    models = {
        name
        for name in modules_after(code)
        if name.startswith("wan_ergonomic.generated_client.models.")
    }
    assert 0 < len(models) < 8
