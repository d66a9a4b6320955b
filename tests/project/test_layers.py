"""Each import points to a lower layer, to a package's ``__init__``, and is not forbidden."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .layers import (
    LAYERS,
    MOST_MODULES,
    Import,
    forbidden_imports,
    home,
    imports,
    large_folders,
    modules,
    wrong_imports,
)

ROOT = Path(__file__).parents[2]


def test_no_import_points_up_sideways_or_past_a_door():
    """A module imports only from the layers below it, and from packages as a whole."""
    assert wrong_imports(ROOT) == []


def test_no_package_imports_what_its_rule_forbids():
    """For example HTTP clients in contract.diff, or I/O and a clock in _flows."""
    assert forbidden_imports(ROOT) == []


def test_no_folder_has_too_many_modules():
    """More would be hard to survey."""
    assert large_folders(ROOT) == []


def test_every_package_has_a_layer():
    """Add each new folder to the table."""
    packages = {name for names in LAYERS for name in names}
    folders = {
        name.partition(".")[0] for name, path in modules(ROOT).items() if path.name == "__init__.py"
    }
    assert folders - packages == set()


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes the modules of a small package and returns its root."""

    def write(**sources: str) -> Path:
        for name, source in sources.items():
            path = tmp_path.joinpath("wan_ergonomic", *name.split("__")).with_suffix(".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            (path.parent / "__init__.py").touch()
            path.write_text(source)
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("name", "source", "complaint"),
    [
        ("_flows__a", "from wan_ergonomic._http import b", "up or sideways"),
        ("_parsing__a", "from wan_ergonomic import _client", "up or sideways"),
        ("_files__a", "def f():\n    from wan_ergonomic._parsing import x", "up or sideways"),
        ("_http__a", "from wan_ergonomic import Clock", "up or sideways"),
        ("cli__a", "from wan_ergonomic._flows._wait import x", "past the door"),
        ("sandbox__a", "from ..contract.diff import x", "past the door"),
        ("__init__", "def f():\n    from . import contract", "up or sideways"),
    ],
)
def test_a_wrong_import_is_found(project, name, source, complaint):
    """In every form of import, and inside functions."""
    targets = {
        "_http__b": "",
        "_client": "",
        "_parsing__x": "",
        "_flows___wait": "",
        "contract__diff__x": "",
    }
    assert any(complaint in line for line in wrong_imports(project(**targets, **{name: source})))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("_flows__a", "import time"),
        ("_flows__a", "from os import path"),
        ("_files__a", "import httpx"),
        ("cli__a", "import httpcore._sync"),
        ("conformance__a", "from wan_ergonomic.contract import compare"),
        ("contract__diff__a", "def f():\n    from wan_ergonomic import WanClient"),
        ("contract__a", "from .._http import Driver"),
    ],
)
def test_a_forbidden_import_is_found(project, name, source):
    """Whole modules, parts of them, and names from them."""
    assert len(forbidden_imports(project(**{name: source}))) == 1


def test_a_module_whose_name_begins_like_a_forbidden_one_is_allowed(project):
    """Names are compared as a whole."""
    assert forbidden_imports(project(_flows__a="import timeit, operator")) == []


def test_a_large_folder_is_found(project):
    """One module more than the limit."""
    sources = {f"a__m{n}": "" for n in range(MOST_MODULES)}
    assert large_folders(project(**sources)) == ["a: 21 modules"]


def test_relative_imports_are_resolved(tmp_path):
    """As Python does it, from a module and from a package."""
    module, package = tmp_path / "b.py", tmp_path / "__init__.py"
    module.write_text("from . import c\nfrom ..d import e\nimport f.g")
    package.write_text("from . import c")
    assert [*imports("a.b", module)] == [
        Import("a.b", "wan_ergonomic.a.c"),
        Import("a.b", "wan_ergonomic.d.e"),
        Import("a.b", "f.g"),
    ]
    assert [*imports("a", package)] == [Import("a", "wan_ergonomic.a.c")]


def test_a_module_belongs_to_the_nearest_package_of_the_table():
    """Packages within packages have layers of their own."""
    assert home("contract.diff._rules") == "contract.diff"
    assert home("contract.impact") == "contract.impact"
    assert (home("cli.contract._table"), home("_errors")) == ("cli", "")
