"""Makes the project's own virtual environment and continues a script inside it.

A newcomer's first command ends up here, under whatever Python they have. So this
file and the scripts that import it use syntax that even Python 2.7 can read, and
only the standard library: a Python that will not do gets one sentence, not a
traceback. No other environment is touched and no package index is named; pip's
own configuration says where packages come from.
"""

from __future__ import print_function

import contextlib
import hashlib
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
MINIMUM = (3, 11)
NEEDED = ("venv", "ensurepip", "sqlite3")

# Each of these would make the environment's Python or pip do something else.
_NOISE = (
    "PIP_PREFIX",
    "PIP_TARGET",
    "PYTHONHOME",
    "PYTHONOPTIMIZE",
    "PYTHONPATH",
    "PYTHONWARNINGS",
    "VIRTUAL_ENV",
)
_PINS = ("constraints.txt", "pyproject.toml")
_PATIENCE = 1800  # seconds to wait for another start that is making the same environment


def enter(extras, script):
    # type: (str, list[str]) -> None
    """Return once this is the environment with these extras; until then, start over in it.

    Args:
        extras: The project's extras, as pip takes them.
        script: The script to start over, followed by its arguments.
    """
    complaint = unfit()
    if complaint:
        sys.exit(complaint)
    name = "{0}-{1}.{2}".format(extras.replace(",", "-"), *sys.version_info[:2])
    folder = os.path.join(ROOT, ".venv", name)
    made = not is_complete(folder, extras)
    if made:
        make(folder, extras)
    if made or not os.path.samefile(sys.prefix, folder):
        become([python_in(folder)] + script)


def unfit():
    # type: () -> str
    """Say in one sentence why this Python will not do; nothing if it will."""
    found = "{0}.{1}.{2}".format(*sys.version_info[:3])
    if sys.version_info[:2] < MINIMUM:
        return (
            "This needs Python {0}.{1} or newer; this is Python {2} ({3}). "
            "Run it with a newer one, for example: python3.12 {4}"
        ).format(MINIMUM[0], MINIMUM[1], found, sys.executable, sys.argv[0])
    for module in NEEDED:
        try:
            __import__(module)
        except ImportError:
            return (
                "This Python ({0}, {1}) lacks its own module {2!r}, which is needed to make an "
                "environment. On Debian and Ubuntu: sudo apt install python{3}.{4}-venv. "
                "Elsewhere: run this with a complete Python."
            ).format(found, sys.executable, module, *sys.version_info[:2])
    return ""


def python_in(folder):
    # type: (str) -> str
    """Return the path of an environment's interpreter."""
    return os.path.join(
        folder, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python"))
    )


def is_complete(folder, extras):
    # type: (str, str) -> bool
    """Tell whether the environment was made to the end, from the files as they are now."""
    try:
        with open(_stamp(folder)) as stamp:
            return stamp.read() == _recipe(extras) and os.path.exists(python_in(folder))
    except OSError:
        return False


def _stamp(folder):
    # type: (str) -> str
    return os.path.join(folder, "complete.txt")


def _recipe(extras):
    # type: (str) -> str
    """Return what identifies an environment; the place counts, as nothing in it can be moved."""
    digest = hashlib.sha256(os.fsencode("\n".join((ROOT, extras))))
    for name in _PINS:
        with open(os.path.join(ROOT, name), "rb") as pins:
            digest.update(pins.read())
    return digest.hexdigest()


def make(folder, extras):
    # type: (str, str) -> None
    """Make the environment, or wait for another start that is making it."""
    import sqlite3  # the one lock that works everywhere and that no crash leaves behind

    parent = os.path.dirname(folder)
    try:
        os.makedirs(parent, exist_ok=True)
        lock = sqlite3.connect(os.path.join(parent, "lock"), timeout=_PATIENCE)
        with contextlib.closing(lock):
            lock.execute("BEGIN EXCLUSIVE")
            if not is_complete(folder, extras):
                _build(folder, extras)
    except (OSError, sqlite3.Error) as error:
        sys.exit("The environment could not be made: {0}".format(error))
    except KeyboardInterrupt:
        sys.exit("Stopped before the environment was ready; the next start makes it anew.")


def _build(folder, extras):
    # type: (str, str) -> None
    print("Making an environment in {0} (once, a minute or two)".format(folder), file=sys.stderr)
    # A stale environment may be the one that is running, so ask for the Python beneath it.
    python = getattr(sys, "_base_executable", sys.executable)
    if os.path.exists(_stamp(folder)):
        os.remove(_stamp(folder))
    _run([python, "-m", "venv", "--clear", folder])
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    install += [
        "--no-user",
        "--constraint",
        "constraints.txt",
        "--editable",
        ".[{0}]".format(extras),
    ]
    _run([python_in(folder)] + install)
    with open(_stamp(folder), "w") as stamp:
        stamp.write(_recipe(extras))


def _run(command):
    # type: (list[str]) -> None
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=quiet_environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        said = done.stdout.decode("utf-8", "replace").strip().splitlines()[-12:]
        sys.exit(
            "{0}\n\nThe environment could not be made; these were the last words of `python {1}`. "
            "A first start needs the network, or a pip that is configured for a mirror.".format(
                "\n".join(said), " ".join(command[1:4])
            )
        )


def quiet_environ():
    # type: () -> dict[str, str]
    """Return the environment variables, without those that lead Python or pip astray."""
    return {name: value for name, value in os.environ.items() if name not in _NOISE}


def become(command):
    # type: (list[str]) -> None
    """Go on as another command; on Windows, where nothing can, wait for it and exit as it did."""
    if os.name == "nt":
        sys.exit(subprocess.call(command, env=quiet_environ()))
    sys.stdout.flush()
    environ = quiet_environ()
    os.execve(command[0], command, environ)  # nosec B606
