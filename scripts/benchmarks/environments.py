"""An environment for each contender, from constraints of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# Those that this package is installed into, as a wheel, as its users have it.
WITH_OURS = ("ours", "aiohttp")


def python_of(name: str) -> Path:
    """Return the interpreter of an environment, which is built if it is not there.

    Raises:
        subprocess.CalledProcessError: It could not be built.
    """
    folder = ROOT / ".venv" / f"bench-{name}-{sys.version_info[0]}.{sys.version_info[1]}"
    python = folder / "bin" / "python"
    recipe = "\n".join(_recipe(name))
    stamp = folder / "complete.txt"
    if not stamp.is_file() or stamp.read_text("utf-8") != recipe:
        print(f"Building the environment of {name} in {folder}", file=sys.stderr, flush=True)
        base = getattr(sys, "_base_executable", sys.executable)
        _run([base, "-m", "venv", "--clear", str(folder)])
        _run([str(python), "-m", "pip", "install", "-qq", "--no-input", *_wanted(name)])
        stamp.write_text(recipe, "utf-8")
    return python


def _pinned(name: str) -> Path:
    """Return the file with the versions of an environment."""
    return ROOT / "constraints.txt" if name == "ours" else HERE / "constraints" / f"{name}.txt"


def _recipe(name: str) -> Iterator[str]:
    """Yield what an environment depends on."""
    yield _pinned(name).read_text("utf-8")
    if name in WITH_OURS:
        for folder in ("wan_ergonomic", "generated_client", "openapi"):
            for file in sorted((ROOT / folder).rglob("*.*")):
                if file.suffix != ".pyc":
                    yield f"{file.relative_to(ROOT)} {file.stat().st_mtime_ns}"


def _wanted(name: str) -> list[str]:
    if name == "ours":
        return ["--constraint", str(_pinned(name)), str(ROOT)]
    ours = [str(ROOT)] if name in WITH_OURS else []
    return ["--requirement", str(_pinned(name)), *ours]


def _run(command: list[str]) -> None:
    # Standard output belongs to the results.
    subprocess.run(command, check=True, stdout=2)
