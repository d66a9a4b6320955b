"""Builds the project's virtual environment and restarts a script inside it.

Only the standard library is imported. Python 3.7 can parse this file and the scripts
that import it, so an older Python gets one sentence instead of a traceback.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Debian and others package these modules apart from Python.
MODULES = ("ensurepip", "sqlite3", "venv")

# These variables change what Python imports or where pip installs.
NOISE = (
    "PIP_PREFIX",
    "PIP_TARGET",
    "PYTHONHOME",
    "PYTHONOPTIMIZE",
    "PYTHONPATH",
    "PYTHONWARNINGS",
    "VIRTUAL_ENV",
)
LOCK_SECONDS = 1800  # how long to wait for another process that builds the environment
COST = "once: a minute or two, and 70 to 280 MB to download"
TICK_SECONDS = 10  # how often to say that a build goes on


def enter(extras: str, script: list[str]) -> None:
    """Return inside the environment with these extras; elsewhere, restart the script in it.

    Args:
        extras: The project's extras, separated by commas.
        script: The script to restart, followed by its arguments.
    """
    require_python()
    require_modules()
    name = "{}-{}.{}".format(extras.replace(",", "-"), *sys.version_info[:2])
    folder = ROOT / ".venv" / name
    built = not is_complete(folder, extras)
    if built:
        build(folder, extras)
    # After a build, this process may have imported files that were replaced.
    if built or not os.path.samefile(sys.prefix, folder):
        become([str(python_in(folder)), *script])


def require_python() -> None:
    """Exit with one sentence if this Python is too old."""
    if sys.version_info[:2] < (3, 11):  # noqa: UP036 - older Pythons run this line
        advice = f"Use a newer one, for example: python3.12 {sys.argv[0]}"
        sys.exit(f"This needs Python 3.11 or newer; this is {_found()}. {advice}")


def require_modules() -> None:
    """Exit with one sentence if this Python lacks a module that building needs."""
    for module in MODULES:
        try:
            __import__(module)
        except ImportError:
            package = "python{}.{}-venv".format(*sys.version_info[:2])
            sys.exit(
                f"The module {module!r} is missing from {_found()}. "
                f"On Debian and Ubuntu: sudo apt install {package}. Elsewhere: reinstall Python."
            )


def _found() -> str:
    return "Python {}.{}.{} ({})".format(*sys.version_info[:3], sys.executable)


def python_in(folder: Path) -> Path:
    """Return the path of an environment's interpreter."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_complete(folder: Path, extras: str) -> bool:
    """Return whether the environment was built to the end from the files as they are now."""
    with contextlib.suppress(OSError):
        recipe = _stamp(folder).read_text("utf-8")
        return recipe == _recipe(extras) and python_in(folder).exists()
    return False


def _stamp(folder: Path) -> Path:
    return folder / "complete.txt"


def _recipe(extras: str) -> str:
    """Return everything an environment depends on; its files hold the absolute path of ROOT."""
    files = [(ROOT / name).read_text("utf-8") for name in ("constraints.txt", "pyproject.toml")]
    return "\n".join([ascii(str(ROOT)), extras, *files])


def build(folder: Path, extras: str) -> None:
    """Build the environment, or wait for another process that is building it."""
    import sqlite3

    try:
        folder.parent.mkdir(exist_ok=True)
        # SQLite's lock works on every system and is released when its process dies.
        lock = sqlite3.connect(folder.parent / "lock", timeout=LOCK_SECONDS)
        with contextlib.closing(lock):
            lock.execute("BEGIN EXCLUSIVE")
            if not is_complete(folder, extras):
                _install(folder, extras)
    except (OSError, sqlite3.Error) as error:
        sys.exit(f"The environment could not be built: {error}")
    except KeyboardInterrupt:
        sys.exit("Stopped before the environment was complete; the next start builds it again.")


def _install(folder: Path, extras: str) -> None:
    print(f"Building an environment in {folder} ({COST})", file=sys.stderr)
    _stamp(folder).unlink(missing_ok=True)
    # This process may run inside the environment that is being replaced.
    base = getattr(sys, "_base_executable", sys.executable)
    _run([base, "-m", "venv", "--clear", str(folder)])
    pip = [str(python_in(folder)), "-m", "pip", "install", "-qq", "--no-input", "--no-user"]
    _run([*pip, "--constraint", "constraints.txt", "--editable", f".[{extras}]"])
    _stamp(folder).write_text(_recipe(extras), "utf-8")


def _run(command: list[str]) -> None:
    # Standard output belongs to the script that is about to start.
    with subprocess.Popen(command, cwd=ROOT, env=quiet_environ(), stdout=2) as process:
        try:
            code = _wait(process)
        except BaseException:
            process.kill()
            raise
    if code:
        sys.exit(
            f"The environment could not be built: `python {' '.join(command[1:4])}` failed, see "
            "above. The first start needs the network, or a pip that is configured for a mirror."
        )


def _wait(process: subprocess.Popen[bytes]) -> int:
    """Wait for a process and return its exit code; say now and then that it goes on."""
    started = time.monotonic()
    while True:
        try:
            return process.wait(TICK_SECONDS)
        except subprocess.TimeoutExpired:
            elapsed = time.monotonic() - started
            print(f"  still downloading and installing, {elapsed:.0f} s", file=sys.stderr)


def quiet_environ() -> dict[str, str]:
    """Return the environment variables without those in NOISE."""
    return {name: value for name, value in os.environ.items() if name not in NOISE}


def become(command: list[str]) -> None:
    """Replace this process by a command; on Windows, run it and exit with its exit code."""
    if os.name == "nt":
        sys.exit(subprocess.call(command, env=quiet_environ()))
    sys.stdout.flush()
    os.execve(command[0], command, quiet_environ())  # nosec B606
