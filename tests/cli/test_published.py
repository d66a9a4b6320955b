"""The published schema of --json: valid, complete, and seen to reject what it does not describe.

The fixture ``wan`` checks each line that any command prints.
"""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator, ValidationError

from .published import check, schema


def test_the_schema_is_valid_and_describes_each_kind_of_line():
    """Each definition says what it is."""
    found = schema()
    Draft202012Validator.check_schema(found)
    assert all(each.get("description") for each in found["$defs"].values())


@pytest.mark.parametrize(
    ("out", "err"),
    [
        ('{"undocumented": 1}', ""),
        ('{"amount": 1.0, "currency": "USD", "more": 1}', ""),
        ('{"amount": "1", "currency": "USD"}', ""),
        ("", '{"event": "unknown"}'),
        ("", '{"event": "note"}'),
    ],
)
def test_a_line_that_it_does_not_describe_is_noticed(out, err):
    """With --json; the contract commands have formats of their own."""
    check(("balance",), out.encode(), err)
    check(("contract", "watch", "--json"), out.encode(), err)
    with pytest.raises(ValidationError):
        check(("balance", "--json"), out.encode(), err)
