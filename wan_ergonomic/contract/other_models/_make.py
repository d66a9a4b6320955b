"""Makes a client of any other documented model of the vendor, in a folder of its own.

The steps are those of our own client, but nothing is known of the source
beforehand: defects are corrected by general rules and reported, documents that
cannot be repaired are an error, and the client is tried before it is moved into
place. No file of the project itself is changed.
"""

from __future__ import annotations

import json
import keyword
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.build._install import installed, staging
from wan_ergonomic.contract.overlay._overlay import load_overlays
from wan_ergonomic.contract.source._read import read_source

from ._names import snake
from ._prepare import prepare
from ._write import LOCK, MAKER, WRITTEN, report, write

# The packages that a client imports, this package, and `openapi`, the folder beside the client.
_TAKEN = {"attr", "attrs", "dateutil", "httpx", "openapi", "wan_ergonomic"}


def make_other_model(
    root: Path, source: str, out: Path, package: str | None = None, host: str | None = None
) -> list[str]:
    """Make a client of every operation that a source documents.

    Args:
        root: The project's folder, whose general overlays and generator are used.
        source: A page, document, folder or URL.
        out: The folder to make it in: a new one, an empty one, or one made before.
        package: The package's name; derived from the folder's name if None.
        host: The URL that documented servers without a host are relative to.

    Returns:
        What was made and what was corrected, line by line.

    Raises:
        ContractError: Nothing was written; says why.
    """
    name = _package_name(package, out)
    former = _former(out)
    overlays = load_overlays(root / "openapi" / "overlays")
    model = prepare(read_source(source), overlays, host)
    beside = next(folder for folder in out.absolute().parents if folder.is_dir())
    with staging(beside) as stage:
        write(stage, root, model, name, source)
        names = dict.fromkeys([*WRITTEN, *([former] if former else []), name])
        with _made(out), installed(stage, out, names):
            pass
    return report(model, name).splitlines()


def _package_name(package: str | None, out: Path) -> str:
    name = package or snake(out.absolute().name) or "client"
    taken = name in _TAKEN or name in sys.stdlib_module_names
    if taken and package is None:
        return f"{name}_client"
    if not name.isidentifier() or keyword.iskeyword(name) or taken:
        raise ContractError(
            f"{name!r} cannot be the package's name: it is taken or not a valid name. Pass --name."
        )
    return name


def _former(out: Path) -> str | None:
    """Return the package that was made in a folder before; None for an empty or new folder.

    Raises:
        ContractError: The folder holds something else.
    """
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return None
    try:
        lock = json.loads((out / LOCK).read_text("utf-8"))
        package = lock["package"] if lock["made_by"] == MAKER else None
    except (OSError, ValueError, KeyError, TypeError):
        package = None
    if not isinstance(package, str) or not package.isidentifier():
        raise ContractError(
            f"{out} holds files that this command did not make. Nothing was changed; pass "
            "another --out."
        )
    return package


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Make a folder, and remove it with its new parents if the block fails."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        if missing:
            shutil.rmtree(missing[-1], ignore_errors=True)
        raise
