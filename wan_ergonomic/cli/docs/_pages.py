"""The pages of the documentation, as they are in this package or in a clone, and their sections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import wan_ergonomic

# The page that is made of the commands.
REFERENCE = "reference/command-line"
_FENCE = "```"
_HEADING = re.compile(r"#{1,6} (.*)")
# What the site replaces by the docstrings of an object. Importing it here may need an extra.
_OBJECT = re.compile(r"^::: ([\w.]+)$", re.MULTILINE)
_PYDOC = r"- `\1`: run `python -m pydoc \1`"


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a page, and what is below it until the next one.

    Attributes:
        page: The page's name, as in ``guide/money``.
        page_title: Its first heading.
        title: This heading.
        text: The section in Markdown, heading included.
    """

    page: str
    page_title: str
    title: str
    text: str

    @property
    def name(self) -> str:
        """What ``wan docs`` finds this very section by."""
        is_page = self.title == self.page_title
        return self.page if is_page else f"{self.page}#{anchor(self.title)}"


def folder() -> Path:
    """Return where the pages are: in the package or, in a clone, beside it."""
    package = Path(wan_ergonomic.__file__).parent
    installed = package / "docs"
    return installed if installed.is_dir() else package.parent / "docs" / "pages"


def page_names() -> list[str]:
    """Return the names of all pages, in the order in which a reader needs them."""
    found = (path.relative_to(folder()).with_suffix("") for path in folder().rglob("*.md"))
    return sorted((path.as_posix() for path in found), key=_place)


def read_pages(generated: dict[str, str]) -> dict[str, str]:
    """Return every page by its name, in Markdown: those of the folder, and generated ones."""
    root = folder()
    found = {
        path.relative_to(root).with_suffix("").as_posix(): path.read_text("utf-8")
        for path in root.rglob("*.md")
    }
    pages = {**found, **generated}
    return {name: _OBJECT.sub(_PYDOC, pages[name]) for name in sorted(pages, key=_place)}


def sections(name: str, text: str) -> Iterator[Section]:
    """Yield the sections of a page."""
    page_title = title_of(text)
    title, lines, in_block = page_title, list[str](), False
    for line in text.splitlines():
        in_block ^= line.startswith(_FENCE)
        heading = None if in_block else _HEADING.fullmatch(line)
        if heading and lines:
            yield Section(name, page_title, title, "\n".join(lines).strip())
            lines = []
        title = heading[1] if heading else title
        lines.append(line)
    yield Section(name, page_title, title, "\n".join(lines).strip())


def title_of(text: str) -> str:
    """Return the first heading of a page."""
    return text.partition("\n")[0].lstrip("# ")


def anchor(title: str) -> str:
    """Return the fragment that leads to a heading, as on the site."""
    return re.sub(r"[\s]+", "-", re.sub(r"[^\w\s-]", "", title).strip().lower())


def _place(name: str) -> tuple[int, str]:
    """Order pages as a reader needs them."""
    folders = ("", "guide", "recipes", "reference", "reference/api", "from")
    first = ("index", "quick-start")
    above = name.rpartition("/")[0]
    return (
        folders.index(above) if above in folders else len(folders),
        f"{name not in first}{name}",
    )
