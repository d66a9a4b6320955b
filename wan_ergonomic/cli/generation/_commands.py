"""The commands that make, watch and save videos, one function each.

Each reads: check all that costs nothing, open a session, act, print the data.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from wan_ergonomic._generation import Generation
from wan_ergonomic._prompts import prepare
from wan_ergonomic.cli._options import (
    Connection,
    Destination,
    PromptOptions,
    Reporting,
    Surroundings,
    spread,
)
from wan_ergonomic.cli._streams import printable, put, put_json

from ._checks import check_prompt, read_prompt, resolved
from ._destination import check_destination, check_file, file_for
from ._display import Display, Lines
from ._session import session

Prompt = Annotated[
    str, typer.Argument(metavar="PROMPT", help="What the video shows; - reads standard input.")
]
Id = Annotated[str, typer.Argument(metavar="ID", help="The generation's id.")]


@spread
def generate(
    prompt: Prompt,
    *,
    wishes: PromptOptions,
    surroundings: Surroundings,
    destination: Destination,
    connection: Connection,
    reporting: Reporting,
) -> None:
    """Turn a prompt into a video file: submit, wait, download.

    Without -o the file is named after the generation's id. Prints its path.
    """
    prompt = read_prompt(prompt)
    check_prompt(prompt, wishes.chosen(), surroundings)
    check_destination(destination, as_json=reporting.as_json)
    opened = session(connection, reporting, surroundings=surroundings, destination=destination)
    with opened as s:
        generation = s.generate(prompt, wishes.chosen(), connection.timeout)
        generation, file = s.download(generation, destination)
    with s.journey:
        _put_result(generation, destination, reporting, file)


@spread
def submit(
    prompt: Prompt,
    *,
    wishes: PromptOptions,
    surroundings: Surroundings,
    connection: Connection,
    reporting: Reporting,
) -> None:
    """Start a generation and print its id."""
    prompt = read_prompt(prompt)
    check_prompt(prompt, wishes.chosen(), surroundings)
    with session(connection, reporting, surroundings=surroundings) as s:
        generation = s.submit(prompt, wishes.chosen(), connection.timeout)
        if connection.sandbox:
            s.display.warn(
                "this id ends with the embedded sandbox; wan sandbox runs one that stays."
            )
    with s.journey:
        _put(generation, reporting, printable(generation.id))


@spread
def status(
    generation_id: Id,
    *,
    connection: Connection,
    reporting: Reporting,
) -> None:
    """Look once at a generation and print its status.

    Ends with 0 whatever the status is.
    """
    with session(connection, reporting, generation_id=generation_id) as s:
        generation = s.status(generation_id, connection.timeout)
        s.display.describe(generation)
    _put(generation, reporting, printable(generation.status))


@spread
def wait(
    generation_id: Id,
    *,
    destination: Destination,
    connection: Connection,
    reporting: Reporting,
) -> None:
    """Wait until a generation is completed; with -o, save the video.

    Prints the file's path, or without -o the status.
    """
    saving = destination if destination.output is not None else None
    if saving:
        check_destination(saving, as_json=reporting.as_json)
    opened = session(connection, reporting, destination=saving, generation_id=generation_id)
    with opened as s:
        generation = s.wait(generation_id, connection.timeout)
        if saving:
            generation, file = s.download(generation, saving)
        else:
            s.display.describe(generation)
    with s.journey:
        if saving:
            _put_result(generation, saving, reporting, file)
        else:
            _put(generation, reporting, printable(generation.status))


@spread
def download(
    generation_id: Id,
    *,
    destination: Destination,
    connection: Connection,
    reporting: Reporting,
) -> None:
    """Save the video of a completed generation.

    Prints the file's path; without -o the file is named after the id. Goes on
    where an earlier download broke off. Free, as often as needed.
    """
    check_destination(destination, as_json=reporting.as_json)
    if destination.output is None:
        check_file(file_for(destination, generation_id), force=destination.force)
    opened = session(connection, reporting, destination=destination, generation_id=generation_id)
    with opened as s:
        generation, file = s.download(generation_id, destination, timeout=connection.timeout)
    with s.journey:
        _put_result(generation, destination, reporting, file)


@spread
def preview(
    prompt: Prompt,
    *,
    wishes: PromptOptions,
    surroundings: Surroundings,
    reporting: Reporting,
    sandbox: Annotated[  # noqa: ARG001
        bool,
        typer.Option(
            "--sandbox",
            help="Changes nothing: a preview asks nobody.",
            rich_help_panel="Connection options",
        ),
    ] = False,
) -> None:
    """Print the exact body that would be sent. Needs no key and no network.

    What the server would add to it is said beside it.
    """
    shown = prepare(read_prompt(prompt), resolved(surroundings), wishes.chosen())
    if reporting.as_json:
        fills = dict(shown.server_fills)
        put_json({"body": dict(shown.body), "server_fills": fills, "warnings": shown.warnings})
        return
    display = Display() if reporting.quiet else Lines()
    display.note("To be sent:")
    put(_pretty(shown.body))
    if shown.server_fills:
        display.note("The server fills in:")
    for name, value in shown.server_fills.items():
        display.note(f"  {name} = {json.dumps(value)}")
    for text in shown.warnings:
        display.warn(text)


def _pretty(body: Any) -> str:
    return json.dumps(dict(body), indent=2, ensure_ascii=False)


def _put_result(
    generation: Generation, destination: Destination, reporting: Reporting, file: Path | None
) -> None:
    """Print where the video is, unless the video itself went to standard output."""
    if destination.output != "-":
        _put(generation, reporting, str(file), file)


def _put(generation: Generation, reporting: Reporting, text: str, file: Path | None = None) -> None:
    if reporting.as_json:
        put_json(_as_data(generation, file))
    else:
        put(text)


def _as_data(generation: Generation, file: Path | None) -> dict[str, Any]:
    """Return what a program wants to know; the one place that shows a whole signed link."""
    video, usage, error = generation.video, generation.usage, generation.error
    expires_at = video.expires_at if video else None
    return {
        "id": generation.id,
        "status": generation.status,
        "video": video
        and {
            "url": video.url,
            "expires_at": expires_at and expires_at.isoformat(),
            "duration": video.duration,
        },
        "usage": usage and {"credits": usage.credits, "usd": usage.usd},
        "error": error and {"name": error.name, "message": error.message},
        "file": file and str(file),
        "client_request_id": generation.client_request_id,
        "request_id": generation.request_id,
        "inference_id": generation.inference_id,
    }
