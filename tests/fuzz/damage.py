"""Damages inputs: changes something in a JSON text, or inserts a token."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

# Parts of the syntax of the formats, for the fuzzer to combine.
TOKENS = [
    *("```json\n", "```\n", "~~~", "> ", "`", "{% openapi ", "{% openapi-operation ", " %}", "{%"),
    *("{% endopenapi %}", "{% endopenapi-operation %}", 'src="', "path='/a' ", "[a](", "](<", ")"),
    *('"openapi": "3.0.0"', '"paths": {"/', "openapi: 3.0.0\n", "swagger: 2", "---\n", "&a ", "*a"),
    *("<<: ", "!!int ", "0x", "9" * 4301, "1e999", "NaN", "-Infinity", "\\ud800", "\0", "\ufeff"),
    *("<title>", "<!--", "-->", "<html", "00:00:00 ", " GMT", "Expires=", "X-Amz-Date=", "//"),
    *("$..", "[?@.", "$ref", "#/components/schemas/", "~1", "%00", "base64", "[" * 990),
]
JUNK: list[Any] = [
    *(None, True, 0, -1, 1.5, 1e999, 10**400, "", "\ud800", "\0", [], {}, [[]], [None], {"": {}}),
    *("object", "null", "#", "#/paths", {"$ref": "#"}, {"$ref": "#/paths"}, {"$ref": "#/x/0"}),
]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each place within a value, as its container and its key there."""
    for key, held in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(held, dict | list):
            yield from places(held)


def damaged(data: bytes, draw: random.Random) -> bytes:
    """Return a JSON text with a part removed, duplicated, moved, nested or replaced.

    Raises:
        ValueError: It is not JSON.
        RecursionError: It is nested too deeply.
    """
    holder = [json.loads(data)]
    for _ in range(draw.randint(1, 3)):
        found = list(places(holder))
        (into, key), (other, there) = draw.choice(found), draw.choice(found)
        match draw.randrange(5):
            case 0 if into is not holder:
                del into[key]
            case 1:
                into[key] = copy.deepcopy(other[there])
            case 2:
                into[key] = [into[key]] * draw.choice((1, 2, 60))
            case 3 if isinstance(into, dict):
                into[draw.choice([str(each) for _, each in found])] = into.pop(key)
            case _:
                into[key] = draw.choice(JUNK)
    return json.dumps(holder[0]).encode()


def grown(data: bytes, draw: random.Random) -> bytes:
    """Return an input with one token inserted somewhere, up to thousands of times."""
    at = draw.randint(0, len(data))
    return data[:at] + draw.choice(TOKENS).encode() * draw.choice((1, 30, 3000)) + data[at:]
