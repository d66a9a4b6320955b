"""Options that a call may set beside its prompt, as far as today's contract has them.

The vendor may drop any of them, and then only the tests about that option may be
skipped. A test that works with any option uses ``an_option``; one about a certain
option says ``needs("seed")``, and is skipped, with the reason, once the option is
gone. Rules that hold for any contract are tested with
tests/support/first_contract.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from wan_ergonomic import _spec
from wan_ergonomic._prompts import PRESETS, Options

# The options that both the contract and the wrapper know.
OPTIONS: dict[str, Any] = {
    name: schema
    for name, schema in _spec.request_schema()["properties"].items()
    if name in Options.__optional_keys__
}
_VALUES: dict[str, list[Any]] = {"string": ["fog"], "integer": [7], "boolean": [True, False]}


def an_option() -> dict[str, Any]:
    """Return one option with a value that is not the server's default; empty if none is left."""
    for name, schema in OPTIONS.items():
        for value in schema.get("enum") or _VALUES[schema["type"]]:
            if value != schema.get("default"):
                return {name: value}
    return {}


def known(**wanted: Any) -> dict[str, Any]:
    """Return those of these options that the contract has."""
    return {name: value for name, value in wanted.items() if name in OPTIONS}


def small() -> dict[str, Any]:
    """Return options for a small video, the same one each time, as far as the contract allows."""
    return known(**PRESETS["draft"], seed=7)


def as_arguments(options: dict[str, Any]) -> tuple[str, ...]:
    """Return options as command line arguments of ``wan``."""
    arguments: list[str] = []
    for name, value in options.items():
        flag = name.replace("_", "-")
        if isinstance(value, bool):
            arguments.append(f"--{flag}" if value else f"--no-{flag}")
        else:
            arguments += [f"--{flag}", str(value)]
    return tuple(arguments)


def needs(*names: str) -> pytest.MarkDecorator:
    """Skip a test about certain options once the contract has lost one of them."""
    lost = [name for name in names if name not in OPTIONS]
    reason = f"The contract no longer has {', '.join(lost)}, which this test is about."
    return pytest.mark.skipif(bool(lost), reason=reason)
