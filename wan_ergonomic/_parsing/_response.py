"""Parses a successful response into a Generation.

Every shape that is known to occur is accepted, unusable parts are left out, and
departures from the contract are reported. Only a response that is not a JSON object,
or that leaves the id unknown, is an error: an ``UnreadableResponseError``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from wan_ergonomic._errors import UnreadableResponseError
from wan_ergonomic._generation import UNSEEN, Drift, Failure, Generation, Usage, Video, is_id
from wan_ergonomic._spec import Role

from ._drift import departures, show

CREDITS = ("credits_used", "tokens_used")
# Numbers beside the costs that say something else.
_NO_COST = (
    *("balance", "remain", "left", "limit"),
    *("second", "duration", "time", "frame", "size", "width", "height"),
)


def parse_json(content: bytes) -> Any:
    """Return the parsed JSON, or the text if it is not JSON."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return content.decode("utf-8", errors="replace")


def member(value: Any, name: str) -> Any:
    """Like dict.get, but None for anything that is not a dict."""
    return value.get(name) if isinstance(value, dict) else None


def parse_generation(
    content: bytes, headers: Mapping[str, str], role: Role, before: Generation | None = None
) -> Generation:
    """Parse one successful response.

    Args:
        content: The body.
        headers: The response's headers, with names in lower case.
        role: The operation that was called.
        before: The generation as it was known; what the response omits is kept from it.

    Raises:
        UnreadableResponseError: The body is not a JSON object, or no id is known.
    """
    body = parse_json(content)
    known = {
        "body": content[:500].decode("utf-8", errors="replace"),
        # The API sends the id of a generation in this header, too.
        "generation_id": headers.get("x-inference-id"),
    }
    if not isinstance(body, dict):
        found = _kind(body) if content else "an empty body"
        raise UnreadableResponseError(
            f"The API returned {found} instead of a JSON object.", **known
        )
    given = read_id(body.get("id"))
    identity = before.id if before else given
    if identity is None:
        raise UnreadableResponseError("The API's response has no id.", **known)
    before = before or Generation(id=identity)
    status = body.get("status")
    return replace(
        before,
        status=status if isinstance(status, str) and status.strip() else UNSEEN,
        video=_read_video(body.get("video"), body.get("duration")),
        error=_read_failure(body.get("error")),
        usage=_read_usage(body, headers) or before.usage,
        drift=departures(content, body, role) + _id_drift(role, identity, given),
        request_id=headers.get("x-request-id"),
        inference_id=headers.get("x-inference-id") or before.inference_id,
        raw=body,
    )


def other_id(generation: Generation) -> str | None:
    """Return the id that the last response named in place of the one that was polled, if any."""
    given = read_id(generation.raw.get("id"))
    return None if given == generation.id else given


def _id_drift(role: Role, requested: str, given: str | None) -> tuple[Drift, ...]:
    """Report a response that has another id than the request."""
    if given in {None, requested}:
        return ()
    expected = f"the id of the request, {requested!r}"
    return (
        Drift(kind="value", operation=role, pointer="/id", expected=expected, found=show(given)),
    )


def _kind(value: Any) -> str:
    names = {str: "text", list: "a list", type(None): "null", bool: "a boolean"}
    return names.get(type(value), "a number")


def read_id(value: Any) -> str | None:
    """Return a valid id, or None; some gateways send digits as a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and is_id(value) else None


def _read_video(value: Any, duration: Any) -> Video | None:
    """Read ``url``, ``[url]``, ``{url}`` or ``[{url}]``; None if there is no link."""
    if isinstance(value, list):
        value = value[0] if value else None
    url = value if isinstance(value, str) else member(value, "url")
    if not isinstance(url, str) or not url.strip():
        return None
    length = read_number(member(value, "duration"))
    return Video(url=url, duration=length if length is not None else read_number(duration))


def _read_failure(value: Any) -> Failure | None:
    """Read an error that is an object, a string, a list of either, or a list of issues.

    An object whose values are all empty counts as no error.
    """
    if not value or (isinstance(value, dict) and not any(value.values())):
        return None
    if isinstance(detail := member(value, "detail"), list | str):
        value = detail
    if isinstance(value, dict):
        name, message = value.get("name") or value.get("code"), value.get("message")
        if not name and not message:
            message = _as_json(value)
        return Failure(name=str(name or "error"), message=str(message or ""))
    return Failure(name="error", message=describe(value))


def describe(value: Any) -> str:
    """Return a string, an issue or a list of issues as one line of text."""
    issues = value if isinstance(value, list) else [value]
    return "; ".join(describe_issue(item) for item in issues)


def describe_issue(item: Any) -> str:
    """Return an issue as one line of text: where it is, then what it is."""
    if not isinstance(item, dict):
        return str(item)
    where = item.get("loc") or item.get("path") or []
    place = ".".join(str(part) for part in where) if isinstance(where, list) else str(where)
    text = item.get("msg") or item.get("message") or _as_json(item)
    return f"{place}: {text}" if place else str(text)


def _as_json(value: dict[str, Any]) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        # The parser could go deeper, because fewer calls were on the stack.
        return f"an object with {sorted(value)}"


def _read_usage(body: Mapping[str, Any], headers: Mapping[str, str]) -> Usage | None:
    """Read the cost from the body, or from the headers if the body has none."""
    usage = member(body.get("meta"), "usage")
    named = usage.items() if isinstance(usage, dict) else ()
    costs = (pair for pair in named if _is_cost(pair[0]))
    amounts = {name: n for name, value in costs if (n := read_number(value)) is not None}
    usd = next((n for name, n in amounts.items() if "usd" in name.lower()), None)
    # The vendor has renamed the credits before, so another number counts as credits.
    order = [name for name in (*CREDITS, *amounts) if name in amounts and "usd" not in name.lower()]
    spent = amounts[order[0]] if order else read_number(headers.get("x-aimlapi-credits-used"))
    if usd is None:
        usd = read_number(headers.get("x-aimlapi-usd-spent"))
    return None if spent is None and usd is None else Usage(credits=spent, usd=usd)


@lru_cache(256)
def _is_cost(name: str) -> bool:
    return not any(word in name.lower() for word in _NO_COST)


def read_number(value: Any) -> float | None:
    """Return a finite number, also from its text, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
