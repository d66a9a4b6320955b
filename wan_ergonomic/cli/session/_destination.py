"""Where a video is written, checked before anything is sent or spent.

The API's file names are never used, and an id becomes a safe file name first.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import IO, Any

from wan_ergonomic import DownloadError, Generation
from wan_ergonomic._files import Template, check_target, safe_name, slug
from wan_ergonomic._names import did_you_mean
from wan_ergonomic._spec import request_schema
from wan_ergonomic.cli._exits import UsageError
from wan_ergonomic.cli._outcome import UNSPENT
from wan_ergonomic.cli._streams import is_terminal

from ._options import Destination

STANDARD_OUTPUT = "-"

# What a template of names has beside the properties of a request.
_OWN_FIELDS = ("id", "slug")

_UUID_BEGINS = re.compile(r"[0-9a-f]{8}")
_SAFE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def check_destination(destination: Destination, *, as_json: bool) -> None:
    """Check a destination before there is a video to write.

    Raises:
        UsageError: A video cannot be written there.
    """
    folder = folder_of(destination)
    if destination.names is not None:
        _check_template(destination)
    if destination.output == STANDARD_OUTPUT:
        _check_standard_output(as_json=as_json)
        if destination.open_file:
            raise UsageError(f"--open opens a file, and -o - writes none. {UNSPENT}")
    elif folder is None:
        check_file(Path(str(destination.output)), force=destination.force)
    else:
        _make_folder(folder)
        check_folder(folder)


def check_names(destination: Destination, bodies: Sequence[Mapping[str, Any]]) -> None:
    """Check names that do not depend on an id: each video needs one of its own, which is free.

    Raises:
        UsageError: Two videos, or a video and a file that exists, would have the same name.
    """
    names, folder = destination.names, folder_of(destination)
    if names is None or folder is None or "id" in Template(names).names:
        return
    stems = [stem(names, body, "") for body in bodies]
    if len({*stems}) < len(stems):
        raise UsageError(
            f"--names {names!r} gives several videos the same name. Add {{id}} to it, or {{seed}} "
            f"if each has its own. {UNSPENT}"
        )
    for each in stems:
        check_file(folder / f"{each}.mp4", force=destination.force)


def _check_template(destination: Destination) -> None:
    names = destination.names
    if destination.output == STANDARD_OUTPUT or folder_of(destination) is None:
        raise UsageError(
            "--names is for files in a folder. Name the folder with -o, as in -o videos/, or the "
            f"file without --names. {UNSPENT}"
        )
    try:
        template = Template(str(names))
    except ValueError as error:
        raise UsageError(f"--names {names!r} cannot be used: {error}. {UNSPENT}") from error
    known = [*_OWN_FIELDS, *request_schema()["properties"]]
    for name in template.names:
        if name not in known:
            raise UsageError(
                f"--names has the field {{{name}}}.{did_you_mean(name, known)} The fields are "
                f"{', '.join(known)}. {UNSPENT}"
            )
    if not safe_name(template.fill(dict.fromkeys(known, "x"))):
        raise UsageError(f"--names {names!r} leaves no name for a file. {UNSPENT}")


def _check_standard_output(*, as_json: bool) -> None:
    if as_json:
        raise UsageError(
            f"-o - and --json both write to standard output; use one of them. {UNSPENT}"
        )
    if sys.stdout is None or is_terminal(sys.stdout):
        raise UsageError(
            "-o - writes the video to standard output, which is a terminal or closed here; "
            f"pipe it somewhere or name a file. {UNSPENT}"
        )


def folder_of(destination: Destination) -> Path | None:
    """Return the folder that videos are put into; None if the destination names a file."""
    output = destination.output
    if output is None or output == STANDARD_OUTPUT:
        return Path()
    ends_as_folder = output.endswith(("/", os.sep))
    return Path(output) if ends_as_folder or _is_folder(Path(output)) else None


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        # check_file says what is wrong with it.
        return False


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"The folder {folder} cannot be made: {reason}. {UNSPENT}") from error


def check_file(path: Path, *, force: bool) -> None:
    """Check that a video can be written to a path.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        if path.is_file() and not force:
            raise UsageError(
                f"{path} exists already. Choose another name, or replace it with --force. {UNSPENT}"
            )
        check_target(path, overwrite=True)
    except DownloadError as error:
        raise UsageError(f"{error} {UNSPENT}") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be used: {error.strerror}. {UNSPENT}") from error
    check_folder(path.parent)


def check_folder(folder: Path, advice: str = "Name a file in another folder with -o.") -> None:
    """Check that files can be created in a folder; an error ends with the advice.

    Raises:
        UsageError: They cannot.
    """
    # Permissions alone do not show it.
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise UsageError(
            f"Nothing can be written to {_described(folder)}: {error.strerror}. {advice} {UNSPENT}"
        ) from error


def _described(folder: Path) -> str:
    try:
        return f"the folder {folder.absolute()}"
    except OSError:
        return "the current folder, which was deleted"


def target(destination: Destination, generation: Generation) -> Path | IO[bytes]:
    """Return the file or stream that the video of a generation is written to."""
    if destination.output == STANDARD_OUTPUT:
        return sys.stdout.buffer
    return file_for(destination, generation)


def file_for(destination: Destination, generation: Generation) -> Path:
    """Return a file for the video, even if the destination is standard output."""
    folder = folder_of(destination)
    if folder is None:
        return Path(str(destination.output))
    return folder / file_name(generation, destination.names)


def intended(destination: Destination | None) -> Path | None:
    """Return the file or folder that a video is meant for; None if it is not meant to be kept."""
    if destination is None or destination.output == STANDARD_OUTPUT:
        return None
    return Path(destination.output or ".")


def another_file(file: Path) -> Path:
    """Return a similar name that no file has yet: boat-2.mp4 for boat.mp4."""
    names = (file.with_stem(f"{file.stem}-{number}") for number in count(2))
    return next(name for name in names if not os.path.lexists(name))


def file_name(generation: Generation, names: str | None = None) -> str:
    """Return a file name for a video, valid on every system: its first words, and a part of its id.

    If what was asked for is not known, it is the whole id. A template of names may say otherwise.
    """
    if names is not None and (named := stem(names, generation.request, _short(generation.id))):
        return f"{named}.mp4"
    if words := slug(str(generation.request.get("prompt", ""))):
        return f"{words}-{_short(generation.id)}.mp4"
    return _name_by_id(generation.id)


def stem(names: str, body: Mapping[str, Any], short_id: str) -> str:
    """Return what a template calls a video of a request, without a suffix."""
    unset = dict.fromkeys(request_schema()["properties"])
    own = {"id": short_id, "slug": slug(str(body.get("prompt", "")))}
    return safe_name(Template(names).fill({**unset, **body, **own}))


def _short(generation_id: str) -> str:
    """Return a part of an id by which a person finds it; of a UUID, the first eight digits."""
    first, _, rest = generation_id.partition("-")
    if rest and _UUID_BEGINS.fullmatch(first):
        return first
    return _name_by_id(generation_id).removeprefix("wan-").removesuffix(".mp4")


def _name_by_id(generation_id: str) -> str:
    """Return a file name that is unique to an id."""
    if _SAFE_ID.fullmatch(generation_id) and len(generation_id) <= 60:
        return f"wan-{generation_id}.mp4"
    # Ids that differ only in case or punctuation must not share a file.
    digest = hashlib.sha256(generation_id.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    words = re.findall(r"[a-z0-9]+", generation_id.lower())
    return f"wan-{'-'.join([*words, digest])[-60:]}.mp4"
