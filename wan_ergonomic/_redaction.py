"""Keeps keys and signed links out of what is shown: responses, errors and log records."""

from __future__ import annotations

import logging
import re
import threading
from urllib.parse import unquote
from weakref import WeakSet

# Keys under eight characters (sandbox keys) are not masked: they would match ordinary words.
_SECRET_LENGTH = 8
_BEGINNING = 64
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
        # Compiling the whole of a long one would take seconds; the rest is matched by hand.
        self._beginning = re.compile("".join(map(_spellings, text[:_BEGINNING])))
        self._rest = text[_BEGINNING:]
        if len(text) >= _SECRET_LENGTH:
            with _lock:
                _keys.add(self)

    def hidden_in(self, text: str) -> str:
        """Return a text with the key masked, in whatever encoding JSON or a URL gives it."""
        if self not in _keys:
            return text
        text = text.replace(self.text, "***")
        shown, done, start = "", 0, 0
        while found := self._beginning.search(text, start):
            end = _end_of(self._rest, text, found.end())
            if end is not None:
                shown, done = f"{shown}{text[done : found.start()]}***", end
            start = end or found.start() + 1
        return shown + text[done:]


_keys: WeakSet[Key] = WeakSet()
# Re-entrant: a signal handler may log while this thread holds the lock.
_lock = threading.RLock()


def _spellings(character: str) -> str:
    r"""Return a pattern for one character as JSON or a URL may escape it.

    ``/`` matches ``/``, ``\/``, ``%2f`` and ``\u002f``.
    """
    code = ord(character)
    # A backslash matches only as a pair: several readings of a long row of them would make the
    # search exponential.
    plain = r"\\\\" if character == "\\" else rf"\\?{re.escape(character)}"
    return rf"(?:{plain}|(?i:%{code:02x}|\\u{code:04x}))"


def _end_of(key: str, text: str, at: int) -> int | None:
    """Return where a part of a key ends that begins at a position of a text, in any encoding."""
    for character in key:
        # The module re keeps the patterns it compiled last.
        found = re.compile(_spellings(character)).match(text, at)
        if found is None:
            return None
        at = found.end()
    return at


def without_keys(text: str) -> str:
    """Return a text with every key in use masked."""
    with _lock:
        keys = tuple(_keys)
    for key in keys:
        text = key.hidden_in(text)
    return text


def _shorten_signed(link: re.Match[str]) -> str:
    return shorten_link(link[0]) if _grants_access(link[0]) else link[0]


def _grants_access(link: str) -> bool:
    names = (unquote(part).partition("=")[0] for part in re.split("[?&;#]", link)[1:])
    return bool(_USER_INFO.search(link)) or any(map(_CREDENTIAL.search, names))


def _redact(record: logging.LogRecord) -> bool:
    """Mask signed links, and a key that a response repeats, in a log record."""
    text = _message(record)
    shown = _LINK.sub(_shorten_signed, _LOCATION.sub(r"\1b'…'", text))
    shown = without_keys(shown)
    if shown != text:
        record.msg, record.args = shown, ()
    return True


def _message(record: logging.LogRecord) -> str:
    """Return a record's message; if it cannot be formatted, the record loses its arguments."""
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - whatever another library logs, no request ends here
        text = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        record.msg, record.args = text, ()
        return text


# httpx logs the URL of every request at INFO, whoever made it; httpcore logs the headers of
# every response, and one of them may be a redirect.
for _name in ("httpx", "httpcore.http11"):
    logging.getLogger(_name).addFilter(_redact)
