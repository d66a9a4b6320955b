"""The command that makes a row's video again."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator

from ._row import Row, Scalar

# The shell of Windows understands double quotes only.
_JOIN = subprocess.list2cmdline if os.name == "nt" else shlex.join


def command_again(row: Row) -> str:
    """Return a command line for a shell; empty for a row without a prompt.

    The prompt and the options are those that were sent, so no text of a
    configuration file is put around the prompt a second time.
    """
    if not row.prompt:
        return ""
    words = [word for name, value in row.options.items() for word in _option(name, value)]
    return _JOIN(["wan", "generate", *words, "--prefix=", "--suffix=", "--", row.prompt])


def _option(name: str, value: Scalar) -> Iterator[str]:
    flag = name.replace("_", "-")
    if value is True:
        yield f"--{flag}"
    elif value is False:
        yield f"--no-{flag}"
    else:
        # One word: a value may begin with a dash.
        yield f"--{flag}={value}"
