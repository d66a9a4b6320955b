"""What a list would send, before anything is sent."""

from __future__ import annotations

import pytest

from tests.support.options import prompt_defaults
from wan_ergonomic import ConfigurationError
from wan_ergonomic.batch import plan_of, rows_of

pytestmark = pytest.mark.usefixtures("first_contract_once")


def plan(rows, **options):
    """Plan a list at a quarter of a dollar for each video."""
    return plan_of(rows_of(rows), **{"price": lambda _: 0.25, **options})


def test_a_plan_says_what_is_sent_and_what_not():
    """With names as a batch would give them, and without seeds that a batch would draw."""
    rows = [
        "A boat",
        "",
        {"prompt": "A fox", "resolution": "480P", "seed": 7},
        "A cat",
        *[" "] * 25,
    ]
    found = plan(rows, shown=2, defaults=prompt_defaults(aspect_ratio="1:1"))
    assert list(found.lines()) == [
        "1\t0001-a-boat.mp4\tA boat",
        "3\t0003-a-fox.mp4\tA fox\tresolution=480P seed=7",
        "… and 1 more",
        *(f"line {line} cannot be sent: The prompt is empty." for line in (2, *range(5, 24))),
        "… and 6 more that cannot be sent",
        "3 videos for $0.75",
    ]
    data = found.as_data()
    model = data["first"][0]["body"]["model"]
    assert data["first"] == [
        {
            "line": 1,
            "file": "0001-a-boat.mp4",
            "body": {"model": model, "prompt": "A boat", "aspect_ratio": "1:1"},
        },
        {
            "line": 3,
            "file": "0003-a-fox.mp4",
            "body": {
                "model": model,
                "prompt": "A fox",
                "aspect_ratio": "1:1",
                "resolution": "480P",
                "seed": 7,
            },
        },
    ]
    assert (data["videos"], data["usd"], data["bad"], data["warnings"]) == (3, 0.75, 26, [])
    assert data["bad_rows"][0] == {"line": 2, "reason": "The prompt is empty."}
    assert len(data["bad_rows"]) == 20


def test_a_price_that_is_not_known_makes_the_sum_unknown():
    """Also if only one of them is not known, whichever it is."""
    prices = iter([0.25, None, 0.25])
    found = plan(["A", "B", "C"], price=lambda _: next(prices))
    assert (found.usd, list(found.lines())[-1]) == (None, "3 videos at an unknown price")


def test_a_plan_of_nothing():
    """It costs nothing."""
    assert list(plan([]).lines()) == ["0 videos for $0.00"]


def test_warnings_are_shown():
    """The model ignores what follows 800 characters."""
    found = plan(["x" * 900])
    assert len(found.warnings) == 1
    assert f"warning: {found.warnings[0]}" in list(found.lines())
    assert plan([{"prompt": "A", "resolution": "480P", "aspect_ratio": "4:3"}]).bad.count == 1
    odd = [{"prompt": "A", "resolution": "480P", "aspect_ratio": "4:3"}]
    assert plan(odd, allow_unsupported=True).rows == 1


def test_two_rows_of_one_name_are_refused():
    """As a batch refuses them."""
    with pytest.raises(ConfigurationError, match="Lines 1 and 2 would both be named 'a'"):
        plan(["A", "a"], names="{slug}")
