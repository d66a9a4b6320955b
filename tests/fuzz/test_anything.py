"""Every parser, with random and damaged inputs: it returns or raises a WanError.

There are more such tests in tests/parsing (values in responses) and tests/contract (damage to
documents and pages, and to both sides of a comparison).
"""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.parsing.test_anything import deepest

from .damage import TOKENS, damaged, grown
from .targets import TARGETS, outcome

TARGETS_READY = {name: make() for name, make in TARGETS.items()}
each_target = pytest.mark.parametrize("name", TARGETS)
# The examples are the same in each run, so that a failure can be reproduced.
bounded = settings(derandomize=True, deadline=None, database=None)
SOUP = st.lists(st.sampled_from([*TOKENS, '{"a":', "}", "[", "]", ",", " ", "\n"]) | st.text())


@each_target
@settings(bounded, max_examples=50)
@given(
    data=st.binary(max_size=200) | SOUP.map(lambda parts: "".join(parts).encode("utf-8", "replace"))
)
def test_any_bytes_are_parsed_or_an_error(name, data):
    """Text, invalid UTF-8, or tokens of the format in any order."""
    assert outcome(TARGETS_READY[name], data)


@each_target
@settings(bounded, max_examples=25)
@given(data=st.data(), draw=st.randoms(use_true_random=False))
def test_a_damaged_input_is_parsed_or_an_error(name, data, draw):
    """A part is removed, duplicated, moved, nested or replaced; or a token is inserted."""
    target = TARGETS_READY[name]
    seed = data.draw(st.sampled_from(target.seeds))
    with suppress(ValueError):
        seed = damaged(seed, draw)
    if data.draw(st.integers(0, 4)) == 0:
        seed = grown(seed, draw)
    assert outcome(target, seed)


def text_of(value: str) -> list[bytes]:
    """Return members with a value, in a small input of each format."""
    member = f'"x": {value}, "id": {value}, "request": {value}, "overlay": {value}'
    return [
        f"{{{member}}}".encode(),
        f'{{"openapi": "3.0.0", "paths": {{"/a": {{"get": {{}}}}}}, {member}}}'.encode(),
        f'{{"openapi": "3.0.0", "paths": {{"/a": {{"get": {{{member}}}}}}}}}'.encode(),
        f'{{"overlay": "1.0.0", "x-stage": "client", "actions": [{{{member}}}]}}'.encode(),
        f'{{"request": {{{member}}}, "response": {{"status": {value}, {member}}}}}'.encode(),
    ]


@each_target
@pytest.mark.parametrize(
    "value",
    [
        *(
            "NaN",
            "Infinity",
            "-Infinity",
            "1e999",
            "-1e999",
            "9" * 4300,
            "9" * 4301,
            "1." + "9" * 9999,
        ),
        *('"\\ud800"', '"\\u0000"', "[" * 989 + "]" * 989, '{"a":' * 300 + "1" + "}" * 300),
        *('1, "x": 2', '"\\ud83d"', "0x" + "f" * 5000, "-0", '"' + "é" * 5000 + '"'),
    ],
)
def test_numbers_and_texts_at_the_limits_of_json_are_parsed_or_an_error(name, value):
    """Values that some JSON parsers accept and others do not, in each place for a value."""
    for data in text_of(value):
        assert outcome(TARGETS_READY[name], data)
    for changed in (b"\xef\xbb\xbf" + data, b"\0" + data, data.decode().encode("utf-16")):
        assert outcome(TARGETS_READY[name], changed)


@pytest.mark.parametrize("name", [name for name in TARGETS if name != "comparison"])
def test_nesting_at_the_limit_of_the_parser_is_parsed_or_an_error(name):
    """What follows the parser may need more of the stack than the parser."""
    limit = deepest()
    for depth in (100, 200, 300, 400, 600, 800, *range(limit - 12, limit + 1)):
        for nested in ("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth):
            for data in text_of(f'[{nested}, "\\ud800"]')[1::2]:
                assert outcome(TARGETS_READY[name], data)
