"""A mock server that nobody here wrote, serving the contract, responds to both clients."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.contract import VALUES_OF
from tests.support.operations import poll_path, poll_query
from wan_ergonomic import (
    ApiError,
    AuthenticationError,
    NotFoundError,
    RetryPolicy,
    ServerError,
    _spec,
)

pytestmark = pytest.mark.node

PRISM = "@stoplight/prism-cli@5.14.2"
CONTRACT = Path(__file__).parents[2] / "openapi" / "contract.json"
START_SECONDS = 90.0
ONCE = RetryPolicy(attempts=1)


def npx() -> list[str]:
    """Return the command that runs Prism; skip where it cannot be had."""
    found = shutil.which("npx")
    if not found or not shutil.which("node"):
        pytest.skip("Node.js and npx are not installed")
    command = [found, "--yes", PRISM]
    try:
        subprocess.run(
            [*command, "--version"], capture_output=True, timeout=START_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"npx cannot fetch {PRISM}: {error}")
    return command


def free_port() -> int:
    """Return a port on loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def responds(port: int) -> bool:
    """Whether something listens on the port."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it started, all of which are in its own group."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
            return


@pytest.fixture(scope="module")
def prism(tmp_path_factory):
    """The address of a Prism that serves the contract."""
    command, port = npx(), free_port()
    said = tmp_path_factory.mktemp("prism") / "log.txt"
    command += ["mock", "--host", "127.0.0.1", "--port", str(port), str(CONTRACT)]
    with said.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not responds(port):
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < deadline, said.read_text()
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)


def drifted(seen):
    """Return what departs from the contract, but for the id: Prism makes one up each time.

    An example in the contract may have properties that its schema does not list.
    """
    return [drift for drift in seen.drift if drift.pointer != "/id"]


def sent(response: httpx.Response) -> tuple[Any, ...]:
    """Return id, status, link and cost of a response, which Prism makes of schema or example."""
    body = response.raise_for_status().json()
    usage = (body.get("meta") or {}).get("usage") or {}
    return body["id"], body["status"], (body.get("video") or {}).get("url"), sum(usage.values())


def test_a_submission_is_answered(client_kind, prism):
    """The least and the fullest request pass Prism's validation, and its response is parsed."""
    everything = {name: values[0] for name, values in VALUES_OF.items()}
    with client_kind.client(base_url=prism) as wan:
        for options in ({}, everything):
            body = {"model": _spec.model(), "prompt": "A paper boat", **options}
            key = {"Authorization": "Bearer a-key"}
            expected = sent(httpx.post(f"{prism}{_spec.path('create')}", json=body, headers=key))
            seen = wan.submit("A paper boat", **options)
            link, cost = seen.video and seen.video.url, seen.usage and seen.usage.credits
            assert (seen.id, seen.status, link, cost or 0) == expected
            assert {drift.kind for drift in seen.drift} <= {"undocumented"}


@pytest.mark.parametrize("identity", ["-abc", "a:alibaba/wan2.2-t2v-plus", "a&b=c#d", "é"])
def test_a_status_is_answered(client_kind, prism, identity):
    """A poll of any kind of id passes Prism's validation, and its response is parsed."""
    address, key = f"{prism}{poll_path(identity)}", {"Authorization": "Bearer a-key"}
    _, status, *_ = sent(httpx.get(address, params=poll_query(identity), headers=key))
    with client_kind.client(base_url=prism) as wan:
        seen = wan.status(identity)
    assert (seen.id, seen.status) == (identity, status)
    assert {drift.kind for drift in drifted(seen)} <= {"undocumented"}


def test_responses_made_up_from_the_contract_are_read(client_kind, prism):
    """Prism's random responses fit the contract: what it lists is parsed without drift."""
    listed = _spec.response_schema("poll")["properties"]["status"].get("enum")
    with client_kind.client(base_url=prism) as wan:
        for _ in range(10):
            seen = wan.status("a", extra_headers={"Prefer": "dynamic=true"})
            assert listed is None or seen.status in listed
            assert {drift.kind for drift in drifted(seen)} <= {"undocumented"}


@pytest.mark.parametrize(
    ("code", "expected"), [(401, AuthenticationError), (404, NotFoundError), (503, ServerError)]
)
def test_refusals_of_the_contract_are_typed_errors(client_kind, prism, code, expected):
    """Every 4xx and 5xx that the contract describes is an error of its own."""
    with (
        client_kind.client(base_url=prism, retrying=ONCE) as wan,
        pytest.raises(expected) as caught,
    ):
        wan.status("a", extra_headers={"Prefer": f"code={code}"})
    assert caught.value.status_code == code


def test_prism_would_have_complained(client_kind, prism):
    """A request that does not fit the contract is refused, so the tests above prove something."""
    with client_kind.client(base_url=prism) as wan, pytest.raises(ApiError) as caught:
        wan.submit("A paper boat", extra_headers={"Content-Type": "text/plain"})
    assert 400 <= caught.value.status_code < 500
