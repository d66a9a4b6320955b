"""The options of the generation commands: for the prompt, and for the file of the video."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from typing import Annotated, Any

import typer

from wan_ergonomic._prompts import _MAX_SEED as MAX_SEED
from wan_ergonomic.cli._options import OUTPUT

PROMPT = "Prompt options"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptOptions:
    """The create document's options; what is not set is not sent."""

    negative_prompt: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="What to avoid.", rich_help_panel=PROMPT),
    ] = None
    resolution: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="480P or 1080P.", rich_help_panel=PROMPT),
    ] = None
    resolution: Annotated[str | None, _prompt_option(metavar="SIZE", help="480P or 1080P.")] = None
    aspect_ratio: Annotated[
        str | None,
        typer.Option(
            metavar="W:H",
            help="16:9, 9:16, 1:1; at 1080P also 4:3, 3:4.",
            rich_help_panel=PROMPT,
        ),
    ] = None
    watermark: Annotated[
        bool | None,
        typer.Option(
            "--watermark/--no-watermark",
            help="Whether the video carries a watermark.",
            rich_help_panel=PROMPT,
        ),
    ] = None
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="NUMBER",
            help=f"0 to {MAX_SEED}; the same seed and request give a similar video.",
            rich_help_panel=PROMPT,
        ),
    ] = None
    enhance_prompt: Annotated[
        bool | None,
        typer.Option(
            "--enhance-prompt/--no-enhance-prompt",
            help="Whether the server rewrites the prompt.",
            rich_help_panel=PROMPT,
        ),
    ] = None

    def chosen(self) -> dict[str, Any]:
        """Return the options that were set, under the create document's names."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSettings:
    """The presets, the text that is added to the prompt, and what is allowed."""

    preset: Annotated[
        list[str] | None,
        _prompt_option(
            metavar="NAME",
            help="Named options: draft, literal, portrait, square, or your own.",
            rich_help_panel=PROMPT,
        ),
    ] = None
    prefix: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="Text put before the prompt.",
            rich_help_panel=PROMPT,
            show_default=False,
        ),
    ] = ""
    suffix: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="Text put after the prompt.",
            rich_help_panel=PROMPT,
            show_default=False,
        ),
    ] = ""
    allow_unsupported: Annotated[
        bool,
        _prompt_option(
            "--allow-unsupported",
            help="Send what the model is known not to support, at your cost.",
        ),
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where the video is written."""

    output: Annotated[
        str | None,
        output_option(
            "--output", "-o", metavar="FILE", help="File for the video; - is standard output."
        ),
    ] = None
    force: Annotated[bool, output_option("--force", help="Replace a file that exists.")] = False
