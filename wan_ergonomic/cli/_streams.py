"""Writing: data to standard output, everything else to standard error.

Streams may be closed, absent, or unable to encode a character. Control
characters in text from a server are replaced, so they cannot steer the terminal.
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

from wan_ergonomic._files import write_all


class OutputError(Exception):
    """Standard output cannot be written."""


def put(text: str) -> None:
    """Write one line of data to standard output.

    Raises:
        BrokenPipeError: Its reader has closed it.
        OutputError: It cannot be written for another reason.
    """
    if sys.stdout is None:
        return
    with output_errors():
        # File names and JSON are written as UTF-8 whatever the locale, without loss.
        sys.stdout.flush()
        write_all(sys.stdout.buffer, [text.encode("utf-8", "surrogateescape") + b"\n"])


def put_json(value: Any) -> None:
    """Write a value as one line of JSON to standard output, as ``put`` does."""
    put(json.dumps(value))


@contextmanager
def output_errors() -> Iterator[None]:
    """Translate the errors of writing to standard output.

    Raises:
        BrokenPipeError: Its reader has closed it.
        OutputError: It cannot be written for another reason.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(f"Standard output could not be written: {reason}.") from error


def drop_unwritable_output() -> None:
    """Drop what standard output has buffered if it cannot be written.

    The error is reported already. At exit Python would try again, print a
    traceback, and change the exit code.
    """
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError:
        redirect_to_null(sys.stdout)


def report(text: str) -> None:
    """Write one line to standard error, if it can be written."""
    if sys.stderr is None:
        return
    with stderr_errors_ignored():
        # One write: a signal between a text and its newline would join two lines.
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


@contextmanager
def stderr_errors_ignored() -> Iterator[None]:
    """Continue without standard error once it cannot be written.

    A paid generation is not abandoned because nobody reads the messages.
    """
    try:
        yield
    except OSError:
        redirect_to_null(sys.stderr)


def report_prose(text: str) -> None:
    """Write sentences to standard error, wrapped between words on a terminal."""
    report(_wrapped(printable(text), sys.stderr))


def put_prose(label: str, text: str) -> None:
    """Print sentences after a label; on a terminal, wrapped between words and below each other."""
    put(_wrapped(printable(f"{label}{text}"), sys.stdout, indent=len(label)))


def _wrapped(line: str, stream: TextIO | None, indent: int = 0) -> str:
    """Return a line as it fits into the terminal that a stream may be."""
    if not is_terminal(stream):
        return line
    return textwrap.fill(
        line,
        shutil.get_terminal_size().columns,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def report_json(value: Any) -> None:
    """Write a value as one line of JSON to standard error."""
    report(json.dumps(value))


def report_command(purpose: str, command: str) -> None:
    """Write a command to standard error, on a line of its own and unchanged, so it can be copied.

    Args:
        purpose: What it is for.
        command: The command line.
    """
    if printable(command) == command:
        report(f"{_wrapped(f'{purpose}:', sys.stderr)}\n  {command}")
    else:
        note = "this command, shown as JSON because it contains control characters"
        report(f"{purpose} {note}:\n  {json.dumps(command)}")


def printable(text: str) -> str:
    """Return a text on one line, with control characters replaced."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal."""
    return stream is not None and stream.isatty()


def redirect_to_null(stream: TextIO) -> None:
    """Redirect a stream that cannot be written, so that Python's exit can flush it."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)
