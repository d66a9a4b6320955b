"""The sync and the async client: the same methods, set up in the same way."""

from __future__ import annotations

import inspect
import io
import re
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
from tests.support.actions import Send, Serve, response
from tests.support.options import needs, prompt_defaults
from tests.support.responses import (
    ID,
    MP4,
    PROMPT,
    VIDEO,
    accepted,
    completed,
    finished,
    poll_response,
)
from wan_ergonomic import (
    AsyncWanClient,
    Clock,
    ConfigurationError,
    Generation,
    PromptError,
    PromptWarning,
    Video,
    WanClient,
)
from wan_ergonomic._flows import Call
from wan_ergonomic._spec import model
from wan_ergonomic._version import __version__

URL = "https://store.example/v.mp4"


def public(client: type) -> dict[str, object]:
    """Return the public members of a client, by name."""
    return {name: value for name, value in inspect.getmembers(client) if not name.startswith("_")}


def test_both_clients_have_the_same_methods():
    """No method is sync or async only."""
    assert public(WanClient).keys() == public(AsyncWanClient).keys()
    assert {"generate", "submit", "wait", "download", "price", "recover"} <= public(
        WanClient
    ).keys()


@pytest.mark.parametrize("name", ["__init__", "__repr__", *public(WanClient)])
def test_each_method_has_one_signature_and_docstring(name):
    """The same for both clients."""
    ours, theirs = getattr(WanClient, name), getattr(AsyncWanClient, name)
    assert inspect.signature(ours) == inspect.signature(theirs)
    assert inspect.getdoc(ours) == inspect.getdoc(theirs)


def test_each_class_has_a_docstring_of_one_line():
    """It says how the client waits; the arguments are described in ``__init__``, for both."""
    ours, theirs = (inspect.getdoc(client) or "" for client in (WanClient, AsyncWanClient))
    assert ours.split()[:4] == theirs.split()[:4]
    assert "\n" not in ours + theirs
    assert ours != theirs
    assert "api_key: " in (inspect.getdoc(WanClient.__init__) or "")


def test_every_public_method_has_a_docstring():
    """It is the reference for callers."""
    assert [name for name, value in public(WanClient).items() if not inspect.getdoc(value)] == []


def test_a_client_needs_only_a_key_in_the_environment(client_kind, monkeypatch):
    """Its repr does not show the key."""
    monkeypatch.setenv("AIMLAPI_API_KEY", CANARY_KEY)
    with client_kind.client(None) as wan:
        text = repr(wan)
    assert text.startswith(f"{client_kind.client_type.__name__}(base_url='https://api.aimlapi.com'")
    assert CANARY_KEY not in text


def test_a_client_without_a_key_is_an_error(client_kind):
    """The error says which variable to set."""
    with pytest.raises(ConfigurationError, match="Set AIMLAPI_API_KEY"), client_kind.client(None):
        pass


@needs("seed")
def test_defaults_come_from_the_caller_then_a_preset_then_the_file(
    client_kind, server, tmp_path, monkeypatch
):
    """An option of the call wins over all of them."""
    config = tmp_path / "config.toml"
    config.write_text(
        "[defaults]\nseed = 1\nprefix = 'file'\nsuffix = 'file'\n"
        "[presets.mine]\nseed = 2\nprefix = 'preset'\n"
    )
    monkeypatch.setenv("WAN_CONFIG", str(config))
    server.script("submit", accepted())
    expected = {"model": model(), "prompt": "preset A boat file", "seed": 3}
    with client_kind.client(
        base_url=server.url, defaults=prompt_defaults(seed=3), preset="mine"
    ) as wan:
        for call in ({}, {"seed": 0}):
            wan.submit(PROMPT, **call)
            assert server.requests[-1].json == wan.preview(PROMPT, **call).body
            assert server.requests[-1].json == expected | call


def test_an_option_that_is_not_set_is_not_sent(client_kind, server):
    """The server's defaults apply."""
    server.script("submit", accepted())
    with client_kind.client(base_url=server.url) as wan:
        wan.submit(PROMPT)
    assert server.requests[0].json == {"model": model(), "prompt": PROMPT}


@needs("resolution", "aspect_ratio")
def test_several_presets_can_be_combined(client_kind, server):
    """The preview shows what is sent."""
    server.script("submit", accepted())
    with client_kind.client(base_url=server.url, preset=["draft", "portrait", "square"]) as wan:
        wan.submit(PROMPT)
        sent = {"model": model(), "prompt": PROMPT, "resolution": "480P", "aspect_ratio": "1:1"}
        assert server.requests[0].json == wan.preview(PROMPT).body == sent


@needs("seed")
@pytest.mark.parametrize("method", ["submit", "generate", "preview"])
def test_what_the_model_does_not_support_is_not_sent(client_kind, server, method):
    """It could only be paid for."""
    with (
        client_kind.client(base_url=server.url) as wan,
        pytest.raises(PromptError, match="seed is -1"),
    ):
        getattr(wan, method)(PROMPT, seed=-1)
    assert server.requests == []


@needs("seed")
@pytest.mark.parametrize(("client", "call"), [(False, True), (True, None)])
def test_what_the_model_does_not_support_can_be_sent(client_kind, server, client, call):
    """If a call says so, or the client and no call says otherwise; there is a warning."""
    server.script("submit", completed(server))
    with client_kind.client(base_url=server.url, allow_unsupported=client) as wan:
        for method in (wan.submit, wan.generate):
            with pytest.warns(PromptWarning, match="seed is -1"):
                method(PROMPT, seed=-1, allow_unsupported=call)
        assert server.requests[-1].json == wan.preview(PROMPT, seed=-1, allow_unsupported=call).body
        with pytest.raises(PromptError):
            wan.submit(PROMPT, seed=-1, allow_unsupported=False)
    assert [request.json["seed"] for request in server.requests] == [-1, -1]


def test_an_unknown_preset_is_an_error(client_kind):
    """The error suggests the nearest one."""
    with pytest.raises(ConfigurationError, match="Did you mean 'draft'"):
        client_kind.client(preset="daft").__enter__()


def test_defaults_of_another_type_are_an_error(client_kind):
    """It says what they must be, before anything is sent."""
    options = {"resolution": "480P"}
    said = r"defaults must be PromptDefaults\(…\), not \{"
    with pytest.raises(ConfigurationError, match=said), client_kind.client(defaults=options):
        pytest.fail("It was taken.")


@pytest.mark.parametrize("timeout", [0, -3.5, float("nan")])
def test_a_timeout_that_is_not_positive_is_an_error(client_kind, timeout):
    """It is raised when the client is made."""
    with pytest.raises(ConfigurationError, match="positive number"):
        client_kind.client(timeout=timeout).__enter__()


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "api..example", "a b", ""])
def test_a_base_url_with_an_impossible_host_is_an_error(client_kind, host):
    """It is raised when the client is made, not with its first request."""
    with pytest.raises(ConfigurationError, match="must look like https://host"):
        client_kind.client(base_url=f"https://{host}").__enter__()


@pytest.mark.parametrize("method", ["submit", "generate", "preview"])
def test_an_invalid_prompt_or_option_is_not_sent(client_kind, server, method):
    """It is rejected before anything can be spent."""
    with client_kind.client(base_url=server.url) as wan:
        for prompt, options in ((" ", {}), (PROMPT, {"resolution": "4K"})):
            with pytest.raises(PromptError):
                getattr(wan, method)(prompt, **options)
    assert server.requests == []


def test_a_prompt_warning_points_to_the_callers_line(server):
    """The prompt is submitted all the same."""
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


def test_both_clients_warn_about_a_prompt(client_kind, server):
    """In the same words."""
    server.script("submit", accepted())
    with (
        client_kind.client(base_url=server.url) as wan,
        pytest.warns(PromptWarning, match="900 characters"),
    ):
        wan.submit("x" * 900)


@pytest.mark.usefixtures("bodies_as_they_were")
def test_a_transport_of_the_caller_is_used_for_all_requests(client_kind):
    """Any transport of httpx will do."""

    def reply(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"id": ID, "status": "queued"})
        return httpx.Response(200, json={"id": ID, "status": "completed", "video": {"url": URL}})

    with client_kind.client(transport=httpx.MockTransport(reply)) as wan:
        assert wan.wait(wan.submit(PROMPT).id) == Generation(
            id=ID, status="completed", video=Video(url=URL)
        )


def test_polls_share_one_connection(client_kind, server, clock):
    """The submission has a connection of its own; closing the client closes all of them."""
    server.script("submit", accepted())
    server.script("poll", *[poll_response("generating")] * 5, completed(server))
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        wan.generate(PROMPT)
    server.drain()
    assert (len(server.requests), server.connections) == (7, 2)


def test_a_request_has_these_headers_and_no_others(client_kind, server):
    """Proxies and servers may look at each of them."""
    server.script("submit", accepted())
    server.script("poll", completed(server))
    server.script("download", Serve(VIDEO))
    with client_kind.client(base_url=server.url) as wan:
        wan.download(wan.generate(PROMPT), io.BytesIO())
    submission, poll, download = (request.headers for request in server.requests)
    common = {
        "host": server.origin.partition("//")[2],
        "user-agent": f"wan-ergonomic/{__version__}",
        "accept-encoding": "identity",
        "connection": "keep-alive",
    }
    to_the_api = {
        **common,
        "accept": "application/json",
        "authorization": f"Bearer {CANARY_KEY}",
    }
    assert poll == to_the_api
    assert download == {**common, "accept": "*/*"}
    assert submission == {
        **to_the_api,
        "content-type": "application/json",
        "content-length": submission["content-length"],
        "x-client-request-id": submission["x-client-request-id"],
    }


def test_an_error_in_building_a_request_says_that_nothing_was_sent(client_kind, server):
    """It is not taken for an error in reading the response, nor for doubt."""
    call = Call(role="create", argument={}, timeout=1, time_left=1)
    with client_kind.client(base_url=server.url) as wan:
        if client_kind.backend == "sync":
            run = partial(wan._runner.call, call)
        else:
            run = partial(wan.portal.call, wan.client._runner.call, call)
        said = "KeyError: 'model'. Nothing was sent."
        with pytest.raises(ConfigurationError, match=re.escape(said)) as raised:
            run()
    assert isinstance(raised.value.__cause__, KeyError)
    assert server.requests == []


def test_the_default_clock_is_the_monotonic_one():
    """It sleeps in real time, in threads and in tasks."""
    clock = Clock()
    began = clock.now()
    clock.sleep(0.01)
    anyio.run(clock.asleep, 0.01)
    assert 0.02 <= clock.now() - began < 10
    assert abs(clock.now() - time.monotonic()) < 10


def test_importing_the_package_imports_none_of_its_dependencies():
    """They are imported when a client is made, so that the import is fast."""
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
    """It resumes there too."""
    server.script("download", Serve(VIDEO, cut=500), Serve(VIDEO))
    with trio_kind.client(base_url=server.url) as wan:
        wan.download(finished(server), tmp_path / "v.mp4", timeout=5)
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO


def test_each_video_has_a_connection_of_its_own(wan, server):
    """Surplus bytes of one response are not the start of the next."""
    smuggled = response(200, b"another's", MP4).data
    server.script("download", Send(response(200, VIDEO, MP4).data + smuggled), Serve(VIDEO))
    for _ in range(2):
        file = io.BytesIO()
        wan.download(finished(server), file)
        assert file.getvalue() == VIDEO
