"""Finds a generation's id or cost in an error response.

A rejection contains neither. Gateways and queues name a job in many places, so every name
in the body is read, except in an object about something else, such as a user.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from wan_ergonomic._generation import meaning_of
from wan_ergonomic._spec import id_parameter

from ._response import CREDITS, read_id, read_number

# Names are compared in lower case, without punctuation.
_IDS = re.compile(r"(generation|inference|prediction|task|job|video)?(id|uuid)")
_JOBS = re.compile(r"(generation|inference|prediction|task|job|video)s?")
_COSTS = frozenset({*(name.replace("_", "") for name in CREDITS), "usdspent"})
# What the status of an accepted job means.
_RUNS = frozenset({"pending", "completed"})
# An id within one of these is not that of a generation.
_OTHERS = re.compile(r"user|account|organi[sz]ation|org|project|team|key|apikey|plan|request|trace")

# What may stand before such a name in a header.
_PREFIX = re.compile(r"x?(aimlapi)?")
# Headers whose URL may be that of a job.
_ADDRESSES = ("location", "content-location", "operation-location")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:\S+)?", re.IGNORECASE)
# A body that is incomplete, not valid JSON, or a stream of events; not an HTML page.
_NEARLY_JSON = re.compile(r"\A\s*[{[]|^data: ?[{[]", re.MULTILINE)
# A member, in such a body.
_MEMBER = re.compile(r'"([\w-]{1,40})"\s*:\s*"?([^"\s,}\]]{1,200})')


def find_job_id(body: Any, headers: Mapping[str, str]) -> str | None:
    """Return the id of the generation that an error response names, or None."""
    named = (*_members(body), *_headers(headers))
    ids = (read_id(value) for name, value in named if _IDS.fullmatch(name))
    return next((found for found in ids if found), None)


def names_job(body: Any, headers: Mapping[str, str]) -> bool:
    """Whether an error response names a generation, its status or a cost: one may have begun.

    Args:
        body: The parsed body, or its text.
        headers: The response's headers, with names in lower case.
    """
    costs = []
    for name, value in (*_members(body), *_headers(headers)):
        if _IDS.fullmatch(name) and read_id(value):
            return True
        if _JOBS.fullmatch(name) and value and isinstance(value, dict | list | str):
            return True
        if name == "status" and isinstance(value, str) and meaning_of(value) in _RUNS:
            return True
        if name in _COSTS:
            costs.append(value)
    return any((read_number(cost) or 0) > 0 for cost in costs)


def _headers(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each header as a member of a body.

    A plain X-Id is that of a request. X-Inference-Id is left out, because a rejection may
    have one; the error has an attribute for it.
    """
    for name, value in headers.items():
        plain = _PREFIX.sub("", _plain(name), count=1)
        if plain not in {"id", "uuid", "inferenceid"}:
            yield plain, value
        if name in _ADDRESSES and (found := _in_query(value) or _UUID.search(value)):
            yield "id", found[0]


def _in_query(url: str) -> re.Match[str] | None:
    """Find the id that a URL polls, by the contract's name for the parameter."""
    _, name = id_parameter()
    return re.search(rf"(?<={re.escape(name)}=)[^&#]+", url)


def _members(body: Any) -> Iterator[tuple[str, Any]]:
    """Yield each name and value at any depth, the outermost first."""
    waiting = [body]
    for value in waiting:
        if isinstance(value, dict):
            named = [(_plain(name), item) for name, item in value.items()]
            yield from named
            waiting += [
                item
                for name, item in named
                if isinstance(item, dict | list) and not _OTHERS.fullmatch(name)
            ]
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and _UUID.fullmatch(value.strip()):
            yield "id", value.strip()
        elif value is body and isinstance(value, str) and _NEARLY_JSON.search(value):
            yield from ((_plain(name), item) for name, item in _MEMBER.findall(value))


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()
