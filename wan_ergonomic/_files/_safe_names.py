"""Makes names of files that every system accepts and a person can read."""

from __future__ import annotations

import re
import unicodedata

# Bytes of a name without its suffix. Encrypted home folders allow 143 bytes with it; the rest is
# for the suffix of a video that is not whole yet, or of a second one with this name.
MAX_BYTES = 100
# Bytes of a slug: about eight words.
_SLUG_BYTES = 60

_FORBIDDEN = re.compile(r'[\s<>:"/\\|?*-]+')
# Controls, surrogates, what has only a private meaning, and what reverses or hides text.
_UNREADABLE = frozenset({"Cc", "Cf", "Cs", "Co"})
# Invisible too, but a part of words and emojis.
_JOINERS = "\u200c\u200d"
# Windows opens a device for these, with any suffix.
_RESERVED = re.compile(r"\A(con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?=\.|$)", re.I)
_APOSTROPHES = re.compile(r"['’ʼ]")  # noqa: RUF001 - they are meant


def safe_name(text: str, max_bytes: int = MAX_BYTES) -> str:
    """Return a text as the name of a file, without a suffix; "" if nothing of it can stay.

    It is no path, does not begin with a dot, and does not end with one, as Windows requires.
    """
    readable = "".join(
        character
        for character in text
        if character.isspace()
        or character in _JOINERS
        or unicodedata.category(character) not in _UNREADABLE
    )
    joined = _trim(_FORBIDDEN.sub("-", unicodedata.normalize("NFC", readable)))
    return _RESERVED.sub(r"\1_", _trim(_cut(joined, max_bytes - 1)), count=1)


def slug(text: str) -> str:
    """Return the first words of a text in lower case, joined by hyphens: ``a-fox-in-snow``."""
    words = _APOSTROPHES.sub("", unicodedata.normalize("NFC", text.lower()))
    # Marks are a part of letters in many scripts.
    kept = (
        character if unicodedata.category(character)[0] in "LMN" or character in _JOINERS else " "
        for character in words
    )
    whole = "-".join("".join(kept).split())
    cut = _cut(whole, _SLUG_BYTES)
    # Between words, unless the first one is as long as that.
    if len(cut) < len(whole) and whole[len(cut)] != "-" and "-" in cut:
        cut = cut.rpartition("-")[0]
    return _trim(cut)


def _trim(text: str) -> str:
    return text.strip(f"-. {_JOINERS}")


def _cut(text: str, max_bytes: int) -> str:
    """Return as much of a text as these bytes hold, not parting a letter from its marks."""
    kept = text.encode()[:max_bytes].decode(errors="ignore")
    end = len(kept)
    while 0 < end < len(text) and _continues(text[end]):
        end -= 1
    return text[:end]


def _continues(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character).startswith("M")
