"""Writing: data to standard output, everything else to standard error.

Copes with streams that are closed, absent or cannot spell a character, and
keeps a server's words from steering the terminal.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO


class OutputError(Exception):
    """Standard output cannot be written."""


def put(text: str) -> None:
    """Write one line of data to standard output.

    Raises:
        BrokenPipeError: Its reader has gone away.
        OutputError: It cannot be written for another reason.
    """
    if sys.stdout is None:
        return
    with writing():
        # File names and JSON leave as the bytes they are, whatever the locale is.
        sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape") + b"\n")
        sys.stdout.flush()


@contextmanager
def writing() -> Iterator[None]:
    """Name what can go wrong while standard output is written to.

    Raises:
        BrokenPipeError: Its reader has gone away.
        OutputError: It cannot be written for another reason.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(f"Standard output could not be written: {reason}.") from error


def settle() -> None:
    """Drop what standard output still holds and cannot write.

    Whoever wrote it has said so. Python's exit would try once more, complain,
    and end with a code of its own.
    """
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError:
        let_go(sys.stdout)


def put_json(value: Any) -> None:
    """Write a value as one line of JSON to standard output."""
    put(json.dumps(value))


def tell(text: str) -> None:
    """Write one line to standard error, if anyone is there to read it."""
    if sys.stderr is None:
        return
    with telling():
        # At once: a signal between a text and its end of line would join two of them.
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


@contextmanager
def telling() -> Iterator[None]:
    """Go on when standard error cannot be written, without it."""
    try:
        yield
    except OSError:
        # A paid job is not given up because nobody listens any more.
        let_go(sys.stderr)


def tell_prose(text: str) -> None:
    """Write sentences to standard error: on a terminal, broken between words."""
    line = printable(text)
    if is_terminal(sys.stderr):
        width = shutil.get_terminal_size().columns
        line = textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)
    tell(line)


def tell_json(value: Any) -> None:
    """Write a value as one line of JSON to standard error."""
    tell(json.dumps(value))


def tell_exactly(what_for: str, command: str) -> None:
    """Write a command line to standard error so that it can be copied: never broken or changed."""
    if printable(command) == command:
        tell(f"{what_for}: {command}")
    else:
        what = "this, in JSON because it holds characters that cannot be shown"
        tell(f"{what_for} {what}: {json.dumps(command)}")


def printable(text: str) -> str:
    """Return a text on one line, without characters that would steer a terminal."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person is looking at a stream."""
    return stream is not None and stream.isatty()


def let_go(stream: TextIO) -> None:
    """Let go of a stream that cannot be written, so that Python's exit does not miss it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
