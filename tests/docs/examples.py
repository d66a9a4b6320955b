"""The examples of README and of the documentation, as the tests read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.options import OF_COMMANDS, lost
from wan_ergonomic._prompts import PRESETS

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "pages"

_FENCE = re.compile(r"^( *)```(\w+)([^\n]*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """A fenced block of a page.

    Attributes:
        page: The page's path, from the root of the project.
        number: Which of the page's blocks it is, from 1.
        language: As the fence names it.
        title: The name of the file that it is, if the fence has one; else empty.
        code: Its lines.
    """

    page: str
    number: int
    language: str
    title: str
    code: str

    @property
    def lost(self) -> list[str]:
        """The options that it uses, itself or by a preset, and that the contract has lost."""
        presets = [PRESETS[name] for name in re.findall(r'preset="(\w+)"', self.code)]
        named = {*re.findall(r"(\w+)=", self.code), *(n for preset in presets for n in preset)}
        flags = re.findall(r"--(?:no-)?([a-z][a-z-]+)", self.code)
        named |= {flag.replace("-", "_") for flag in flags}
        return lost(*sorted(named & {*OF_COMMANDS}))

    def __str__(self) -> str:
        return f"{self.page}:{self.number}"


def pages() -> list[Path]:
    """Return README and every page of the documentation."""
    return [ROOT / "README.md", *sorted(PAGES.rglob("*.md"))]


def examples(page: Path) -> Iterator[Example]:
    """Yield the fenced blocks of a page."""
    name = page.relative_to(ROOT).as_posix()
    for number, found in enumerate(_FENCE.finditer(page.read_text("utf-8")), 1):
        indent, language, rest, code = found.groups()
        title = re.search(r'title="([^"]+)"', rest)
        lines = "".join(line.removeprefix(indent) for line in code.splitlines(keepends=True))
        yield Example(name, number, language, title[1] if title else "", lines)


def file_of(page: str, title: str) -> str:
    """Return the example of a page that is a file of this name."""
    (found,) = (each for each in examples(PAGES / page) if each.title == title)
    return found.code
