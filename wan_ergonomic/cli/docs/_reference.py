"""The reference of all commands, as Markdown, written from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_BEGINNING = """# Command line reference

Written from the commands themselves, as `wan COMMAND --help` shows them. `wan-ergonomic` is the
same command under a name that no other package has. [On the command line](../guide/command-line.md)
is where to begin; the [exit codes](exit-codes.md) are on a page of their own.
"""


def reference(wan: Any) -> str:
    """Return a page that describes each command of an application of Typer's."""
    context = wan.context_class(wan, info_name="wan")
    return "\n".join([_BEGINNING, *_described(wan, context)])


def _described(group: Any, parent: Any) -> Iterator[str]:
    for name, command in group.commands.items():
        context = command.context_class(command, info_name=name, parent=parent)
        if hasattr(command, "commands"):
            yield f"## {context.command_path}\n\n{_prose(command.help)}\n"
            yield from _described(command, context)
        else:
            yield from _command(command, context)


def _command(command: Any, context: Any) -> Iterator[str]:
    level = len(context.command_path.split())
    yield f"{'#' * level} {context.command_path}\n"
    words = " ".join(command.collect_usage_pieces(context))
    yield f"```text\n{context.command_path} {words}\n```\n"
    yield f"{_prose(command.help)}\n"
    for title, rows in command.sections(context).items():
        yield f"| {title.lower()} | |\n|---|---|"
        yield from (f"| `{_cell(name)}` | {_cell(text)} |" for name, text in rows)
        yield ""
    yield f"```console\n$ {_example(command.epilog)}\n```\n"


def _prose(text: str) -> str:
    """Return a command's help as paragraphs; what is set apart in it becomes a block."""
    paragraphs = []
    for paragraph in text.strip().split("\n\n"):
        first, _, rest = paragraph.partition("\n")
        paragraphs.append(f"```text\n{rest}\n```" if first == "\b" else paragraph)
    return "\n\n".join(paragraphs)


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ")


def _example(epilog: str) -> str:
    return epilog.split("Example:\n")[1].splitlines()[0].strip()
