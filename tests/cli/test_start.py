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
    assert (result.code, result.out) == (0, f"wan-ergonomic {__version__}\n".encode())
    result = start("nonsense").end()
    assert (result.code, "See python -m wan_ergonomic --help." in result.err) == (2, True)


@pytest.mark.parametrize(("argv", "name"), [("/usr/bin/wan", "wan"), ("x/__main__.py", "python")])
def test_the_name_in_help_is_what_was_typed(monkeypatch, capsys, argv, name):
    """The command line in help can be typed again."""
    monkeypatch.setattr(sys, "argv", [argv, "--help"])
    assert entry.main() == 0
    assert capsys.readouterr().out.startswith(f"Usage: {name} ")


@pytest.fixture
def reimported(monkeypatch):
    """Let the command be imported again."""
    for name in [name for name in sys.modules if name.startswith("wan_ergonomic.cli")]:
        monkeypatch.delitem(sys.modules, name)


@pytest.mark.usefixtures("reimported")
@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_without_its_extra_the_command_names_it(monkeypatch, capsys, missing):
    """The message is one sentence."""
    for name in [name for name in sys.modules if name.partition(".")[0] == missing]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [_Missing(missing), *sys.meta_path])
    assert entry.main() == 2
    assert capsys.readouterr().err == "The wan command needs: pip install 'wan-ergonomic[cli]'\n"


@pytest.mark.usefixtures("reimported")
def test_ctrl_c_during_import_reports_that_nothing_was_submitted(monkeypatch, capsys):
    """Importing takes tenths of a second, in which Ctrl-C may come."""
    monkeypatch.setattr(sys, "meta_path", [_Missing("rich", KeyboardInterrupt()), *sys.meta_path])
    for name in [name for name in sys.modules if name.partition(".")[0] == "rich"]:
        monkeypatch.delitem(sys.modules, name)
    assert entry.main() == 130
    assert capsys.readouterr().err == "wan: Interrupted; nothing was submitted.\n"


@pytest.mark.usefixtures("reimported")
def test_a_missing_module_of_our_own_is_not_reported_as_an_extra(monkeypatch):
    """A missing module of our own is a defect."""
    monkeypatch.setitem(sys.modules, "wan_ergonomic.cli", None)
    with pytest.raises(ModuleNotFoundError, match=r"wan_ergonomic\.cli"):
        entry.main()


class _Missing:
    """An import finder that raises for the modules of one package."""

    def __init__(self, package, error=None):
        self.package = package
        self.error = error or ModuleNotFoundError(f"No module named {package!r}", name=package)

    def find_spec(self, name, *_):
        """Raise for a module of the package."""
        if name.partition(".")[0] == self.package:
            raise self.error
