"""The script that fuzzes the parsers; only the fuzzing itself needs atheris."""

import runpy
import sys
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType

import pytest

from tests.fuzz import targets
from tests.fuzz.targets import TARGETS, Target, outcome
from tests.support.scripts import SCRIPTS
from tests.support.stand_in import stand_in


@pytest.fixture
def fuzz(load):
    """The script."""
    return load("fuzz")


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_runs_on_its_seeds(name):
    """Fuzzing starts from valid inputs, so at least one must be accepted."""
    target = TARGETS[name]()
    assert "parsed" in {outcome(target, seed) for seed in target.seeds}


def test_one_input_is_run_again_without_atheris(fuzz, tmp_path, capsys):
    """A finding can be reproduced wherever the project runs."""
    (tmp_path / "it").write_bytes(b"null")
    assert fuzz.main(["responses", "error_responses", "--replay", str(tmp_path / "it")]) == 0
    said = "UnreadableResponseError: The API returned null instead of a JSON object."
    assert capsys.readouterr().out == f"responses: {said}\nerror_responses: parsed\n"


def test_without_atheris_it_says_how_to_install_it(fuzz, monkeypatch):
    """It is not among the project's dependencies."""
    monkeypatch.setattr(fuzz, "find_spec", lambda _: None)
    with pytest.raises(SystemExit, match=r"(?s)needs atheris.*pip install .* atheris\n"):
        fuzz.main([])


def test_an_unknown_target_is_refused(monkeypatch, capsys):
    """Before it runs anything."""
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.setattr(sys, "argv", ["fuzz", "nothing"])
    with pytest.raises(SystemExit, match="2"):
        runpy.run_path(str(SCRIPTS / "fuzz.py"), run_name="__main__")
    assert "there is no target nothing" in capsys.readouterr().err


class Atheris(ModuleType):
    """A stand-in for atheris: it runs each input of the corpus, unchanged and mutated."""

    def instrument_imports(self, include):
        """Do nothing."""
        assert include == ["wan_ergonomic"]
        return nullcontext()

    def Mutate(self, data, most):  # noqa: N802
        """Append one byte."""
        return data[:most] + b"!"

    def Setup(self, arguments, run, custom_mutator):  # noqa: N802
        """Keep the arguments."""
        self.job = Path(arguments[-1]), run, custom_mutator

    def Fuzz(self):  # noqa: N802
        """Run each input, then 20 mutations of it."""
        corpus, run, mutate = self.job
        for file in sorted(corpus.iterdir()):
            data = file.read_bytes()
            for mutated in (data, *(mutate(data, 50, number) for number in range(20))):
                run(mutated)


def test_each_failure_is_saved_once_and_fuzzing_continues(fuzz, monkeypatch, tmp_path, capsys):
    """One finding for each line that fails, with the first input that reached it."""
    seen: list[bytes] = []

    def run(data: bytes) -> None:
        seen.append(data)
        if b"!" in data:
            raise KeyError(data)

    monkeypatch.setitem(sys.modules, "atheris", Atheris("atheris"))
    monkeypatch.setitem(
        targets.TARGETS, "responses", lambda: Target(run, [b'{"a": [1]}', b"not JSON"])
    )
    (tmp_path / "corpus").mkdir()
    assert fuzz.main(["--inside", "responses", "-max_total_time=1", str(tmp_path / "corpus")]) == 0
    (found,) = [file for file in tmp_path.iterdir() if file.is_file()]
    assert found.name.startswith("KeyError-test_fuzz-")
    assert b"!" in found.read_bytes()
    assert len(seen) == 42
    assert str(found) in capsys.readouterr().out


def test_each_target_is_fuzzed_in_a_process_of_its_own(fuzz, monkeypatch, tmp_path, capsys):
    """The output gives executions, coverage and findings; a finding makes the exit code 1."""

    def run(command, stdout, **_):
        name = command[command.index("--inside") + 1]
        stdout.write(b"#7 NEW cov: 12 ft: 34 corp: 1\nstat::number_of_executed_units: 99\n")
        if name == "pages":
            (tmp_path / name / "crash-1").write_bytes(b"x")

    stand_in(monkeypatch, fuzz, "subprocess", run=run)
    monkeypatch.setattr(fuzz, "find_spec", lambda _: True)
    folder = ["--folder", str(tmp_path), "--seconds", "5"]
    assert fuzz.main(["responses", "pages", *folder]) == 1
    lines = ["responses: 99 executions in 5 s, coverage 12 edges"]
    lines += [
        "pages: 99 executions in 5 s, coverage 12 edges",
        f"  found: {tmp_path}/pages/crash-1",
    ]
    assert capsys.readouterr().out.splitlines() == lines
    stand_in(monkeypatch, fuzz, "tempfile", mkdtemp=lambda **_: str(tmp_path))
    assert fuzz.main(["responses"]) == 0
