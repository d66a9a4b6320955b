"""`wan sandbox`: a server that stays, and the list of its scenarios."""

import json
import re
import shlex
import signal
import socket
import sys
import time
from types import SimpleNamespace
from typing import IO, Any

import httpx
import pytest
import typer

from tests.support.signals import only_ignored
from tests.support.waiting import SECONDS, until
from wan_ergonomic import WanClient, _spec
from wan_ergonomic.cli._extras import load_sandbox
from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS, SCENARIOS
from wan_ergonomic.sandbox import _spec as _contract

from .conftest import SMALL


def addresses(output: IO[bytes]) -> tuple[str, str]:
    """Return the addresses of the page and of the sandbox, from the first two lines."""
    page, url = output.readline().decode().split()[0], output.readline().decode().split()[2]
    assert page.startswith(url.rstrip(","))
    return page, url.rstrip(",")


def url_of(output: IO[bytes]) -> str:
    """Return the sandbox's address."""
    return addresses(output)[1]


def body_of(prompt: str) -> Any:
    """Return the body of a request that today's contract accepts."""
    with WanClient("some-key") as client:
        return dict(client.preview(prompt).body)


def test_the_sandbox_prints_how_to_use_it_and_each_request(start, wan, monkeypatch):
    """The printed commands work; Ctrl-C ends it with exit code 0."""
    sandbox = start("sandbox", "--speed", "1e9")
    url = url_of(sandbox.popen.stdout)
    line = next(line for line in iter(sandbox.popen.stdout.readline, b"") if b"export" in line)
    monkeypatch.setenv("AIMLAPI_API_KEY", "my-own-key")
    for assignment in shlex.split(line.decode())[1:]:
        monkeypatch.setenv(*assignment.split("=", 1))
    made = wan("generate", "A boat", "-o", "b.mp4", *SMALL)
    assert (made.code, made.out) == (0, b"b.mp4\n")
    path = _spec.path("create")
    httpx.post(f"{url}{path}", json=["A", "list"], trust_env=False)
    httpx.post(f"{url}{path}", json={"prompt": 3}, trust_env=False)
    httpx.get(f"{url}/v2/last", trust_env=False)
    assert sandbox.wait_for("/v2/last").endswith("(without the right key)")
    result = sandbox.end(signal.SIGINT)
    assert (result.code, sandbox.lines[-1]) == (0, "Stopped.")
    assert line.decode() == f"  export WAN_BASE_URL={url} WAN_API_KEY=sandbox-key\n"
    billed = rf"POST {re.escape(path)} → 2\d\d  \d+ ms  .*\b[0-9a-f-]{{8}}  \$\d\.\d0"
    assert re.fullmatch(billed, sandbox.lines[0][10:])
    assert result.err.count(f"POST {path}") == 3
    assert sandbox.lines[1] == "          A boat"
    assert result.err.count(" → 401  ") == 2
    assert re.search(r"/v2/last → 404  .*  Cannot GET /v2/last  \(without", result.err)
    assert "Signature" not in result.err


@pytest.fixture
def visit(wan, capsysbinary, monkeypatch):
    """Run `wan sandbox` in this process, send it a request, and end it with a signal."""

    def call(number, *words):
        introduction = b""

        def send_request():
            nonlocal introduction
            introduction, errors = capsysbinary.readouterr()
            sys.stderr.write(errors.decode())
            (url,) = re.findall(rb"http://[\d.:]+", introduction)[:1]
            httpx.get(f"{url.decode()}/v2/nowhere", trust_env=False)

        pauses = iter([send_request, lambda: signal.raise_signal(number)])
        clock = SimpleNamespace(sleep=lambda _: next(pauses)(), strftime=time.strftime)
        monkeypatch.setattr("wan_ergonomic.cli._sandbox.time", clock)
        with only_ignored():
            result = wan("sandbox", *words)
        return introduction, result

    return call


def test_the_sandbox_prints_json_on_request(visit):
    """With --json it prints one object when it is ready, then one for each request."""
    introduction, result = visit(signal.SIGTERM, "--json")
    ready = json.loads(introduction)
    assert (ready["key"], ready["speed"]) == ("sandbox-key", 100.0)
    assert (result.code, result.out) == (0, b"")
    (event,) = result.events
    assert 0 < event.pop("duration") < SECONDS
    assert abs(event.pop("at") - time.time()) < SECONDS
    assert ready["page"].startswith(f"{ready['url']}/sandbox")
    assert event == {
        "event": "request",
        "method": "GET",
        "path": "/v2/nowhere",
        "about": None,
        "right_key": False,
        "status": 404,
        "generation_id": None,
        "summary": "Cannot GET /v2/nowhere",
    }


def test_a_quiet_sandbox_shows_no_requests(visit):
    """With -q it prints its address only."""
    introduction, result = visit(signal.SIGINT, "-q")
    assert introduction.startswith(b"http://127.0.0.1:")
    assert b"\nSandbox at http://127.0.0.1:" in introduction
    assert (result.code, result.out, result.err) == (0, b"", "")


def test_a_port_that_is_taken_is_an_error(wan, api):
    """The message says what to do."""
    result = wan("sandbox", "--port", api.url.rpartition(":")[2])
    assert result.code == 2
    assert "cannot listen on 127.0.0.1 port" in result.err
    assert "Choose another --port, or leave it out. Nothing was sent or spent.\n" in result.err


def test_scenarios_lists_every_scenario(wan):
    """Each scenario is listed with a summary."""
    result = wan("sandbox", "--scenarios")
    assert result.code == 0
    listed: list[Any] = [*SCENARIOS.values(), *ACCOUNT_SCENARIOS.values()]
    for scenario in listed:
        assert f"  {scenario.name:<17} {scenario.summary}\n" in result.out.decode()


def test_scenarios_can_be_json(wan):
    """With --json the scenarios are one list."""
    scenarios = wan("sandbox", "--scenarios", "--json").data
    assert [scenario["name"] for scenario in scenarios] == [*SCENARIOS, *ACCOUNT_SCENARIOS]
    assert {"name", "stage", "summary", "chosen_by"} == set(scenarios[0])
    assert [scenarios[0]["chosen_by"], scenarios[-1]["chosen_by"]] == ["prompt", "--account"]


def test_a_scenario_of_the_account_can_be_chosen(start):
    """The catalogue then responds as the scenario says; it needs no key."""
    sandbox = start("sandbox", "--account", "catalogue-away")
    url = url_of(sandbox.popen.stdout)
    assert httpx.get(f"{url}/v1/models", trust_env=False).status_code == 503
    assert sandbox.wait_for("/v1/models").endswith("Service is unavailable")
    assert sandbox.end(signal.SIGINT).code == 0


def test_an_unknown_scenario_of_the_account_is_an_error(wan):
    """The message has the names."""
    result = wan("sandbox", "--account", "nothing")
    assert result.code == 2
    assert "There is no scenario 'nothing' for --account. They are: ordinary, " in result.err
    assert result.err.endswith("Nothing was sent or spent.\n")


def test_a_scenario_of_prompts_can_be_chosen(start):
    """It is played for each prompt that names none, and only for those."""
    sandbox = start("sandbox", "--scenario", "no-credits")
    url = url_of(sandbox.popen.stdout)
    headers = {"Authorization": "Bearer sandbox-key"}
    for prompt, status in (
        ("A boat", 403),
        ("[scenario: completes]", _contract.status_of("create")),
    ):
        address = url + _spec.path("create")
        response = httpx.post(address, json=body_of(prompt), headers=headers, trust_env=False)
        assert response.status_code == status
    assert sandbox.wait_for(" 403 ").endswith(
        "You've run out of credits. Top up your balance to go on."
    )
    assert sandbox.end(signal.SIGINT).code == 0


def test_an_unknown_scenario_of_prompts_is_an_error(wan):
    """The message has the names."""
    result = wan("sandbox", "--scenario", "nothing")
    assert result.code == 2
    assert "There is no scenario 'nothing' for --scenario. They are: completes, " in result.err
    assert result.err.endswith("Nothing was sent or spent.\n")


def test_a_request_without_a_response_is_printed_when_its_connection_ends(start):
    """Here by the end of the sandbox, which closes it."""
    sandbox = start("sandbox")
    page, url = addresses(sandbox.popen.stdout)
    host, port = url.removeprefix("http://").split(":")
    body = json.dumps(body_of("[scenario: lost-response]")).encode()
    lines = [f"POST {_spec.path('create')} HTTP/1.1", "Host: x", "Content-Type: application/json"]
    lines += ["Authorization: Bearer sandbox-key", f"Content-Length: {len(body)}", "", ""]
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall("\r\n".join(lines).encode() + body)
        until(lambda: charged(page))
        httpx.get(f"{url}/v2/last", trust_env=False)
        sandbox.wait_for("/v2/last")
        assert not any("POST" in line for line in sandbox.lines)
        result = sandbox.end(signal.SIGINT)
    assert re.search(r" → none  .*  no response  [0-9a-f-]{8}  \$", result.err)


def charged(page):
    """Return whether the sandbox has charged anything, as its page says."""
    state = httpx.get(f"{page}/state", trust_env=False).json()
    return state["bill"]["charged"] > 0


@pytest.mark.parametrize("found", [True, False])
def test_the_page_can_be_opened(visit, monkeypatch, found):
    """In the browser that the system has; if there is none, the address is said again."""
    opened: list[str] = []

    def launch(place: str) -> int:
        opened.append(place)
        return 0 if found else 1

    monkeypatch.setattr(typer, "launch", launch)
    introduction, result = visit(signal.SIGINT, "--open", "-q")
    assert opened == [introduction.decode().split()[0]]
    said = f"wan: no program could be started for {opened[0]}; open it yourself.\n"
    assert result.err == ("" if found else said)


@pytest.mark.parametrize("words", [["sandbox"], ["generate", "A boat", "--sandbox"]])
def test_without_its_extra_the_sandbox_names_it(python, words):
    """Nothing is sent, and nothing is said before."""
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
    result = python(code, *words)
    assert result.code == 2
    assert result.err == (
        "wan: The sandbox needs more than is installed. Nothing was sent or spent. "
        "Install it with: pip install 'wan-ergonomic[sandbox]'\n"
    )


def test_a_sandbox_that_is_broken_is_not_called_missing(monkeypatch):
    """A missing module of our own is a defect."""
    monkeypatch.setitem(sys.modules, "wan_ergonomic.sandbox", None)
    with pytest.raises(ModuleNotFoundError):
        load_sandbox()
