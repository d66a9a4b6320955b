"""`wan sandbox`: a server that stays, and the list of what it can play."""

import json
import signal
import subprocess
import sys

import httpx
import pytest

from wan_ergonomic import _spec
from wan_ergonomic.cli._extras import load_sandbox
from wan_ergonomic.sandbox import SCENARIOS

from .conftest import SMALL


def url_of(line: bytes) -> str:
    """Return the address that the first line says."""
    return line.decode().split()[2].rstrip(",")


def test_the_sandbox_says_how_to_use_it_shows_requests_and_stops_cleanly(start, wan, monkeypatch):
    """What it says can be copied; Ctrl-C is how it is meant to end."""
    sandbox = start("sandbox", "--speed", "1e9")
    url = url_of(sandbox.popen.stdout.readline())
    monkeypatch.setenv("AIMLAPI_API_KEY", "sandbox-key")
    made = wan("generate", "A boat", "-o", "b.mp4", "--base-url", url, *SMALL)
    assert (made.code, made.out) == (0, b"b.mp4\n")
    path = _spec.path("create")
    httpx.post(f"{url}{path}", json=["A", "list"], trust_env=False)
    httpx.post(f"{url}{path}", json={"prompt": 3}, trust_env=False)
    httpx.get(f"{url}/v2/last", trust_env=False)
    assert sandbox.hear("/v2/last").endswith("(without the right key)")
    ended = sandbox.end(signal.SIGINT)
    assert (ended.code, sandbox.said[-1]) == (0, "Stopped.")
    assert b"  export AIMLAPI_API_KEY=sandbox-key\n" in ended.out
    assert f'  wan generate "A paper boat" -o boat.mp4 --base-url {url}\n'.encode() in ended.out
    assert sandbox.said[0][10:] == f"POST {path}"
    assert ended.err.count(f"POST {path}") == 3
    assert sandbox.said[1] == "          A boat"
    assert "Signature" not in ended.err


def test_the_sandbox_speaks_json_on_request(start):
    """One object when it is ready, then one for each request."""
    sandbox = start("sandbox", "--json")
    ready = json.loads(sandbox.popen.stdout.readline())
    assert (ready["key"], ready["speed"]) == ("sandbox-key", 100.0)
    httpx.get(f"{ready['url']}/v2/nowhere", trust_env=False)
    sandbox.hear("nowhere")
    ended = sandbox.end(signal.SIGTERM)
    assert (ended.code, ended.out) == (0, b"")
    assert ended.events == [
        {
            "event": "request",
            "method": "GET",
            "path": "/v2/nowhere",
            "about": None,
            "right_key": False,
        }
    ]


def test_a_quiet_sandbox_shows_no_requests(start):
    """But still says where it is."""
    sandbox = start("sandbox", "-q")
    url = url_of(sandbox.popen.stdout.readline())
    httpx.get(f"{url}/v2/nowhere", trust_env=False)
    with pytest.raises(subprocess.TimeoutExpired):
        sandbox.popen.wait(0.3)
    ended = sandbox.end(signal.SIGINT)
    assert (ended.code, ended.err) == (0, "")


def test_a_port_that_is_taken_is_an_error(wan, api):
    """In one sentence."""
    ended = wan("sandbox", "--port", api.url.rpartition(":")[2])
    assert ended.code == 1
    assert "cannot listen on 127.0.0.1 port" in ended.err


def test_scenarios_lists_every_scenario(wan):
    """With what each does."""
    ended = wan("sandbox", "--scenarios")
    assert ended.code == 0
    for scenario in SCENARIOS.values():
        assert f"  {scenario.name:<17} {scenario.summary}\n" in ended.out.decode()


def test_scenarios_can_be_json(wan):
    """One list."""
    told = wan("sandbox", "--scenarios", "--json").data
    assert [scenario["name"] for scenario in told] == list(SCENARIOS)
    assert {"name", "stage", "summary"} == set(told[0])


@pytest.mark.parametrize("words", [["sandbox"], ["generate", "A boat", "--sandbox"]])
def test_without_its_extra_the_sandbox_says_what_to_install(python, words):
    """And sends nothing."""
    code = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"starlette", "uvicorn", "openapi_core", "av", "PIL"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
from wan_ergonomic.__main__ import main
sys.exit(main())
"""
    ended = python(code, *words)
    assert ended.code == 2
    assert ended.err.splitlines()[-1] == (
        "wan: The sandbox needs: pip install 'wan-ergonomic[sandbox]'"
    )


def test_a_sandbox_that_is_broken_is_not_called_missing(monkeypatch):
    """A module of our own that is missing is a mistake of ours."""
    monkeypatch.setitem(sys.modules, "wan_ergonomic.sandbox", None)
    with pytest.raises(ModuleNotFoundError):
        load_sandbox()
