"""``wan config show`` and ``wan presets``: what a command would use, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import typer

from wan_ergonomic._prompts import PRESETS
from wan_ergonomic._settings import read_config
from wan_ergonomic.cli._command import Command, Commands, command, ending
from wan_ergonomic.cli._options import Reporting, spread
from wan_ergonomic.cli._streams import printable, put, put_json, report_prose

from ._values import values_in_force

config = typer.Typer(
    cls=Commands,
    help="The settings that are in force.",
    epilog=ending("config show"),
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
    rich_markup_mode=None,
)


@config.callback()
def _config() -> None:
    """Keep ``show`` a command of its own."""


@config.command(cls=Command, epilog=ending("config show"))
@spread
def show(*, reporting: Reporting) -> None:
    """Show each setting in force, and where it comes from.

    Of the key, only the end is shown. Sends nothing.
    """
    found = [*values_in_force()]
    if reporting.as_json:
        put_json({each.name: {"value": each.value, "source": each.source} for each in found})
        return
    width = max(len(each.name) for each in found)
    for each in found:
        put(printable(f"{each.name:{width}}  {_shown(each.value)}  ({each.source})"))


@command("presets")
@spread
def presets(*, reporting: Reporting) -> None:
    """List the presets: those of this package, and your own.

    Use one with --preset NAME. Your own are in the configuration file, as tables
    [presets.NAME]; one of the same name replaces ours. Sends nothing.
    """
    own = read_config()
    every: Mapping[str, Mapping[str, Any]] = {**PRESETS, **own.presets}
    if reporting.as_json:
        put_json(
            {name: {"options": each, "own": name in own.presets} for name, each in every.items()}
        )
        return
    width = max(map(len, every))
    for name, options in every.items():
        said = ", ".join(f"{option} = {json.dumps(value)}" for option, value in options.items())
        put(printable(f"{name:{width}}  {said}{'  (your own)' if name in own.presets else ''}"))
    if not own.presets and not reporting.quiet:
        report_prose("wan: your own go into the configuration file: see wan config show.")


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else json.dumps(value, default=str)
