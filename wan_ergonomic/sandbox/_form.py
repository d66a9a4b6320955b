"""Values in the form that the contract gives them, so that the sandbox follows the vendor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wan_ergonomic._spec import Schema, choices, types

_TEXTS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def video_of(url: str, schema: Schema) -> Any:
    """Return a video, by its URL, as text, as an object or as a list of one."""
    kinds = types(schema) or {"object"}
    if "object" in kinds:
        return completed({"url": url}, schema)
    return [video_of(url, schema.get("items", {}))] if "array" in kinds else url


def url_of(video: Any) -> str:
    """Return the URL of a video in any of these forms."""
    if isinstance(video, list):
        return url_of(video[0])
    return str(video["url"] if isinstance(video, Mapping) else video)


def completed(value: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """Return an object with all properties that its schema requires, made up where it has none."""
    properties = schema.get("properties", {})
    missing = [name for name in schema.get("required", ()) if name not in value]
    return {**value, **{name: _made_up(properties.get(name, {})) for name in missing}}


def _made_up(schema: Schema) -> Any:
    """Return a value that a schema allows, as far as its types and values say."""
    if listed := choices(schema):
        return listed[0]
    kinds = types(schema)
    for word in ("oneOf", "anyOf"):
        if word in schema and not kinds:
            return _made_up(schema[word][0])
    if "null" in kinds or not kinds:
        return None
    least = schema.get("minimum", 0)
    made = {"boolean": False, "integer": least, "number": least, "array": []}
    kind = min(kinds)
    if kind == "object":
        return completed({}, schema)
    return _TEXTS.get(schema.get("format", ""), "text") if kind == "string" else made[kind]
