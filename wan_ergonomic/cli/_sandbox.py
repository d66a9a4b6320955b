"""``wan sandbox``: runs the sandbox in the foreground, for other commands and programs."""

from __future__ import annotations

import json
import math
import shlex
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import groupby, takewhile
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from wan_ergonomic._api_key import URL_KEY_VARIABLE, URL_VARIABLE

from ._exits import UsageError
from ._extras import load_sandbox
from ._outcome import UNSPENT
from ._streams import printable, put, put_json, report

if TYPE_CHECKING:
    from wan_ergonomic.sandbox import AccountScenario, Received, Sandbox, Scenario

_PAUSE = 0.1

_STAGES = {
    "submit": "The submission is rejected",
    "accepted": "The response to the submission is lost or unusual",
    "id": "The id is unusual",
    "running": "While it runs",
    "end": "How it ends",
    "poll": "Polls fail",
    "shape": "Responses have another shape",
    "download": "The download fails",
}
_ACCOUNT_STAGES = {
    "account": "All of them",
    "catalogue": "The catalogue of models and prices",
    "metrics": "The metrics of models",
    "log": "The log of requests",
    "billing": "The balance and the transactions",
}


def sandbox(
    *,
    port: Annotated[
        int,
        typer.Option(metavar="N", min=0, max=65535, help="Port to listen on; 0 finds a free one."),
    ] = 0,
    speed: Annotated[
        float, typer.Option(metavar="X", min=0.001, help="How many times as fast as the API.")
    ] = 100.0,
    account: Annotated[
        str,
        typer.Option(metavar="NAME", help="The scenario of the catalogue, the log and billing."),
    ] = "ordinary",
    scenarios: Annotated[
        bool,
        typer.Option("--scenarios", help="List the scenarios, and how to choose one, and exit."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON; requests are JSON lines on standard error.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no requests.")] = False,
) -> None:
    """Run a local server that acts as the API, until Ctrl-C.

    Nothing is generated and nothing is billed; its videos are test cards.
    """
    if not math.isfinite(speed):
        raise UsageError(f"--speed must be a finite number, not {speed}. {UNSPENT}")
    server_type = load_sandbox()
    if scenarios:
        _list_scenarios(as_json=as_json)
    else:
        server = server_type(port=port, speed=speed, account=_account_scenario(account))
        _serve(server, speed, as_json=as_json, quiet=quiet)


def _account_scenario(name: str) -> AccountScenario:
    from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS

    if name not in ACCOUNT_SCENARIOS:
        raise UsageError(
            f"There is no scenario {name!r} for --account. They are: "
            f"{', '.join(ACCOUNT_SCENARIOS)}. {UNSPENT}"
        )
    return ACCOUNT_SCENARIOS[name]


def _serve(server: Sandbox, speed: float, *, as_json: bool, quiet: bool) -> None:
    """Run until an interrupt.

    Raises:
        UsageError: It cannot listen on its port.
    """
    with suppress(KeyboardInterrupt), _started(server):
        _introduce(server.url, server.key, speed, as_json=as_json)
        _show_requests(server, as_json=as_json, quiet=quiet)
    if not quiet and not as_json:
        report("Stopped.")


@contextmanager
def _started(server: Sandbox) -> Iterator[None]:
    from wan_ergonomic.sandbox import SandboxError

    try:
        server.start()
    except SandboxError as error:
        raise UsageError(f"{error} Choose another --port, or leave it out. {UNSPENT}") from error
    try:
        yield
    finally:
        server.stop()


def _show_requests(server: Sandbox, *, as_json: bool, quiet: bool) -> NoReturn:
    """Show each request, until an interrupt."""
    last = None
    while True:
        for received in _after(last, server.received):
            last = received
            if not quiet:
                report("\n".join(_lines(received, as_json=as_json)))
        time.sleep(_PAUSE)


def _introduce(url: str, key: str, speed: float, *, as_json: bool) -> None:
    if as_json:
        put_json({"url": url, "key": key, "speed": speed})
        return
    put(
        f"Sandbox at {url}, {speed:g} times as fast as the API.\n"
        "In another terminal, this line makes every wan command and WanClient() use it; your own "
        "key stays as it is:\n\n"
        f"  {_export(url, key)}\n\n"
        f"To go back: unset {URL_VARIABLE} {URL_KEY_VARIABLE}. Ctrl-C stops it."
    )


def _export(url: str, key: str) -> str:
    """Return a shell command that makes `wan` and clients use a server, with its key."""
    return f"export {URL_VARIABLE}={shlex.quote(url)} {URL_KEY_VARIABLE}={shlex.quote(key)}"


def _after(last: Received | None, received: tuple[Received, ...]) -> list[Received]:
    """Return the requests received after the one that was shown last."""
    return list(takewhile(lambda one: one is not last, reversed(received)))[::-1]


def _lines(received: Received, *, as_json: bool) -> list[str]:
    from wan_ergonomic.sandbox import KEYLESS_PATHS

    about = _about(received)
    if as_json:
        request = {"method": received.method, "path": received.path, "about": about}
        event = {"event": "request", **request, "right_key": received.has_right_key}
        return [json.dumps(event)]
    # Neither does a video's link need a key, nor the catalogue and the metrics.
    keyless = received.path.startswith("/videos/") or received.path in KEYLESS_PATHS
    rejected = not received.has_right_key and not keyless
    key = "  (without the right key)" if rejected else ""
    time_of_day = time.strftime("%H:%M:%S")
    line = printable(f"{time_of_day}  {received.method:<4} {received.path}{key}")
    return [line, f"          {printable(about)[:68]}"] if about else [line]


def _about(received: Received) -> str | None:
    """Return a request's prompt or id: the only part of its body or query that is shown."""
    if isinstance(received.body, dict):
        prompt = received.body.get("prompt")
        return prompt if isinstance(prompt, str) else None
    return received.query.get("generation_id")


def _list_scenarios(*, as_json: bool) -> None:
    from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS, SCENARIOS

    if as_json:
        listed: list[tuple[str, Scenario | AccountScenario]] = [
            *(("prompt", one) for one in SCENARIOS.values()),
            *(("--account", one) for one in ACCOUNT_SCENARIOS.values()),
        ]
        put_json(
            [
                {"name": s.name, "stage": s.stage, "summary": s.summary, "chosen_by": where}
                for where, s in listed
            ]
        )
        return
    put("A prompt that contains [scenario: NAME] makes the sandbox play one of these:")
    put("\n".join(_scenario_lines(SCENARIOS.values(), _STAGES)))
    put("\nThe account's operations play one of these with --account NAME:")
    put("\n".join(_scenario_lines(ACCOUNT_SCENARIOS.values(), _ACCOUNT_STAGES)))


def _scenario_lines(
    scenarios: Iterable[Scenario | AccountScenario], stages: Mapping[str, str]
) -> Iterator[str]:
    for stage, group in groupby(scenarios, key=lambda scenario: scenario.stage):
        yield f"\n{stages[stage]}"
        yield from (f"  {scenario.name:<17} {scenario.summary}" for scenario in group)
