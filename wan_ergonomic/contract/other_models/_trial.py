"""Tries a generated client; run as a program, in a process of its own.

    python _trial.py FOLDER PACKAGE < examples.json

It imports every module, checks that each operation has its functions, and converts
every example to its model and back. It prints each problem on a line. It imports
only the standard library and the client.
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
    """Yield a sentence for each problem.

    Args:
        package: The client's importable name.
        examples: JSON values, by the name of the model that reads them, in any case.
        operations: The expected number of operations.
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
        yield f"The client has {found} operations instead of {operations}."
    models = importlib.import_module(f"{package}.models")
    # A client without models has an empty module.
    names = getattr(models, "__all__", ())
    known = {name.lower(): getattr(models, name) for name in names}
    for name, values in examples.items():
        for value in values:
            yield from _round_trip(name, known.get(name.lower()), value)


def _round_trip(name: str, model: Any, value: Any) -> Iterator[str]:
    if model is None:
        yield f"The model {name} is missing."
        return
    try:
        seen = model.from_dict(value).to_dict()
    except Exception as error:  # noqa: BLE001 - whatever generated code raises is the finding
        yield f"{name} cannot read {json.dumps(value)}: {type(error).__name__}: {error}."
        return
    if seen != value:
        yield f"{name} turns {json.dumps(value)} into {json.dumps(seen, default=str)}."


def main() -> int:
    """Print each problem; return 1 if there are any."""
    folder, package = sys.argv[1:]
    sys.path.insert(0, folder)
    task = json.load(sys.stdin)
    found = list(problems(package, task["examples"], task["operations"]))
    print("\n".join(found))  # noqa: T201 - its output
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
