"""The commands of `wan`, each of which is imported when it is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from typer.main import get_command

# Where each command is, and the first line of its help, so that `wan --help` imports none.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "generate": (
        "generation._generate",
        "Turn a prompt into a video file: submit, wait, download.",
    ),
    "submit": ("generation._generate", "Start a generation and print its id."),
    "status": ("generation._known", "Print the status of a generation."),
    "wait": (
        "generation._known",
        "Wait until a generation is completed; with -o, save the video.",
    ),
    "download": ("generation._known", "Save the video of a completed generation."),
    "watch": ("generation._watch", "Watch several generations until each has ended."),
    "url": ("generation._known", "Print a fresh link to the video of a completed generation."),
    "resume": ("generation._resume", "Wait for every unfinished job, and save its video."),
    "show": ("generation._show", "Show how a video was made, and what is seen in it."),
    "preview": ("generation._preview", "Print the exact body that would be sent."),
    "recover": (
        "account._recover",
        "Look for a submission in doubt in the account's request log.",
    ),
    "price": ("account._money", "Print what a video costs, by the vendor's catalogue."),
    "balance": ("account._money", "Print what is left on the account."),
    "spend": (
        "account._spend",
        "Print what was paid, by the account's log and by the ledger.",
    ),
    "gallery": ("gallery._commands", "Make one page for looking at many videos."),
    "sandbox": ("_sandbox", "Run a local server that acts as the API, until Ctrl-C."),
    "mcp": ("mcp._commands", "Serve agents, over the Model Context Protocol."),
    "doctor": ("setup._doctor", "Look at all that a command needs, and say what to do."),
    "presets": (
        "setup._commands",
        "List the presets: those of this package, and your own.",
    ),
    "docs": (
        "docs._commands",
        "Show this documentation, or find what it says about something.",
    ),
    "batch": ("batch._commands", "Many prompts: each gets a video, and is paid for once."),
    "jobs": (
        "jobs._commands",
        "What was paid for on this machine: list, show or forget it.",
    ),
    "contract": (
        "contract._commands",
        "Track what the vendor publishes, and check traffic against it.",
    ),
    "config": ("setup._commands", "The settings that are in force."),
}


class Imported(Mapping[str, Any]):
    """The parser's commands by their names, imported one by one."""

    def __init__(self) -> None:
        self._found: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Import a command."""
        if name not in self._found:
            module, _ = COMMANDS[name]
            self._found[name] = get_command(
                getattr(import_module(f"wan_ergonomic.cli.{module}"), name)
            )
        return self._found[name]

    def __contains__(self, name: object) -> bool:
        """Whether there is such a command."""
        return name in COMMANDS

    def __iter__(self) -> Iterator[str]:
        """Yield the names in the order of the help."""
        return iter(COMMANDS)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(COMMANDS)
