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

from tests.support.first_contract import OPTIONS as FIRST
from wan_ergonomic import _spec
from wan_ergonomic._prompts import PRESETS, Options

# The options that both the contract and the wrapper know.
OPTIONS: dict[str, Any] = {
    name: schema
    for name, schema in _spec.request_schema()["properties"].items()
    if name in Options.__optional_keys__
}
# For schemas without an enum.
_VALUES: dict[str, list[Any]] = {
    "string": ["fog", "ümläut 🐉"],
    "integer": [0, 2**31 - 1],
    "number": [0, 0.5],
    "boolean": [True, False],
}


def values_of(schema: Any) -> list[Any]:
    """Return values that a schema of an option allows, but null; all of them, if it is an enum."""
    (kind,) = _spec.types(schema) - {"null"}
    listed = schema.get("enum") or _VALUES[kind]
    return [value for value in listed if value is not None]


def an_option() -> dict[str, Any]:
    """Return one option with a value that is not the server's default; empty if none is left."""
    for name, schema in OPTIONS.items():
        for value in values_of(schema):
            if value != schema.get("default"):
                return {name: value}
    return {}


def known(**wanted: Any) -> dict[str, Any]:
    """Return those of these options that the contract has, with values that it allows."""
    return {
        name: value
        for name, value in wanted.items()
        if name in OPTIONS and value in OPTIONS[name].get("enum", [value])
    }


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


def unlimited(*names: str) -> pytest.MarkDecorator:
    """Skip a test about text of any length once the contract limits one of these properties."""
    properties = _spec.request_schema()["properties"]
    limited = [name for name in names if "maxLength" in properties.get(name, {})]
    reason = f"The contract limits {', '.join(limited)}, which this test exceeds."
    return pytest.mark.skipif(bool(limited), reason=reason)


def needs(*names: str) -> pytest.MarkDecorator:
    """Skip a test about certain options once the contract has lost one, or a value of one."""
    gone = lost(*names)
    reason = f"The contract no longer has all of {', '.join(gone)}, which this test is about."
    return pytest.mark.skipif(bool(gone), reason=reason)


def lost(*names: str) -> list[str]:
    """Return those of these options that the contract has lost, or of which it has lost a value."""
    return [
        name
        for name in names
        if name not in OPTIONS
        or not {*FIRST.get(name, {}).get("enum", ())} <= {*OPTIONS[name].get("enum", ())}
    ]
