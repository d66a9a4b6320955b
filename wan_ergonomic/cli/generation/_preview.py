"""``wan preview``: the body that would be sent."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from wan_ergonomic import Preview
from wan_ergonomic.cli._command import command
from wan_ergonomic.cli._connection import connection_option
from wan_ergonomic.cli._options import Reporting, spread
from wan_ergonomic.cli._streams import put, put_json
from wan_ergonomic.cli.session._display import Display, Lines
from wan_ergonomic.cli.session._options import PromptFile, PromptOptions, PromptSettings
from wan_ergonomic.cli.session._prompt import check_prompt, read_prompt

from ._arguments import PromptCommand

Prompt = Annotated[
    str | None,
    typer.Argument(metavar="PROMPT", help="What the video shows; - reads standard input."),
]


@command('preview "A paper boat" --preset draft', cls=PromptCommand)
@spread
def preview(
    prompt: Prompt = None,
    *,
    prompt_file: PromptFile = None,
    options: PromptOptions,
    settings: PromptSettings,
    reporting: Reporting,
    sandbox: Annotated[  # noqa: ARG001
        bool,
        connection_option("--sandbox", help="Has no effect: a preview sends no request."),
    ] = False,
) -> None:
    """Print the exact body that would be sent.

    Needs no key and no network. Also shows the defaults that the server adds.
    """
    shown = check_prompt(read_prompt(prompt, prompt_file), options.chosen(), settings)
    if reporting.as_json:
        fills = dict(shown.server_fills)
        put_json({"body": dict(shown.body), "server_fills": fills, "warnings": shown.warnings})
    else:
        _show(shown, Display() if reporting.quiet else Lines())


def _show(shown: Preview, display: Display) -> None:
    display.note("Request body:")
    put(json.dumps(dict(shown.body), indent=2, ensure_ascii=False))
    if shown.server_fills:
        display.note("Defaults that the server adds:")
    for name, value in shown.server_fills.items():
        display.note(f"  {name} = {json.dumps(value)}")
    for text in shown.warnings:
        display.warn(text)
