"""The search for inputs that break a reader: it runs without atheris too, but for the search."""

import runpy
import sys
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType

import pytest

from tests.fuzz import targets
from tests.fuzz.targets import TARGETS, Target, ended
from tests.support.scripts import SCRIPTS


@pytest.fixture
def fuzz(load):
    """The script."""
    return load("fuzz")


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_runs_on_its_seeds(name):
    """They are what the search begins with: proper inputs, of which some at least are read."""
    target = TARGETS[name]()
    assert "read" in {ended(target, seed) for seed in target.seeds}


def test_one_input_is_run_again_without_atheris(fuzz, tmp_path, capsys):
    """What was found can be looked at wherever the project runs."""
    (tmp_path / "it").write_bytes(b"null")
    assert fuzz.main(["answers", "refusals", "--replay", str(tmp_path / "it")]) == 0
    said = "UnreadableResponseError: The API's answer is not a JSON object but null."
    assert capsys.readouterr().out == f"answers: {said}\nrefusals: read\n"


def test_without_atheris_it_is_said_how_to_get_it(fuzz, monkeypatch):
    """It is no dependency of the project."""
    monkeypatch.setattr(fuzz, "find_spec", lambda _: None)
    with pytest.raises(SystemExit, match=r"(?s)needs atheris.*pip install .* atheris\n"):
        fuzz.main([])


def test_a_target_that_is_not_there_is_refused(monkeypatch, capsys):
    """Before anything is run."""
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.setattr(sys, "argv", ["fuzz", "nothing"])
    with pytest.raises(SystemExit, match="2"):
        runpy.run_path(str(SCRIPTS / "fuzz.py"), run_name="__main__")
    assert "there is no target nothing" in capsys.readouterr().err


class Atheris(ModuleType):
    """What the search asks of atheris: it runs each input in the corpus, as it is and changed."""

    def instrument_imports(self, include):
        """Measure nothing."""
        assert include == ["wan_ergonomic"]
        return nullcontext()

    def Mutate(self, data, most):  # noqa: N802
        """Change what is no JSON."""
        return data[:most] + b"!"

    def Setup(self, arguments, run, custom_mutator):  # noqa: N802
        """Keep what there is to do."""
        self.todo = Path(arguments[-1]), run, custom_mutator

    def Fuzz(self):  # noqa: N802
        """Do it."""
        corpus, run, mutate = self.todo
        for file in sorted(corpus.iterdir()):
            data = file.read_bytes()
            for changed in (data, *(mutate(data, 50, number) for number in range(20))):
                run(changed)


def test_what_breaks_a_target_is_saved_once_and_the_search_goes_on(
    fuzz, monkeypatch, tmp_path, capsys
):
    """Each place where it breaks is one finding, with the first input that led there."""
    seen: list[bytes] = []

    def run(data: bytes) -> None:
        seen.append(data)
        if b"!" in data:
            raise KeyError(data)

    monkeypatch.setitem(sys.modules, "atheris", Atheris("atheris"))
    monkeypatch.setitem(
        targets.TARGETS, "answers", lambda: Target(run, [b'{"a": [1]}', b"no JSON"])
    )
    (tmp_path / "corpus").mkdir()
    assert fuzz.main(["--inside", "answers", "-max_total_time=1", str(tmp_path / "corpus")]) == 0
    (found,) = [file for file in tmp_path.iterdir() if file.is_file()]
    assert found.name.startswith("KeyError-test_fuzz-")
    assert b"!" in found.read_bytes()
    assert len(seen) == 42
    assert str(found) in capsys.readouterr().out


def test_each_target_is_searched_in_a_process_of_its_own(fuzz, monkeypatch, tmp_path, capsys):
    """What was run, what it covered and what was found is said, and the exit code says it too."""

    def search(command, stdout, **_):
        name = command[command.index("--inside") + 1]
        stdout.write(b"#7 NEW cov: 12 ft: 34 corp: 1\nstat::number_of_executed_units: 99\n")
        if name == "pages":
            (tmp_path / name / "crash-1").write_bytes(b"x")

    monkeypatch.setattr(fuzz.subprocess, "run", search)
    monkeypatch.setattr(fuzz, "find_spec", lambda _: True)
    folder = ["--folder", str(tmp_path), "--seconds", "5"]
    assert fuzz.main(["answers", "pages", *folder]) == 1
    lines = ["answers: 99 executions in 5 s, coverage 12 edges"]
    lines += [
        "pages: 99 executions in 5 s, coverage 12 edges",
        f"  found: {tmp_path}/pages/crash-1",
    ]
    assert capsys.readouterr().out.splitlines() == lines
    monkeypatch.setattr(fuzz.tempfile, "mkdtemp", lambda **_: str(tmp_path))
    assert fuzz.main(["answers"]) == 0
