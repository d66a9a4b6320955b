"""A pytest plugin that keeps only the tests that read today's contract.

The rule: such a test imports, in its own module or in one that its fixtures or helpers
are in, a module of the package that reads the contract itself or imports one that does.
Tests that are given the first contract instead do not read today's.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.project.layers import imports, inside, modules

ROOT = Path(__file__).parents[2]
# The fixture that gives a test the first contract instead.
INSTEAD = "contract_as_it_was"
# Fixtures of every test, which clean its environment.
EVERYWHERE = ("clean_environment", "empty_folder")
# The module that reads the contract, and the folder with the client that is generated from it.
READER, GENERATED = "_spec", "generated_client"
# Words in a test that lead to the documents past any import: the folder, and programs.
WORDS = ("openapi", "subprocess")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect all other tests."""
    kept = [item for item in items if reads(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in {*kept}])
    items[:] = kept


def reads(item: pytest.Item) -> bool:
    """Whether a test reads today's contract."""
    fixtures = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    if INSTEAD in fixtures:
        return False
    used = [each[-1].func for name, each in fixtures.items() if name not in EVERYWHERE]
    homes = {Path(inspect.unwrap(function).__code__.co_filename) for function in used}
    ours = {item.path, *(home for home in homes if home.is_relative_to(ROOT / "tests"))}
    return any(map(file_reads, ours))


@cache
def file_reads(file: Path) -> bool:
    """Whether a file of the tests leads to today's contract."""
    return any(_leads_there(each) for each in _reached(file))


def _leads_there(file: Path) -> bool:
    text = file.read_text("utf-8")
    if any(word in text for word in WORDS):
        return True
    known = modules(ROOT)
    targets = (inside(each.target, known) for each in imports("", file))
    return any(target is not None and target in _readers() for target in targets)


def _reached(file: Path) -> set[Path]:
    """Return a file of the tests and those that it imports, directly or not."""
    reached, waiting = {file}, [file]
    for each in waiting:
        found = {*_imported(each)} - reached
        reached |= found
        waiting += found
    return reached


def _imported(file: Path) -> Iterator[Path]:
    package = ".".join(file.relative_to(ROOT).with_suffix("").parts[:-1]).split(".")
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            home = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*home, *filter(None, [node.module])])
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        for name in names:
            path = ROOT.joinpath(*name.split(".")).with_suffix(".py")
            if name.startswith("tests.") and path.exists():
                yield path


@cache
def _readers() -> frozenset[str]:
    """Return the modules of the package that read the contract, directly or not."""
    known = modules(ROOT)
    below = {
        name: {inside(each.target, known) for each in imports(name, path)}
        for name, path in known.items()
    }
    found = {READER, *(name for name in known if name.partition(".")[0] == GENERATED)}
    while more := {name for name in known if below[name] & found} - found:
        found |= more
    return frozenset(found)
