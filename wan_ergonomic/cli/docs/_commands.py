"""``wan docs``: the documentation, without a network."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from wan_ergonomic.cli._command import command
from wan_ergonomic.cli._completion import beginning
from wan_ergonomic.cli._exits import UsageError
from wan_ergonomic.cli._options import Reporting, spread
from wan_ergonomic.cli._streams import is_terminal, put, put_json, report, report_prose

from ._pages import REFERENCE, Section, page_names, read_pages, sections, title_of
from ._reference import reference
from ._search import search, similar

# Other sections that are named below the best one.
_OTHERS = 8
# Longer lines are hard to read.
_WIDTH = 96


def complete_pages(incomplete: str) -> list[str]:
    """Complete the name of a page, with or without its folder."""
    names = page_names()
    return beginning(incomplete, [*(name.rpartition("/")[2] for name in names), *names])


@command("docs submission in doubt")
@spread
def docs(
    *,
    ctx: typer.Context,
    term: Annotated[
        list[str] | None,
        typer.Argument(
            help="Words to find, or the name of a page or of a section.",
            autocompletion=complete_pages,
        ),
    ] = None,
    reporting: Reporting,
) -> None:
    """Show this documentation, or find what it says about something.

    Without words, lists the pages. With the name of a page, shows that page. With
    other words, shows the section that fits best, and names others. Needs no network.
    """
    pages = read_pages({REFERENCE: reference(ctx.find_root().command)})
    query = " ".join(term or [])
    if not query:
        _list(pages, as_json=reporting.as_json)
        return
    every = [each for name, text in pages.items() for each in sections(name, text)]
    found = _named(query, pages, every) or search(query, every)
    if not found:
        raise UsageError(_nothing(query, every))
    if reporting.as_json:
        put_json([_as_json(each) for each in found])
        return
    _show(found[0].text)
    if found[1:] and not reporting.quiet:
        report(f"\n{len(found) - 1} more, for example:")
        report("\n".join(f"  wan docs '{each.name}'" for each in found[1 : 1 + _OTHERS]))


def _named(query: str, pages: Mapping[str, str], every: Sequence[Section]) -> list[Section]:
    """Return the page or the section of this name, if there is one."""
    for name, text in pages.items():
        if query in {name, name.rpartition("/")[2]}:
            return [Section(name, title_of(text), title_of(text), text.strip())]
    return [each for each in every if each.name == query]


def _nothing(query: str, every: Sequence[Section]) -> str:
    near = ", ".join(dict.fromkeys(similar(query, every)))
    advice = f"It has the words {near}." if near else "wan docs alone lists its pages."
    return f"The documentation says nothing about {query!r}. {advice}"


def _as_json(section: Section) -> dict[str, str]:
    return {
        "name": section.name,
        "page": section.page_title,
        "title": section.title,
        "text": section.text,
    }


def _show(text: str) -> None:
    """Print Markdown: drawn on a terminal, as it is elsewhere."""
    if not is_terminal(sys.stdout):
        put(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(width=min(shutil.get_terminal_size().columns, _WIDTH), force_terminal=True)
    with console.capture() as drawn:
        console.print(Markdown(text, hyperlinks=False))
    put(drawn.get().rstrip("\n"))


def _list(pages: Mapping[str, str], *, as_json: bool) -> None:
    if as_json:
        put_json(
            [
                {"name": name, "page": title_of(text), "title": title_of(text)}
                for name, text in pages.items()
            ]
        )
        return
    width = max(map(len, pages))
    put("\n".join(f"{name:{width}}  {title_of(text)}" for name, text in pages.items()))
    report_prose("Show one with wan docs PAGE, or find something with wan docs WORDS.")
