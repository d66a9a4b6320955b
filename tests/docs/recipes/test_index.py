"""The list of recipes, and what holds for every one of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.examples import PAGES, examples

RECIPES = PAGES / "recipes"
NAMES = sorted(page.name for page in RECIPES.glob("*.md"))


def test_every_recipe_is_listed_once():
    """With one line each."""
    text = (RECIPES / "index.md").read_text("utf-8")
    listed = re.findall(r"^\| \[[^]]+\]\((.*?)\) \|", text, re.MULTILINE)
    assert sorted([*listed, "index.md"]) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_page_reads_well_without_the_site(name):
    """One heading of the first level, and no syntax of the site's."""
    text = (RECIPES / name).read_text("utf-8")
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert len(re.findall(r"^# ", outside, re.MULTILINE)) == 1
    assert re.findall(r"^(?:!!!|\?\?\?|===)|\{\s*[.:]", outside, re.MULTILINE) == []


def test_every_file_of_a_recipe_has_a_test():
    """It is named in the test of its page."""
    for name in NAMES:
        titles = [each.title for each in examples(RECIPES / name) if each.title]
        test = Path(__file__).with_name(f"test_{name[:-3].replace('-', '_')}.py")
        code = test.read_text("utf-8") if titles else ""
        # Cells are executed all together.
        assert [t for t in titles if not t.startswith("cell ") and Path(t).stem not in code] == []
