"""``wan sandbox``: runs the sandbox in the foreground, for other commands and programs."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from wan_ergonomic._api_key import URL_KEY_VARIABLE, URL_VARIABLE

from ._command import command
from ._completion import completing_scenarios
from ._exits import UsageError
from ._extras import load_sandbox
from ._opening import open_or_say
from ._outcome import UNSPENT
from ._sandbox_requests import Requests
from ._streams import put, put_json, report

if TYPE_CHECKING:
    from wan_ergonomic.sandbox import AccountScenario, Sandbox, Scenario

S = TypeVar("S")

_PAUSE = 0.1


@command("sandbox --port 8080")
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
        typer.Option(
            metavar="NAME",
            help="The scenario of the catalogue, the log and billing.",
            autocompletion=completing_scenarios(of_account=True),
        ),
    ] = "ordinary",
    scenario: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="The scenario of each prompt that names none.",
            autocompletion=completing_scenarios(),
        ),
    ] = "completes",
    scenarios: Annotated[
        bool,
        typer.Option("--scenarios", help="List the scenarios, and how to choose one, and exit."),
    ] = False,
    open_page: Annotated[
        bool, typer.Option("--open", help="Open the sandbox's page in a browser.")
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
        server = server_type(
            port=port,
            speed=speed,
            account=_account_scenario(account),
            scenario=_prompt_scenario(scenario),
        )
        _serve(server, open_page=open_page, as_json=as_json, quiet=quiet)


def _account_scenario(name: str) -> AccountScenario:
    from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS

    return _named(ACCOUNT_SCENARIOS, name, "--account")


def _prompt_scenario(name: str) -> Scenario:
    from wan_ergonomic.sandbox import SCENARIOS

    return _named(SCENARIOS, name, "--scenario")


def _named(scenarios: Mapping[str, S], name: str, option: str) -> S:
    if name not in scenarios:
        raise UsageError(
            f"There is no scenario {name!r} for {option}. They are: "
            f"{', '.join(scenarios)}. {UNSPENT}"
        )
    return scenarios[name]


def _serve(server: Sandbox, *, open_page: bool, as_json: bool, quiet: bool) -> None:
    """Run until an interrupt.

    Raises:
        UsageError: It cannot listen on its port.
    """
    requests = Requests(server, as_json=as_json)
    with suppress(KeyboardInterrupt), _started(server):
        _introduce(server, as_json=as_json)
        if open_page:
            open_or_say(server.page, server.page)
        while True:
            if not quiet:
                requests.show()
            time.sleep(_PAUSE)
    if not quiet:
        # Those whose connections the end has closed.
        requests.show()
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


def _introduce(server: Sandbox, *, as_json: bool) -> None:
    if as_json:
        put_json({"page": server.page, "url": server.url, "key": server.key, "speed": server.speed})
        return
    put(
        f"{server.page} shows the jobs, the requests and the bill.\n"
        f"Sandbox at {server.url}, {server.speed:g} times as fast as the API.\n"
        "In another terminal, this line makes every wan command and WanClient() use it; your own "
        "key stays as it is:\n\n"
        f"  {server.shell_command}\n\n"
        f"To go back: unset {URL_VARIABLE} {URL_KEY_VARIABLE}. Ctrl-C stops it."
    )


def _list_scenarios(*, as_json: bool) -> None:
    from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS, ACCOUNT_STAGES, SCENARIOS, STAGES

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
    put(
        "A prompt that contains [scenario: NAME] makes the sandbox play one of these, and "
        "--scenario NAME\nfor each prompt that names none:"
    )
    put("\n".join(_scenario_lines(SCENARIOS.values(), STAGES)))
    put("\nThe account's operations play one of these with --account NAME:")
    put("\n".join(_scenario_lines(ACCOUNT_SCENARIOS.values(), ACCOUNT_STAGES)))


def _scenario_lines(
    scenarios: Iterable[Scenario | AccountScenario], stages: Mapping[Any, str]
) -> Iterator[str]:
    for stage, group in groupby(scenarios, key=lambda scenario: scenario.stage):
        yield f"\n{stages[stage]}"
        yield from (f"  {scenario.name:<17} {scenario.summary}" for scenario in group)
