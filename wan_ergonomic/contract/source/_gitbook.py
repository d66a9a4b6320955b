"""Finds the parts of a documentation page that may hold or link OpenAPI documents.

A page is read as GitBook writes it, rendered (fenced blocks) or as source
(``{% openapi-operation %}`` blocks and the older ones). Nothing here reads a
file, decides what a document is, or guesses: a page that ends in the middle of
something is said to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Blocks that show an operation of a document which is kept elsewhere.
_OPERATIONS = frozenset({"openapi", "openapi-operation", "swagger"})
# What must have an end: a page that lacks one may lack more. Layout is sometimes left open.
_PAIRED = _OPERATIONS | {"openapi-schemas", "openapi-webhook"}
# None has a reason to stand in another, and what each of them holds is read for each.
_MAX_NESTED = 100

# A fence may stand in a list or a quotation; inline code hides what looks like a tag. In this and
# the patterns below nothing is tried twice in one place, so that no text takes long.
_TOKEN = re.compile(
    r"""
    ^(?P<lead>(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])))*[ \t]*)
        (?P<marks>`{3,}(?=[^`\n]*$)|~{3,})(?P<info>[^\n]*)$
    | (?P<ticks>`++)(?:[^`\n]++(?P=ticks))?
    | (?P<tag>\{%)-?\s*
        (?:(?P<name>[a-z][a-z-]*)(?=\s|-?%\}|\Z)(?P<words>(?:(?!\{%|%\})(?s:.))*)(?P<shut>%\})?|\Z)
    """,
    re.MULTILINE | re.VERBOSE,
)
_CLOSING = re.compile(r"^[ \t>]*(?P<marks>`{3,}|~{3,})[ \t\r]*$", re.MULTILINE)
_QUOTED = re.compile(r"^[ \t]*>[ ]?", re.MULTILINE)
_ATTRIBUTE = re.compile(r"""(?<![a-z])([a-z]++)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_DESTINATION = re.compile(
    r"""\]\(\s*+(?:<(?P<angled>[^<>\n]*)>"""
    r"""|(?P<plain>(?:[^()<>\s]|\([^()\n]*\))++(?:[^\S\n]++(?:[^()<>\s]|\([^()\n]*\))++)*?))"""
    r"""(?:\s++(?:"[^"\n]*"|'[^'\n]*'))?\s*+\)"""
)
_ADDRESS = re.compile(r"""https?://[^\s<>()\[\]"']+""")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class Fence:
    """A block of code.

    Attributes:
        language: The first word after its marks, in lower case; empty if there is none.
        text: What it holds, to the byte.
        line: Where it begins.
    """

    language: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Link:
    """A block that shows something of a document kept elsewhere.

    Attributes:
        target: The file or address, as the page has it.
        only: The one operation that is shown, as (METHOD, path); None for all of them.
        line: Where the block begins.
    """

    target: str
    only: tuple[str, str] | None
    line: int


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that makes the page unreadable.

    Attributes:
        reason: What is wrong, and where, as the end of a sentence that begins with the page.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class _Tag:
    """A tag that begins a block, and the offset at which its content begins."""

    name: str
    words: str
    end: int
    line: int


def read_page(text: str) -> Iterator[Fence | Link | Flaw]:
    """Yield each part of a page that matters, in the page's order."""
    opened: list[_Tag] = []
    position, line, counted = 0, 1, 0
    while token := _TOKEN.search(text, position):
        position = token.end()
        line += text.count("\n", counted, token.start())
        counted = token.start()
        if token["marks"]:
            closing = _closing(text, token)
            if closing is None:
                yield _cut_short("the block of code", line)
                return
            yield _fence(text, token, closing, line)
            position = closing.end()
        elif token["tag"]:
            yield from _tag(text, token, opened, line)
    for tag in opened:
        yield _cut_short(f"the block {tag.name}", tag.line)


def _cut_short(what: str, line: int) -> Flaw:
    return Flaw(f"was cut short: {what} opened on line {line} is never closed")


def _closing(text: str, opening: re.Match[str]) -> re.Match[str] | None:
    """Return the line that ends a block of code: the same marks, as many or more."""
    lines = _CLOSING.finditer(text, opening.end())
    return next((line for line in lines if line["marks"].startswith(opening["marks"])), None)


def _fence(text: str, opening: re.Match[str], closing: re.Match[str], line: int) -> Fence:
    language = [*opening["info"].split(), ""][0].lower()
    content = text[opening.end() + 1 : closing.start()]
    if ">" in opening["lead"]:
        content = _QUOTED.sub("", content)
    return Fence(language, content, line)


def _tag(text: str, token: re.Match[str], opened: list[_Tag], line: int) -> Iterator[Link | Flaw]:
    """Note that a block begins, or yield what the block that ends here shows."""
    name = token["name"] or ""
    if not token["shut"]:
        # What is no tag of ours and does not end the page is prose.
        if name in _PAIRED or token.end() == len(text):
            yield _cut_short("the tag", line)
    elif name in _PAIRED and len(opened) == _MAX_NESTED:
        yield Flaw(f"has more than {_MAX_NESTED} blocks within one another on line {line}")
    elif name in _PAIRED:
        opened.append(_Tag(name, token["words"], token.end(), line))
    elif name.startswith("end"):
        index = max((i for i, tag in enumerate(opened) if tag.name == name[3:]), default=None)
        if index is not None:
            first, *lost = opened[index:]
            del opened[index:]
            # What a block holds cannot end after it.
            for tag in lost:
                yield _cut_short(f"the block {tag.name}", tag.line)
            if first.name in _OPERATIONS:
                yield _shown(first, text[first.end : token.start()])


def _shown(tag: _Tag, content: str) -> Link | Flaw:
    """Return which document, and what of it, a block shows."""
    pairs = {name: plain or quoted for name, plain, quoted in _ATTRIBUTE.findall(tag.words)}
    words = {name: _unescaped(word) for name, word in pairs.items()}
    method, path = words.get("method"), words.get("path")
    target = words.get("src", "").strip("<>") or _destination(content)
    if not target:
        shown = f"the operation {method} {path}" if path else "an operation"
        return Flaw(f"shows {shown} on line {tag.line} and links no document")
    return Link(target, (method.upper(), path) if method and path else None, tag.line)


def _destination(content: str) -> str:
    """Return where the content of a block leads: its link, or an address as it stands."""
    if link := _DESTINATION.search(content):
        return _unescaped((link["angled"] or link["plain"] or "").strip())
    address = _ADDRESS.search(content)
    return _unescaped(address[0]) if address else ""


def _unescaped(word: str) -> str:
    """Return a word without what Markdown and HTML put around some characters."""
    return _ESCAPED.sub(r"\1", word).replace("&amp;", "&")
