"""The packages of wan_ergonomic, read from the folders: what each module imports, and its rules.

``LAYERS`` lists the packages, the lowest first: a module imports only from layers
below its own and from its own package. ``DOORS`` are packages that others import
only by their ``__init__``, never a module inside.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PACKAGE = "wan_ergonomic"

# The lowest first. Packages of one layer do not import each other. "" is the modules at the top of
# the package, except those with a layer of their own.
LAYERS: tuple[tuple[str, ...], ...] = (
    # What a notebook shows of a generation: the generation asks for it.
    ("_redaction", "_price", "_stills"),
    ("notebook",),
    ("_options",),
    ("", "generated_client"),
    ("_parsing", "_files"),
    ("ledger",),
    ("_flows",),
    ("account", "_progress"),
    ("_http",),
    ("_tracing",),
    ("_client",),
    ("video", "batch.rows"),
    ("batch.store",),
    ("batch.output",),
    ("batch.engine",),
    ("batch",),
    ("conformance", "contract.document"),
    ("contract.source", "contract.overlay", "contract.repair"),
    ("contract.diff",),
    ("contract.impact",),
    ("contract.changes",),
    ("contract.report",),
    ("contract.build",),
    ("contract.watch", "contract.other_models"),
    ("contract",),
    ("sandbox", "gallery", "mcp_server", "replay"),
    ("plugin",),
    ("pytest_plugin",),
    ("cli",),
    ("__main__",),
)

# Packages with private modules. The layers of contract may import each other's modules.
DOORS = (
    "_stills",
    "notebook",
    "_parsing",
    "_files",
    "ledger",
    "_flows",
    "account",
    "_progress",
    "batch.rows",
    "batch.store",
    "batch.output",
    "batch.engine",
    "batch",
    "_http",
    "_tracing",
    "video",
    "conformance",
    "contract",
    "gallery",
    "sandbox",
    "mcp_server",
    "replay",
    "plugin",
)

# Modules beside a package that belong to it: pytest loads this one by its name.
BESIDE: dict[str, tuple[str, ...]] = {"plugin": ("pytest_plugin",)}

# What a package must not import, even from a layer below, and why.
FORBIDDEN: dict[str, frozenset[str]] = {
    # Flows decide: no I/O, no clock.
    "_flows": frozenset(
        {"asyncio", "http.client", "io", "multiprocessing", "os", "pathlib", "select", "shutil"}
        | {"socket", "subprocess", "tempfile", "threading", "urllib.request"}
        | {"datetime", "time", "wan_ergonomic._clock"}
    ),
    # Reading documents needs no client.
    "contract": frozenset(
        {f"wan_ergonomic.{name}" for name in ("_client", "_flows", "AsyncWanClient", "WanClient")}
    ),
    # conformance and contract do not need each other.
    "conformance": frozenset({"wan_ergonomic.contract"}),
    "sandbox": frozenset({"wan_ergonomic.contract"}),
    # It reads a folder and writes a page.
    "gallery": frozenset({"http.client", "socket", "urllib.request"}),
}
# Only these import an HTTP client.
NETWORK = frozenset({"boto3", "botocore", "httpx", "httpcore", "anyio", "wan_ergonomic._http"})
NETWORK_USERS = (
    *("_http", "_client", "_clock", "_loading", "contract.source", "plugin", "replay"),
    # Its client takes turns with those of other workers.
    "batch.engine",
    # Videos can go to a bucket.
    "batch.output",
)

MOST_MODULES = 20


class Import(NamedTuple):
    """One import: the module that imports, and the dotted name that it imports."""

    module: str
    target: str


def modules(root: Path) -> dict[str, Path]:
    """Return each module's path by its dotted name below the package; "" is the package."""
    found = {}
    for path in (root / PACKAGE).rglob("*.py"):
        parts = path.relative_to(root / PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(name: str, path: Path) -> Iterator[Import]:
    """Yield everything that a module imports, wherever in it, with relative names resolved."""
    full = f"{PACKAGE}.{name}" if name else PACKAGE
    package = full if path.name == "__init__.py" else full.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (Import(name, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1]
            home = ".".join([*(base if node.level else ()), *filter(None, [node.module])])
            yield from (Import(name, f"{home}.{alias.name}") for alias in node.names)


def home(name: str) -> str:
    """Return the package in ``LAYERS`` that a module belongs to: the longest that matches."""
    packages = [package for names in LAYERS for package in names]
    parts = name.split(".")
    prefixes = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return next((prefix for prefix in prefixes if prefix in packages), "")


def layer(package: str) -> int:
    """Return the number of a package's layer, from 0."""
    return next(number for number, names in enumerate(LAYERS) if package in names)


def inside(target: str, known: dict[str, Path]) -> str | None:
    """Return the module of this package that an import leads to; None for another package."""
    if target.split(".", maxsplit=1)[0] != PACKAGE:
        return None
    name = target.removeprefix(PACKAGE).removeprefix(".")
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name


def wrong_imports(root: Path) -> list[str]:
    """Return each import that points up, sideways, or past a door."""
    known, wrong = modules(root), []
    # The __init__ of wan_ergonomic is between the core and all other packages.
    top = layer("_client") + 0.5
    for name, path in known.items():
        own = layer(home(name)) if name else top
        for each in imports(name, path):
            target = inside(each.target, known)
            if target is None or (target and home(target) == home(name)):
                continue
            where = f"{name} imports {target or 'the package itself'}"
            if (layer(home(target)) if target else top) >= own:
                wrong.append(f"{where}: up or sideways")
            door = next((d for d in DOORS if target.startswith(f"{d}.")), None)
            insiders = (f"{door}.", *BESIDE.get(str(door), ()))
            if door and name != door and not name.startswith(insiders):
                wrong.append(f"{where}: past the door of {door}")
    return sorted(set(wrong))


def forbidden_imports(root: Path) -> list[str]:
    """Return each import that ``FORBIDDEN`` or ``NETWORK`` excludes."""
    wrong = []
    for name, path in modules(root).items():
        allowed = NETWORK if name.startswith(NETWORK_USERS) else frozenset()
        banned = (NETWORK - allowed) | FORBIDDEN.get(home(name).split(".")[0], frozenset())
        wrong += [
            f"{name} imports {each.target}"
            for each in imports(name, path)
            if any(f"{each.target}.".startswith(f"{name}.") for name in banned)
        ]
    return sorted(set(wrong))


def large_folders(root: Path) -> list[str]:
    """Return each folder with more than ``MOST_MODULES`` modules."""
    folders = {path.parent for path in modules(root).values()}
    sizes = {folder: len(list(folder.glob("*.py"))) for folder in folders}
    return sorted(f"{folder.name}: {n} modules" for folder, n in sizes.items() if n > MOST_MODULES)
