"""The progress of a download, and the time that it may take."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.conftest import ClientKind
from tests.support.actions import Hang, Send, Serve, head, response
from tests.support.files import names
from tests.support.loopback import Entry
from tests.support.responses import VIDEO, finished
from wan_ergonomic import IncompleteDownloadError

# Each takes at least 20 seconds unless the client gives up.
SLOW_BODY = Send(response(200, VIDEO).data, size=10, every=0.02)
SLOW: dict[str, Entry] = {
    "a slow body": SLOW_BODY,
    "silent within the body": (Send(SLOW_BODY.data[:200]), Hang()),
    "no response": Hang(),
    "a slow head": Send(head(200, {"X-Padding": "a" * 500}), size=1, every=0.05),
}


def test_on_progress_gets_the_bytes_so_far_and_in_all(wan, server):
    """After a resumption they count from the byte that was reached before."""
    server.script("download", Serve(VIDEO, cut=1000), Serve(VIDEO))
    calls: list[tuple[int, int]] = []
    wan.download(finished(server), io.BytesIO(), on_progress=lambda *x: calls.append(x))
    assert calls == sorted(calls)
    assert ((1000, len(VIDEO)) in calls, calls[-1]) == (True, (len(VIDEO), len(VIDEO)))


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_on_progress_may_be_a_coroutine_function(backend, server):
    """The async client awaits it."""
    calls = []

    async def later(done: int, total: int | None) -> None:
        calls.append((done, total))

    server.script("download", Serve(VIDEO))
    with ClientKind(backend).client(base_url=server.url) as wan:
        wan.download(finished(server), io.BytesIO(), on_progress=later)
    assert calls[-1] == (len(VIDEO), len(VIDEO))


@pytest.mark.parametrize("own", [LookupError, TimeoutError, UnicodeError, httpx.ReadTimeout])
def test_an_error_of_on_progress_ends_the_download(wan, server, tmp_path, own):
    """It is raised unchanged, and the bytes so far are kept."""

    def stop(*_: object) -> None:
        raise own("enough")

    server.script("download", Serve(VIDEO))
    with pytest.raises(own, match="enough"):
        wan.download(finished(server), tmp_path / "v.mp4", on_progress=stop)
    assert [Path(name).suffix for name in names(tmp_path)] == [".part"]


@pytest.mark.parametrize("slow", SLOW.values(), ids=SLOW)
def test_a_deadline_bounds_a_download(client_kind, server, tmp_path, slow):
    """On the real clock, whatever the storage does."""
    server.script("download", slow)
    began = time.monotonic()
    with (
        client_kind.client(base_url=server.url) as wan,
        pytest.raises(IncompleteDownloadError),
    ):
        wan.download(finished(server), tmp_path / "v.mp4", timeout=0.2)
    assert 0.15 < time.monotonic() - began < 10
    assert names(tmp_path) == []


def test_a_slow_download_within_its_deadline_succeeds(client_kind, server):
    """A deadline that is not reached changes nothing."""
    server.script("download", replace(SLOW_BODY, every=0.001, size=1000))
    file = io.BytesIO()
    with client_kind.client(base_url=server.url) as wan:
        wan.download(finished(server), file, timeout=20)
    assert file.getvalue() == VIDEO
