"""Starting: quickly, as a module, and without the extras."""

import json
import sys

import pytest

from wan_ergonomic import __main__ as entry
from wan_ergonomic import __version__

HEAVY = [
    "httpx",
    "openapi_core",
    "av",
    "starlette",
    "uvicorn",
    "PIL",
    "wan_ergonomic.sandbox",
    "wan_ergonomic.gallery",
    "mcp",
    "wan_ergonomic.mcp_server",
]

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
    """Help and preview need no network, so they import no HTTP client."""
    code, modules = json.loads(python(_LIST_MODULES, *words).err)
    assert code == 0
    assert [name for name in HEAVY if name in modules] == []


def test_help_does_not_import_the_console_of_rich(python):
    """Importing the console of Rich takes as long as all the rest."""
    _, modules = json.loads(python(_LIST_MODULES, "--help").err)
    assert "rich.console" not in modules


def test_the_module_is_the_same_command(start):
    """Messages have the name that the program was started by."""
    result = start("--version").end()
    assert result.code == 0
    assert result.out.startswith(f"wan-ergonomic {__version__} (contract ".encode())
    result = start("nonsense").end()
    assert (result.code, "See python -m wan_ergonomic --help." in result.err) == (2, True)


@pytest.mark.parametrize(("argv", "name"), [("/usr/bin/wan", "wan"), ("x/__main__.py", "python")])
def test_the_name_in_help_is_what_was_typed(monkeypatch, capsys, argv, name):
    """The command line in help can be typed again."""
    monkeypatch.setattr(sys, "argv", [argv, "--help"])
    assert entry.main() == 0
    assert capsys.readouterr().out.startswith(f"Usage: {name} ")


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_without_its_extra_the_command_names_it(python, missing):
    """The message is one sentence."""
    result = python(_START, missing, "raise ModuleNotFoundError(name=package)")
    assert (result.code, result.err) == (
        2,
        "The wan command needs: pip install 'wan-ergonomic[cli]'\n",
    )


def test_ctrl_c_during_import_reports_that_nothing_was_submitted(python):
    """Importing takes tenths of a second, in which Ctrl-C may come."""
    result = python(_START, "rich", "raise KeyboardInterrupt")
    assert (result.code, result.err) == (130, "wan: Interrupted; nothing was submitted.\n")


def test_a_missing_module_of_our_own_is_not_reported_as_an_extra(monkeypatch):
    """A missing module of our own is a defect."""
    for name in [name for name in sys.modules if name.startswith("wan_ergonomic.cli")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "wan_ergonomic.cli", None)
    with pytest.raises(ModuleNotFoundError, match=r"wan_ergonomic\.cli"):
        entry.main()
