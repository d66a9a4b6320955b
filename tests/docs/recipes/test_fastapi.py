"""The service of the recipe for FastAPI, over a sandbox."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.waiting import until
from wan_ergonomic import WanClient

pytest.importorskip("fastapi", reason="fastapi is not installed")
KEY = "5f1d0c9e7b3a4c21"
ANOTHER = "00000000-another-key"

Service = Callable[..., Any]


@pytest.fixture
def service(module, sandbox, tmp_path, monkeypatch) -> Iterator[Service]:
    """A function that starts the service and returns a client of it; all are closed at the end."""
    from starlette.testclient import TestClient

    monkeypatch.setenv("VIDEO_FOLDER", str(tmp_path / "data"))
    started: list[Any] = []

    def start(usd: float = 100.0) -> Any:
        monkeypatch.setenv("VIDEO_MAX_USD", str(usd))
        app = module("fastapi.md", "app.py").app
        started.append(TestClient(app, raise_server_exceptions=False).__enter__())
        return started[-1]

    assert sandbox.billed == 0
    yield start
    for each in started:
        each.__exit__(None, None, None)


def order(client: Any, prompt: str = "A boat", key: str = KEY) -> Any:
    """Order a video."""
    return client.post("/videos", json={"prompt": prompt}, headers={"Idempotency-Key": key})


def test_a_prompt_becomes_a_file(service, sandbox):
    """202 with a place at once; then the status, then the video."""
    client = service()
    response = order(client)
    assert (response.status_code, response.json()["id"]) == (202, KEY)
    place = response.headers["location"]
    until(lambda: client.get(place).json()["state"] == "completed")
    file = client.get(place).json()["file"]
    video = client.get(file)
    assert (video.headers["content-type"], video.content[4:8]) == ("video/mp4", b"ftyp")
    asked = len(sandbox.received)
    assert client.get(file).content == video.content
    assert client.get(place).json()["state"] == "completed"
    assert (len(sandbox.received), sandbox.billed) == (asked, 1)


def test_a_double_click_is_paid_for_once(service, sandbox):
    """At the same moment, later, and after a restart; a new key is a new order."""
    client = service()
    with ThreadPoolExecutor(8) as pool:
        codes = {each.status_code for each in pool.map(lambda _: order(client), range(8))}
    assert codes <= {202, 409}
    assert sandbox.billed == 1
    assert order(client).status_code == 202
    assert order(service()).status_code == 202
    assert sandbox.billed == 1
    assert order(client, "A kite").status_code == 422
    assert order(client, key=ANOTHER).status_code == 202
    assert sandbox.billed == 2


def test_a_second_click_while_the_first_is_sent_is_told_to_wait(service, monkeypatch):
    """It sends nothing, and says so with 409."""
    client = service()
    arrived, go_on = threading.Event(), threading.Event()
    wan = client.app.state.wan
    real = wan.submit

    async def slow(*arguments: Any, **options: Any) -> Any:
        from anyio.to_thread import run_sync

        arrived.set()
        await run_sync(go_on.wait)
        return await real(*arguments, **options)

    monkeypatch.setattr(wan, "submit", slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(order, client)
        arrived.wait(30)
        second = order(client)
        go_on.set()
        assert (first.result().status_code, second.status_code) == (202, 409)


def test_the_cap_sends_nothing_more(service, sandbox):
    """503, and the same key works once there is money again."""
    with WanClient(sandbox.key, base_url=sandbox.url) as wan:
        price = wan.price().usd or 0.0
    client = service(usd=price * 1.5)
    assert order(client).status_code == 202
    refused = order(client, key=ANOTHER)
    assert (refused.status_code, sandbox.billed) == (503, 1)
    assert "budget" in refused.json()["detail"]
    assert order(service(usd=price * 2.5), key=ANOTHER).status_code == 202


@pytest.mark.parametrize(
    ("scenario", "code", "words"),
    [
        ("no-credits", 503, "no credits"),
        ("bad-prompt", 422, "rejects this prompt"),
        ("unverified", 500, ""),
    ],
)
def test_a_rejection_charges_nothing_and_frees_the_key(service, sandbox, scenario, code, words):
    """What the owner has to mend is a 500 without words."""
    client = service()
    response = order(client, f"[scenario: {scenario}] A boat")
    assert (response.status_code, sandbox.billed) == (code, 0)
    assert words in response.text
    assert order(client, "A boat").status_code == 202


def test_an_empty_prompt_is_an_error_of_the_order(service, sandbox):
    """Before the key is taken."""
    client = service()
    assert order(client, " ").status_code == 422
    assert order(client, key="short").status_code == 422
    assert (order(client).status_code, sandbox.billed) == (202, 1)


def test_a_lost_response_is_never_sent_again(service, sandbox):
    """502 with the id, on every click; its status is pending."""
    client = service()
    for _ in range(2):
        response = order(client, "[scenario: lost-502] A boat")
        assert (response.status_code, response.json()["id"]) == (502, KEY)
        assert "Do not send it again" in response.json()["detail"]
    assert sandbox.billed == 1
    assert client.get(f"/videos/{KEY}").json()["state"] == "pending"
    assert client.get(f"/videos/{KEY}/file").status_code == 409


def test_an_order_found_again_gives_its_video(service, module, sandbox):
    """After ``wan recover``, by the same id."""
    client = service()
    order(client, "[scenario: lost-502] A boat")
    ledger = module("fastapi.md", "app.py").ledger
    with WanClient(sandbox.key, base_url=sandbox.url, ledger=ledger) as wan:
        wan.recover(KEY)
    assert client.get(f"/videos/{KEY}/file").content[4:8] == b"ftyp"
    assert order(client, "[scenario: lost-502] A boat").status_code == 202


def test_an_order_that_was_never_accepted_needs_a_new_key(service, module, sandbox):
    """As the log of the account shows later; the key is not sent a second time."""
    client = service()
    order(client, "[scenario: lost-502] A boat")
    ledger = module("fastapi.md", "app.py").ledger
    ledger.ended(KEY, "rejected", "The log does not have it.")
    again = order(client, "[scenario: lost-502] A boat")
    assert (again.status_code, "new key" in again.json()["detail"]) == (409, True)
    assert sandbox.billed == 1
    assert client.get(f"/videos/{KEY}").status_code == 404


def test_a_failed_job_has_no_file(service):
    """410, and the status says it."""
    client = service()
    order(client, "[scenario: fails] A boat")
    until(lambda: client.get(f"/videos/{KEY}").json()["state"] == "failed")
    assert client.get(f"/videos/{KEY}/file").status_code == 410


def test_only_the_videos_of_this_service_are_shown(service, sandbox, module):
    """By their own names: not those of another program, and not by the ids of the vendor."""
    client = service()
    order(client)
    with WanClient(sandbox.key, base_url=sandbox.url) as wan:
        foreign = wan.submit("A secret").id
    own = module("fastapi.md", "app.py").ledger.find(KEY).generation_id
    names = (KEY, foreign, own, "nothing")
    codes = [client.get(f"/videos/{name}").status_code for name in names]
    assert codes == [200, 404, 404, 404]
