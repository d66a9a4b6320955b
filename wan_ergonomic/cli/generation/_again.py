"""``wan generate --again``: the request that a video was made from, to be sent once more."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wan_ergonomic import Preview, PromptDefaults
from wan_ergonomic._prompts import prepare
from wan_ergonomic._spec import model
from wan_ergonomic.cli._exits import UsageError
from wan_ergonomic.cli._outcome import UNSPENT
from wan_ergonomic.cli.session._options import PromptSettings

from ._described import beside, described


def request_again(name: str, settings: PromptSettings) -> dict[str, Any]:
    """Return the prompt and the options that a video was made from.

    Raises:
        UsageError: The file does not say them, they are for another model, or the command line
            adds to the prompt.
        VideoFileError: It is no video, or cannot be read.
    """
    if settings.preset or settings.prefix is not None or settings.suffix is not None:
        raise UsageError(
            "--again sends what the video was made from; leave out --preset, --prefix and "
            f"--suffix. {UNSPENT}"
        )
    file = Path(name)
    request = described(file).about.get("request")
    if not isinstance(request, Mapping) or not isinstance(request.get("prompt"), str):
        raise UsageError(
            f"{file} does not say what it was made from, and neither does {beside(file)}. Give "
            f"the prompt instead of --again. {UNSPENT}"
        )
    made_by = request.get("model")
    if made_by != model():
        raise UsageError(f"{file} was made by {made_by!r}; this sends to {model()!r}. {UNSPENT}")
    return {key: value for key, value in request.items() if key != "model"}


def check_exactly(prompt: str, options: Mapping[str, Any], settings: PromptSettings) -> Preview:
    """Return what would be submitted without the defaults of the configuration file.

    Raises:
        PromptError: The prompt or an option is invalid, or not supported.
    """
    return prepare(prompt, PromptDefaults(), options, allow_unsupported=settings.allow_unsupported)
