"""The time of each parser is about linear in the size of its input.

Each input is so large that a quadratic algorithm takes minutes. A linear one takes a
moment, even on a machine that is ten times slower.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from tests.contract.diff.catalogue.mutations import Draft, Json
from tests.contract.diff.catalogue.rewrites import rich
from wan_ergonomic._parsing import parse_error, parse_retry_after
from wan_ergonomic.contract import Document, compare
from wan_ergonomic.contract.document import _yaml
from wan_ergonomic.contract.source import _fetch
from wan_ergonomic.contract.source._gitbook import Flaw, read_page

pytestmark = pytest.mark.usefixtures("documents_as_they_were")
SECONDS = 20.0


@contextmanager
def soon() -> Iterator[None]:
    """Check that a block takes little processor time of this process."""
    started = time.process_time()
    yield
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize(
    "text",
    [
        "x" + "`" * 200_000,
        "{% openapi %}" * 20_000 + "{% endswagger %}" * 20_000,
        "{% openapi %}" * 20_000 + "{% endopenapi %}" * 20_000,
        "{% openapi %}](" + " " * 100_000 + "{% endopenapi %}",
        "{% openapi %}](x" + " " * 100_000 + "{% endopenapi %}",
        "{% openapi %}" + "](x" * 100_000 + "{% endopenapi %}",
        "{% openapi %}" + "](x y" * 100_000 + "{% endopenapi %}",
        "{% openapi %}](" + "(a) " * 100_000 + "{% endopenapi %}",
        "{% openapi " + "a" * 100_000 + " %}{% endopenapi %}",
        "{% openapi " + "a= " * 100_000 + " %}{% endopenapi %}",
        "> " * 200_000 + "```",
        "1. " * 200_000,
        "````\n" + "```\n" * 200_000,
        "{% " * 200_000,
        "``a`b " * 100_000,
    ],
)
def test_a_page_is_read_in_linear_time(text):
    """However many marks are in a row or nested."""
    with soon():
        list(read_page(text))


def test_deeply_nested_blocks_are_a_flaw():
    """Each level would be scanned again."""
    first, *others = read_page("{% swagger %}\n" * 101)
    assert first == Flaw("has more than 100 blocks within one another on line 101")
    assert len(others) == 100


@pytest.mark.parametrize("end", ["", "<html>"])
def test_a_file_of_comments_is_recognised_in_linear_time(end):
    """Each comment ends at the first end of a comment after it."""
    with soon():
        assert bool(_fetch._HTML.match("<!---->" * 50_000 + end)) is bool(end)


def test_merges_have_a_limit():
    """A chain of three merges of a thousand aliases would have a billion entries."""
    links = pairwise("abcd")
    chain = [f"{b}: &{b} {{<<: [{', '.join([f'*{a}'] * 1000)}]}}\n" for a, b in links]
    with soon(), pytest.raises(ValueError, match="all that it merges"):
        _yaml.load("a: &a {" + ", ".join(f"k{n}: 1" for n in range(20)) + "}\n" + "".join(chain))


def extended(schema: Json, schemas: Json | None = None) -> Json:
    """Return the contract with one more property, and with components."""
    document = copy.deepcopy(rich())
    document["components"]["schemas"] = schemas or {}
    Draft(document).response_schema("poll")["properties"]["extra"] = schema
    return document


@pytest.mark.parametrize("keyword", ["allOf", "oneOf", "anyOf", "properties"])
def test_a_schema_is_compared_once_however_many_schemas_refer_to_it(keyword):
    """Each of forty schemas refers to the next one twice: a trillion paths to the last one."""

    def twice(number: int) -> Json:
        next_one = {"$ref": f"#/components/schemas/A{number}"}
        held = {"p": next_one, "q": next_one} if keyword == "properties" else [next_one] * 2
        return {keyword: held}

    def chain(kind: str) -> Json:
        schemas = {f"A{number}": twice(number + 1) for number in range(40)}
        return extended({"$ref": "#/components/schemas/A0"}, schemas | {"A40": {"type": kind}})

    with soon():
        assert differences(chain("string"), chain("boolean"))


def differences(old: Json, new: Json) -> list[str]:
    """Return the rules of the findings of a comparison."""
    found = compare([Document("", old, "old")], [Document("", new, "new")])
    return [one.rule for one in found.findings]


@pytest.mark.parametrize("description", ["", "The same text"])
def test_very_many_renamed_properties_are_compared_in_time(description):
    """A description that so many share does not identify a property."""
    schema = {"type": "string"} | ({"description": description} if description else {})
    old, new = (
        extended({"properties": {f"{name}{n}": schema for n in range(1500)}}) for name in "ab"
    )
    with soon():
        rules = differences(old, new)
    assert len(rules) == 3000
    assert "response-property-renamed" not in rules


def test_very_many_parameters_are_compared_in_time():
    """None of them is the only new one in the query."""
    old, new = rich(), rich()
    for name, document in (("a", old), ("b", new)):
        Draft(document).operation("poll")["parameters"] += [
            {"name": f"{name}{n}", "in": "query", "schema": {"type": "string"}} for n in range(800)
        ]
    with soon():
        assert len(differences(old, new)) == 1600


def test_very_many_variants_are_compared_in_time():
    """Unchanged ones are matched first, wherever they are now; the rest by position."""
    old, new = (
        [{"type": "string", "minLength": number} for number in range(start, start + 1500)]
        for start in (1, 1001)
    )
    with soon():
        rules = differences(extended({"oneOf": old}), extended({"oneOf": new}))
    assert rules == ["response-property-min-length-increased"] * 1000


@pytest.mark.parametrize("mark", ["<title>", "<title "])
def test_an_error_response_of_the_largest_size_is_parsed_in_linear_time(mark):
    """A page of nothing but opening title tags has no title."""
    with soon():
        assert parse_error(503, {}, mark.encode() * 140_000).message == "an HTML page"


def test_a_long_retry_after_is_parsed_in_linear_time():
    """If it is not a date, it is ignored."""
    with soon():
        assert parse_retry_after({"retry-after": "00:00:00 " * 20_000}) is None
