"""Starting: quickly, as a module, and without the extras."""

import json
import sys

import pytest

from wan_ergonomic import __main__ as entry
from wan_ergonomic import __version__

HEAVY = ["httpx", "openapi_core", "av", "starlette", "uvicorn", "PIL", "wan_ergonomic.sandbox"]

_LIST_MODULES = """
import sys, json
from wan_ergonomic.cli import run
code = run(sys.argv[1:])
sys.stderr.write(json.dumps([code, sorted(sys.modules)]))
"""

# Starts the command where importing a package does something else.
_START = """
import sys
_, package, instead = sys.argv
class Finder:
    def find_spec(self, name, *_):
        if name.partition(".")[0] == package:
            exec(instead)
sys.meta_path.insert(0, Finder())
from wan_ergonomic.__main__ import main
sys.exit(main())
"""


@pytest.mark.parametrize("words", [["--help"], ["generate", "--help"], ["preview", "A", "-q"]])
def test_nothing_heavy_is_imported_before_it_is_needed(python, words):
    """Help and preview need no network, so they need no HTTP client."""
    code, modules = json.loads(python(_LIST_MODULES, *words).err)
    assert code == 0
    assert [name for name in HEAVY if name in modules] == []


def test_rich_is_not_drawn_on_for_help(python):
    """Its console takes as long to import as all the rest."""
    _, modules = json.loads(python(_LIST_MODULES, "--help").err)
    assert "rich.console" not in modules


def test_the_module_is_the_same_command(start):
    """Under the name it was started by."""
    ended = start("--version").end()
    assert (ended.code, ended.out) == (0, f"wan-ergonomic {__version__}\n".encode())
    ended = start("nonsense").end()
    assert (ended.code, "See python -m wan_ergonomic --help." in ended.err) == (2, True)


@pytest.mark.parametrize(("argv", "name"), [("/usr/bin/wan", "wan"), ("x/__main__.py", "python")])
def test_the_name_in_help_is_what_was_typed(monkeypatch, capsys, argv, name):
    """So that it can be typed again."""
    monkeypatch.setattr(sys, "argv", [argv, "--help"])
    assert entry.main() == 0
    assert capsys.readouterr().out.startswith(f"Usage: {name} ")


@pytest.fixture
def anew(monkeypatch):
    """Let the command be imported anew."""
    for name in [name for name in sys.modules if name.startswith("wan_ergonomic.cli")]:
        monkeypatch.delitem(sys.modules, name)


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_without_its_extra_the_command_says_what_to_install(python, missing):
    """In one plain sentence."""
    ended = python(_START, missing, "raise ModuleNotFoundError(name=package)")
    assert (ended.code, ended.err) == (
        2,
        "The wan command needs: pip install 'wan-ergonomic[cli]'\n",
    )


def test_ctrl_c_while_the_command_is_loaded_says_that_nothing_was_submitted(python):
    """Loading takes some tenths of a second."""
    ended = python(_START, "rich", "raise KeyboardInterrupt")
    assert (ended.code, ended.err) == (130, "wan: Interrupted; nothing was submitted.\n")


@pytest.mark.usefixtures("anew")
def test_a_module_of_our_own_that_is_missing_is_not_called_an_extra(monkeypatch):
    """It is a mistake of ours."""
    monkeypatch.setitem(sys.modules, "wan_ergonomic.cli", None)
    with pytest.raises(ModuleNotFoundError, match=r"wan_ergonomic\.cli"):
        entry.main()
