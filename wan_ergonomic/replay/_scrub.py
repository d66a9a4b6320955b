"""Removes keys and links from what is recorded: a recording is committed and passed on."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from wan_ergonomic._redaction import without_keys

# In this domain no name ever has an address.
_PLACE = "https://recorded.invalid"
_LINK = re.compile(r"https?://[^\s\"'<>\\]+")
# The headers of a response that the client reads: among those that begin with x- are ids and costs.
_KEPT = re.compile(r"content-type|date|etag|location|retry-after|x-[\w-]+")
_SECRET = re.compile(r"auth|cookie|credential|key|secret|sign|token")


class Scrubber:
    """Replaces each link by one that leads nowhere, the same one each time, and masks keys."""

    def __init__(self) -> None:
        self._links: dict[str, str] = {}

    def link(self, url: str) -> str | None:
        """Return what stands for a link that a response has named; None if none has."""
        return self._links.get(url)

    def text(self, text: str) -> str:
        """Return a text without keys and links."""
        return without_keys(_LINK.sub(self._replace, text))

    def value(self, value: Any) -> Any:
        """Return a JSON value without keys and links."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(each) for each in value]
        if isinstance(value, dict):
            return {without_keys(name): self.value(each) for name, each in value.items()}
        return value

    def body(self, content: bytes) -> Any:
        """Return a body as a JSON value or, if it is no JSON, as a text."""
        try:
            return self.value(json.loads(content))
        except ValueError:
            return self.text(content.decode("utf-8", "replace"))

    @staticmethod
    def sent(content: bytes) -> Any:
        """Return the body of a request without keys, as a JSON value or a text."""
        text = without_keys(content.decode("utf-8", "replace"))
        try:
            return json.loads(text)
        except ValueError:
            return text

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return those headers of a response that are kept."""
        return {
            name: self.text(value)
            for name, value in headers.items()
            if _KEPT.fullmatch(name) and not _SECRET.search(name)
        }

    def _replace(self, match: re.Match[str]) -> str:
        return self._links.setdefault(match[0], f"{_PLACE}/{len(self._links) + 1}.mp4")
