"""The options of the generation commands: for the prompt, and for the file of the video."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from typing import Annotated, Any

import typer

from wan_ergonomic._limits import MAX_SEED
from wan_ergonomic.cli._completion import complete_presets, completing
from wan_ergonomic.cli._options import output_option

prompt_option = partial(typer.Option, rich_help_panel="Prompt options")
PromptFile = Annotated[
    str | None,
    prompt_option(metavar="FILE", help="File that holds the prompt, as UTF-8."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptOptions:
    """The create document's options; what is not set is not sent."""

    negative_prompt: Annotated[str | None, prompt_option(metavar="TEXT", help="What to avoid.")] = (
        None
    )
    resolution: Annotated[
        str | None,
        prompt_option(
            metavar="SIZE", help="480P or 1080P.", autocompletion=completing("resolution")
        ),
    ] = None
    aspect_ratio: Annotated[
        str | None,
        prompt_option(
            metavar="W:H",
            help="16:9, 9:16, 1:1; at 1080P also 4:3, 3:4.",
            autocompletion=completing("aspect_ratio"),
        ),
    ] = None
    watermark: Annotated[
        bool | None,
        prompt_option("--watermark/--no-watermark", help="Whether the video carries a watermark."),
    ] = None
    seed: Annotated[
        int | None,
        prompt_option(
            metavar="NUMBER",
            help=f"0 to {MAX_SEED}; the same seed and request give a similar video.",
        ),
    ] = None
    enhance_prompt: Annotated[
        bool | None,
        prompt_option(
            "--enhance-prompt/--no-enhance-prompt", help="Whether the server rewrites the prompt."
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
        prompt_option(
            metavar="NAME",
            help="Named options: draft, literal, portrait, square, or your own. Repeat it to "
            "combine several; the last one wins.",
            autocompletion=complete_presets,
        ),
    ] = None
    prefix: Annotated[
        str | None, prompt_option(metavar="TEXT", help="Text put before the prompt.")
    ] = None
    suffix: Annotated[
        str | None, prompt_option(metavar="TEXT", help="Text put after the prompt.")
    ] = None
    allow_unsupported: Annotated[
        bool,
        prompt_option(
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
            "--output",
            "-o",
            metavar="FILE",
            help="File for the video, or a folder, as in videos/; - is standard output.",
        ),
    ] = None
    names: Annotated[
        str | None,
        output_option(
            metavar="TEMPLATE",
            help="How files in a folder are called: '{slug} {seed}'; also {id}, and each option.",
        ),
    ] = None
    open_file: Annotated[
        bool, output_option("--open", help="Then open the video, or the folder of several.")
    ] = False
    force: Annotated[bool, output_option("--force", help="Replace a file that exists.")] = False
    no_metadata: Annotated[
        bool,
        output_option(
            "--no-metadata",
            help="Save the video as it was sent; without this, its file says how it was made.",
        ),
    ] = False
