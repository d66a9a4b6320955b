"""Regenerates copies of the project onto the pages of a seed, and runs their tests."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .pages import Page, pages
from .project_copy import Outcome, ProjectCopy
from .published import ROOT

FOLDER = ROOT / "build" / "next_pages"
# Of which the project is made; after a change of one of them, a run begins anew.
SOURCES = ("openapi", "generated_client", "wan_ergonomic", "tests", "scripts", "pyproject.toml")

# Tests that run other programs or in real time take as long as all others together.
SLOW = (
    *("tests/faults", "tests/peers", "tests/soak"),
    *(f"tests/e2e/test_{name}.py" for name in ("environment", "other_models", "vendor_change")),
)
READING = (("-p", "tests.next_pages.readers", *(f"--ignore={slow}" for slow in SLOW)),)
WHOLE = (("--ignore=tests/faults", "--ignore=tests/soak"), ("-n0", "tests/faults", "tests/soak"))


@dataclass(frozen=True)
class Plan:
    """What to run.

    Attributes:
        seed: Of the pages.
        count: How many pages the seed has here.
        whole: On how many of them, counted from 1, the whole suite is run; on the others, the
            tests that read the contract.
        workers: How many processes run the tests of one copy.
        first: The number of the page to begin with.
    """

    seed: int
    count: int
    whole: int
    workers: int
    first: int = 1

    def commands(self, number: int) -> Iterable[tuple[str, ...]]:
        """Return the arguments of pytest for a page, by its number from 0."""
        parallel = ("-n", str(self.workers), "--dist", "loadfile", "--no-loadscope-reorder")
        return [(*parallel, *each) for each in (WHOLE if number < self.whole else READING)]


class Progress:
    """Which pages have passed, in a file, so that a run continues where one was stopped."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._project = _digest()
        try:
            known = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError):
            known = {}
        self.passed: list[str] = known.get("passed", []) if self._is_of(known) else []

    def _is_of(self, known: dict[str, object]) -> bool:
        return known.get("project") == self._project

    def add(self, key: str) -> None:
        """Note that a page has passed."""
        self.passed.append(key)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        state = {"project": self._project, "passed": self.passed}
        self._file.write_text(json.dumps(state, indent=2) + "\n", "utf-8")


def run(plan: Plan) -> int:
    """Run the plan; return the exit code, 1 if a page failed."""
    folder = FOLDER / f"seed-{plan.seed}"
    progress = Progress(folder / "passed.json")
    chosen = pages(plan.seed)[: plan.count]
    failed = []
    to_run = list(enumerate(chosen))[plan.first - 1 :]
    for number, page in to_run:
        kind = "whole suite" if number < plan.whole else "tests that read the contract"
        key = f"{number}: {kind}: {page.name}"
        print(f"[{number + 1}/{len(chosen)}] {page.name} ({kind})", flush=True)
        if key in progress.passed:
            print("    passed before", flush=True)
        elif _passes(page, plan.commands(number), folder / str(number)):
            progress.add(key)
        else:
            failed.append(key)
    print(f"{len(to_run) - len(failed)} of {len(to_run)} pages passed.")
    for key in failed:
        print(f"FAILED {key}", file=sys.stderr)
    return 1 if failed else 0


def _passes(page: Page, commands: Iterable[tuple[str, ...]], folder: Path) -> bool:
    """Regenerate onto a page and test; keep the copy if that fails."""
    shutil.rmtree(folder, ignore_errors=True)
    copy, began = ProjectCopy(folder / "project"), time.monotonic()
    outcome = copy.regenerate(page.text())
    _report("regenerated", outcome, began)
    for arguments in commands:
        if outcome.passed:
            outcome = copy.test(*arguments)
            _report("tested", outcome, began)
    if outcome.passed:
        shutil.rmtree(folder)
        return True
    (folder / "output.txt").write_text(outcome.output, "utf-8")
    for name in outcome.failures or outcome.output.splitlines()[-3:]:
        print(f"        {name}")
    print(f"    The copy, its page.md and output.txt are in {folder}.", flush=True)
    return False


def _report(what: str, outcome: Outcome, began: float) -> None:
    word = what if outcome.passed else f"not {what}"
    last = outcome.output.strip().splitlines()[-1:] if what == "tested" else []
    print(f"    {word} after {time.monotonic() - began:.0f} s", *last, flush=True)


def _digest() -> str:
    """Return a hash of the project's files."""
    found = hashlib.sha256()
    for name in SOURCES:
        for file in sorted([ROOT / name, *(ROOT / name).rglob("*")]):
            if file.is_file() and "__pycache__" not in file.parts:
                found.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return found.hexdigest()
