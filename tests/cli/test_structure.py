"""The folders of the command line: each holds a group of commands, on top of shared modules."""

import ast
from pathlib import Path

import pytest

from wan_ergonomic import cli
from wan_ergonomic.cli import _commands

FOLDER = Path(cli.__file__).parent
# Shared modules that would not fit beside the others.
ROOMS = {"session"}
GROUPS = {path.parent.name for path in FOLDER.glob("*/__init__.py")} - ROOMS
SHARED = sorted(
    path
    for folder in (FOLDER, *(FOLDER / room for room in ROOMS))
    for path in folder.glob("*.py")
    if path.stem != "__init__"
)


def imported_groups(path: Path) -> set[str]:
    """Return the groups of commands that a module of ``cli`` imports from."""
    package = ["wan_ergonomic", *path.relative_to(FOLDER.parent).parts[:-1]]
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            source = ".".join([*above, *filter(None, [node.module])])
            modules |= {f"{source}.{alias.name}." for alias in node.names}
    return {group for group in GROUPS for m in modules if m.startswith(f"{cli.__name__}.{group}.")}


@pytest.mark.parametrize("path", SHARED, ids=lambda path: path.stem)
def test_shared_modules_import_no_group(path):
    """A group can be added or removed without a change to what the others share."""
    assert imported_groups(path) == set()


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_groups_do_not_import_each_other(group):
    """What two groups need is a shared module."""
    modules = (FOLDER / group).glob("*.py")
    assert {name for path in modules for name in imported_groups(path)} <= {group}


def test_every_group_has_a_command():
    """The application names the modules of its commands, and imports none of them."""
    homes = {module.partition(".")[0] for module, _ in _commands.COMMANDS.values()}
    assert homes - {"_sandbox"} == GROUPS
    assert imported_groups(FOLDER / "_app.py") == set()


def test_an_import_of_a_group_is_found():
    """So the rules above can fail."""
    module = FOLDER / "batch" / "_make.py"
    assert imported_groups(module) == {"batch"}
