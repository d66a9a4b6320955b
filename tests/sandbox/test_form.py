"""Values in the form of any contract."""

from __future__ import annotations

from typing import Any

import pytest

from wan_ergonomic.sandbox._form import completed, url_of, video_of

LINK = "https://cdn.example/v.mp4"
TEXT: Any = {"type": "string"}
VIDEO: Any = {"type": "object", "properties": {"url": TEXT}}


@pytest.mark.parametrize(
    ("schema", "video"),
    [
        (VIDEO, {"url": LINK}),
        ({}, {"url": LINK}),
        ({**VIDEO, "required": ["url", "duration"]}, {"url": LINK, "duration": None}),
        ({"type": ["string", "null"]}, LINK),
        ({"type": "array", "items": TEXT}, [LINK]),
        ({"type": "array", "items": VIDEO}, [{"url": LINK}]),
        ({"type": "array"}, [{"url": LINK}]),
    ],
)
def test_a_video_has_the_form_of_the_contract(schema, video):
    """Its URL can be found in each."""
    assert video_of(LINK, schema) == video
    assert url_of(video) == LINK


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "enum": ["a", "b"]}, "a"),
        ({**TEXT, "nullable": True}, None),
        (TEXT, "text"),
        ({**TEXT, "format": "date-time"}, "2026-01-31T12:00:00Z"),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "number"}, 0),
        ({"type": "boolean"}, False),
        ({"type": "array", "items": TEXT}, []),
        ({"type": "object", "properties": {"b": TEXT}, "required": ["b"]}, {"b": "text"}),
        ({"oneOf": [{"type": "boolean"}, TEXT]}, False),
        ({"anyOf": [TEXT]}, "text"),
        ({}, None),
    ],
)
def test_what_a_response_lacks_is_made_up(schema, value):
    """What it has stays, and nothing else is added."""
    whole = {"properties": {"a": schema, "c": TEXT, "d": TEXT}, "required": ["a", "c"]}
    assert completed({"c": "x"}, whole) == {"c": "x", "a": value}
