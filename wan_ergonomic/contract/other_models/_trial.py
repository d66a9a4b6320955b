"""Tries a generated client: a program that is run by its path, in a process of its own.

    python _trial.py FOLDER PACKAGE < examples.json

It imports every module, looks for each operation's functions, and takes every
example through its model and back. It prints what does not work, line by line.
Only the standard library and the client itself are imported.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from typing import Any

FUNCTIONS = ("sync_detailed", "asyncio_detailed")


def problems(package: str, examples: Mapping[str, list[Any]], operations: int) -> Iterator[str]:
    """Yield a sentence for each thing that does not work.

    Args:
        package: The client's importable name.
        examples: JSON values, by the name of the model that reads them, in any case.
        operations: How many operations it has to have.
    """
    root = importlib.import_module(package)
    found = 0
    for info in pkgutil.walk_packages(root.__path__, f"{package}."):
        module = importlib.import_module(info.name)
        if ".api." in info.name and not info.ispkg:
            found += 1
            for name in FUNCTIONS:
                if not callable(getattr(module, name, None)):
                    yield f"{info.name} has no function {name}."
    if not operations or found != operations:
        yield f"It has {found} operations, not {operations}."
    models = importlib.import_module(f"{package}.models")
    known = {name.lower(): getattr(models, name) for name in models.__all__}
    for name, values in examples.items():
        for value in values:
            yield from _round_trip(name, known.get(name.lower()), value)


def _round_trip(name: str, model: Any, value: Any) -> Iterator[str]:
    if model is None:
        yield f"There is no model {name}."
        return
    try:
        seen = model.from_dict(value).to_dict()
    except Exception as error:  # noqa: BLE001 - whatever generated code raises is the finding
        yield f"{name} cannot read {json.dumps(value)}: {type(error).__name__}: {error}."
        return
    if seen != value:
        yield f"{name} makes {json.dumps(seen, default=str)} of {json.dumps(value)}."


def main() -> int:
    """Print what does not work; the exit code says whether anything did not."""
    folder, package = sys.argv[1:]
    sys.path.insert(0, folder)
    asked = json.load(sys.stdin)
    said = list(problems(package, asked["examples"], asked["operations"]))
    print("\n".join(said))  # noqa: T201 - what it is run for
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
