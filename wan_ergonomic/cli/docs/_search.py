"""Finding sections of the documentation by the words in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from ._pages import Section

_WORD = re.compile(r"[\w-]+")
# Words of a question that say nothing of what it is about.
_PLAIN = frozenset(
    {
        *("a", "an", "and", "are", "can", "do", "does", "for", "how", "i", "in", "is", "it"),
        *("long", "many", "me", "much", "my", "of", "on", "or", "the", "to"),
        *("what", "when", "where", "why"),
    }
)
# What a hit is worth: in a heading that has no other words, in the page's title; a text counts each
# word up to so often.
_IN_TITLE, _IN_PAGE_TITLE, _MOST = 24, 4, 4
# All words one after the other: in a heading or in the text.
_PHRASE_IN_TITLE, _PHRASE = 20, 6


def search(query: str, sections: Iterable[Section]) -> list[Section]:
    """Return the sections that have all words of a query, the most relevant first.

    If none has all of them, those that have most. A word also finds longer ones that begin with it.
    """
    words = [word for word in _words(query) if word not in _PLAIN] or _words(query)
    scored = [(*_score(words, query.lower(), each), each) for each in sections]
    most = max((known for known, _, _ in scored), default=0)
    best = [(score, each) for known, score, each in scored if known == most > len(words) / 2]
    return [each for _, each in sorted(best, key=lambda pair: -pair[0])]


def similar(query: str, sections: Iterable[Section]) -> list[str]:
    """Return words of the documentation that resemble those of a query."""
    known = {word for each in sections for word in _words(each.text) if len(word) > 3}
    return [near for word in _words(query) for near in get_close_matches(word, known, n=2)]


def _words(text: str) -> list[str]:
    return [word.strip("-_") for word in _WORD.findall(text.lower())]


def _score(words: Sequence[str], phrase: str, section: Section) -> tuple[int, float]:
    """Return how many of the words a section has, and how much it is about them."""
    title, page, text = (
        Counter(_words(part)) for part in (section.title, section.page_title, section.text)
    )
    telling = sum(n for word, n in title.items() if word not in _PLAIN)
    known, score = 0, 0.0
    for word in words:
        hits = [_count(word, part) for part in (title, page, text)]
        known += any(hits)
        score += _IN_TITLE * hits[0] / max(telling, 1)
        score += _IN_PAGE_TITLE * bool(hits[1]) + min(hits[2], _MOST)
    score += _PHRASE_IN_TITLE * (phrase in section.title.lower())
    score += _PHRASE * (phrase in section.text.lower())
    # Of two that are as good, the shorter one says it more directly.
    return known, score + 1 / (1 + len(section.text))


def _count(word: str, counted: Counter[str]) -> int:
    return sum(n for each, n in counted.items() if each.startswith(word))
