"""Keeps keys and signed links out of what is shown: answers, errors and log records."""

from __future__ import annotations

import logging
import re
import threading
from urllib.parse import unquote
from weakref import WeakSet

from ._generation import shorten_link

# A key as short as a word, as sandboxes have it, is no secret and may stand anywhere.
_SECRET_LENGTH = 8
# Where a link begins is of no matter: what is before its first slash grants nothing.
_LINK = re.compile(r"/[^\s\"]+")
_LOCATION = re.compile(r"(?i)(b'(?:content-)?location', )b(?:'[^']*'|\"[^\"]*\")")
_BEFORE_HOST = re.compile(r"//[^/]*@")
# What lets its holder in has one of many names.
_GRANTS_ACCESS = re.compile(
    "access|auth|code|credential|expires|hash|hmac|jwt|key|pass|policy|pwd|secret|session|sig"
    "|ticket|token|verify",
    re.IGNORECASE,
)


class Key:
    """An API key, which is shown by nothing but its one attribute.

    Attributes:
        text: The key.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._spelled = re.compile(f"{re.escape(text)}|{''.join(map(_spellings, text))}")
        if len(text) >= _SECRET_LENGTH:
            with _lock:
                _keys.add(self)

    def hidden_in(self, text: str) -> str:
        """Return a text without the key, however it is spelled there."""
        return self._spelled.sub("***", text) if self in _keys else text


_keys: WeakSet[Key] = WeakSet()
# Of one thread twice, if a signal's handler logs.
_lock = threading.RLock()


def _spellings(character: str) -> str:
    """Return a pattern of how JSON or an address may spell a character."""
    code = ord(character)
    # A row of backslashes that could be read in many ways would be, in all of them.
    plain = r"\\\\" if character == "\\" else rf"\\?{re.escape(character)}"
    return rf"(?:{plain}|(?i:%{code:02x}|\\u{code:04x}))"


def without_keys(text: str) -> str:
    """Return a text without any key that is in use."""
    with _lock:
        keys = tuple(_keys)
    for key in keys:
        text = key.hidden_in(text)
    return text


def _without_access(link: re.Match[str]) -> str:
    return shorten_link(link[0]) if _grants_access(link[0]) else link[0]


def _grants_access(link: str) -> bool:
    names = (unquote(part).partition("=")[0] for part in re.split("[?&;#]", link)[1:])
    return bool(_BEFORE_HOST.search(link)) or any(map(_GRANTS_ACCESS.search, names))


def _hide(record: logging.LogRecord) -> bool:
    """Keep signed links, and a key that came back, out of a log record."""
    text = record.getMessage()
    shown = _LINK.sub(_without_access, _LOCATION.sub(r"\1b'…'", text))
    shown = without_keys(shown)
    if shown != text:
        record.msg, record.args = shown, ()
    return True


# httpx logs the address of every request at INFO, whoever made it; httpcore, the headers of
# every answer, and one of them may be a redirect.
for _name in ("httpx", "httpcore.http11"):
    logging.getLogger(_name).addFilter(_hide)
