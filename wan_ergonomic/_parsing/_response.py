"""Turns what the API answered into a Generation.

Reads every shape that is known to occur, goes on without what it cannot use,
and reports what departs from the contract. Only an answer without an id or
one that is no object at all is an error, and always an
``UnreadableResponseError``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wan_ergonomic._errors import UnreadableResponseError
from wan_ergonomic._generation import UNSEEN, Drift, Failure, Generation, Usage, Video, is_id
from wan_ergonomic._spec import Role

from ._drift import departures, show

_CREDITS = ("credits_used", "tokens_used")


def parse_json(content: bytes) -> Any:
    """Return the parsed content, or its text where it is not JSON."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return content.decode("utf-8", errors="replace")


def member(value: Any, name: str) -> Any:
    """Return what an object holds under a name; None where it holds nothing or is no object."""
    return value.get(name) if isinstance(value, dict) else None


def parse_generation(
    content: bytes, headers: Mapping[str, str], role: Role, before: Generation | None = None
) -> Generation:
    """Read one successful answer.

    Args:
        content: The body, as it came.
        headers: The answer's headers, with names in lower case.
        role: The operation that answered.
        before: The generation as it was known; what the answer leaves out is kept from it.

    Raises:
        UnreadableResponseError: The body is not a JSON object, or no id is known.
    """
    answer, excerpt = parse_json(content), content[:500].decode("utf-8", errors="replace")
    if not isinstance(answer, dict):
        raise UnreadableResponseError(
            f"The API's answer is not a JSON object but {_kind(answer) if content else 'empty'}.",
            body=excerpt,
        )
    given = _read_id(answer.get("id"))
    identity = before.id if before else given
    if identity is None:
        raise UnreadableResponseError("The API's answer has no id.", body=excerpt)
    before = before or Generation(id=identity)
    status = answer.get("status")
    return replace(
        before,
        status=status if isinstance(status, str) and status.strip() else UNSEEN,
        video=_read_video(answer.get("video"), answer.get("duration")),
        error=_read_failure(answer.get("error")),
        usage=_read_usage(answer, headers) or before.usage,
        drift=departures(answer, role) + _mistaken(role, identity, given),
        request_id=headers.get("x-request-id"),
        inference_id=headers.get("x-inference-id") or before.inference_id,
        raw=answer,
    )


def _mistaken(role: Role, asked: str, given: str | None) -> tuple[Drift, ...]:
    """Report an answer that is about another generation, as far as it says."""
    if given in {None, asked}:
        return ()
    promised = f"the id that was asked for, {asked!r}"
    return (
        Drift(kind="value", operation=role, pointer="/id", expected=promised, found=show(given)),
    )


def _kind(value: Any) -> str:
    names = {str: "text", list: "a list", type(None): "null", bool: "a boolean"}
    return names.get(type(value), "a number")


def _read_id(value: Any) -> str | None:
    """Return an id that can be asked for, or None; some gateways send digits as a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and is_id(value) else None


def _read_video(value: Any, duration: Any) -> Video | None:
    """Read ``url``, ``[url]``, ``{url}`` or ``[{url}]``; None where there is no link."""
    if isinstance(value, list):
        value = value[0] if value else None
    url = value if isinstance(value, str) else member(value, "url")
    if not isinstance(url, str) or not url.strip():
        return None
    length = _number(member(value, "duration"))
    return Video(url=url, duration=length if length is not None else _number(duration))


def _read_failure(value: Any) -> Failure | None:
    """Read an error that is an object, a text, a list of either, or a list of issues."""
    if not value:
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
    """Say in one line what a text, an issue or a list of issues says."""
    issues = value if isinstance(value, list) else [value]
    return "; ".join(describe_issue(item) for item in issues)


def describe_issue(item: Any) -> str:
    """Say one issue in one line: where it is, then what it is."""
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
        # Nested as deep as could be parsed, which was nearer the bottom of the stack.
        return f"an object with {sorted(value)}"


def _read_usage(answer: Mapping[str, Any], headers: Mapping[str, str]) -> Usage | None:
    """Read what it cost from the body, and where that is silent from the headers."""
    usage = member(answer.get("meta"), "usage")
    named = usage.items() if isinstance(usage, dict) else ()
    amounts = {name: n for name, value in named if (n := _number(value)) is not None}
    usd = next((n for name, n in amounts.items() if "usd" in name), None)
    # The name of the credits has changed before, so an unknown amount is taken for them too.
    order = [name for name in (*_CREDITS, *amounts) if name in amounts and "usd" not in name]
    spent = amounts[order[0]] if order else _number(headers.get("x-aimlapi-credits-used"))
    if usd is None:
        usd = _number(headers.get("x-aimlapi-usd-spent"))
    return None if spent is None and usd is None else Usage(credits=spent, usd=usd)


def _number(value: Any) -> float | None:
    """Return a finite number, also from the text of one, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
