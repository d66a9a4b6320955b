"""Inputs that once crashed a parser, reduced. The fuzzer found them, or led to them."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest

from tests.conformance.traffic import as_lines, check, exchange
from wan_ergonomic import ContractError
from wan_ergonomic._parsing import parse_retry_after
from wan_ergonomic.contract.build._build import build
from wan_ergonomic.contract.document._join import join
from wan_ergonomic.contract.document._node import Node, Tree
from wan_ergonomic.contract.document._schema import view
from wan_ergonomic.contract.overlay._apply import apply, survey
from wan_ergonomic.contract.overlay._overlay import Action, Overlay
from wan_ergonomic.contract.source._gitbook import linked_files
from wan_ergonomic.contract.source._parse import parse_document

from .targets import TARGETS

OVERLAY = b"overlay: 1.0.0\ninfo: {title: T, version: '1'}\nx-stage: client\nactions: "


def operation(content: Any) -> dict[str, Any]:
    """Return a document of one operation."""
    return {"openapi": "3.0.0", "paths": {"/a": {"get": content}}}


@pytest.mark.parametrize(
    ("target", "data", "reason"),
    [
        # ValueError: Python does not convert so many digits to a number.
        (
            "documents",
            json.dumps(operation({"$ref": f"#/paths/~1a/x/{'9' * 5000}", "x": []})).encode(),
            "leads nowhere",
        ),
        # ValueError: the validator treats a path as a Python format string.
        (
            "documents",
            json.dumps({"openapi": "3.0.0", "paths": {"/{a{b}": {"get": {}}}}).encode(),
            "a path cannot be read",
        ),
        # Not UTF-8, actions of other types, an invalid date, and very deep nesting.
        ("overlays", b"\xff", "is not YAML"),
        ("overlays", OVERLAY + b"5", "is not a valid overlay"),
        ("overlays", OVERLAY + b"[5]", "is not a valid overlay"),
        ("overlays", OVERLAY + b"{a: b}", "is not a valid overlay"),
        ("overlays", b"x: 2026-99-99", "is not an OpenAPI Overlay"),
        ("overlays", b"x: !!int five", "is not YAML"),
        ("overlays", b"[" * 2000, "is not YAML"),
    ],
)
def test_an_input_that_raised_another_exception_is_a_contract_error(target, data, reason):
    """With the reason."""
    with pytest.raises(ContractError, match=reason):
        TARGETS[target]().run(data)


@pytest.mark.usefixtures("contract_as_it_was")
def test_an_entry_of_a_recording_may_have_any_status():
    """OverflowError: an infinite one is not an integer."""
    result = check(as_lines(exchange(status=json.loads("1e999"))))
    assert result.unclear == {1: "has a response whose status is no number"}


@pytest.mark.usefixtures("contract_as_it_was")
def test_a_content_type_may_have_a_broken_parameter():
    """ValueError: openapi-core expects one equals sign in each."""
    entry = exchange(headers={"Content-Type": "application/json; utf-8"})
    assert check(as_lines(entry)).verdict == "honoured"


def test_a_link_may_lead_nowhere():
    """AttributeError: there is nothing between its angle brackets."""
    assert linked_files("[a](<>) and [b](c.json)") == ["c.json"]


def test_a_list_is_not_reached_by_a_number_of_ten_thousand_digits():
    """ValueError: Python does not convert so many digits to a number."""
    node = {"x": [1], "y": {"$ref": f"#/paths/~1a/get/x/{'9' * 10_000}"}}
    with pytest.raises(ContractError, match="leads nowhere"):
        join([(operation(node), "get", "/a")])


def test_a_number_that_cannot_be_printed_is_an_error():
    """ValueError: Python parses a hexadecimal number of any length, but may not print it."""
    found = parse_document(f"openapi: 3.0.0\npaths:\n  /a: 0x{'f' * 5000}", "it.yaml")
    assert isinstance(found, ContractError)
    assert "4300 digits" in str(found)


def applied(target: str, document: dict[str, Any], *, remove: bool = True) -> dict[str, Any]:
    """Return a document with what a JSONPath selects removed or updated."""
    action = Action(target, "A reason", None if remove else {"z": 1}, remove, "it.yaml")
    return apply(document, [Overlay("it.yaml", "contract", "model", (action,))], "contract")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("$[?@.a == 1e999]", "is not a valid JSONPath"),  # an OverflowError
        (f"$[{'9' * 5000}]", "is not a valid JSONPath"),  # a ValueError
        ("$[?@.a =~ /(/]", "is not a valid JSONPath"),  # an error of re
        ("$.a.~", "cannot be removed"),  # a KeyError: it selects keys
    ],
)
def test_a_path_that_jsonpath_cannot_handle_is_an_error(target, reason):
    """Jsonpath raises exceptions of other libraries, too."""
    with pytest.raises(ContractError, match=reason):
        applied(target, {"a": {"b": 1}})


@pytest.mark.parametrize("target", ["$.a['b','b']", "$.a['b'] | $.a['b']"])
def test_a_member_that_is_selected_twice_is_removed_once(target):
    """KeyError: it had already been removed."""
    assert applied(target, {"a": {"b": 1, "c": 2}}) == {"a": {"c": 2}}


@pytest.mark.parametrize("target", ["$.a[0,1]", "$.a[1,0]", "$.a[1,0,1]"])
def test_elements_are_removed_in_whatever_order_they_are_selected(target):
    """Removing one moved the others, so that a wrong one was removed next."""
    assert applied(target, {"a": [1, 2, 3]}) == {"a": [3]}


def test_a_document_that_is_too_deep_to_be_corrected_is_an_error():
    """RecursionError: copying needs more of the stack than parsing."""
    deep: Any = {}
    for _ in range(5000):
        deep = {"x": deep}
    with pytest.raises(ContractError, match="too deeply to be corrected"):
        applied("$.none", deep)


def test_a_document_that_can_just_be_copied_is_built_or_an_error():
    """RecursionError: the second step needs one more level of the stack than the first one."""

    def nested(depth: int) -> dict[str, Any]:
        schema: Any = {"type": "string"}
        for _ in range(depth):
            schema = {"not": schema}
        return {"openapi": "3.0.0", "paths": {}, "components": {"schemas": {"a": schema}}}

    depth = 100
    with suppress(ContractError):
        while survey(nested(depth), [], "contract"):
            depth += 1
    for close in range(depth - 8, depth + 8):
        with suppress(ContractError):
            build(nested(close), [], strict=False)


def test_a_schema_that_is_composed_twice_counts_once():
    """A chain of forty took exponential time."""
    document = {"allOf": [{"$ref": "#/b"}, {"$ref": "#/b"}], "b": {"oneOf": [{"type": "string"}]}}
    seen = view(Node({"allOf": document["allOf"]}, "/a", Tree(document)))
    assert seen.types == {"string"}


def test_a_retry_after_with_a_file_separator_is_seconds_or_nothing():
    """ValueError: only one of two functions treats it as white space."""
    assert parse_retry_after({"retry-after": "\x1c11"}) is None
