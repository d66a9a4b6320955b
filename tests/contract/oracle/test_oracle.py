"""Random pairs of schemas, judged by the values that jsonschema accepts.

``WAN_ORACLE_PAIRS`` is the number of pairs; 20,000 take about five minutes on two cores.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Sequence
from random import Random

import pytest

from wan_ergonomic._spec import path
from wan_ergonomic.contract import Document, Finding, compare

from .instances import Components, instances, validator
from .rewrites import rewritten
from .schemas import COMPONENTS, Schema, changed, schema

PAIRS = int(os.environ.get("WAN_ORACLE_PAIRS", "300"))
PARTS = 10
PER_PART = range(PAIRS // PARTS)
INSTANCES = 40


def documents(held: Schema, components: Components) -> list[Document]:
    """Return a document that sends and receives a schema."""

    def body(of: Schema) -> Schema:
        return {"content": {"application/json": {"schema": of}}}

    sent = {"type": "object", "properties": {"extra": held}, "required": ["extra"]}
    received = {"200": {"description": "Fine", **body(sent)}}
    done = {"200": {"description": "Fine", **body({"type": "string"})}}
    paths = {
        path("create"): {"post": {"requestBody": body(sent), "responses": done}},
        path("poll"): {"get": {"responses": received}},
    }
    info = {"title": "A", "version": "1"}
    data = {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": components}}
    return [Document("", data, "document")]


def some_components(chance: Random) -> Components:
    """Return the components that random schemas reference."""
    return {name: schema(chance, 1, ()) for name in COMPONENTS}


def differing(chance: Random, old: Schema, new: Schema, components: Components) -> dict[str, str]:
    """Return, by role, a value that only one side accepts and that breaks."""
    before, after = validator(old, components), validator(new, components)
    found = {}
    for value in instances(chance, (old, new), components, INSTANCES):
        accepted = before.is_valid(value), after.is_valid(value)
        if accepted == (True, False):
            found["create"] = json.dumps(value)
        elif accepted == (False, True):
            found["poll"] = json.dumps(value)
        if len(found) == 2:
            break
    return found


def counted(findings: Sequence[Finding], role: str) -> set[str]:
    """Return the severities of what was found besides texts."""
    return {str(each.severity) for each in findings if each.role == role} - {"docs"}


@pytest.mark.parametrize("part", range(PARTS))
def test_a_value_that_is_no_longer_accepted_is_a_change(part):
    """In a request what only the old schema accepts, in a response what only the new one does."""
    for number in PER_PART:
        chance = Random(f"{part} {number}")
        components, old = some_components(chance), schema(chance)
        new = changed(chance, old) if chance.random() < 0.9 else schema(chance)
        broken = differing(chance, old, new, components)
        if broken:
            found = compare(documents(old, components), documents(new, components)).findings
            for role, value in broken.items():
                shown = json.dumps([old, new, components])
                assert counted(found, role), f"{role} {number}: {value} of {shown}"


@pytest.mark.parametrize("part", range(PARTS))
def test_a_schema_written_otherwise_is_no_change(part):
    """Neither in the texts nor in what is accepted; nor is a document compared with itself."""
    for number in PER_PART:
        chance = Random(f"{part} {number} again")
        components, old = some_components(chance), schema(chance)
        more = copy.deepcopy(components)
        new = rewritten(chance, old, more)
        same = documents(old, components)
        assert compare(same, copy.deepcopy(same)).findings == ()
        found = compare(documents(old, components), documents(new, more)).findings
        shown = json.dumps([old, new, more])
        assert not found, f"{number}: {[each.message for each in found]} of {shown}"
