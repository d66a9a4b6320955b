"""The `wan` command: parses the command line, calls the client, shows what happens.

Needs the ``cli`` extra; the core never imports it. It has no rules of its own
about prompts, waiting or money.
"""

# Rich is used only to draw, but a missing Rich is reported at once.
import rich as _rich  # noqa: F401

from ._app import run

__all__ = ["run"]
