"""The vendor's first contract, for tests of how the wrapper uses a contract.

The vendored contract changes whenever the vendor's does. Rules tested with this
one hold for any contract; test_contract_fit.py tests today's.
"""

from __future__ import annotations

import copy
from typing import Any

SERVER = "https://api.aimlapi.com"
STATUSES = ["queued", "generating", "completed", "error"]
TEXT: dict[str, Any] = {"type": "string"}
OPTIONS: dict[str, Any] = {
    "resolution": {"type": "string", "enum": ["480P", "1080P"], "default": "1080P"},
    "aspect_ratio": {
        "type": "string",
        "enum": ["16:9", "9:16", "1:1", "4:3", "3:4"],
        "default": "16:9",
    },
    "negative_prompt": TEXT,
    "watermark": {"type": "boolean", "default": False},
    "seed": {"type": "integer"},
    "enhance_prompt": {"type": "boolean", "default": True},
}
MODEL = {"type": "string", "enum": ["alibaba/wan2.2-t2v-plus"]}
REQUEST = {
    "type": "object",
    "properties": {"model": MODEL, "prompt": TEXT, **OPTIONS},
    "required": ["model", "prompt"],
}
SECONDS = {"type": "number", "nullable": True}
LINK = {"type": "string", "format": "uri"}


def _optional(required: list[str], **properties: Any) -> dict[str, Any]:
    kind = {"type": "object", "nullable": True, "properties": properties}
    return {**kind, "required": required} if required else kind


def _json(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _responses(usage: str, **more: Any) -> dict[str, Any]:
    spent = _optional([usage], **{usage: {"type": "number"}})
    status = {"type": "string", "enum": STATUSES}
    properties = {"id": TEXT, "status": status, "meta": _optional([], usage=spent), **more}
    schema = {"type": "object", "properties": properties, "required": ["id", "status"]}
    return {
        "200": {"description": "The generation", **_json(schema)},
        "4XX": {"description": "The request was rejected", **_json({"type": "object"})},
        "5XX": {"description": "The service failed", **_json({"type": "object"})},
    }


CREATE = {
    "requestBody": {"required": True, **_json(REQUEST)},
    "responses": _responses(
        "credits_used",
        video=_optional(["url"], url=LINK),
        error=_optional(["name", "message"], name=TEXT, message=TEXT),
    ),
}
POLL = {
    "parameters": [{"in": "query", "name": "generation_id", "required": True, "schema": TEXT}],
    "responses": _responses(
        "tokens_used",
        video=_optional(["url"], url=LINK, duration=SECONDS),
        duration=SECONDS,
        error={"description": "Description of the error, if any."},
    ),
}
DOCUMENT = {
    "openapi": "3.0.0",
    "info": {"title": "AIML API", "version": "1.0.0"},
    "servers": [{"url": SERVER}],
    "paths": {
        "/v2/generate/video/alibaba/generation": {"get": POLL},
        "/v2/video/generations": {"post": CREATE},
    },
}


def first_contract() -> dict[str, Any]:
    """Return a copy of it, for a test to change."""
    return copy.deepcopy(DOCUMENT)
