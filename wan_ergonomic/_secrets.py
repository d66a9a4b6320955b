"""Keeps keys and signed links out of what is shown: answers, errors and log records."""

from __future__ import annotations

import logging
import re
from weakref import WeakSet

from ._generation import shorten_link

# A key as short as a word, as sandboxes have it, is no secret and may stand anywhere.
_SECRET_LENGTH = 8
_LINK = re.compile(r"(?:\w+:/)?/[^\s'\"]+")
# What is before a host or in a query may be what lets its holder in; there is no end of names.
_GRANTS_ACCESS = re.compile(
    r"(?i)//[^/]*@|[?&][^=&]*(auth|credential|expires|hash|hmac|key|secret|sig|token|verify)[^=&]*="
)


class Key:
    """An API key, which is shown by nothing but its one attribute.

    Attributes:
        text: The key.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._spelled = re.compile("".join(map(_spellings, text)))
        if len(text) >= _SECRET_LENGTH:
            _keys.add(self)

    def hidden_in(self, text: str) -> str:
        """Return a text without the key, however it is spelled there."""
        return self._spelled.sub("***", text) if self in _keys else text


_keys: WeakSet[Key] = WeakSet()


def _spellings(character: str) -> str:
    """Return a pattern of how JSON or an address may spell a character."""
    code = ord(character)
    return rf"(?:\\?{re.escape(character)}|(?i:%{code:02x}|\\u{code:04x}))"


def without_keys(text: str) -> str:
    """Return a text without any key that is in use."""
    for key in tuple(_keys):
        text = key.hidden_in(text)
    return text


def _without_access(link: re.Match[str]) -> str:
    return shorten_link(link[0]) if _GRANTS_ACCESS.search(link[0]) else link[0]


def _hide(record: logging.LogRecord) -> bool:
    """Keep signed links, and a key that came back, out of a log record."""
    text = record.getMessage()
    shown = without_keys(_LINK.sub(_without_access, text))
    if shown != text:
        record.msg, record.args = shown, ()
    return True


# httpx logs the address of every request at INFO, whoever made it; httpcore, the headers of
# every answer, and one of them may be a redirect.
for _name in ("httpx", "httpcore.http11"):
    logging.getLogger(_name).addFilter(_hide)
