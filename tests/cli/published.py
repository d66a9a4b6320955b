"""The published schema of what `wan` prints with --json, and the check of each line against it."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator

# These have formats of their own.
_OTHERS = frozenset({"contract"})


def schema() -> dict[str, Any]:
    """Return the schema, as users find it in the package."""
    text = files("wan_ergonomic.cli").joinpath("output.schema.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def check(words: tuple[str, ...], out: bytes, err: str) -> None:
    """Check what a command has printed with --json; what is not documented is an error here."""
    if "--json" not in words or _OTHERS & {*words}:
        return
    for kind, lines in (("result", out.decode().splitlines()), ("event", err.splitlines())):
        for line in lines:
            validator(kind).validate(json.loads(line))


@cache
def validator(kind: str) -> Draft202012Validator:
    """Return a validator of results or events that allows nothing else than what is documented."""
    closed = _closed(schema())
    closed["anyOf"] = [{"$ref": f"#/$defs/{kind}"}]
    return Draft202012Validator(closed)


def _closed(node: Any) -> Any:
    if isinstance(node, list):
        return [_closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    found = {name: _closed(each) for name, each in node.items()}
    if "properties" in found and "type" in found:
        found["additionalProperties"] = False
    return found
