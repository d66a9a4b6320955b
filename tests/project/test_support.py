"""What the tests share: limits, signals, and stand-ins for parts of the standard library."""

import ast
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import anyio
import pytest

from tests.support.signals import SIGNALS, only_ignored
from tests.support.stand_in import stand_in
from tests.support.waiting import auntil, until

PRINTED = "import signal; print(*sorted(n for n in {} if signal.getsignal(n) == signal.SIG_IGN))"


def test_waiting_ends_when_it_happens():
    """It goes on for as long as the function returns something false."""
    results = iter([False, 0, "yes"])
    until(lambda: next(results), pause=0)
    assert [*results] == []


def test_waiting_for_what_never_happens_fails():
    """Without a limit, the test run would hang."""
    with pytest.raises(AssertionError, match=r"within 0\.01 seconds"):
        until(lambda: False, seconds=0.01)
    with pytest.raises(TimeoutError):
        anyio.run(auntil, lambda: False, 0.01)


@pytest.mark.parametrize("ignored", [(), (signal.SIGHUP,), SIGNALS])
def test_a_process_ignores_the_named_signals_and_no_others(ignored):
    """Whatever its parent ignores; afterwards, the parent ignores the same as before."""
    command = [sys.executable, "-c", PRINTED.format([int(kind) for kind in SIGNALS])]
    with only_ignored(signal.SIGINT, signal.SIGTERM):
        before = [signal.getsignal(kind) for kind in SIGNALS]
        with only_ignored(*ignored):
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        assert [signal.getsignal(kind) for kind in SIGNALS] == before
    assert done.stdout.split() == [str(int(kind)) for kind in sorted(ignored)]


def test_a_stand_in_is_seen_by_one_module_only(monkeypatch):
    """Every other part of the module is the real one."""
    user = SimpleNamespace(os=os)
    stand_in(monkeypatch, user, "os", name="nt")
    monkeypatch.setenv("A_NEW_NAME", "set")
    assert (user.os.name, os.name, user.os.environ["A_NEW_NAME"]) == ("nt", "posix", "set")
    with pytest.raises(AttributeError):
        _ = user.os.nothing_of_this_name


# pytest replaces these for each test as well.
STREAMS = {"sys.argv", "sys.path", "sys.stderr", "sys.stdin", "sys.stdout"}


def places(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted name of each attribute or module that a source replaces."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Attribute(attr="setattr"), [ast.Constant(str(place)), *_]):
                yield place
            case ast.Call(ast.Attribute(attr="setattr"), [owner, ast.Constant(str(name)), *_]):
                yield f"{ast.unparse(owner)}.{name}"
            case ast.Call(ast.Attribute(attr="setattr"), [owner, name, *_]):
                yield f"{ast.unparse(owner)}.{ast.unparse(name)}"
            case ast.Call(ast.Attribute(attr="setitem" | "delitem"), [owner, name, *_]):
                if ast.unparse(owner) == "sys.modules":
                    yield f"{ast.literal_eval(name) if isinstance(name, ast.Constant) else '?'}.*"


def replaced(source: str) -> set[str]:
    """Return what a test's source replaces in the standard library, for the whole process."""
    tree = ast.parse(source)
    standard = {*sys.stdlib_module_names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in sys.stdlib_module_names:
            standard |= {name.asname or name.name for name in node.names}
    found = {place for place in places(tree) if place.split(".")[-2:][0] in standard}
    return found - STREAMS


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("monkeypatch.setattr(os, 'replace', f)", {"os.replace"}),
        ("patch.setattr('builtins.__import__', f)", {"builtins.__import__"}),
        ("patch.setattr(fuzz.subprocess, 'run', f)", {"fuzz.subprocess.run"}),
        ("from pathlib import Path\npatch.setattr(Path, 'open', f)", {"Path.open"}),
        ("patch.setattr(sys, 'meta_path', [])", {"sys.meta_path"}),
        ("patch.setitem(sys.modules, 'venv', None)", {"venv.*"}),
        ("monkeypatch.setattr(os, name, f)", {"os.name"}),
        ("patch.setitem(sys.modules, 'yaml', None)\npatch.setattr(sys, 'argv', [])", set()),
        ("patch.setattr(_read, 'os', fake)\npatch.setattr('sys.stdout.isatty', f)", set()),
    ],
)
def test_a_replaced_part_of_the_standard_library_is_found(source, expected):
    """In every form of patch."""
    assert replaced(source) == expected


def test_no_test_replaces_what_the_interpreter_or_pytest_needs():
    """Tests use a stand-in or a process of its own instead."""
    found = {
        (path.name, name)
        for path in Path(__file__).parents[1].rglob("*.py")
        for name in replaced(path.read_text("utf-8"))
    }
    assert found == set()
