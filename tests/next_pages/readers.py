"""A pytest plugin that keeps only the tests that read today's contract.

The rule: such a test imports, in its own module or in one that its fixtures or helpers
are in, a module of the package that reads the contract itself or imports one that does.
A test that is given the first contract instead does not read today's, unless it goes past
what it is given: it sends what was generated, opens a document, or starts a program.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Collection, Iterable, Iterator
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
# What leads to the documents past any import: the name of their folder, and programs.
WORDS = re.compile("openapi|subprocess")
# What leads to today's past the first contract: a path into that folder, programs, clients, and the
# fields of defaults, which are generated.
PAST = re.compile(
    '/ "openapi"|[{"/]openapi/|subprocess|WanClient\\(|generated_client|'
    r"(PromptDefaults|prompt_defaults|resolve_defaults|find_preset|from_table)\("
)
CLIENTS = {"client_kind", "trio_kind"}
# These files have such words, and nothing by which a test comes past the first contract:
# fixtures, which are judged by their names, the first contract itself, and what gives options.
HARMLESS = {
    ROOT / "tests" / "conftest.py",
    *(ROOT / "tests" / "support" / f"{name}.py" for name in ("first_contract", "options")),
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect all other tests."""
    kept = [item for item in items if reads(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in {*kept}])
    items[:] = kept


def reads(item: pytest.Item) -> bool:
    """Whether a test reads today's contract."""
    fixtures = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    used = [each[-1].func for name, each in fixtures.items() if name not in EVERYWHERE]
    homes = {Path(inspect.unwrap(function).__code__.co_filename) for function in used}
    ours = {item.path, *(home for home in homes if home.is_relative_to(ROOT / "tests"))}
    return leads_there(fixtures, ours)


def leads_there(fixtures: Collection[str], files: Iterable[Path]) -> bool:
    """Whether a test with these fixtures, from these files, leads to today's contract."""
    if INSTEAD in fixtures:
        return not CLIENTS.isdisjoint(fixtures) or any(map(file_goes_past, files))
    return any(map(file_reads, files))


@cache
def file_goes_past(file: Path) -> bool:
    """Whether a file of the tests leads to today's contract past the first one."""
    return any(PAST.search(each.read_text("utf-8")) for each in _reached(file) - HARMLESS)


@cache
def file_reads(file: Path) -> bool:
    """Whether a file of the tests leads to today's contract."""
    return any(_leads_there(each) for each in _reached(file))


@cache
def _leads_there(file: Path) -> bool:
    text = file.read_text("utf-8")
    if WORDS.search(text):
        return True
    known = modules(ROOT)
    targets = (inside(each.target, known) for each in imports("", file))
    return any(target is not None and target in _readers() for target in targets)


@cache
def _reached(file: Path) -> set[Path]:
    """Return a file of the tests and those that it imports, directly or not."""
    reached, waiting = {file}, [file]
    for each in waiting:
        found = {*_imported(each)} - reached
        reached |= found
        waiting += found
    return reached


@cache
def _imported(file: Path) -> tuple[Path, ...]:
    return tuple(_imports(file))


def _imports(file: Path) -> Iterator[Path]:
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
