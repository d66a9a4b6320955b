"""Options that a call may set beside its prompt, as far as today's contract has them.

The vendor may drop any of them, and then only the tests about that option may be
skipped. A test that works with any option uses ``an_option``; one about a certain
option says ``needs("seed")``, and is skipped, with the reason, once the option is
gone. Rules that hold for any contract are tested with
tests/support/first_contract.py.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import wan_ergonomic
from tests.support.first_contract import OPTIONS as FIRST
from wan_ergonomic import PromptDefaults, _spec
from wan_ergonomic._options import Options
from wan_ergonomic._prompts import PRESETS
from wan_ergonomic.contract.document._equality import as_json
from wan_ergonomic.contract.document._node import Node, Tree
from wan_ergonomic.contract.document._schema import view
from wan_ergonomic.contract.document._values._accepts import Reading, accepts
from wan_ergonomic.contract.document._values._effort import Effort
from wan_ergonomic.contract.document._values._samples import Samples, alternatives


def _of_commands() -> list[str]:
    """Return the options of ``wan``, from its source: typer may not be installed."""
    file = Path(wan_ergonomic.__file__).parent / "cli" / "session" / "_options.py"
    module = ast.parse(file.read_text("utf-8"))
    classes = {node.name: node for node in module.body if isinstance(node, ast.ClassDef)}
    fields = classes["PromptOptions"].body
    return [ast.unparse(field.target) for field in fields if isinstance(field, ast.AnnAssign)]


# Options are types by regenerating; ``wan`` has those that were given to it.
OF_COMMANDS = _of_commands()
# The options of the contract that a call and a command can set.
OPTIONS: dict[str, Any] = {
    name: schema
    for name, schema in _spec.request_schema()["properties"].items()
    if name in Options.__optional_keys__ and name in OF_COMMANDS
}
# For schemas that list no values, as far as one accepts them.
_VALUES: list[Any] = ["fog", "ümläut 🐉", 0, 2**31 - 1, 0.5, True, False]
_MOST_SAMPLES = 3


def values_of(schema: Any) -> list[Any]:
    """Return values that a schema of an option allows, but null; all of them, if it lists them.

    There are none if it allows only texts of a pattern, and no sample has that.
    """
    side = view(Node(schema, "/-", Tree(_spec.contract())))
    parts = reversed(alternatives(side) or [])
    listed = [node.value for part in parts for node in part.values or ()]
    tried = {as_json(value): value for value in listed or [_within(v, schema) for v in _VALUES]}
    verdicts = [(value, accepts(side, value, Reading())) for value in tried.values()]
    samples = Samples(Reading(), Effort()).of(side)
    for values in (
        [value for value, verdict in verdicts if verdict],
        samples[:_MOST_SAMPLES],
        [value for value, verdict in verdicts if verdict is None],
    ):
        if some := [value for value in values if value not in (None, "")]:
            return some
    return []


def _within(value: Any, schema: Any) -> Any:
    """Return a value, or the nearest one of its type that a schema of a number allows."""
    if isinstance(value, str | bool):
        return value
    least, most = schema.get("minimum", value), schema.get("maximum", value)
    return type(value)(least if value < least else min(value, most))


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


def prompt_defaults(**options: Any) -> PromptDefaults:
    """Return defaults; skip the test once the contract has lost one of these options.

    The fields are generated from today's contract, whichever one a test is given.
    """
    if gone := options.keys() - {"prefix", "suffix"} - Options.__optional_keys__:
        pytest.skip(f"PromptDefaults no longer has {', '.join(sorted(gone))}.")
    return PromptDefaults(**options)


def has_fields(*names: str) -> pytest.MarkDecorator:
    """Skip a test about certain fields of ``prompt_defaults`` once the contract has lost one."""
    gone = [name for name in names if name not in Options.__optional_keys__]
    reason = f"PromptDefaults no longer has all of {', '.join(gone)}, which this test is about."
    return pytest.mark.skipif(bool(gone), reason=reason)


def lost(*names: str) -> list[str]:
    """Return those of these options that the contract has lost, or of which it has lost a value."""
    return [
        name
        for name in names
        if name not in OPTIONS
        or not {*FIRST.get(name, {}).get("enum", ())} <= {*OPTIONS[name].get("enum", ())}
    ]
