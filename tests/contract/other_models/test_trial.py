"""Trying a generated client: its examples, and the program that reads them."""

import io
import json
import subprocess
import sys

import pytest

from wan_ergonomic.contract.other_models import _trial
from wan_ergonomic.contract.other_models._examples import examples

from .documents import TEXT, nullable, ref, thing


def test_each_model_has_a_minimal_and_a_full_example():
    """Recursion ends at a fixed depth; models with files have no example."""
    used = {
        "text": TEXT,
        "maybe": nullable(ref("Word")),
        "many": {"type": "array", "items": TEXT},
        "any": {},
    }
    models = {
        "Model": {**thing(**used), "required": ["maybe", "many"]},
        "Word": {"type": "string", "enum": ["a"]},
        "File": {**thing(f={**TEXT, "format": "binary"}), "required": ["f"]},
        "Endless": {**thing(e=ref("Endless")), "required": ["e"]},
        "Tree": thing(t=ref("Tree")),
    }
    made = examples({"components": {"schemas": models}})
    assert list(made) == ["Model", "Tree"]
    full = {"text": "text", "maybe": "a", "many": ["text"], "any": None}
    assert made["Model"] == [{"maybe": None, "many": []}, full]
    assert made["Tree"] == [{}, {"t": {"t": {"t": {"t": {}}}}}]


MODEL = """
class Thing:
    def from_dict(value):
        made = Thing()
        made.value = {"a": value["a"], "b": 1}
        return made

    def to_dict(self):
        return self.value

__all__ = ("Thing",)
"""


@pytest.fixture
def package(tmp_path):
    """A folder with a package like a client; its operation has one function of two."""
    folder = tmp_path / "tried"
    for name, text in {
        "__init__": "",
        "models/__init__": MODEL,
        "api/__init__": "",
        "api/operations/__init__": "",
        "api/operations/fetch": "def sync_detailed(): ...",
    }.items():
        file = folder / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return tmp_path


TASK = {"operations": 2, "examples": {"thing": [{"a": 1}, {}, {"a": 1, "b": 1}], "gone": [{}]}}
PROBLEMS = """\
tried.api.operations.fetch has no function asyncio_detailed.
The client has 1 operations instead of 2.
thing turns {"a": 1} into {"a": 1, "b": 1}.
thing cannot read {}: KeyError: 'a'.
The model gone is missing.
"""


@pytest.mark.usefixtures("measured_children")
def test_a_client_is_tried_in_another_process(package):
    """Each problem is a line of the output."""
    done = subprocess.run(
        [sys.executable, "-I", "-B", _trial.__file__, str(package), "tried"],
        input=json.dumps(TASK),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == (PROBLEMS, 1)
    assert list(package.rglob("__pycache__")) == []


@pytest.mark.parametrize(("task", "code"), [(TASK, 1), ({"operations": 0, "examples": {}}, 1)])
def test_a_problem_exits_with_1(package, monkeypatch, capsys, task, code):
    """A client without operations is a problem, too."""
    monkeypatch.setattr(sys, "argv", ["_trial.py", str(package), "tried"])
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(task)))
    for name in [name for name in sys.modules if name.split(".")[0] == "tried"]:
        monkeypatch.delitem(sys.modules, name)
    assert _trial.main() == code
    assert "operations instead" in capsys.readouterr().out


def test_a_client_that_works_has_no_problems(package, monkeypatch):
    """Each example is read and written unchanged."""
    module = package / "tried" / "api" / "operations" / "fetch.py"
    module.write_text("def sync_detailed(): ...\ndef asyncio_detailed(): ...", "utf-8")
    monkeypatch.syspath_prepend(package)
    for name in [name for name in sys.modules if name.split(".")[0] == "tried"]:
        monkeypatch.delitem(sys.modules, name)
    assert list(_trial.problems("tried", {"Thing": [{"a": 1, "b": 1}]}, 1)) == []
