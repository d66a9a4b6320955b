"""Groups of options that several commands share, each defined once.

A group is a dataclass; ``spread`` gives a command one option for each field of
the groups that it takes. There is no option for the API key: every process on
the machine can read command lines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import partial, wraps
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, get_type_hints

import typer

output_option = partial(typer.Option, rich_help_panel="Output options")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """What a command prints."""

    as_json: Annotated[
        bool,
        output_option(
            "--json",
            help="Print one JSON object; events and errors are JSON lines on standard error.",
        ),
    ] = False
    quiet: Annotated[
        bool,
        output_option("--quiet", "-q", help="Report nothing but errors."),
    ] = False
    verbose: Annotated[
        bool,
        output_option(
            "--verbose", "-v", help="Report each request, with its status, time and ids."
        ),
    ] = False
    debug: Annotated[
        bool, output_option("--debug", help="After an error, print where it came from.")
    ] = False
    no_progress: Annotated[
        bool, output_option("--no-progress", help="Plain lines, even on a terminal.")
    ] = False


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that takes the fields of its option groups as options of its own."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint)}

    @wraps(command)
    def spread_out(**values: Any) -> None:
        for name, group in groups.items():
            values[name] = group(**{f.name: values.pop(f.name) for f in fields(group)})
        command(**values)

    parameters: list[Parameter] = []
    for name, parameter in signature(command).parameters.items():
        if name in groups:
            parameters += _parameters(groups[name])
        else:
            parameters.append(
                parameter.replace(annotation=hints[name], kind=Parameter.KEYWORD_ONLY)
            )
    spread_out.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    spread_out.__annotations__ = {p.name: p.annotation for p in parameters}
    return spread_out


def _parameters(group: Any) -> list[Parameter]:
    """Return one keyword parameter for each field of a group."""
    hints = get_type_hints(group, include_extras=True)
    return [
        Parameter(f.name, Parameter.KEYWORD_ONLY, default=f.default, annotation=hints[f.name])
        for f in fields(group)
    ]
