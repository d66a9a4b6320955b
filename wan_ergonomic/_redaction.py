"""Keeps keys and signed links out of what is shown: responses, errors and log records."""

from __future__ import annotations

import logging
import re
from functools import cache, cached_property
from urllib.parse import unquote
from weakref import WeakValueDictionary

# Keys under eight characters are not masked: they would match ordinary words.
_SECRET_LENGTH = 8
# How many of a key's first characters are searched for.
_HEAD_LENGTH = 64
# A link without its scheme, or a path.
_LINK = re.compile(r"/[^\s\"]+")
_LOCATION = re.compile(r"(?i)(b'(?:content-)?location', )b(?:'[^']*'|\"[^\"]*\")")
_USER_INFO = re.compile(r"//[^/]*@")
# Query parameters that usually carry credentials.
_CREDENTIAL = re.compile(
    "access|auth|code|credential|expires|hash|hmac|jwt|key|pass|policy|pwd|secret|session|sig"
    "|ticket|token|verify",
    re.IGNORECASE,
)


def shorten_link(url: str) -> str:
    """Return a link that can be shown, without its query, fragment, user name and password.

    ``https://me:pw@cdn.example/v.mp4?Signature=x`` becomes ``https://…@cdn.example/v.mp4?…``.
    """
    path = re.split("[?#]", url, maxsplit=1)[0]
    shown = _USER_INFO.sub("//…@", path, count=1)
    return shown if path == url else f"{shown}?…"


class Key:
    """An API key.

    Attributes:
        text: The key; nothing else of the object shows it.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._masked = len(text) >= _SECRET_LENGTH
        if self._masked:
            _keys[id(self)] = self

    @cached_property
    def _head(self) -> re.Pattern[str]:
        """The beginning of the key, in any encoding; few responses need it."""
        # A pattern of a whole long key would take long to compile, so the rest is compared later.
        head = self.text[:_HEAD_LENGTH]
        return re.compile(f"{re.escape(head)}|{''.join(map(_spellings, head))}")

    def mask_in(self, text: str) -> str:
        """Return a text with the key masked, in whatever encoding JSON or a URL gives it."""
        if not self._masked or len(text) < len(self.text):
            return text
        if "%" not in text and "\\" not in text:
            # Nothing is encoded.
            return text.replace(self.text, "***")
        shown: list[str] = []
        done = start = 0
        while head := self._head.search(text, start):
            if end := self._end(text, head):
                shown += [text[done : head.start()], "***"]
                done = start = end
            else:
                start = head.start() + 1
        return "".join([*shown, text[done:]]) if shown else text

    def _end(self, text: str, head: re.Match[str]) -> int:
        """Return where the key that begins with ``head`` ends; 0 if its rest does not follow."""
        if len(self.text) <= _HEAD_LENGTH:
            return head.end()
        if text.startswith(self.text, head.start()):
            return head.start() + len(self.text)
        ends = {head.start()}
        for character in self.text:
            found = (p.match(text, end) for end in ends for p in _patterns(character))
            ends = {match.end() for match in found if match}
        return max(ends, default=0)


# By identity. No lock: a child process could inherit it locked.
_keys: WeakValueDictionary[int, Key] = WeakValueDictionary()


def _spellings(character: str) -> str:
    r"""Return a pattern for one character as JSON or a URL may escape it.

    ``/`` matches ``/``, ``\/``, ``%2f`` and ``\u002f``.
    """
    return f"(?:{'|'.join(_ways_to_spell(character))})"


def _ways_to_spell(character: str) -> tuple[str, str, str]:
    code = ord(character)
    # A backslash matches only as a pair: several readings of a long row of them would make the
    # search exponential.
    plain = r"\\\\" if character == "\\" else rf"\\?{re.escape(character)}"
    return plain, f"%{_in_any_case(f'{code:02x}')}", rf"\\[uU]{_in_any_case(f'{code:04x}')}"


def _in_any_case(digits: str) -> str:
    return "".join(f"[{one}{one.upper()}]" if one.isalpha() else one for one in digits)


@cache
def _patterns(character: str) -> tuple[re.Pattern[str], ...]:
    return tuple(map(re.compile, _ways_to_spell(character)))


def without_keys(text: str) -> str:
    """Return a text with every key in use masked."""
    for key in filter(None, [reference() for reference in _keys.valuerefs()]):
        text = key.mask_in(text)
    return text


def without_secrets(text: str) -> str:
    """Return a text with every key in use masked, and links that grant access shortened."""
    return without_keys(_LINK.sub(_shorten_signed, text))


def _shorten_signed(link: re.Match[str]) -> str:
    return shorten_link(link[0]) if _grants_access(link[0]) else link[0]


def _grants_access(link: str) -> bool:
    names = (unquote(part).partition("=")[0] for part in re.split("[?&;#]", link)[1:])
    return bool(_USER_INFO.search(link)) or any(map(_CREDENTIAL.search, names))


def _redact(record: logging.LogRecord) -> bool:
    """Mask signed links, and a key that a response repeats, in a log record."""
    text = _message(record)
    shown = without_secrets(_LOCATION.sub(r"\1b'…'", text))
    if shown != text:
        record.msg, record.args = shown, ()
    return True


def _message(record: logging.LogRecord) -> str:
    """Return a record's message; if it cannot be formatted, the record loses its arguments."""
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - a broken log call must not end a request
        text = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        record.msg, record.args = text, ()
        return text


# httpx logs the URL of every request at INFO, whoever made it; httpcore logs the headers of
# every response, and one of them may be a redirect. A program may have put httpx2 in their place.
for _name in ("httpx", "httpcore.http11", "httpx2", "httpcore2.http11"):
    logging.getLogger(_name).addFilter(_redact)
