"""The options that several commands share, each said once.

A group of options is a dataclass; ``spread`` gives a command one option for
each field of the groups that it takes. The API key is no option on purpose:
command lines can be read by every process on the machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, get_type_hints

import typer

_PROMPT = "Prompt options"
_OUTPUT = "Output options"
_CONNECTION = "Connection options"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptOptions:
    """What is said with a prompt; what nobody says is left to the server."""

    negative_prompt: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="What to avoid.", rich_help_panel=_PROMPT),
    ] = None
    resolution: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="480P or 1080P.", rich_help_panel=_PROMPT),
    ] = None
    aspect_ratio: Annotated[
        str | None,
        typer.Option(
            metavar="W:H",
            help="16:9, 9:16, 1:1; at 1080P also 4:3, 3:4.",
            rich_help_panel=_PROMPT,
        ),
    ] = None
    watermark: Annotated[
        bool | None,
        typer.Option(
            "--watermark/--no-watermark",
            help="Whether the video carries a watermark.",
            rich_help_panel=_PROMPT,
        ),
    ] = None
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="NUMBER",
            help="The same seed and request give a similar video.",
            rich_help_panel=_PROMPT,
        ),
    ] = None
    enhance_prompt: Annotated[
        bool | None,
        typer.Option(
            "--enhance-prompt/--no-enhance-prompt",
            help="Whether the server rewrites the prompt.",
            rich_help_panel=_PROMPT,
        ),
    ] = None

    def chosen(self) -> dict[str, Any]:
        """Return what was set, by the create document's names."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is put around a prompt."""

    preset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Named options: draft, literal, portrait, square, or your own.",
            rich_help_panel=_PROMPT,
        ),
    ] = None
    prefix: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="Put before the prompt.",
            rich_help_panel=_PROMPT,
            show_default=False,
        ),
    ] = ""
    suffix: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="Put after the prompt.",
            rich_help_panel=_PROMPT,
            show_default=False,
        ),
    ] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Which API is asked, and for how long."""

    sandbox: Annotated[
        bool,
        typer.Option(
            "--sandbox",
            help="Use a sandbox inside this command: no key, no cost, a test card for a video.",
            rich_help_panel=_CONNECTION,
        ),
    ] = False
    base_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Another address of the API.", rich_help_panel=_CONNECTION
        ),
    ] = None
    timeout: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            help="How long this may take; by default 1200 for a video, without its download.",
            rich_help_panel=_CONNECTION,
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where the video goes."""

    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where the video goes; - is standard output.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None
    force: Annotated[
        bool,
        typer.Option("--force", help="Replace a file that exists.", rich_help_panel=_OUTPUT),
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """What is shown on the way."""

    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="One JSON object on standard output; events and errors as JSON lines beside it.",
            rich_help_panel=_OUTPUT,
        ),
    ] = False
    quiet: Annotated[
        bool,
        typer.Option("--quiet", "-q", help="Say nothing but errors.", rich_help_panel=_OUTPUT),
    ] = False
    no_progress: Annotated[
        bool,
        typer.Option(
            "--no-progress", help="Plain lines, even on a terminal.", rich_help_panel=_OUTPUT
        ),
    ] = False


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that takes the fields of its option groups as options of its own."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint)}

    @wraps(command)
    def spread_out(**values: Any) -> None:
        for name, group in groups.items():
            values[name] = group(**{f.name: values.pop(f.name) for f in fields(group)})
        command(**values)

    parameters: list[Parameter] = []
    for name, parameter in signature(command).parameters.items():
        if name not in groups:
            parameters.append(
                parameter.replace(annotation=hints[name], kind=Parameter.KEYWORD_ONLY)
            )
            continue
        inner = get_type_hints(groups[name], include_extras=True)
        parameters += [
            Parameter(f.name, Parameter.KEYWORD_ONLY, default=f.default, annotation=inner[f.name])
            for f in fields(groups[name])
        ]
    spread_out.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    spread_out.__annotations__ = {p.name: p.annotation for p in parameters}
    return spread_out
