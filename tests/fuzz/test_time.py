"""Nothing that is read takes more time than its size explains.

Each input is of a size at which work that grows faster than its input takes
minutes; work that does not, takes a moment, on a machine ten times slower too.
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
from wan_ergonomic._parsing._error_response import parse_error, parse_retry_after
from wan_ergonomic.contract import Document, compare
from wan_ergonomic.contract.document import _yaml
from wan_ergonomic.contract.source import _fetch
from wan_ergonomic.contract.source._gitbook import Flaw, read_page

SECONDS = 20.0


@contextmanager
def soon() -> Iterator[None]:
    """Demand that what is done within takes no long time of this process' own."""
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
def test_a_page_is_read_in_the_time_that_its_length_explains(text):
    """However many marks stand in a row or within one another."""
    with soon():
        list(read_page(text))


def test_blocks_far_within_one_another_are_a_flaw():
    """None has a reason to be, and each would be read again for all it is in."""
    first, *others = read_page("{% swagger %}\n" * 101)
    assert first == Flaw("has more than 100 blocks within one another on line 101")
    assert len(others) == 100


@pytest.mark.parametrize("end", ["", "<html>"])
def test_a_file_of_comments_is_told_from_a_page_in_time(end):
    """Each comment has one end, not any of those that follow."""
    with soon():
        assert bool(_fetch._HTML.match("<!---->" * 50_000 + end)) is bool(end)


def test_merges_are_counted_before_they_are_made():
    """A thousand times a thousand times a thousand entries never come to be."""
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


@pytest.mark.parametrize("word", ["allOf", "oneOf", "anyOf", "properties"])
def test_what_is_reached_in_a_thousand_ways_is_looked_at_once(word):
    """Each of forty schemas refers to the next one twice: a billion ways to the last one."""

    def twice(number: int) -> Json:
        next_one = {"$ref": f"#/components/schemas/A{number}"}
        held = {"p": next_one, "q": next_one} if word == "properties" else [next_one] * 2
        return {word: held}

    def chain(kind: str) -> Json:
        schemas = {f"A{number}": twice(number + 1) for number in range(40)}
        return extended({"$ref": "#/components/schemas/A0"}, schemas | {"A40": {"type": kind}})

    with soon():
        assert differences(chain("string"), chain("boolean"))


def differences(old: Json, new: Json) -> list[str]:
    """Return the kinds of what a comparison finds."""
    return [one.rule for one in compare([Document("", old, "old")], [Document("", new, "new")])]


@pytest.mark.parametrize("words", ["", "The same words"])
def test_very_many_renamed_properties_are_compared_in_time(words):
    """What so many share tells nothing."""
    said = {"description": words} if words else {}
    old, new = (
        extended({"properties": {f"{name}{n}": {"type": "string", **said} for n in range(1500)}})
        for name in "ab"
    )
    with soon():
        kinds = differences(old, new)
    assert len(kinds) == 3000
    assert "response-property-renamed" not in kinds


def test_very_many_parameters_are_compared_in_time():
    """None of them is the only one of its place."""
    old, new = rich(), rich()
    for name, document in (("a", old), ("b", new)):
        Draft(document).operation("poll")["parameters"] += [
            {"name": f"{name}{n}", "in": "query", "schema": {"type": "string"}} for n in range(800)
        ]
    with soon():
        assert len(differences(old, new)) == 1600


def test_of_very_many_variants_each_is_taken_for_the_one_in_its_place():
    """The ones that stayed are found first, wherever they are now."""
    old, new = (
        [{"type": "string", "minLength": number} for number in range(start, start + 1500)]
        for start in (1, 1001)
    )
    with soon():
        kinds = differences(extended({"oneOf": old}), extended({"oneOf": new}))
    assert kinds == ["response-property-min-length-increased"] * 1000


@pytest.mark.parametrize("mark", ["<title>", "<title "])
def test_a_refusal_of_the_largest_size_is_read_in_time(mark):
    """A page of nothing but beginnings of titles has none."""
    with soon():
        assert parse_error(503, {}, mark.encode() * 140_000).message == "an HTML page"


def test_a_long_retry_after_is_read_in_time():
    """One that is no date is as good as absent."""
    with soon():
        assert parse_retry_after("00:00:00 " * 20_000) is None
