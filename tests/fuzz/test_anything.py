"""Every reader, fed with what nobody would write: it answers, or says in a WanError why not.

More of this kind is beside what it is about: values in answers in tests/reading, damage to
documents, pages and both sides of a comparison in tests/contract.
"""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.parsing.test_anything import deepest

from .damage import TOKENS, grown, spoiled
from .targets import TARGETS, ended

TARGETS_READY = {name: make() for name, make in TARGETS.items()}
each_target = pytest.mark.parametrize("name", TARGETS)
# The same examples on each run: a failure here is a failure everywhere.
bounded = settings(derandomize=True, deadline=None, database=None)
SOUP = st.lists(st.sampled_from([*TOKENS, '{"a":', "}", "[", "]", ",", " ", "\n"]) | st.text())


@each_target
@settings(bounded, max_examples=50)
@given(
    data=st.binary(max_size=200) | SOUP.map(lambda parts: "".join(parts).encode("utf-8", "replace"))
)
def test_any_bytes_are_read_or_refused(name, data):
    """Whether they are text, half a character, or words of the format in any order."""
    assert ended(TARGETS_READY[name], data)


@each_target
@settings(bounded, max_examples=25)
@given(data=st.data(), draw=st.randoms(use_true_random=False))
def test_a_proper_input_with_something_wrong_is_read_or_refused(name, data, draw):
    """A part is missing, doubled, moved, nested or replaced; or a token is there many times."""
    target = TARGETS_READY[name]
    seed = data.draw(st.sampled_from(target.seeds))
    with suppress(ValueError):
        seed = spoiled(seed, draw)
    if data.draw(st.integers(0, 4)) == 0:
        seed = grown(seed, draw)
    assert ended(target, seed)


def text_of(value: str) -> list[bytes]:
    """Return a member of that value, in an object of each format's first words."""
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
def test_numbers_and_texts_at_the_edge_of_json_are_read_or_refused(name, value):
    """What some parsers take and others do not, in each place where something is expected."""
    for data in text_of(value):
        assert ended(TARGETS_READY[name], data)
    for damaged in (b"\xef\xbb\xbf" + data, b"\0" + data, data.decode().encode("utf-16")):
        assert ended(TARGETS_READY[name], damaged)


@pytest.mark.parametrize("name", [name for name in TARGETS if name != "comparison"])
def test_nesting_as_deep_as_can_be_parsed_is_read_or_refused(name):
    """Where the parser only just copes, whatever is done with the value must cope too."""
    limit = deepest()
    for depth in (100, 200, 300, 400, 600, 800, *range(limit - 12, limit + 1)):
        for nested in ("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth):
            for data in text_of(f'[{nested}, "\\ud800"]')[1::2]:
                assert ended(TARGETS_READY[name], data)
