"""The `wan` command: parses words, drives the client, shows what happens.

Needs the ``cli`` extra; the core never imports it. No rule about prompts,
waiting or money lives here.
"""

# Rich is used only once there is something to draw, but it is missed at once.
import rich as _rich  # noqa: F401

from ._app import run

__all__ = ["run"]
