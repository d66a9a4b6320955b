"""Small pairs of documents, each with the verdict that a careful reader gives.

A line of ``pairs.jsonl`` has what differs from the first contract, in OpenAPI 3.0, 3.1 or 3.2, on
either side: places with their values, or without one where something is left out. One that is
``open`` is judged wrongly today.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.first_contract import first_contract
from wan_ergonomic import WanError
from wan_ergonomic._json import unescape
from wan_ergonomic.contract import compare
from wan_ergonomic.contract.document._document import Document

pytestmark = pytest.mark.usefixtures("documents_as_they_were")

VERSIONS = {"3.0": "3.0.0", "3.1": "3.1.0", "3.2": "3.2.0"}


def pairs() -> Iterator[Any]:
    """Yield each pair as a parameter; one that is open must not be mended without a word."""
    for line in Path(__file__).with_name("pairs.jsonl").read_text("utf-8").splitlines():
        pair = json.loads(line)
        marks = pytest.mark.xfail(strict=True, reason="judged wrongly") if "open" in pair else ()
        yield pytest.param(pair, id=pair["name"], marks=marks)


def newer(value: Any) -> Any:
    """Return a part of the contract as OpenAPI 3.1 says it."""
    if isinstance(value, list):
        return [newer(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: newer(each) for key, each in value.items() if key != "nullable"}
    if value.get("nullable") is True and "type" in value:
        found["type"] = [value["type"], "null"]
    return found


def document(version: str, *changes: list[Any]) -> dict[str, Any]:
    """Return the first contract with some changes."""
    found = first_contract()
    if version != "3.0":
        found = {**newer(found), "openapi": VERSIONS[version]}
    for pointer, *values in changes:
        assert pointer
        *above, name = map(unescape, pointer.split("/")[1:])
        holder: Any = found
        for key in above:
            holder = holder[int(key) if isinstance(holder, list) else key]
        if values:
            holder[name] = values[0]
        else:
            del holder[name]
    return found


@pytest.mark.parametrize("pair", [*pairs()])
def test_each_pair_has_its_verdict(pair):
    """Several verdicts may be right."""
    sides = [
        [Document(json.dumps(data), data, side)]
        for side, data in ((side, document(*pair[side])) for side in ("old", "new"))
    ]
    try:
        verdict: str = compare(sides[0], sides[1]).verdict
    except WanError:
        verdict = "unclear"
    assert verdict in pair["right"].split("|")
