"""Finds the entries of a recording, one at a time.

A recording is a HAR 1.2, or JSON lines of which each holds one entry. An entry that is
not JSON is passed on as the error about it: the other entries are as good as before.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from wan_ergonomic._errors import ContractError

from ._exchange import EntryError

_SPACE = b"\xef\xbb\xbf \t\r\n"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_entries(lines: Iterable[bytes], name: str) -> Iterator[Any]:
    """Yield each entry of a recording, or the EntryError about it; JSON lines are read one by one.

    Args:
        lines: The recording, such as an open file.
        name: Its name, for messages.

    Raises:
        ContractError: It is not a recording, or is a HAR that is incomplete.
    """
    remaining = iter(lines)
    first = next(remaining, b"")
    if first.startswith(_UTF_16):
        # Windows PowerShell writes a command's output like this.
        content = (first + b"".join(remaining)).decode("utf-16", "replace").encode()
        remaining = iter(content.splitlines(keepends=True))
        first = next(remaining, b"")
    value = _parse(first)
    if _is_exchange(value):
        yield value
        yield from _each(remaining)
        return
    rest = list(remaining)
    if isinstance(value, EntryError):
        value = _parse(first + b"".join(rest))
    elif any(line.strip() for line in rest) and _entries_of(value) is not None:
        _fail(name, "there is more text after the end of the HAR")
    entries = _entries_of(value)
    if entries is not None:
        yield from entries
    elif any(b'"request"' in line and _is_exchange(_parse(line)) for line in rest):
        yield from _each([first, *rest])
    else:
        _fail(name, _reason(first + b"".join(rest), value))


def _parse(content: bytes) -> Any:
    """Return the value of a JSON text, or an EntryError."""
    try:
        return json.loads(content.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return EntryError("is not JSON", is_damaged=True)


def _is_exchange(value: Any) -> bool:
    return isinstance(value, dict) and "request" in value


def _entries_of(value: Any) -> list[Any] | None:
    """Return the entries of a HAR; None if a value is not one."""
    log = value.get("log") if isinstance(value, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    return entries if isinstance(entries, list) else None


def _each(lines: Iterable[bytes]) -> Iterator[Any]:
    return (_parse(line) for line in lines if line.strip(_SPACE))


def _reason(content: bytes, value: Any) -> str:
    if not content.strip(_SPACE):
        return "it is empty"
    if not isinstance(value, EntryError):
        return "it holds JSON, but neither log.entries nor a request"
    is_begun = content.lstrip(_SPACE).startswith((b"{", b"["))
    return "it is incomplete or damaged" if is_begun else "it is not JSON"


def _fail(name: str, reason: str) -> NoReturn:
    raise ContractError(
        f"{name} is neither a HAR nor JSON lines: {reason}. "
        "Browsers and proxies save what they send and receive as HAR."
    )
