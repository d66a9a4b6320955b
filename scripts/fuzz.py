"""Fuzzes the code that parses what others send, guided by coverage.

Fuzzing needs atheris, which is not among the project's dependencies. Without it, the
targets can still be run on single files. Inputs that once failed are in tests/fuzz.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import traceback
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import _environment

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

NO_ATHERIS = """\
Fuzzing needs atheris, which is not among the project's dependencies. Install it apart:
    python3.11 -m venv fuzzing
    fuzzing/bin/pip install -c constraints.txt -e '.[contract]' atheris
    fuzzing/bin/python scripts/fuzz.py"""


def fuzz_here(name: str, arguments: list[str]) -> None:
    """Fuzz one target in this process; save each finding and continue."""
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=["wan_ergonomic"]):
        from tests.fuzz.damage import damaged, grown
        from tests.fuzz.targets import TARGETS
        from wan_ergonomic import WanError

        target = TARGETS[name]()
    folder = Path(arguments[-1])
    for number, seed in enumerate(target.seeds):
        (folder / f"seed-{number}").write_bytes(seed)

    def run(data: bytes) -> None:
        try:
            with suppress(WanError):
                target.run(data)
        except Exception as error:  # noqa: BLE001 - any error that is not a WanError is a finding
            save(error, data)

    def save(error: Exception, data: bytes) -> None:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        file = folder.parent / f"{type(error).__name__}-{Path(frame.filename).stem}-{frame.lineno}"
        if not file.exists():
            file.write_bytes(data)
            print(f"{name}: {file}", "".join(traceback.format_exception(error)[-4:]), flush=True)

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        draw = random.Random(seed)
        with suppress(ValueError, RecursionError):
            chance = draw.random()
            if chance < 0.8:
                return (grown if chance < 0.1 else damaged)(data, draw)[:most]
        return bytes(atheris.Mutate(data, most))

    atheris.Setup([name, *arguments], run, custom_mutator=mutate)
    atheris.Fuzz()


def fuzz(name: str, seconds: int, folder: Path) -> int:
    """Fuzz one target in a process of its own; print and return the number of findings."""
    from tests.fuzz.damage import TOKENS

    corpus, log, words = folder / "corpus", folder / "log.txt", folder / "words.txt"
    corpus.mkdir(parents=True, exist_ok=True)
    tokens = ("".join(f"\\x{byte:02x}" for byte in token.encode()) for token in TOKENS)
    words.write_text("".join(f'"{token}"\n' for token in tokens), "ascii")
    limits = [f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=3000", "-max_len=65536"]
    limits += ["-report_slow_units=5"]
    options = [f"-dict={words}", f"-artifact_prefix={folder}{os.sep}", "-print_final_stats=1"]
    command = [sys.executable, __file__, "--inside", name, *limits, *options, str(corpus)]
    with log.open("wb") as file:
        subprocess.run(command, stdout=file, stderr=file, check=False)
    output = log.read_text("utf-8", "replace")
    executions = re.findall(r"number_of_executed_units: (\d+)", output) or ["?"]
    covered = re.findall(r"cov: (\d+) ft: (\d+)", output) or [("?", "?")]
    found = sorted(set(folder.iterdir()) - {corpus, log, words})
    print(f"{name}: {executions[-1]} executions in {seconds} s, coverage {covered[-1][0]} edges")
    print(*(f"  found: {path}\n" for path in found), sep="", end="", flush=True)
    return len(found)


def main(arguments: list[str]) -> int:
    """Fuzz, or run the targets on one file; return 1 if there is a finding."""
    _environment.require_python()
    from tests.fuzz.targets import TARGETS, outcome

    if arguments[:1] == ["--inside"]:
        fuzz_here(arguments[1], arguments[2:])
        return 0
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="target", help=f"one of {', '.join(TARGETS)}")
    parser.add_argument("--seconds", type=int, default=60, help="for each target, default: 60")
    parser.add_argument("--folder", type=Path, help="keep the corpus here, default: temporary")
    parser.add_argument(
        "--replay", type=Path, metavar="FILE", help="only run the targets on this file"
    )
    options = parser.parse_args(arguments)
    names = options.targets or list(TARGETS)
    unknown = [name for name in names if name not in TARGETS]
    if unknown:
        parser.error(f"there is no target {unknown[0]}")
    if options.replay:
        for name in names:
            print(f"{name}: {outcome(TARGETS[name](), options.replay.read_bytes())}")
        return 0
    if find_spec("atheris") is None:
        sys.exit(NO_ATHERIS)
    folder = options.folder or Path(tempfile.mkdtemp(prefix="fuzz-"))
    return min(1, sum([fuzz(name, options.seconds, folder / name) for name in names]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
