"""The two clients are one: made alike, called alike, closed alike."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
import time
import warnings
from functools import partial
from pathlib import Path

import anyio
import httpx
import pytest

from tests.conftest import CANARY_KEY
from tests.support.actions import Serve
from tests.support.responses import ID, PROMPT, VIDEO, accepted, completed, finished, poll_response
from wan_ergonomic import (
    AsyncWanClient,
    Clock,
    ConfigurationError,
    Generation,
    PromptDefaults,
    PromptError,
    PromptWarning,
    WanClient,
)
from wan_ergonomic._flows import Call
from wan_ergonomic._spec import model


def public(client: type) -> dict[str, object]:
    """Return what a client offers, by name."""
    return {name: value for name, value in inspect.getmembers(client) if not name.startswith("_")}


# Parity


def test_both_clients_offer_the_same():
    """A method that one has, the other has."""
    methods = ["close", "download", "generate", "preview", "status", "submit", "wait", "watch"]
    assert list(public(WanClient)) == list(public(AsyncWanClient)) == methods


@pytest.mark.parametrize("name", ["__init__", "__repr__", *public(WanClient)])
def test_each_method_is_called_and_described_alike(name):
    """Same parameters, same defaults, same words."""
    ours, theirs = getattr(WanClient, name), getattr(AsyncWanClient, name)
    assert inspect.signature(ours) == inspect.signature(theirs)
    assert inspect.getdoc(ours) == inspect.getdoc(theirs)


def test_the_classes_are_described_alike():
    """Each in a sentence, which says how it waits; how it is set up is said once, for both."""
    ours, theirs = (inspect.getdoc(client) or "" for client in (WanClient, AsyncWanClient))
    assert ours.split()[:4] == theirs.split()[:4]
    assert "\n" not in ours + theirs
    assert ours != theirs
    assert "api_key: " in (inspect.getdoc(WanClient.__init__) or "")


def test_every_public_method_is_described():
    """What a person can call has a docstring."""
    assert [name for name, value in public(WanClient).items() if not inspect.getdoc(value)] == []


# Being made


def test_a_client_can_be_made_from_the_environment(client_kind, monkeypatch):
    """With a key there, nothing else is needed; and no key is shown."""
    monkeypatch.setenv("AIMLAPI_API_KEY", CANARY_KEY)
    with client_kind.client(None) as wan:
        text = repr(wan)
    assert text.startswith(f"{client_kind.client_type.__name__}(base_url='https://api.aimlapi.com'")
    assert CANARY_KEY not in text


def test_a_client_without_a_key_is_refused(client_kind):
    """The error says what to set."""
    with pytest.raises(ConfigurationError, match="Set AIMLAPI_API_KEY"), client_kind.client(None):
        pass


@pytest.mark.usefixtures("contract_as_it_was")
def test_defaults_come_from_caller_preset_and_file(client_kind, server, tmp_path, monkeypatch):
    """In that order, with what a call says before them all."""
    config = tmp_path / "config.toml"
    config.write_text(
        "[defaults]\nseed = 1\nprefix = 'file'\nsuffix = 'file'\n"
        "[presets.mine]\nseed = 2\nprefix = 'preset'\n"
    )
    monkeypatch.setenv("WAN_CONFIG", str(config))
    server.script("submit", accepted())
    expected = {"model": model(), "prompt": "preset A boat file", "seed": 3}
    with client_kind.client(
        base_url=server.url, defaults=PromptDefaults(seed=3), preset="mine"
    ) as wan:
        for call in ({}, {"seed": 0}):
            wan.submit(PROMPT, **call)
            assert server.requests[-1].json == wan.preview(PROMPT, **call).body
            assert server.requests[-1].json == expected | call


def test_what_nobody_set_is_not_sent(client_kind, server):
    """The server's defaults stay the server's."""
    server.script("submit", accepted())
    with client_kind.client(base_url=server.url) as wan:
        wan.submit(PROMPT)
    assert json.loads(server.requests[0].body) == {
        "model": model(),
        "prompt": PROMPT,
    }


def test_a_preset_that_does_not_exist_is_refused(client_kind):
    """With the nearest one that does."""
    with pytest.raises(ConfigurationError, match="Did you mean 'draft'"):
        client_kind.client(preset="daft").__enter__()


@pytest.mark.parametrize("timeout", [0, -3.5, float("nan")])
def test_a_time_to_wait_that_is_none_is_refused(client_kind, timeout):
    """When the client is made, not when it has waited."""
    with pytest.raises(ConfigurationError, match="positive number"):
        client_kind.client(timeout=timeout).__enter__()


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "api..example", "a b", ""])
def test_an_address_that_nothing_can_have_is_refused(client_kind, host):
    """When the client is made, and not as a failure of its first request."""
    with pytest.raises(ConfigurationError, match="must look like https://host"):
        client_kind.client(base_url=f"https://{host}").__enter__()


@pytest.mark.parametrize("act", ["submit", "generate", "preview"])
def test_what_cannot_be_sent_spends_nothing(client_kind, server, act):
    """An empty prompt, or an option with no such value, is refused here."""
    with client_kind.client(base_url=server.url) as wan:
        for prompt, options in ((" ", {}), (PROMPT, {"resolution": "4K"})):
            with pytest.raises(PromptError):
                getattr(wan, act)(prompt, **options)
    assert server.requests == []


def test_what_the_model_will_not_do_is_a_warning_at_the_callers_line(server):
    """It is submitted all the same, and both clients say it where it was asked for."""
    server.script("submit", accepted())
    with (
        warnings.catch_warnings(record=True) as caught,
        WanClient(CANARY_KEY, base_url=server.url) as wan,
    ):
        warnings.simplefilter("always")
        wan.submit("x" * 900)
    assert [(warning.category, warning.filename) for warning in caught] == [
        (PromptWarning, __file__)
    ]


def test_the_asynchronous_client_warns_too(client_kind, server):
    """Of the same."""
    server.script("submit", accepted())
    with (
        client_kind.client(base_url=server.url) as wan,
        pytest.warns(PromptWarning, match="900 characters"),
    ):
        wan.submit("x" * 900)


# Talking


def test_a_transport_of_the_callers_own_takes_the_networks_place(client_kind):
    """Whatever httpx can talk through will do."""

    def reply(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"id": ID, "status": "queued"})
        return httpx.Response(200, json={"id": ID, "status": "completed"})

    with client_kind.client(transport=httpx.MockTransport(reply)) as wan:
        assert wan.wait(wan.submit(PROMPT).id) == Generation(id=ID, status="completed")


def test_looks_share_a_connection_and_a_submission_has_its_own(client_kind, server, clock):
    """A submission never meets a connection that is just closing; all are closed in the end."""
    server.script("submit", accepted())
    server.script("poll", *[poll_response("generating")] * 5, completed(server))
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        wan.generate(PROMPT)
    server.drain()
    assert (len(server.requests), server.connections) == (7, 2)


def test_a_mistake_in_a_request_is_not_taken_for_one_in_the_answer(client_kind, server):
    """What the generated code raises before anything is sent is not passed over."""
    call = Call(role="create", argument={}, timeout=1, patience=1)
    with client_kind.client(base_url=server.url) as wan:
        if client_kind.backend == "sync":
            perform = partial(wan._runner.call, call)
        else:
            perform = partial(wan.portal.call, wan.client._runner.call, call)
        with pytest.raises(KeyError):
            perform()
    assert server.requests == []


def test_a_client_is_closed_once_or_more(client_kind, server):
    """Closing is the end of all connections, and closing again is no error."""
    server.script("poll", poll_response("queued"))
    server.script("download", Serve(VIDEO))
    with client_kind.client(base_url=server.url) as wan:
        wan.status(ID)
        wan.close()
        server.drain()
        wan.close()


def test_a_client_is_closed_when_its_block_fails(client_kind, server):
    """No connection outlives an error."""
    server.script("poll", poll_response("queued"))

    def fail() -> None:
        with client_kind.client(base_url=server.url) as wan:
            wan.status(ID)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    server.drain()


# Time


def test_the_clock_is_a_real_one():
    """It never goes back, and lets the time pass that it is asked to."""
    clock = Clock()
    began = clock.now()
    clock.sleep(0.01)
    anyio.run(clock.asleep, 0.01)
    assert 0.02 <= clock.now() - began < 10
    assert abs(clock.now() - time.monotonic()) < 10


def test_the_package_is_imported_without_its_dependencies():
    """And a client's module, too, imports none of them before a client is made."""
    code = (
        "import sys; before = {*sys.modules}\n"
        "import wan_ergonomic._client\n"
        "loaded = {name.partition('.')[0] for name in {*sys.modules} - before}\n"
        "print(sorted(loaded - {*sys.stdlib_module_names} - {'wan_ergonomic'}))"
    )
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    assert run.stdout.strip() == "[]"


def test_a_download_works_under_trio(trio_kind, server, tmp_path):
    """The same lines serve the other event loop."""
    server.script("download", Serve(VIDEO, cut=500), Serve(VIDEO))
    with trio_kind.client(base_url=server.url) as wan:
        wan.download(finished(server), tmp_path / "v.mp4", timeout=5)
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO
