"""Every link of README, the community files and the documentation leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from wan_ergonomic.cli.docs._pages import anchor

from .examples import PAGES, ROOT, pages

FILES = [*pages(), *(ROOT / name for name in ("AGENTS.md", "CONTRIBUTING.md", "llms.txt"))]
# A page whose headings are written from the code when the site is built.
GENERATED = {PAGES / "reference" / "command-line.md"}


def without_blocks(text: str) -> str:
    """Return a page without what its examples hold."""
    return re.sub(r"^ *```.*?^ *```$", "", text, flags=re.DOTALL | re.MULTILINE)


def links(file: Path) -> Iterator[tuple[Path, str]]:
    """Yield each relative link of a page, as a file and an anchor."""
    for target in re.findall(r"\]\(([^)\s]+)\)", without_blocks(file.read_text("utf-8"))):
        if not re.match(r"https?:", target):
            path, _, fragment = target.partition("#")
            yield ((file.parent / path).resolve() if path else file), fragment


def anchors(file: Path) -> set[str]:
    """Return the anchors of a page."""
    text = without_blocks(file.read_text("utf-8"))
    return {anchor(title) for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file_and_a_heading(file):
    """Pictures are links, too."""
    for target, fragment in links(file):
        assert target.exists(), target
        if target not in GENERATED:
            assert not fragment or fragment in anchors(target), (target, fragment)


def test_every_page_is_in_the_navigation_once():
    """In the order of the file."""
    config = yaml.safe_load((ROOT / "docs" / "mkdocs.yml").read_text("utf-8"))
    listed = [PAGES / name for name in _leaves(config["nav"])]
    assert len(listed) == len(set(listed))
    assert set(listed) == {*PAGES.rglob("*.md")}


def _leaves(node: object) -> Iterator[str]:
    match node:
        case str():
            yield node
        case list():
            for each in node:
                yield from _leaves(each)
        case dict():
            for each in node.values():
                yield from _leaves(each)
