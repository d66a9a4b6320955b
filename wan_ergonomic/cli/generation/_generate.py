"""``wan generate`` and ``wan submit``: the commands that spend money."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from textwrap import shorten
from typing import Annotated

import typer

from wan_ergonomic.cli._command import command
from wan_ergonomic.cli._connection import Connection
from wan_ergonomic.cli._exits import Exit, UsageError
from wan_ergonomic.cli._options import Reporting, spread
from wan_ergonomic.cli._outcome import UNSPENT, CommandError, Outcome
from wan_ergonomic.cli._streams import printable
from wan_ergonomic.cli.session._destination import (
    STANDARD_OUTPUT,
    check_destination,
    check_names,
    folder_of,
)
from wan_ergonomic.cli.session._opened import open_if_wanted
from wan_ergonomic.cli.session._options import (
    Destination,
    PromptFile,
    PromptOptions,
    PromptSettings,
    prompt_option,
)
from wan_ergonomic.cli.session._prompt import check_prompt, read_prompts
from wan_ergonomic.cli.session._result import put_and_open, put_result
from wan_ergonomic.cli.session._session import session
from wan_ergonomic.cli.session._spending import Spending, ask_if_dear
from wan_ergonomic.cli.session._together import Job, Together

from ._again import check_exactly, request_again
from ._arguments import PromptsCommand
from ._requests import Request, Several, requests_of

Prompts = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PROMPT",
        help="What the video shows; several make a video each; - reads standard input.",
    ),
]
# Errors that another submission would meet as well.
_LASTING = frozenset({"AuthenticationError", "PermissionDeniedError", "InsufficientCreditsError"})
# Of a prompt in the name of a row, in characters.
_NAME_WIDTH = 24


@command('generate "A paper boat" --seed 7 -o boat.mp4', cls=PromptsCommand)
@spread
def generate(
    prompts: Prompts = None,
    *,
    prompt_file: PromptFile = None,
    again: Annotated[
        str | None,
        prompt_option(
            metavar="FILE",
            help="Send what the video in FILE was made from once more; other options win.",
        ),
    ] = None,
    several: Several,
    options: PromptOptions,
    settings: PromptSettings,
    destination: Destination,
    spending: Spending,
    recover: Annotated[
        bool,
        typer.Option(
            "--recover",
            rich_help_panel="Spending options",
            help="Look for a submission whose response is lost in the account's log, and go on.",
        ),
    ] = False,
    connection: Connection,
    reporting: Reporting,
) -> None:
    """Turn a prompt into a video file: submit, wait, download.

    Without -o the file is named after the prompt and the generation's id. Prints
    its path. Several videos, of several prompts or seeds, are made at once.
    """
    if again is None:
        texts, chosen = read_prompts(prompts, prompt_file), options.chosen()
    else:
        earlier = request_again(again, settings)
        texts = [str(earlier.pop("prompt"))]
        if prompts or prompt_file is not None:
            texts = read_prompts(prompts, prompt_file)
        chosen = {**earlier, **options.chosen()}
    requests = requests_of(texts, chosen, several, seed=options.seed)
    check = check_prompt if again is None else check_exactly
    bodies = [check(each.prompt, each.options, settings).body for each in requests]
    if len(requests) > 1:
        _check_several(destination, recover=recover)
    check_destination(destination, as_json=reporting.as_json)
    check_names(destination, bodies)
    opened = session(
        connection,
        reporting,
        settings=settings,
        destination=destination,
        max_usd=spending.cap(),
        exact=again is not None,
        several=len(requests) > 1,
    )
    with opened as s:
        ask_if_dear(s.client, requests[0].options, spending, videos=len(requests))
        if len(requests) > 1:
            together = Together(s, connection, reporting, destination)
            together.finish([*_submit_all(requests, together)])
            open_if_wanted(destination, folder_of(destination) if together.saved else None)
            together.exit()
            return
        (one,) = requests
        generation = s.generate(one.prompt, one.options, connection.timeout, recover=recover)
        generation, file = s.download(generation, destination)
    with s.state:
        put_and_open(generation, destination, reporting, file)


@command('submit "A paper boat" --aspect-ratio 9:16', cls=PromptsCommand)
@spread
def submit(
    prompts: Prompts = None,
    *,
    prompt_file: PromptFile = None,
    several: Several,
    options: PromptOptions,
    settings: PromptSettings,
    spending: Spending,
    connection: Connection,
    reporting: Reporting,
) -> None:
    """Start a generation and print its id.

    Several prompts or seeds start one generation each.
    """
    texts, chosen = read_prompts(prompts, prompt_file), options.chosen()
    requests = requests_of(texts, chosen, several, seed=options.seed)
    for each in requests:
        check_prompt(each.prompt, each.options, settings)
    opened = session(
        connection,
        reporting,
        settings=settings,
        max_usd=spending.cap(),
        several=len(requests) > 1,
    )
    with opened as s:
        ask_if_dear(s.client, chosen, spending, videos=len(requests))
        together = Together(s, connection, reporting, None)
        for job in _submit_all(requests, together):
            with job.state:
                put_result(job.generation, reporting, printable(job.generation.id))
        if connection.sandbox:
            s.display.warn(
                "the embedded sandbox ends now, and this id with it; "
                "wan sandbox runs one that stays."
            )
    together.exit()


def _check_several(destination: Destination, *, recover: bool) -> None:
    """Check that several videos can be made with these options.

    Raises:
        UsageError: They cannot.
    """
    if destination.output is not None and folder_of(destination) is None:
        raise UsageError(
            f"-o {destination.output} is for one video. Name a folder for several, as in "
            f"-o videos/. {UNSPENT}"
        )
    if destination.output == STANDARD_OUTPUT:
        raise UsageError(f"Standard output can take one video only. Name a folder. {UNSPENT}")
    if recover:
        raise UsageError(
            "--recover looks for one submission. For several, look for what was lost with "
            f"wan recover --all. {UNSPENT}"
        )


def _submit_all(requests: Sequence[Request], together: Together) -> Iterator[Job]:
    """Submit one after another, and yield what was accepted.

    Raises:
        CommandError: It was interrupted.
    """
    accepted = 0
    for name, request in zip(_names(requests), requests, strict=True):
        try:
            yield together.submit(name, request.prompt, request.options)
            accepted += 1
        except CommandError as error:
            if error.outcome.is_interruption:
                raise CommandError(_with_others(error.outcome, accepted)) from error
            together.errors.append(error)
            if _is_lasting(error.outcome):
                left = len(requests) - accepted - len(together.errors)
                were = "was" if left == 1 else "were"
                together.say(f"{left} more {were} not submitted." if left else "")
                return


def _names(requests: Sequence[Request]) -> Iterator[str]:
    """Yield how each request is called: by its number, and by what it has of its own."""
    prompts = {each.prompt for each in requests}
    seeds = {each.options.get("seed") for each in requests}
    for number, each in enumerate(requests, 1):
        words = [str(number)] if len(requests) > 1 else []
        words += [shorten(each.prompt, _NAME_WIDTH, placeholder="…")] if len(prompts) > 1 else []
        words += [f"seed {each.options['seed']}"] if len(seeds) > 1 else []
        yield " ".join(words)


def _is_lasting(outcome: Outcome) -> bool:
    """Whether the next submission would fail in the same way."""
    return outcome.code is Exit.USAGE or outcome.kind in _LASTING


def _with_others(outcome: Outcome, accepted: int) -> Outcome:
    """Return the outcome of an interruption, with what was accepted before."""
    if not accepted:
        return outcome
    others = "1 generation was" if accepted == 1 else f"{accepted} generations were"
    return replace(
        outcome, message=f"{outcome.message} Before that, {others} accepted: see wan jobs."
    )
