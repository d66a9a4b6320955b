"""Documents that differ only in form give no findings."""

from __future__ import annotations

import copy
import json

import pytest
import yaml

from tests.contract.diff.catalogue.mutations import Draft, Json, contract
from tests.contract.diff.catalogue.rewrites import REWRITES, rich
from wan_ergonomic._spec import METHODS
from wan_ergonomic.contract import Document, Finding, compare, read_source


def documents(*contents: Json) -> list[Document]:
    """Return contents as documents of one source."""
    return [Document("", content, f"{number}.json") for number, content in enumerate(contents)]


def both_ways(old: list[Document], new: list[Document]) -> list[Finding]:
    """Return the findings of both directions."""
    return [*compare(old, new).findings, *compare(new, old).findings]


def test_there_are_many_rewrites():
    """At least 25 are tried."""
    assert len(REWRITES) >= 25


@pytest.mark.parametrize("name", REWRITES)
def test_a_rewrite_is_no_change(name):
    """A document with the same meaning in another form gives no findings."""
    old = rich()
    new = copy.deepcopy(old)
    REWRITES[name](Draft(new))
    assert json.dumps(old) != json.dumps(new)
    assert both_ways(documents(old), documents(new)) == []


@pytest.mark.parametrize("name", REWRITES)
def test_rewrites_can_be_combined(name):
    """Several rewrites at once give no findings either."""
    old, new = rich(), rich()
    for one in (
        "a trailing slash",
        "extensions and examples",
        "white space",
        name,
        "another order",
    ):
        REWRITES[one](Draft(new))
    assert both_ways(documents(old), documents(new)) == []


def test_exclusive_limits_have_two_forms():
    """A flag beside a limit in 3.0 and a limit of its own in 3.1 are the same."""
    old, new = rich(), rich()
    limited = {"type": "number", "minimum": 0, "exclusiveMinimum": True}
    Draft(old).request_schema()["properties"]["extra"] = limited
    Draft(new).request_schema()["properties"]["extra"] = {"type": "number", "exclusiveMinimum": 0}
    old["openapi"], new["openapi"] = "3.0.3", "3.1.0"
    found = both_ways(documents(old), documents(new))
    assert [finding for finding in found if "valid" not in finding.rule] == []


def test_operations_can_be_in_one_document_or_in_two():
    """Each operation can have a document of its own."""
    parts = []
    for role in METHODS:
        part = contract()
        for other in set(METHODS) - {role}:
            del part["paths"][Draft(part).path(other)]
        parts.append(part)
    assert both_ways(documents(contract()), documents(*parts)) == []
    assert both_ways(documents(contract()), documents(*parts[::-1])) == []


def test_yaml_and_json_are_the_same(tmp_path):
    """The format of the text makes no difference."""
    for name, text in (("a.json", json.dumps(rich())), ("b.yaml", yaml.safe_dump(rich()))):
        (tmp_path / name).write_text(text)
    found = [read_source(str(tmp_path / name)) for name in ("a.json", "b.yaml")]
    assert both_ways(*found) == []


def test_the_same_is_no_change():
    """A document compared with itself gives no findings."""
    assert compare(documents(rich()), documents(rich())).findings == ()
