"""``wan show``: what a video file says of itself, what is seen in it, and whether it changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from wan_ergonomic import ConfigurationError, LedgerError, VideoFileError
from wan_ergonomic._files import sha256_of
from wan_ergonomic.cli._command import command
from wan_ergonomic.cli._options import output_option
from wan_ergonomic.cli._streams import printable, put, put_json, report_prose

from ._described import beside, described

# What is shown of what a video says, in this order, under the names of the metadata.
_SAID = (
    *("prompt", "options", "seed", "model", "generation_id", "client_request_id", "usd"),
    *("submitted", "ended", "contract"),
)
_IN_LEDGER = {True: "the same file as it was saved", False: "not the file that was saved"}


@command("show boat.mp4")
def show(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A video.")],
    *,
    as_json: Annotated[bool, output_option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show how a video was made, and what is seen in it.

    Reads what the file says of itself or, if it says nothing, the JSON file beside it.
    Sends nothing.
    """
    path = Path(file)
    size, digest = _measure(path)
    about, source = described(path)
    seen, note = _seen(path, about)
    data = {
        "file": str(path),
        "source": source,
        **{name: about.get(name) for name in _SAID},
        "bytes": size,
        "sha256": digest,
        "as_saved": _as_saved(about, digest),
        **seen,
    }
    if as_json:
        put_json(data)
        return
    if source is None:
        report_prose(f"wan: {path} does not say how it was made, and neither does {beside(path)}.")
    if note:
        report_prose(f"wan: {note}")
    for name, value in data.items():
        if value not in (None, [], {}):
            put(f"{name.replace('_', ' ')}: {_shown(name, value)}")


def _shown(name: str, value: object) -> str:
    if name == "as_saved":
        return _IN_LEDGER[bool(value)]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return printable(text)


def _seen(path: Path, about: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Return what is seen in a video, and a note if it cannot be looked at."""
    from wan_ergonomic.video import inspect, problems

    request = about.get("request")
    try:
        found = inspect(path)
    except ConfigurationError as error:
        return {
            name: about.get(name) for name in ("width", "height", "seconds", "marks")
        }, f"{error}"
    except VideoFileError as error:
        return {"marks": ["damaged"]}, f"{error}"
    return {
        "width": found.width,
        "height": found.height,
        "seconds": found.seconds,
        "frames": found.frames,
        "codec": found.codec,
        "marks": problems(found, request if isinstance(request, Mapping) else {}),
    }, ""


def _as_saved(about: Mapping[str, Any], digest: str) -> bool | None:
    """Whether a file is the one that the ledger knows; None if it knows none."""
    from wan_ergonomic.ledger import find_ledger

    ledger, job = find_ledger(), None
    with suppress(LedgerError):
        job = ledger.find(str(about.get("generation_id") or "")) if ledger else None
    return job.sha256 == digest if job and job.sha256 else None


def _measure(path: Path) -> tuple[int, str]:
    """Return the size of a file and its SHA-256."""
    try:
        return path.stat().st_size, sha256_of(path)
    except OSError as error:
        text = f"{path}: it cannot be read as a video: {error.strerror}."
        raise VideoFileError(text) from error
