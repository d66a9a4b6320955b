"""What a call may set beside its prompt, as far as the contract of today goes.

The vendor may drop any of it, and then only what is about it may stop: a test for
which any option will do asks for ``an_option``, and one that is about a certain
option says ``needs("seed")``, so that it is skipped, with the reason, once there is
no such option. What holds for any contract is tested with tests/support/first_contract.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from wan_ergonomic import _spec
from wan_ergonomic._prompts import PRESETS, Options

# Those that both the contract and the wrapper know.
OPTIONS: dict[str, Any] = {
    name: schema
    for name, schema in _spec.request_schema()["properties"].items()
    if name in Options.__optional_keys__
}
_VALUES: dict[str, list[Any]] = {"string": ["fog"], "integer": [7], "boolean": [True, False]}


def an_option() -> dict[str, Any]:
    """Return one option with a value that is not the server's; none where none is left."""
    for name, schema in OPTIONS.items():
        for value in schema.get("enum") or _VALUES[schema["type"]]:
            if value != schema.get("default"):
                return {name: value}
    return {}


def known(**wanted: Any) -> dict[str, Any]:
    """Return those of some options that there are."""
    return {name: value for name, value in wanted.items() if name in OPTIONS}


def small() -> dict[str, Any]:
    """Return what asks for a small video, always the same one, as far as that can be asked."""
    return known(**PRESETS["draft"], seed=7)


def in_words(options: dict[str, Any]) -> tuple[str, ...]:
    """Return options as `wan` takes them."""
    words: list[str] = []
    for name, value in options.items():
        written = name.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{written}" if value else f"--no-{written}")
        else:
            words += [f"--{written}", str(value)]
    return tuple(words)


def needs(*names: str) -> pytest.MarkDecorator:
    """Skip a test that is about certain options once the contract has lost one of them."""
    lost = [name for name in names if name not in OPTIONS]
    reason = f"The contract no longer has {', '.join(lost)}, which this is about."
    return pytest.mark.skipif(bool(lost), reason=reason)
