"""The public names, what importing them loads, and what the core may import."""

import ast
import importlib
import inspect
import os
import subprocess
import sys
from pathlib import Path
from typing import NewType, get_type_hints

import pytest

import wan_ergonomic
from tests.support.options import an_option
from wan_ergonomic import AsyncWanClient, WanClient

from .layers import home, imports, layer, modules

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "wan_ergonomic"
CORE = sorted([PACKAGE / "__init__.py", *PACKAGE.glob("_[!_]*.py")])


def test_public_names_are_sorted():
    """Each name is listed once."""
    assert wan_ergonomic.__all__ == sorted(set(wan_ergonomic.__all__))


@pytest.mark.parametrize("name", wan_ergonomic.__all__)
def test_each_public_name_can_be_imported(name):
    """Each name is that of a class or a type, with a docstring."""
    thing = getattr(wan_ergonomic, name)
    assert (thing.__name__, isinstance(thing, type | NewType)) == (name, True)
    assert inspect.getdoc(thing)


def test_public_names_are_complete():
    """Every public class of the modules that define public names is a public name."""
    homes = {getattr(wan_ergonomic, name).__module__ for name in wan_ergonomic.__all__}
    classes = {
        name
        for home in homes
        for name, thing in vars(importlib.import_module(home)).items()
        if isinstance(thing, type | NewType)
        if thing.__module__ == home and not name.startswith("_")
    }
    # They are what both clients share, and what PromptDefaults has of the contract.
    assert classes - {"BaseClient", "OptionDefaults"} == set(wan_ergonomic.__all__)


def test_an_unknown_name_is_an_attribute_error():
    """A name that does not exist fails as with any other module."""
    with pytest.raises(AttributeError, match="module 'wan_ergonomic' has no attribute 'WanClint'"):
        wan_ergonomic.WanClint  # noqa: B018  # the access is the test


def test_names_are_listed_before_they_are_used():
    """dir() and completion show what can be imported."""
    assert set(wan_ergonomic.__all__) <= set(dir(wan_ergonomic))
    assert dir(wan_ergonomic) == sorted(dir(wan_ergonomic))
    assert "__version__" in dir(wan_ergonomic)


def imported(code: str) -> set[str]:
    """Return the top-level modules outside the standard library that running this imports."""
    code += "\nimport sys; print(*{name.partition('.')[0] for name in sys.modules})"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    # -S skips what installed packages import at startup, such as coverage.
    command = [sys.executable, "-S", "-c", code]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return {
        name
        for name in ran.stdout.split()
        if name not in sys.stdlib_module_names and not name.startswith("__")
    }


@pytest.mark.parametrize(
    "code",
    [
        "import wan_ergonomic",
        "from wan_ergonomic import *",
        f"from wan_ergonomic import {', '.join(wan_ergonomic.__all__)}",
        "import wan_ergonomic; dir(wan_ergonomic); wan_ergonomic.WanClient.generate",
        f"from wan_ergonomic import Generation, PromptDefaults; PromptDefaults(**{an_option()})",
    ],
    ids=lambda code: code[:40],
)
def test_importing_imports_nothing_but_the_standard_library(code):
    """Neither httpx nor anything else is loaded before a client is made."""
    assert imported(code) == {"wan_ergonomic"}


def test_importing_the_package_loads_nothing_but_what_loads_the_rest():
    """Modules are imported when a name is first used; nor is typing loaded, which is large."""
    code = """
import sys; before = {*sys.modules}; import wan_ergonomic
new = {*sys.modules} - before
mine = {name for name in new if name.startswith("wan_ergonomic.")}
assert mine == {"wan_ergonomic._loading"} and "typing" not in new, new
"""
    assert imported(code) == {"wan_ergonomic"}


# httpx needs anyio and httpcore. truststore is used only where it is installed, and so are PyAV and
# Pillow, for a still of a video.
ALLOWED = {"anyio", "attrs", "dateutil", "generated_client", "httpcore", "httpx", "wan_ergonomic"}
ALLOWED |= {"PIL", "av", "truststore"}


def test_the_core_needs_only_its_dependencies():
    """httpx, attrs and dateutil, with what they bring, are all that the core imports."""
    core = {n: path for n, path in modules(ROOT).items() if layer(home(n)) <= layer("_client")}
    targets = {each.target for name, path in core.items() for each in imports(name, path)}
    tops = {target.partition(".")[0] for target in targets}
    assert tops - set(sys.stdlib_module_names) <= ALLOWED


@pytest.mark.parametrize("name", wan_ergonomic.__all__)
def test_annotations_can_be_resolved(name):
    """Tools that read types at run time find every name."""
    public = getattr(wan_ergonomic, name)
    members = (
        getattr(public, each) for each in dir(public) if each == "__init__" or each[0] != "_"
    )
    for each in (public, *(member for member in members if inspect.isfunction(member))):
        assert isinstance(each, NewType) or isinstance(get_type_hints(each), dict)


def test_the_generated_client_does_not_name_the_wrapper():
    """The generated client can be used alone."""
    paths = list((ROOT / "generated_client").rglob("*.py"))
    assert len(paths) > 10
    assert [path for path in paths if "wan_ergonomic" in path.read_text("utf-8")] == []


@pytest.mark.parametrize("client", [WanClient, AsyncWanClient])
def test_every_public_method_explains_itself(client):
    """Each method of both clients has a docstring that begins with a sentence."""
    methods = {name: thing for name, thing in inspect.getmembers(client) if name[0] != "_"}
    assert set(methods) == {
        "balance",
        "close",
        "download",
        "durations",
        "generate",
        "preview",
        "price",
        "recover",
        "status",
        "submit",
        "usage",
        "wait",
        "watch",
    }
    for method in methods.values():
        first = (inspect.getdoc(method) or "").partition("\n\n")[0]
        assert first.endswith((".", ";"))
    assert inspect.getdoc(client)


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.name)
def test_every_module_says_what_it_is_for(path):
    """A module opens with a paragraph about itself."""
    assert len(ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "") > 40
